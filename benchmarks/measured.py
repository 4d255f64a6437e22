"""Processes measured in turns: what each costs from its start, and with each further event.

The processor time of a process is read from outside, whenever it asks for its next event: it then
has done all that belongs to the one before. Nothing runs inside it but the function and Lambda's
runtime client.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Known
from typing import Any

from tests.support import artifact
from tests.support.artifact import Program
from tests.support.sample_events import Event

_IDLE_WITHIN = 30.0  # seconds


@dataclass(frozen=True)
class Subject:
    """What is measured: a program with its variables, and an event for each call."""

    name: str
    program: Program
    variables: Mapping[str, str]
    event: Callable[[], Event]
    judge: Callable[[Any], None]
    """Raises an error for an answer other than the one that is to be measured."""


@dataclass(frozen=True)
class Reading:
    """The processor time of a process and the time, both in milliseconds."""

    cpu: float
    wall: float

    def since(self, before: "Reading") -> "Reading":
        """What has passed since an earlier reading."""
        return Reading(self.cpu - before.cpu, self.wall - before.wall)


@dataclass(frozen=True)
class Cold:
    """A process from its start to the end of its first call. memory is in MB."""

    start: Reading
    first_call: Reading
    memory: float

    @property
    def cpu(self) -> float:
        """The processor time of both."""
        return self.start.cpu + self.first_call.cpu

    @property
    def wall(self) -> float:
        """The time that passes in both."""
        return self.start.wall + self.first_call.wall


class Running:
    """A process that is started and measured."""

    def __init__(self, subject: Subject) -> None:
        self.answered: Any = None
        self._subject = subject
        self._idle: SimpleQueue[Reading] = SimpleQueue()
        self._known = Known()
        self._process_id = 0
        self._began = time.perf_counter()

    @contextmanager
    def started(self) -> Iterator[None]:
        """Its process, while the block runs."""
        subject = self._subject
        with artifact.started(subject.program, subject.variables, self._read) as function:
            self._process_id, self._function = function.process_id, function
            self._known.set()
            function.wait_until_ready()
            self._last = self._idle.get(timeout=_IDLE_WITHIN)
            self.start = self._last
            yield

    def next_event(self) -> Event:
        """The next event of its subject's."""
        return self._subject.event()

    def call(self, event: Any = None) -> Reading:
        """What one event costs: this one, or else the next of its subject's."""
        subject, before = self._subject, self._last
        event = self.next_event() if event is None else event
        sent = time.perf_counter() * 1000
        self.answered = self._function.invoke(event)
        subject.judge(self.answered)
        self._last = self._idle.get(timeout=_IDLE_WITHIN)
        return Reading(self._last.cpu - before.cpu, self._last.wall + self._began * 1000 - sent)

    def memory(self) -> float:
        """The most memory that the process has had of its own, in MB."""
        return most_memory_of(self._process_id)

    def _read(self) -> None:
        self._known.wait()
        cpu = cpu_of(self._process_id)
        self._idle.put(Reading(cpu, (time.perf_counter() - self._began) * 1000))


def cpu_of(process_id: int) -> float:
    """The processor time of a process so far, in milliseconds."""
    clock = (~process_id << 3) | 2  # that of another process, as Linux numbers them
    return time.clock_gettime_ns(clock) / 1e6


def most_memory_of(process_id: int) -> float:
    """The most memory that a process has had, in MB."""
    told = Path(f"/proc/{process_id}/status").read_text()
    [line] = [each for each in told.splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def cold(subject: Subject) -> Cold:
    """One start of a process and its first call."""
    process = Running(subject)
    with process.started():
        first = process.call()
        return Cold(process.start, first, process.memory())


def cold_in_turns(subjects: Sequence[Subject], rounds: int) -> dict[str, list[Cold]]:
    """The starts of each, by its name: in every round each starts once."""
    for subject in subjects:  # the files are read once before anything counts
        cold(subject)
    found: dict[str, list[Cold]] = {subject.name: [] for subject in subjects}
    for _ in range(rounds):
        for subject in subjects:
            found[subject.name].append(cold(subject))
    return found


def warm_in_turns(
    subjects: Sequence[Subject], reference: Subject, rounds: int, calls: int
) -> Iterator[tuple[Subject, list[float], list[float]]]:
    """The processor time of a call of each, and of the reference's, in every round.

    It is the median of some calls in a row. Each process has had as many calls before.
    """
    beside = Running(reference)
    with beside.started():
        _several(beside, calls)
        for subject in subjects:
            process = Running(subject)
            with process.started():
                _several(process, calls)
                turns = [(_several(beside, calls), _several(process, calls)) for _ in range(rounds)]
            yield subject, [own for _, own in turns], [other for other, _ in turns]


def _several(process: Running, calls: int) -> float:
    return statistics.median(process.call().cpu for _ in range(calls))


def ratio(values: Sequence[float], references: Sequence[float]) -> float:
    """The median of the ratios of each round."""
    return statistics.median(
        value / reference for value, reference in zip(values, references, strict=True)
    )
