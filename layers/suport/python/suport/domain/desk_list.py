"""The list of incidents that a support team works from: its order, its filters and its pages.

Open incidents come first: those with something unread, then the others, then those that are linked
to a known problem and wait for the answer to all of these; each by what is due next. The resolved
ones follow, the newest first. A list has no words of a citizen's: to see those is a
look, which is recorded.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from suport.domain.category import Category
from suport.domain.incident import Channel, Incident, Status, Topic, Written
from suport.domain.language import Language
from suport.domain.legal_time import to_madrid, utc_text
from suport.domain.reference import Reference

PAGE = 50  # incidents
LOOKED_AT = 2_000
"""Incidents that are looked at for one page: filters that hardly any passes must not hold it up."""


class Part(StrEnum):
    """The two parts of a team's list, in this order."""

    OPEN = "open"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an incident stands in a list. `order` is a text, by which the part is sorted."""

    part: Part
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedIncident:
    """What a team's list shows of an incident; see `Incident`.

    due_at: None once it is resolved. procedure: a code of the catalogue; `procedures.UNLISTED` if
    the citizen stated another one, None if none. known_error: the code of a known error, if the
    citizen stated that and nothing else. The two end with what the citizen first wrote.
    ending: whether the incident is open and near its end. overdue: whether something should have
    happened to it by now, or its promised answer. linked: whether it is open and answered together
    with others. answered_with: with which one, in a search; lists only know that it is `linked`.
    snoozed_until: None if it is not snoozed.
    """

    reference: Reference
    category: Category
    status: Status
    language: Language
    origin: Channel
    submitted_at: datetime
    due_at: datetime | None
    resolved_at: datetime | None
    claimed_by: str | None
    changed_at: datetime
    last_written: Written
    unread: int
    expires_at: int
    ending: bool
    snoozed_until: datetime | None = None
    overdue: bool = False
    procedure: str | None = None
    known_error: str | None = None
    topic: Topic | None = None
    answer_by: date | None = None
    linked: bool = False
    answered_with: Reference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which incidents of a team a list is to show; nothing stated means all that are open.

    mine: the operator who has them; those that are snoozed are left out, unless `snoozed` asks for
    them and for no others. ending: only those near their end. unread, overdue, linked: only those
    that are, linked to a known problem. states: only these; empty for all. procedure: only those
    with that code. since, until: calendar days in Madrid on which they were submitted, both
    included. resolved: the resolved ones, too. changed_since: only those that changed after that
    moment.
    """

    mine: str | None = None
    snoozed: bool = False
    ending: bool = False
    unread: bool = False
    overdue: bool = False
    states: frozenset[Status] = frozenset()
    procedure: str | None = None
    since: date | None = None
    until: date | None = None
    resolved: bool = False
    linked: bool = False
    changed_since: datetime | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the list that can hold any of them.

        A resolved incident is with nobody, nobody has to hurry with it, and no answer to many has
        to come.
        """
        of_open = (*(self.mine, self.snoozed, self.ending, self.unread, self.overdue, self.linked),)
        resolved = (self.resolved or Status.RESOLVED in self.states) and not any(of_open)
        is_open = not self.states or bool(self.states - {Status.RESOLVED})
        return (Part.OPEN,) * is_open + (Part.RESOLVED,) * resolved

    def admits(self, listed: ListedIncident) -> bool:
        """Whether the list is to show this incident of one of its `parts`."""
        return (
            (self.mine is None or listed.claimed_by == self.mine)
            and self._admits_snooze(listed.snoozed_until is not None)
            and (listed.ending or not self.ending)
            and (listed.linked or not self.linked)
            and (listed.overdue or not self.overdue)
            and (listed.unread > 0 or not self.unread)
            and self._admits_state(listed.status)
            and self.procedure in {None, listed.procedure}
            and self._admits_day(listed.submitted_at)
            and (self.changed_since is None or listed.changed_at > self.changed_since)
        )

    def _admits_day(self, submitted_at: datetime) -> bool:
        if self.since is None and self.until is None:
            return True
        day = to_madrid(submitted_at).date()
        return (self.since or day) <= day <= (self.until or day)

    def _admits_snooze(self, is_snoozed: bool) -> bool:  # noqa: FBT001  it is what is admitted
        return is_snoozed if self.snoozed else not (self.mine and is_snoozed)

    def _admits_state(self, status: Status) -> bool:
        if status is Status.RESOLVED:
            return self.resolved or status in self.states
        return not self.states or status in self.states


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list; `next` is the cursor of the page after it, None if this is the last.

    It may be short, and even empty, although more may follow: where `LOOKED_AT` incidents have been
    looked at, and few were wanted.
    """

    incidents: tuple[ListedIncident, ...]
    next: str | None = None


