"""The references in the team's list as this desk last showed them, for TAB; nothing else of them.

Each is kept for a day. After its last day nothing here names an incident.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from desk import madrid, private_files

_KEPT_FOR = timedelta(days=1)
_MOST = 500

type _Lists = dict[str, dict[str, tuple[str, float]]]
"""By team and reference: the last day, and when it was listed."""


class ListedIncidents:
    """The references that the lists of this desk's teams had, by team."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "listed.json"

    def keep(self, team: str, incidents: Iterable[Mapping[str, Any]], now: datetime) -> None:
        """Keeps these as the latest of that team's list."""
        listed = {
            str(each["reference"]): (str(each.get("expires_on")), now.timestamp())
            for each in incidents
        }
        known = self._all()
        earlier = {name: of_it for name, of_it in known.get(team, {}).items() if name not in listed}
        # without this file TAB completes less, and the list is shown all the same
        with suppress(OSError):
            self._write(known | {team: dict([*listed.items(), *earlier.items()][:_MOST])})

    def references(self, team: str | None, now: datetime) -> list[str]:
        """Those of that team, or of all, in the order of the list."""
        return [
            reference
            for name, listed in self._left(now).items()
            if team in {None, name}
            for reference in listed
        ]

    def forget(self, reference: str) -> None:
        """Forgets an incident that was erased."""
        known = self._all()
        left = {
            team: {name: of_it for name, of_it in listed.items() if name != reference}
            for team, listed in known.items()
        }
        if left != known:
            with suppress(OSError):
                self._write(left)

    def forget_old(self, now: datetime) -> None:
        """Forgets what was listed more than a day ago, and incidents whose last day is over."""
        if (left := self._left(now)) != self._all():
            self._write(left)

    def _left(self, now: datetime) -> _Lists:
        if not (known := self._all()):
            return {}
        today, seconds = madrid.day_of(now), _KEPT_FOR.total_seconds()
        left = {
            team: {
                reference: (last_day, at)
                for reference, (last_day, at) in listed.items()
                if 0 <= now.timestamp() - at < seconds and _is_left(last_day, today)
            }
            for team, listed in known.items()
        }
        return {team: listed for team, listed in left.items() if listed}

    def _write(self, known: _Lists) -> None:
        private_files.make_folder(self._file.parent)
        being_written = self._file.with_suffix(".new")
        private_files.write(being_written, json.dumps(known))
        being_written.replace(self._file)

    def _all(self) -> _Lists:
        try:
            known = json.loads(self._file.read_text(encoding="utf-8"))
            return {
                team: {
                    reference: (str(last_day), float(at))
                    for reference, (last_day, at) in listed.items()
                }
                for team, listed in known.items()
            }
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}  # not there yet, or not from a desk


def _is_left(last_day: str, today: date) -> bool:
    try:
        return date.fromisoformat(last_day) >= today
    except ValueError:
        return False
