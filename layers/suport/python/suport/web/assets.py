"""What browsers load besides the pages, and the API's description: built beside this file.

A name has the hash of its content and never means anything else: browsers may keep it for ever.
"""

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "assets"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}


@cache
def names() -> dict[str, str]:
    """The name under which each asset is served, by the name of its source."""
    manifest: dict[str, str] = json.loads((FOLDER / "manifest.json").read_bytes())
    return manifest


def content(name: str, *, compressed: bool) -> bytes | None:
    """The bytes of the asset served under that name, as gzip if asked; None if there is none."""
    if name not in names().values():
        return None
    return (FOLDER / (f"{name}.gz" if compressed else name)).read_bytes()
