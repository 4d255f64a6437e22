"""What all tests share: the catalogues, compiled where the package looks for them."""

import subprocess
import sys
from pathlib import Path

LOCALES = Path(__file__).parents[1] / "layers/suport/python/suport/locales"


def pytest_configure() -> None:
    """Compiles the catalogues that changed; the build does the same for the layer."""
    for source in LOCALES.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            subprocess.run(  # noqa: S603  our own file, this interpreter
                [
                    *(sys.executable, "-m", "babel.messages.frontend", "--quiet", "compile"),
                    *("--input-file", source, "--output-file", compiled, "--locale", "ca"),
                ],
                check=True,
            )
