"""What this desk last showed of the latest incidents: in which language, and up to which writing.

A canned reply is chosen by the language; asking the service for it would be one more look at the
incident, which the register would record. By the etag the service tells whether the citizen wrote
something that the operator has not seen, before an answer goes out over it.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from desk.reference import as_written

_KEPT = 200
_ETAG = re.compile(r"[!#-~]{1,200}")


class Shown:
    """The latest incidents that were shown here, by their references; no personal data."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "shown.json"

    def remember(self, incident: Mapping[str, Any]) -> None:
        """Keeps that the operator has read the incident as it is in this view."""
        self._keep(incident["reference"], language=incident["language"], etag=incident.get("etag"))

    def remember_language(self, incident: Mapping[str, Any]) -> None:
        """Keeps the language of an incident of which the operator has not read the latest."""
        self._keep(incident["reference"], language=incident["language"])

    def remember_writing(self, reference: str, etag: object) -> None:
        """Keeps that the operator has read what the citizen wrote up to there."""
        self._keep(reference, etag=etag)

    def language(self, reference: str) -> str | None:
        """In which language the incident's citizen reads, if that is known here."""
        return self._of(reference).get("language")

    def etag(self, reference: str) -> str | None:
        """Up to which of the citizen's writings the incident was shown; None if it never was."""
        return self._of(reference).get("etag")

    def _of(self, reference: str) -> dict[str, str]:
        return self._all().get(as_written(reference), {})

    def _keep(self, reference: str, *, etag: object = None, language: object = None) -> None:
        known = self._all()
        reference = as_written(reference)
        of_it = known.pop(reference, {})
        if isinstance(language, str):
            of_it["language"] = language
        if isinstance(etag, str) and _ETAG.fullmatch(etag):  # it becomes a header
            of_it["etag"] = etag
        known[reference] = of_it
        # What cannot be kept is asked of the service again; the command is done all the same.
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            being_written = self._file.with_suffix(".new")
            being_written.write_text(json.dumps(dict(list(known.items())[-_KEPT:])))
            being_written.replace(self._file)

    def _all(self) -> dict[str, dict[str, str]]:
        try:
            known = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return {}
        if not isinstance(known, dict):
            return {}
        return {name: of_it for name, of_it in known.items() if isinstance(of_it, dict)}
