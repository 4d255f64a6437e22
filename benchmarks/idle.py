"""What `make run` costs while nobody asks anything."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.peer import free_port
from local import ROOT, child

_READY = "The service is running"
_READY_WITHIN_S = 600.0
_SETTLES_S, _WATCHED_S = 30.0, 60.0


class NotRunning(Exception):
    """The service did not start here."""


def figures(bench: Bench) -> Iterator[Figure]:
    """The share of a core that all its processes take together."""
    del bench  # it is another AWS
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "log"
        with log.open("wb") as output:
            service = child.start(
                [sys.executable, "-m", "local.run", "--port", str(free_port())],
                environment=os.environ,
                folder=ROOT,
                output=output,
            )
            try:
                _wait_for(log)
                time.sleep(_SETTLES_S)
                before, began = _spent(service.pid), time.monotonic()
                time.sleep(_WATCHED_S)
                share = (_spent(service.pid) - before) / (time.monotonic() - began)
            finally:
                child.stop(service, patience_s=60)
    yield Figure("make run, idle", 100 * share, "% of a core")


def _wait_for(log: Path) -> None:
    ends = time.monotonic() + _READY_WITHIN_S
    while _READY not in log.read_text(errors="replace"):
        if time.monotonic() > ends:
            raise NotRunning(log.read_text(errors="replace"))
        time.sleep(0.5)


def _spent(process: int) -> float:
    """The processor time of a process and of all that it has started, in seconds."""
    stats = [each for each in map(_stat, Path("/proc").glob("[0-9]*/stat")) if each]
    ours = {process}
    while more := {own for own, parent, _ in stats if parent in ours} - ours:
        ours |= more
    return sum(ticks for own, _, ticks in stats if own in ours) / os.sysconf("SC_CLK_TCK")


def _stat(path: Path) -> tuple[int, int, int] | None:
    """Of a process: its id, its parent's, and its clock ticks with those of its ended children."""
    try:
        told = path.read_text()
    except OSError:  # it has just ended
        return None
    rest = told.rpartition(")")[2].split()
    return int(told.partition(" ")[0]), int(rest[1]), sum(map(int, rest[11:15]))
