"""What a warm call asks of AWS: the calls, and the units of capacity that they cost."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.measured import Running, Subject
from benchmarks.warm import SAMPLES, TEN_ENTRIES, ten_entries

_BEFORE = 2  # calls: the first reads the secrets


@dataclass(frozen=True)
class Asked:
    """What one call asked of AWS; units are DynamoDB's."""

    calls: Counter[str]
    read_units: float
    write_units: float


def figures(bench: Bench) -> Iterator[Figure]:
    """Calls and units of each operation."""
    for name in bench.wanted((*SAMPLES, TEN_ENTRIES)):
        subject = ten_entries(bench) if name == TEN_ENTRIES else bench.subject(name)
        yield from told(f"{name}, warm", asked_of(bench, subject))


def told(name: str, asked: Asked) -> Iterator[Figure]:
    """The figures of one operation."""
    yield Figure(f"{name}, calls", asked.calls.total(), "calls")
    yield Figure(f"{name}, read units", asked.read_units, "units")
    yield Figure(f"{name}, write units", asked.write_units, "units")


def asked_of(bench: Bench, subject: Subject) -> Asked:
    """What the third call of a process asks."""
    process = Running(subject)
    with process.started():
        for _ in range(_BEFORE):
            process.call()
        return asked_by(bench, process)


def asked_by(bench: Bench, process: Running) -> Asked:
    """What the next call of this process asks."""
    event, account = process.next_event(), bench.account
    account.requests.clear()
    account.tables.read_units = account.tables.write_units = 0.0
    process.call(event)
    units = account.tables.read_units, account.tables.write_units
    return Asked(Counter(account.requests), *units)
