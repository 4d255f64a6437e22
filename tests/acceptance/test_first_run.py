"""`make run` in a project without any earlier build."""

import itertools
import time
from pathlib import Path

from tests.support import newcomer
from tests.support.newcomer import Run

IDLE_SHARE = 0.01
"""Of one core, while nobody uses the service."""
WINDOW_S = 10.0
WINDOWS = 3  # the watcher, which starts every five minutes, runs in one of them at most


def test_the_first_run_builds_and_deploys_everything_from_the_sources(tmp_path: Path) -> None:
    project = newcomer.copy_of_the_project(tmp_path)
    newcomer.install(project)
    run = Run(project, newcomer.free_port())
    assert "The service is running" in run.said
    assert (project / ".local/build/fingerprint").exists()
    assert idle_share(run) <= IDLE_SHARE
    assert run.interrupt() == 0


def idle_share(run: Run) -> float:
    """The share of a core that the whole run takes while nobody asks for anything."""
    taken = [run.busy_s()]
    for _ in range(WINDOWS):
        time.sleep(WINDOW_S)
        taken.append(run.busy_s())
    return min(after - before for before, after in itertools.pairwise(taken)) / WINDOW_S
