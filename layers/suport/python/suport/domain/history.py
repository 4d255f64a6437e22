"""The history of an incident: immutable entries, in the order in which they were recorded."""

from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from suport.domain import crockford
from suport.domain.attachment import FileId, Refusal, State
from suport.domain.category import Category
from suport.domain.consent import ConsentAction, NoticeIdentity, Scope
from suport.domain.incident import Actor, MailTrouble, Reason
from suport.domain.legal_time import utc_text
from suport.domain.owed_mail import MailKind, SetAside
from suport.domain.remote_session import EndReason, Surface, Way

LONGEST_HISTORY_PART = 50  # entries besides looks: read, shown and exported at once
MOST_AT_ONCE = 250  # entries with the looks, which must not push out what was written
LARGEST_HISTORY_PART = 1_000_000  # bytes of text; an answer of Lambda has 6 MB, with the markup


_MARKUP = 500  # bytes that an entry takes besides its text


class Kind(StrEnum):
    """What an entry is."""

    MESSAGE = "message"
    NOTE = "note"
    MAIL = "mail"
    ACTION = "action"
    CONSENT = "consent"
    ATTACHMENT = "attachment"
    RATING = "rating"


class Done(StrEnum):
    """What was done with an incident."""

    PHONED = "phoned"  # a citizen called, and an operator wrote the incident down
    QUEUED = "queued"
    CLAIMED = "claimed"
    VIEWED = "viewed"
    RELEASED = "released"
    TRANSFERRED = "transferred"
    TAKEN_OVER = "taken_over"  # an operator took it from a colleague who had it
    HANDED_OVER = "handed_over"  # an operator gave it to a colleague
    SNOOZED = "snoozed"  # its operator wants to hear of it only later
    RESUMED = "resumed"  # the snooze is over
    REASSIGNED = "reassigned"  # a supervisor gave it to an operator or a team
    ASKED = "asked"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    REROUTED = "rerouted"  # it never reached its queue
    REQUEUED = "requeued"  # the queue was about to forget it
    REFUSED = "refused"  # an operator asked to see what they may not
    ENDING = "ending"  # the citizen was told that the incident will soon be erased
    UNDELIVERABLE = "undeliverable"
    MAIL_SET_ASIDE = "mail_set_aside"
    FILE_REFUSED = "file_refused"
    FILE_SCANNED = "file_scanned"
    CODE_REPLACED = "code_replaced"  # the access code before it opens nothing any more
    CONTACT_CORRECTED = "contact_corrected"
    ADDRESS_ASKED = "address_asked"  # another e-mail address, not confirmed yet
    ADDRESS_DROPPED = "address_dropped"  # it was not confirmed in time
    FILE_REMOVED = "file_removed"
    FILE_LOST = "file_lost"  # the store does not have it any more
    ERASURE_ASKED = "erasure_asked"  # not confirmed yet
    ERASURE_DROPPED = "erasure_dropped"  # it was not confirmed in time
    EXPORTED = "exported"  # the citizen got a copy of everything
    PROBLEM_LINKED = "problem_linked"  # it is about a known problem, and answered with all others
    PROBLEM_UNLINKED = "problem_unlinked"
    FOLLOWED = "followed"  # it is answered together with another incident of the same citizen
    UNFOLLOWED = "unfollowed"
    REMOTE_INVITED = "remote_invited"  # to show the screen in the browser
    REMOTE_JOINED = "remote_joined"  # with the code, or with the incident open
    REMOTE_VIEWING = "remote_viewing"  # the citizen began to show the screen
    REMOTE_CONTROL_ACCEPTED = "remote_control_accepted"  # the operator got the external tool's link
    REMOTE_ENDED = "remote_ended"
    RESTORED = "restored"  # from a recovery copy: what came after the copy is lost


class LookPurpose(StrEnum):
    """For what somebody looked at an incident."""

    WORK = "work"  # to work on it
    CLAIM = "claim"  # to take it on
    FILE = "file"  # to open a file
    CALL = "call"  # the citizen is on the telephone
    SEARCH = "search"  # for a person, which found it
    HANDOVER = "handover"  # a colleague hands it over
    CHECK = "check"  # of how it was dealt with
    CORRECTION = "correction"  # of the contact data
    COPY = "copy"  # to give the citizen a copy of everything
    ERASURE = "erasure"  # to see what an erasure would leave
    AUDIT = "audit"  # of who has looked


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What the citizen or an operator wrote to the other."""

    kind: ClassVar = Kind.MESSAGE
    by: Actor
    body: str
    operator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What an operator wrote for the team."""

    kind: ClassVar = Kind.NOTE
    operator: str
    body: str
    by: Actor = Actor.OPERATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """A mail that the provider took: the entry that it is about, and its id at the provider."""

    kind: ClassVar = Kind.MAIL
    for_: str
    mail: MailKind
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What somebody did with the incident; which facts there are depends on what was `done`.

    contact, purpose: whether the operator who looked saw how to reach the citizen, and for what
    they looked or would have; a look of before 2026-11-26 has no purpose and no team. team, former:
    the team of an operator who looked or was refused, and whether another team that was refused had
    the incident before. reason: why the incident was queued, a file refused, a mail set aside or
    mail found useless. from_, to, why: facts of a transfer. colleague, why: from whom an
    operator took it over, or to whom they handed it over, and why; also why it was released.
    held_by: who had it when a supervisor reassigned it to that colleague or that team. until: the
    day, in Madrid, on which a snoozed incident comes back. file, version, state: facts of a file.
    for_, mail: facts of a mail. fields: names of the contact data that were corrected. problem: the
    id of the known problem that it was linked to. leader: the incident with which it is answered.
    via: how the citizen joined a remote session. surface, consent: what the citizen showed in it,
    and the entry of the consent to that. reason, seconds: why it ended, and for how long the screen
    was shown.
    """

    kind: ClassVar = Kind.ACTION
    done: Done
    by: Actor
    operator: str | None = None
    contact: bool | None = None
    purpose: LookPurpose | None = None
    reason: Reason | Refusal | SetAside | MailTrouble | EndReason | None = None
    team: Category | None = None
    former: bool | None = None
    from_: Category | None = None
    to: Category | None = None
    why: str | None = None
    colleague: str | None = None
    until: date | None = None
    held_by: str | None = None
    file: FileId | None = None
    version: str | None = None
    state: State | None = None
    for_: str | None = None
    mail: MailKind | None = None
    fields: tuple[str, ...] | None = None
    problem: str | None = None
    leader: str | None = None
    via: Way | None = None
    surface: Surface | None = None
    consent: str | None = None
    seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """That the citizen agreed to something, or that a consent ended.

    `given_at` is when the citizen gave it. `record` names the entry that records the grant; a grant
    is that entry itself. `by` says who ended the consent, if not the citizen in person.
    """

    kind: ClassVar = Kind.CONSENT
    scope: Scope
    action: ConsentAction
    notice: NoticeIdentity
    given_at: datetime
    record: str | None = None
    by: Actor | None = None
    operator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that the citizen added, as it was when it arrived."""

    kind: ClassVar = Kind.ATTACHMENT
    file: FileId
    type: str
    bytes: int
    version: str
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """How the citizen rated the help, from 1 to 5."""

    kind: ClassVar = Kind.RATING
    score: int
    comment: str | None


