"""An incident: what a citizen got stuck on, the state it is in, and what must happen next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from suport.domain.legal_time import start_of, to_madrid
from suport.domain.owed_mail import OwedMail
from suport.domain.reference import Reference


class Language(StrEnum):
    """The languages of the service, in the order in which they are offered."""

    CATALAN = "ca"
    SPANISH = "es"
    ENGLISH = "en"
    GERMAN = "de"


class Category(StrEnum):
    """What kind of problem it is; each has a support team and a queue."""

    FUNCTIONAL = "functional"
    PAYMENT = "payment"
    SIGNATURE = "signature"


class Status(StrEnum):
    """Where an incident stands."""

    RECEIVED = "received"
    QUEUED = "queued"
    CLAIMED = "claimed"
    WAITING = "waiting"
    RESOLVED = "resolved"


class Reason(StrEnum):
    """Why an incident is put into its team's queue."""

    SUBMITTED = "submitted"
    TRANSFERRED = "transferred"
    CITIZEN_REPLIED = "citizen_replied"
    REQUEUED = "requeued"
    REOPENED = "reopened"


class Origin(StrEnum):
    """How an incident reached the service."""

    WEB = "web"
    PHONE = "phone"


class MailTrouble(StrEnum):
    """Why mail to the citizen is of no use."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REJECTED = "rejected"  # the provider takes no mail for such an address


class Topic(StrEnum):
    """What an incident is about besides its category, where that sets how it is handled.

    Who tells of a barrier to accessibility has an answer within 20 working days (RD 1112/2018).
    """

    ACCESSIBILITY = "accessibility"


class Charged(StrEnum):
    """Whether the money of a payment was taken, as far as the citizen knows."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class TooManyMessages(Exception):
    """The citizen has written as many messages as one day takes; the next one is for `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


SHORTEST_DESCRIPTION, LONGEST_DESCRIPTION = 10, 4000  # characters, as Unicode counts them
MUST_BE_ROUTED_WITHIN = timedelta(minutes=2)
MUST_BE_CLAIMED_WITHIN = timedelta(days=13)  # the queue forgets a message after 14 days
MUST_BE_TOUCHED_WITHIN = timedelta(hours=24)  # by the operator who has claimed it
WAITS_FOR_CITIZEN = timedelta(days=14)  # from the operator's latest message on
REOPENABLE_FOR = timedelta(days=14)  # from the moment in which the incident was resolved
MOST_MESSAGES_A_DAY = 20  # from a citizen, on one calendar day of Madrid


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident as the register holds it. Moments are aware UTC, `expires_at` epoch seconds.

    `route_reason` is set while the incident still has to be put into its team's queue, and
    `route_request` names that one request, so that its queueing is not taken for a later one's.
    `due_at` is when something must have happened to it; a resolved incident has none.
    `claimed_by` names the operator who has it, also while it waits for the citizen's answer to
    their question, and `claimed_at` says since when. `first_answered_at` is when the team first
    answered the citizen: it stays when the incident is reopened. `last_entry` names the latest
    entry of its history: whoever changes the incident says which one they saw, so that of two
    simultaneous changes one is refused. `consents` are those that stand, by scope, each as its own
    entry says it. `resolved_at` and `rating` (1 to 5) are those of the resolution that stands:
    reopened, it has none, and resolved again, the latest. `keyed_messages` names the entries of the
    latest messages that came with a key, by a digest of key and text; `keyed_work` does so for what
    operators did. `mail_trouble` is set once mail to the citizen was of no use. `files` are
    those added to it, by their id, the first one first: `type`, `bytes`, `version` (see
    `attachment.File`), `state`, `added_at`, and `expires_at` as its own entry says it.

    `description`, `error`, `procedure` and `context` are what the citizen first wrote, and expire
    six months after `submitted_at` however long the incident lives: from then on there is no
    description and the others are empty. `holds_first_words` says whether the item still stores
    them. `revision` counts the changes of the item: each change names the revision it has seen.
    `mails` are those owed to the citizen, by the entry each is about. `last_written` says when and
    by whom the latest message or file came, `citizen_wrote` names the citizen's own latest one, and
    `unread` counts the citizen's since an operator last looked. `changed_at` is when state, team,
    operator or messages last changed. `written_on` counts the citizen's messages by the day.
    `former_teams` had it once. `ending_told` is the expiry of which the citizen was told ahead, and
    `ending_counted_at` when that was last counted for the alarm.
    """

    reference: Reference
    category: Category
    status: Status
    language: Language
    submitted_at: datetime
    expires_at: int
    last_entry: str
    description: str | None
    revision: int = 1
    holds_first_words: bool = True
    route_reason: Reason | None = None
    route_request: str | None = None
    due_at: datetime | None = None
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    first_answered_at: datetime | None = None
    mail_trouble: MailTrouble | None = None
    origin: Origin = Origin.WEB
    error: dict[str, str] = field(default_factory=dict)
    procedure: dict[str, str] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    consents: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    privacy_notice: str | None = None
    context: dict[str, str] = field(default_factory=dict)
    topic: Topic | None = None
    resolved_at: datetime | None = None
    rating: int | None = None
    rated_at: datetime | None = None
    keyed_messages: dict[str, str] = field(default_factory=dict)
    keyed_work: dict[str, str] = field(default_factory=dict)
    mails: dict[str, OwedMail] = field(default_factory=dict)
    last_written: dict[str, str] = field(default_factory=dict)
    citizen_wrote: str = ""
    unread: int = 0
    changed_at: datetime | None = None
    written_on: dict[str, int] = field(default_factory=dict)
    former_teams: list[str] = field(default_factory=list)
    ending_told: int | None = None
    ending_counted_at: datetime | None = None


def reason_after_reply(status: Status) -> Reason | None:
    """Why a citizen's message puts the incident back into the queue, if it does.

    While it lies in the queue, or with an operator, the message simply joins the history.
    """
    return {
        Status.WAITING: Reason.CITIZEN_REPLIED,
        Status.RESOLVED: Reason.REOPENED,
    }.get(status)


def after_one_more_message(written_on: Mapping[str, int], now: datetime) -> dict[str, int]:
    """How many messages the citizen has written, by the day in Madrid: today's, one more.

    Raises
    ------
    TooManyMessages
        If there are as many as one day takes.
    """
    today = to_madrid(now).date()
    written_today = written_on.get(today.isoformat(), 0)
    if written_today >= MOST_MESSAGES_A_DAY:
        raise TooManyMessages(start_of(today + timedelta(days=1)))
    return {today.isoformat(): written_today + 1}


def reopenable_until(incident: Incident) -> datetime | None:
    """The last moment in which the citizen may reopen it; none while it is not resolved."""
    if incident.status is not Status.RESOLVED or incident.resolved_at is None:
        return None
    return incident.resolved_at + REOPENABLE_FOR


def may_reopen(incident: Incident, now: datetime) -> bool:
    """Whether it is resolved, and not longer than the citizen may come back to it."""
    until = reopenable_until(incident)
    return until is not None and now <= until
