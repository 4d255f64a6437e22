"""`make run` in a project without any earlier build."""

from pathlib import Path

from tests.support import newcomer
from tests.support.newcomer import Run


def test_the_first_run_builds_and_deploys_everything_from_the_sources(tmp_path: Path) -> None:
    project = newcomer.copy_of_the_project(tmp_path)
    newcomer.install(project)
    run = Run(project, newcomer.free_port())
    assert "The service is running" in run.said
    assert (project / ".local/build/fingerprint").exists()
    assert run.interrupt() == 0
