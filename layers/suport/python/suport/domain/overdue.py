"""What is past its time, or has none: the rules of the daily audit, and what reads hide meanwhile.

An entry expires by its own date, and so does each part of the incident's item that repeats an
entry. `KEPT_WITH_THE_INCIDENT` lists the fields that live as long as the incident itself: a test
asks for a decision on every field.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from suport.domain import retention
from suport.domain.attachment import ERASED, AddedFile, State
from suport.domain.consent import Scope
from suport.domain.deadlines import address_confirmable_until, erasure_confirmable_until
from suport.domain.history import moment_of
from suport.domain.incident import Incident
from suport.domain.legal_time import start_of
from suport.domain.owed_mail import OF_THE_INCIDENT

ARRIVES_WITHIN = timedelta(hours=1)
"""A file in the store may be younger than its entry: its check may be tried again for a while."""
JOINS_WITHIN = timedelta(days=5)
"""Longer than the message about a file waits, also among those that failed."""
_CLOCKS_AGREE_WITHIN = timedelta(minutes=5)


class Overdue(StrEnum):
    """The kinds of thing that the audit erases."""

    INCIDENT = "incident"
    ENTRY = "entry"
    REMAINDER = "remainder"  # an entry whose incident is over, or was erased
    COUNT = "count"  # of the mails to one address, kept for an hour
    NO_EXPIRY = "no_expiry"  # an item without a readable date
    TOO_LATE = "too_late"  # the expiry of an item, which is given the right one
    ENTRY_ALONE = "entry_alone"  # an entry by a person, whose incident is gone before its time
    FIRST_WORDS = "first_words"
    CONSENT = "consent"
    FILE = "file"  # in the incident's own list
    RATING = "rating"
    MAIL = "mail"  # owed about an entry that has expired
    ADDRESS = "address"  # asked for, and not confirmed in time
    ERASURE_REQUEST = "erasure_request"  # likewise
    REQUEST = "request"  # the digest of a message or of an operator's request, and its key
    SENT_MAIL = "sent_mail"  # its id at the provider, which the next mail refers to
    MESSAGE_COUNT = "message_count"  # how many messages the citizen wrote on a day
    STORED_FILE = "stored_file"  # past its time
    STORED_FILE_ERASED = "stored_file_erased"  # still there although its incident says it is erased
    STORED_FILE_ALONE = "stored_file_alone"  # no incident knows it
    SEARCH_ITEM = "search_item"  # of the search index, whose incident is over or is not so any more
    FILE_LOST = "file_lost"  # an incident offers it, and the store does not have it


UNACCOUNTED = frozenset(
    {
        *(Overdue.NO_EXPIRY, Overdue.TOO_LATE, Overdue.ENTRY_ALONE),
        *(Overdue.STORED_FILE_ALONE, Overdue.FILE_LOST),
    }
)
"""What must never be found, however young it is."""

KEPT_WITH_THE_INCIDENT = frozenset(
    {
        *("reference", "category", "status", "language", "origin", "topic", "answer_by"),
        *("submitted_at", "history_from", "expires_at", "privacy_notice"),
        "contact",  # until it is corrected: without it, nobody could answer
        # how far the help has got, and when it got there; none of it says what anybody wrote
        *("route_reason", "route_request", "due_at", "claimed_by", "claimed_at", "snoozed_until"),
        *("first_answered_at", "resolved_at", "resolved_by", "reopened_at", "changed_at"),
        *("former_teams", "former_states", "known_problem", "answered_with"),
        *("last_entry", "last_written", "citizen_wrote", "unread", "revision"),
        *("mail_trouble", "ending_told", "ending_counted_at", "code_number", "address_number"),
    }
)
"""The fields of an incident that live as long as it does."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an incident's item that may go before the item.

    name: its name in the field that holds several. expires_at: in epoch seconds.
    """

    kind: Overdue
    expires_at: int
    name: str = ""

    @property
    def finding(self) -> "Finding":
        """The part as the audit counts it."""
        return Finding(self.kind, _moment(self.expires_at))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that has to be erased.

    since: when it was due; None where that is not known, because it had no date or no counterpart.
    """

    kind: Overdue
    since: datetime | None = None

    def is_breach(self, day: date) -> bool:
        """Whether it should not have been there for the audit of that day to find.

        All that expires at a midnight is found by that day's audit. What was due by the midnight
        before has escaped the audit of the day before.
        """
        if self.kind in UNACCOUNTED:
            return True
        return self.since is not None and self.since <= start_of(day - timedelta(days=1))


