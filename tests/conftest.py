"""For all tests: builds catalogues and assets where the package looks for them."""

import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest
from pytest_socket import disable_socket

from local import ROOT, TOOLS

pytest.register_assert_rewrite("tests.support", "tests.e2e")

LAYER = ROOT / "layers/suport"
PACKAGE = LAYER / "python/suport"


# A machine that is busy is no reason to fail, and the same code passes or fails every time: a
# delivery does not depend on luck. `make acceptance` draws other examples at each run.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.register_profile("drawn", deadline=None, max_examples=500)
hypothesis.settings.load_profile("repeatable")


def pytest_configure() -> None:
    """Builds what is older than its sources, as the layer's makefile does for the layer."""
    for source in PACKAGE.glob("texts/locales/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if _is_older(compiled, [source]):
            _run(
                *(sys.executable, "-m", "babel.messages.frontend", "--quiet", "compile"),
                *("--input-file", source, "--output-file", compiled, "--locale", "ca"),
            )
    sources = [*LAYER.glob("web/*.*"), PACKAGE / "domain/unseen_characters.json"]
    if _is_older(PACKAGE / "web/assets/manifest.json", sources):
        packages = LAYER / "web/node_modules"
        packages.unlink(missing_ok=True)
        packages.symlink_to(TOOLS / "web/node_modules")
        _run(TOOLS / "deploy/bin/node", LAYER / "web/build.mjs", PACKAGE / "web/assets")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lets only the tests of the service as a whole open connections, and only over loopback."""
    if item.path.relative_to(ROOT / "tests").parts[0] in {"unit", "functions", "template"}:
        disable_socket(allow_unix_socket=True)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Lets a part of `make test` succeed that has none of the requested tests."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.getoption("keyword"):
        session.exitstatus = pytest.ExitCode.OK


def _is_older(built: Path, sources: list[Path]) -> bool:
    return not built.exists() or any(
        built.stat().st_mtime < source.stat().st_mtime for source in sources
    )


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True)  # noqa: S603  our own files
