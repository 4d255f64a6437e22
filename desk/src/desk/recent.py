"""In which language the citizens of the latest incidents read, by their references.

A canned reply is chosen by it. Asking the service would be one more look at the incident, which
the register would record.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_KEPT = 200


def remember(folder: Path, incident: Mapping[str, Any]) -> None:
    """Keeps the language of an incident that was shown."""
    known = _known(folder)
    known.pop(incident["reference"], None)
    known[incident["reference"]] = incident["language"]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _file(folder).write_text(json.dumps(dict(list(known.items())[-_KEPT:])))


def language_of(folder: Path, reference: str) -> str | None:
    """The language of the incident, if it was shown lately."""
    return _known(folder).get(reference.upper())


def _known(folder: Path) -> dict[str, str]:
    try:
        known = json.loads(_file(folder).read_text())
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _file(folder: Path) -> Path:
    return folder / "languages.json"
