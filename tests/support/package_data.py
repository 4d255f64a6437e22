"""Catalogues and assets, built where the package looks for them."""

import subprocess
import sys
from pathlib import Path

from local import ROOT, TOOLS

LAYER = ROOT / "layers/suport"
PACKAGE = LAYER / "python/suport"


def build() -> None:
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


def _is_older(built: Path, sources: list[Path]) -> bool:
    return not built.exists() or any(
        built.stat().st_mtime < source.stat().st_mtime for source in sources
    )


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True)  # noqa: S603  our own files