def expired_parts(incident: Incident, now: datetime) -> list[Part]:
    """The parts of an incident that are past their own time, as long as the item stores them.

    incident: as it is stored, with the parts that reads hide.
    """
    return _expired([*_shown_parts(incident), *_other_parts(incident)], now)


def hide_expired(incident: Incident, now: datetime) -> Incident:
    """The incident as anybody may see it: without its expired parts."""
    expired = _expired(_shown_parts(incident), now)
    kinds = {part.kind for part in expired}
    if not kinds:
        return incident
    seen = replace(
        incident,
        consents=without(incident.consents, expired, Overdue.CONSENT),
        files=without(incident.files, expired, Overdue.FILE),
        rating=None if Overdue.RATING in kinds else incident.rating,
    )
    if Overdue.FIRST_WORDS in kinds:
        seen = replace(seen, description=None, error={}, procedure={}, context={})
    return seen


def without[Name: str, Value](
    several: Mapping[Name, Value], expired: list[Part], kind: Overdue
) -> dict[Name, Value]:
    """These parts of that kind, without the expired ones."""
    gone = {part.name for part in expired if part.kind is kind}
    return {name: value for name, value in several.items() if name not in gone}


def latest_expiry(kept_from: datetime | None, now: datetime) -> int:
    """The latest expiry that an item may have, in epoch seconds.

    kept_from: when its six months began; None if that cannot be read. It was not after now.
    """
    at_most = now + _CLOCKS_AGREE_WITHIN
    return retention.expires_at(min(kept_from, at_most) if kept_from else now)


def overdue_incident(expires_at: int | None, now: datetime) -> Finding | None:
    """What is wrong with an incident's item; None if it is kept. expires_at: None if unreadable."""
    if expires_at is None:
        return Finding(Overdue.NO_EXPIRY)
    if retention.is_visible(expires_at, now):
        return None
    return Finding(Overdue.INCIDENT, _moment(expires_at))


def overdue_entry(
    expires_at: int | None, incident_ends: int | None, now: datetime, *, by_person: bool
) -> Finding | None:
    """What is wrong with an entry's item; None if it is kept.

    incident_ends: the expiry of its incident, None if there is no incident, or none with an expiry.
    by_person: whether the entry keeps its incident, see `retention.prolongs`. Other entries may
    expire later than their incident, and end with it.
    """
    if expires_at is None:
        return Finding(Overdue.NO_EXPIRY)
    if not retention.is_visible(expires_at, now):
        return Finding(Overdue.ENTRY, _moment(expires_at))
    if incident_ends is None:
        return Finding(Overdue.ENTRY_ALONE if by_person else Overdue.REMAINDER)
    if not retention.is_visible(incident_ends, now):
        return Finding(Overdue.REMAINDER, _moment(incident_ends))
    return None


def overdue_count(expires_at: int | None, now: datetime) -> Finding | None:
    """What is wrong with a count of mails, which belongs to no incident; None if it is kept."""
    if expires_at is None:
        return Finding(Overdue.NO_EXPIRY)
    if retention.is_visible(expires_at, now):
        return None
    return Finding(Overdue.COUNT, _moment(expires_at))


def left_of_erased(erased_at: datetime, now: datetime) -> Finding | None:
    """What is wrong with an entry that the erasure of its incident did not mean to leave."""
    if now < erased_at + ARRIVES_WITHIN:  # the erasure is still at it
        return None
    return Finding(Overdue.REMAINDER, erased_at)


