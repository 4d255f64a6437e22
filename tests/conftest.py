"""What all tests share: catalogues and assets, built where the package looks for them."""

import subprocess
import sys
from pathlib import Path

import pytest

from local import ROOT, TOOLS

pytest.register_assert_rewrite("tests.support")

LAYER = ROOT / "layers/suport"
PACKAGE = LAYER / "python/suport"


def pytest_configure() -> None:
    """Builds what is older than its sources; the layer's makefile does the same for the layer."""
    for source in PACKAGE.glob("locales/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if _is_older(compiled, [source]):
            _run(
                *(sys.executable, "-m", "babel.messages.frontend", "--quiet", "compile"),
                *("--input-file", source, "--output-file", compiled, "--locale", "ca"),
            )
    if _is_older(PACKAGE / "assets/manifest.json", list(LAYER.glob("web/*.*"))):
        packages = LAYER / "web/node_modules"
        packages.unlink(missing_ok=True)
        packages.symlink_to(TOOLS / "web/node_modules")
        _run(TOOLS / "deploy/bin/node", LAYER / "web/build.mjs", PACKAGE / "assets")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Of the parts of `make test`, one may have none of the tests that were asked for."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and session.config.getoption("keyword"):
        session.exitstatus = pytest.ExitCode.OK


def _is_older(built: Path, sources: list[Path]) -> bool:
    return not built.exists() or any(
        built.stat().st_mtime < source.stat().st_mtime for source in sources
    )


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True)  # noqa: S603  our own files
