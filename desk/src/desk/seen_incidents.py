"""What this desk remembers of the latest incidents that it showed: language, etag, last day.

The language chooses a canned reply. Asking the service for it would be one more look at the
incident, which the register would record. The etag names the latest of the citizen's entries that
the operator has read: the service refuses an answer that ignores a later one. After its last
day nothing here names the incident.
"""

import json
import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from desk import madrid, private_files
from desk.reference import as_written

_MOST = 200
_KEPT_WITHOUT_A_DAY = timedelta(days=7)
_ETAG = re.compile(r"[!#-~]{1,200}")


class SeenIncidents:
    """The latest incidents that this desk showed, by their references; no personal data."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "shown.json"

    def remember(
        self,
        reference: str,
        *,
        language: object = None,
        etag: object = None,
        expires_on: object = None,
    ) -> None:
        """Remembers the citizen's language, the latest entry of theirs shown, and the last day."""
        known = self._all()
        of_it = known.pop(as_written(reference), {})
        if isinstance(language, str):
            of_it["language"] = language
        if isinstance(etag, str) and _ETAG.fullmatch(etag):  # it becomes a header
            of_it["etag"] = etag
        if _day(expires_on):
            of_it["expires_on"] = expires_on
        known[as_written(reference)] = of_it
        self._keep(known)

    def language(self, reference: str) -> str | None:
        """The language of the incident's citizen, if this desk knows it."""
        return self._all().get(as_written(reference), {}).get("language")

    def etag(self, reference: str) -> str | None:
        """The latest of the citizen's entries that was shown; None if the incident never was."""
        return self._all().get(as_written(reference), {}).get("etag")

    def last_day(self, reference: str) -> date | None:
        """The last day on which the incident is kept, as the desk last saw it."""
        return _day(self._all().get(as_written(reference), {}).get("expires_on"))

    def references(self, now: datetime) -> list[str]:
        """The incidents whose last day is not over, the latest first."""
        today = madrid.day_of(now)
        known = self._all()
        return [name for name in reversed(known) if not _is_over(known[name], today)]

    def forget(self, reference: str) -> None:
        """Forgets an incident that was erased."""
        known = self._all()
        if known.pop(as_written(reference), None) is not None:
            self._keep(known)

    def forget_ended(self, now: datetime) -> None:
        """Forgets the incidents whose last day is over; those without one after a week."""
        if not (known := self._all()):
            return
        today = madrid.day_of(now)
        for of_it in known.values():
            of_it.setdefault("expires_on", (today + _KEPT_WITHOUT_A_DAY).isoformat())
        left = {name: of_it for name, of_it in known.items() if not _is_over(of_it, today)}
        if left != self._all():
            self._keep(left)

    def _keep(self, known: dict[str, dict[str, Any]]) -> None:
        # If this cannot be stored, the desk asks the service again; the command works all the same.
        with suppress(OSError):
            private_files.make_folder(self._file.parent)
            being_written = self._file.with_suffix(".new")
            private_files.write(being_written, json.dumps(dict(list(known.items())[-_MOST:])))
            being_written.replace(self._file)

    def _all(self) -> dict[str, dict[str, Any]]:
        try:
            known = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(known, dict):
            return {}
        return {name: of_it for name, of_it in known.items() if isinstance(of_it, dict)}


def _is_over(of_it: dict[str, Any], today: date) -> bool:
    last = _day(of_it.get("expires_on"))
    return last is None or last < today


def _day(written: object) -> date | None:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return None