class Counted(Protocol):
    """What a tally needs to know of an open incident."""

    @property
    def claimed_by(self) -> str | None:
        """The operator who has it."""

    @property
    def unread(self) -> int:
        """How much of what the citizen wrote is unread."""

    @property
    def ending(self) -> bool:
        """Whether it is near its end."""

    @property
    def snoozed_until(self) -> datetime | None:
        """Until when its operator wants to hear nothing of it; None if it is not snoozed."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many incidents of some teams are open, and of these how many an operator has, and so on.

    team: all that are open. snoozed: those that the operator has and has snoozed; `mine` counts the
    others.
    """

    team: int = 0
    mine: int = 0
    snoozed: int = 0
    ending: int = 0
    unread: int = 0


def place_of(incident: Incident) -> Place | None:
    """Where the incident stands in the list of its team; None if it stands in none.

    The order is stable: two incidents never stand at the same place.
    """
    if incident.status is Status.RESOLVED:
        ended = incident.resolved_at or incident.changed_at or incident.submitted_at
        return Place(Part.RESOLVED, f"{_newest_first(ended)}/{incident.reference}")
    if incident.due_at is None:
        return None
    group = 2 if incident.is_left_to_all else 0 if incident.unread else 1
    marks = f"/{_LINKED}" if incident.is_linked else ""
    if incident.snoozed_until:
        marks += f"/{utc_text(incident.snoozed_until)}"
    return Place(Part.OPEN, f"{group}/{utc_text(incident.due_at)}/{incident.reference}{marks}")


def is_left_to_all(order: str) -> bool:
    """Whether the open incident with that order waits for the answer to others: it is not late."""
    return order.startswith("2/")


def is_linked(order: str) -> bool:
    """Whether the open incident with that order is answered together with others."""
    return _LINKED in order.split("/")[_MARKS:]


def snoozed_until(order: str) -> datetime | None:
    """Until when the open incident with that order is snoozed, if it is."""
    marks = [each for each in order.split("/")[_MARKS:] if each != _LINKED]
    return datetime.fromisoformat(marks[0]) if marks else None


def page_of(
    found: Iterable[tuple[Place, ListedIncident | int]], wanted: Wanted, size: int = PAGE
) -> ListPage:
    """The first page of what was found, in order; it takes no more of that than it needs.

    A number among the incidents says how many were looked at in the part of the list that ends at
    that place, whether or not they were found.
    """
    shown: list[ListedIncident] = []
    last: Place | None = None
    looked_at = 0
    for place, listed in found:
        if isinstance(listed, int):
            looked_at += listed
            if looked_at >= LOOKED_AT:
                return ListPage(tuple(shown), cursor(place))
        elif wanted.admits(listed):
            if last and len(shown) == size:
                return ListPage(tuple(shown), cursor(last))
            shown.append(listed)
        last = place
    return ListPage(tuple(shown))


def tally(found: Iterable[Counted], operator: str) -> Tally:
    """Counts these open incidents for the operator."""
    listed = list(found)
    mine = [each for each in listed if each.claimed_by == operator]
    return Tally(
        team=len(listed),
        mine=sum(each.snoozed_until is None for each in mine),
        snoozed=sum(each.snoozed_until is not None for each in mine),
        ending=sum(each.ending for each in listed),
        unread=sum(each.unread > 0 for each in listed),
    )


def cursor(place: Place) -> str:
    """The place as an address carries it."""
    return urlsafe_b64encode(f"{place.part}/{place.order}".encode()).decode().rstrip("=")


def place_at(stated: str | None) -> Place | None:
    """The place that a cursor names; None if it names none, and the list begins at its start.

    A place is in no team: an operator who states that of another team's list gets their own from
    there on.
    """
    padded = (stated or "")[:_LONGEST_CURSOR]
    padded += "=" * (-len(padded) % 4)
    try:
        part, _, order = urlsafe_b64decode(padded.encode("ascii")).decode("ascii").partition("/")
        found = Place(Part(part), order)
    except ValueError:
        return None
    return found if _ORDER[found.part].fullmatch(order) else None


def from_place(parts: Sequence[Part], place: Place | None) -> Iterator[Place]:
    """Where to begin reading each of these parts, which are in order, to go on after that place.

    A place in none of them is one of another list, and as good as none.
    """
    order = list(Part)
    if place and place.part not in parts:
        place = None
    for part in parts:
        if place is None or order.index(part) > order.index(place.part):
            yield Place(part, "")
        elif part is place.part:
            yield place


def _newest_first(moment: datetime) -> str:
    """A text that sorts the later moment first: milliseconds until a day that never comes."""
    return f"{(_NEVER - moment) // timedelta(milliseconds=1):015d}"


_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_LINKED = "linked"
_MARKS = 3
"""Marks follow group, moment and reference. An index keeps the attributes that it was made with:
the order tells what came later."""
_LONGEST_CURSOR = 150
_REFERENCE = r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
_ORDER = {
    Part.OPEN: re.compile(f"[012]/{_MOMENT}/{_REFERENCE}(?:/{_LINKED})?(?:/{_MOMENT})?", re.ASCII),
    Part.RESOLVED: re.compile(rf"\d{{15}}/{_REFERENCE}", re.ASCII),
}
"""The shape of an order in each part of a list."""
