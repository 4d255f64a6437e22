"""What this desk remembers of the latest incidents that it showed: language and etag.

The language chooses a canned reply. Asking the service for it would be one more look at the
incident, which the register would record. The etag names the latest of the citizen's entries that
the operator has read: the service refuses an answer that ignores a later one.
"""

import json
import re
from contextlib import suppress
from pathlib import Path

from desk.reference import as_written

_MOST = 200
_ETAG = re.compile(r"[!#-~]{1,200}")


class SeenIncidents:
    """The latest incidents that this desk showed, by their references; no personal data."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "shown.json"

    def remember(self, reference: str, *, language: object = None, etag: object = None) -> None:
        """Remembers the citizen's language, and the latest entry of theirs that was shown."""
        known = self._all()
        of_it = known.pop(as_written(reference), {})
        if isinstance(language, str):
            of_it["language"] = language
        if isinstance(etag, str) and _ETAG.fullmatch(etag):  # it becomes a header
            of_it["etag"] = etag
        known[as_written(reference)] = of_it
        # If this cannot be stored, the desk asks the service again; the command works all the same.
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            being_written = self._file.with_suffix(".new")
            being_written.write_text(json.dumps(dict(list(known.items())[-_MOST:])))
            being_written.replace(self._file)

    def language(self, reference: str) -> str | None:
        """The language of the incident's citizen, if this desk knows it."""
        return self._all().get(as_written(reference), {}).get("language")

    def etag(self, reference: str) -> str | None:
        """The latest of the citizen's entries that was shown; None if the incident never was."""
        return self._all().get(as_written(reference), {}).get("etag")

    def _all(self) -> dict[str, dict[str, str]]:
        try:
            known = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {}
        if not isinstance(known, dict):
            return {}
        return {name: of_it for name, of_it in known.items() if isinstance(of_it, dict)}