def overdue_file(arrived_at: datetime, state: State | None, now: datetime) -> Finding | None:
    """What is wrong with a file in the store; None if it is kept.

    state: as its incident's item lists it, even if that is past its time: with its entry goes the
    file. None if no incident lists it.
    """
    if now < arrived_at + ARRIVES_WITHIN:
        return None
    if state is not None:
        return Finding(Overdue.STORED_FILE_ERASED) if state in ERASED else None
    expires_at = retention.expires_at(arrived_at)
    if retention.is_visible(expires_at, now):
        return Finding(Overdue.STORED_FILE_ALONE)
    return Finding(Overdue.STORED_FILE, _moment(expires_at))


def may_still_join(arrived_at: datetime, now: datetime) -> bool:
    """Whether nobody may have checked a file that no incident lists.

    Then it belongs to its incident: the citizen may have been told that it has arrived. An older
    one may have been listed before, and be past its time.
    """
    return now < arrived_at + JOINS_WITHIN


def overdue_search_item(expires_at: int, now: datetime) -> Finding:
    """What is wrong with an item of the search index that its incident should not have.

    One that has not expired is not so any more since a moment that nobody knows.
    """
    is_over = not retention.is_visible(expires_at, now)
    return Finding(Overdue.SEARCH_ITEM, _moment(expires_at) if is_over else None)


def is_lost(
    file: AddedFile, version: str | None, arrived_at: datetime | None, now: datetime
) -> bool:
    """Whether the store does not have a file that its incident counts on.

    version, arrived_at: of what the store has under the file's name; None if it has nothing.
    Another version that has just arrived is for its check to refuse.
    """
    if version == file.version:
        return False
    return arrived_at is None or now >= arrived_at + ARRIVES_WITHIN


def _expired(parts: Iterable[Part], now: datetime) -> list[Part]:
    return [part for part in parts if not retention.is_visible(part.expires_at, now)]


def _shown_parts(incident: Incident) -> Iterator[Part]:
    """The parts with a date of their own that people are shown.

    A stored date that is later than six months after its part does not count.
    """
    submitted = retention.expires_at(incident.submitted_at)
    if incident.holds_first_words:
        yield Part(Overdue.FIRST_WORDS, submitted)
    view = incident.consents.get(Scope.VIEW)
    for scope, given in incident.consents.items():
        # control ends with view, and is never in force without it
        ends = view.expires_at if view else int(given.given_at.timestamp())
        at_most = retention.expires_at(given.given_at)
        yield Part(Overdue.CONSENT, min(given.expires_at, ends, at_most), scope)
    for file_id, file in incident.files.items():
        at_most = retention.expires_at(file.added_at)
        yield Part(Overdue.FILE, min(file.expires_at, at_most), file_id)
    if incident.rated_at:
        yield Part(Overdue.RATING, retention.expires_at(incident.rated_at))


def _other_parts(incident: Incident) -> Iterator[Part]:
    """The parts with a date of their own that only the service uses."""
    submitted = retention.expires_at(incident.submitted_at)
    for about in incident.mails:
        yield Part(Overdue.MAIL, submitted if about == OF_THE_INCIDENT else _ends(about), about)
    if until := address_confirmable_until(incident):
        yield Part(Overdue.ADDRESS, int(until.timestamp()))
    if until := erasure_confirmable_until(incident):
        yield Part(Overdue.ERASURE_REQUEST, int(until.timestamp()))
    for keyed in (incident.keyed_messages, incident.keyed_work):
        for digest, entry in keyed.items():
            yield Part(Overdue.REQUEST, _ends(entry), digest)
    for message_id, entry in incident.mail_thread.items():
        yield Part(Overdue.SENT_MAIL, _ends(entry), message_id)
    for day in incident.written_on:
        midnight = start_of(date.fromisoformat(day))
        yield Part(Overdue.MESSAGE_COUNT, retention.expires_at(midnight), day)


def _ends(entry: str) -> int:
    """When the entry of that name expires: a name begins with its moment."""
    return retention.expires_at(moment_of(entry))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