type Content = Message | Note | SentMail | Action | Consent | Attachment | Rating

CONTENTS: dict[Kind, type[Content]] = {
    each.kind: each for each in (Message, Note, SentMail, Action, Consent, Attachment, Rating)
}
"""What an entry of each kind holds."""

_LOOKS = {Done.VIEWED, Done.PHONED}  # who writes down a call gets to know all of it
_CALLED = {"for_": "for", "from_": "from", "done": "action", "mail": "kind"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One immutable entry of an incident's history. `expires_at` is in epoch seconds."""

    id: str
    recorded_at: datetime
    expires_at: int
    content: Content

    @property
    def kind(self) -> Kind:
        """What the entry is."""
        return self.content.kind

    @property
    def facts(self) -> dict[str, Any]:
        """The content under the names that the register and the JSON API use.

        Facts that are not known are left out, except the comment of a rating, which may be None.
        """
        return {
            fact_name(field.name): _plain(value)
            for field in fields(self.content)
            if (value := getattr(self.content, field.name)) is not None or field.default is MISSING
        }


@dataclass(frozen=True, slots=True)
class HistoryPart:
    """Some entries of a history, the newest first.

    earlier: names the entry that the next, older part ends before; None if there is no older part.
    """

    entries: tuple[Entry, ...] = ()
    earlier: str | None = None


def is_look(entry: Entry) -> bool:
    """Whether the entry records that somebody was shown, or told, personal data."""
    return isinstance(entry.content, Action) and entry.content.done in _LOOKS


def first_part(entries: Iterable[Entry]) -> HistoryPart:
    """The first entries, as many as an answer holds, and at least one if there is any."""
    part: list[Entry] = []
    size = others = 0
    for entry in entries:
        size += sum(len(fact.encode()) for fact in entry.facts.values() if isinstance(fact, str))
        is_full = others == LONGEST_HISTORY_PART or len(part) == MOST_AT_ONCE
        if part and (is_full or size > LARGEST_HISTORY_PART):
            return HistoryPart(tuple(part), part[-1].id)
        part.append(entry)
        others += not is_look(entry)
    return HistoryPart(tuple(part))


def part_down_to(entries: Iterable[Entry], earlier: str | None) -> HistoryPart:
    """The entries down to the one named `earlier`, or as many of them as an answer holds.

    It has what another part has that ends there, and what that part leaves out.
    """
    part: list[Entry] = []
    size = 0
    for entry in entries:
        if earlier and entry.id < earlier:
            break
        texts = [fact for fact in entry.facts.values() if isinstance(fact, str)]
        size += _MARKUP + sum(len(text.encode()) for text in texts)
        if part and size > LARGEST_HISTORY_PART:
            return HistoryPart(tuple(part), part[-1].id)
        part.append(entry)
    return HistoryPart(tuple(part), earlier)


def fact_name(field: str) -> str:
    """What a content's field is called in the register and in JSON.

    >>> fact_name("from_"), fact_name("done"), fact_name("body")
    ('from', 'action', 'body')
    """
    return _CALLED.get(field, field)


def next_entry_id(now: datetime, after: str | None = None) -> str:
    """A ULID of that moment, or the direct successor of `after` if that ULID would not follow it.

    Each entry of an incident is named after the latest one: no two have the same name, and they
    sort by their names, whatever the clocks say.
    """
    number = int(now.timestamp() * 1000) << 80
    return crockford.encode(max(number, crockford.decode(after) + 1 if after else 0), 26)


def moment_of(entry_id: str) -> datetime:
    """The moment that an entry is named after: its own, or at most a little later.

    Raises
    ------
    ValueError, OverflowError
        If this is no name of an entry.
    """
    return datetime.fromtimestamp((crockford.decode(entry_id) >> 80) / 1000, UTC)


def is_since(begun_at: datetime, entry_id: str) -> bool:
    """Whether the entry of that name was made at that moment or later."""
    return entry_id >= next_entry_id(begun_at)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value.as_facts() if isinstance(value, NoticeIdentity) else value
