"""An incident: what a citizen is stuck on, and how far the help with it has got."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from suport.domain.attachment import AddedFile, FileId
from suport.domain.category import Category
from suport.domain.consent import Scope, StandingConsent
from suport.domain.language import Language
from suport.domain.owed_mail import OwedMail
from suport.domain.reference import Reference


class Status(StrEnum):
    """How far the help with an incident has got."""

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


class Channel(StrEnum):
    """How an incident reached the service."""

    WEB = "web"
    PHONE = "phone"


class Actor(StrEnum):
    """Who did something."""

    CITIZEN = "citizen"
    OPERATOR = "operator"
    SERVICE = "service"
    DATA_PROTECTION = "data_protection"  # an officer, who sees who looked


class MailTrouble(StrEnum):
    """Why mail to the citizen is useless."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REJECTED = "rejected"  # the provider takes no mail for such an address


class Topic(StrEnum):
    """What an incident is about if it is no problem with a procedure.

    Its citizen gets an answer within 20 working days, to which RD 1112/2018 obliges for
    accessibility.
    """

    ACCESSIBILITY = "accessibility"
    OTHER = "other"


class Charged(StrEnum):
    """Whether the money of a payment was taken, as far as the citizen knows."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChange:
    """Another e-mail address that the citizen asked for, until the present one confirms it.

    email: the address; None if the citizen wants no mail any more. entry: the request's entry.
    """

    email: str | None
    entry: str
    asked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRequest:
    """That the citizen asked for the erasure; a code sent to their address confirms it.

    entry: the request's entry.
    """

    entry: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """When the latest message or file came, and from whom."""

    at: datetime
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An incident as the register holds it. Moments are aware UTC, `expires_at` epoch seconds.

    `route_reason` is set while the incident still has to be put into its team's queue, and
    `route_request` names that one request: a late record of it must not settle a later one.
    `due_at` is when something must have happened to the incident; a resolved one has none.
    `claimed_by` names the operator who has the incident, also while it waits for the citizen to
    answer their question, and `claimed_at` says since when. `first_answered_at` is when the team
    first answered the citizen; reopening keeps it. `last_entry` names the latest entry of the
    history. `consents` are those in force. `resolved_at`, `resolved_by` and `rating` (1 to 5)
    belong to the latest resolution; a reopened incident has none of them, and `reopened_at` says
    when that was last. An operator resolves an
    incident: where its citizen ended it, or the service after 14 days of silence, people read that
    it is closed. `keyed_messages` names the entries of the latest messages that came with a key, by
    a digest of key and text; `keyed_work` does the same for what operators did. `mail_thread`
    names the entries of the first and the latest mails to the present address, by their ids at the
    provider: the next mail refers to them. `mail_trouble` is set once mail to the citizen has
    proved useless. `files` are in the order in which they were added. Until `snoozed_until` its
    operator wants to hear of it only if the citizen writes.

    `description`, `error`, `procedure` and `context` are what the citizen first wrote. They expire
    six months after `submitted_at` however long the incident lives: from then on `description` is
    None and the others are empty. `holds_first_words` says whether the item still stores them.
    `revision` counts the changes of the item. Each change names the revision that it has seen, and
    of two simultaneous changes the second is refused. `mails` are those owed to the citizen, by the
    entry that each is about. `citizen_wrote` names the citizen's latest message or file, and
    `unread` counts those that arrived since the operator who has it last looked. `changed_at` is
    when state, team, operator or messages last changed. `written_on` counts the citizen's messages
    by the day. `former_teams` had the incident before, and `former_states` are those that it has
    left since it was sent or last reopened, each once. `ending_told` is the expiry that the citizen
    was warned of, and `ending_counted_at` is when that was last counted for the alarm.
    `code_number` says which access code opens the incident, see `access_code`. `address_number`
    counts the e-mail addresses it has had, and `address_change` waits for its confirmation, as
    `erasure_asked` does. `answer_by` is the last day for the answer to an incident with a `topic`;
    it is a promise to the citizen, and unlike `due_at` wakes nobody. `history_from` is when its
    history begins, where that is before `submitted_at`: its citizen sent it again while a recovery
    copy was still to be put back. `known_problem` is the id of the known problem that it is linked
    to, and `answered_with` another incident of the same citizen, with which it is answered; until
    its citizen writes, its team has nothing to do with it (`is_left_to_all`).
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
    snoozed_until: datetime | None = None
    first_answered_at: datetime | None = None
    mail_trouble: MailTrouble | None = None
    origin: Channel = Channel.WEB
    error: dict[str, str] = field(default_factory=dict)
    procedure: dict[str, str] = field(default_factory=dict)
    contact: dict[str, str] = field(default_factory=dict)
    consents: dict[Scope, StandingConsent] = field(default_factory=dict)
    files: dict[FileId, AddedFile] = field(default_factory=dict)
    privacy_notice: str | None = None
    context: dict[str, str] = field(default_factory=dict)
    topic: Topic | None = None
    answer_by: date | None = None
    resolved_at: datetime | None = None
    resolved_by: Actor | None = None
    reopened_at: datetime | None = None
    rating: int | None = None
    rated_at: datetime | None = None
    keyed_messages: dict[str, str] = field(default_factory=dict)
    keyed_work: dict[str, str] = field(default_factory=dict)
    mail_thread: dict[str, str] = field(default_factory=dict)
    mails: dict[str, OwedMail] = field(default_factory=dict)
    last_written: Written | None = None
    citizen_wrote: str = ""
    unread: int = 0
    changed_at: datetime | None = None
    written_on: dict[str, int] = field(default_factory=dict)
    former_teams: tuple[Category, ...] = ()
    former_states: tuple[Status, ...] = ()
    ending_told: int | None = None
    ending_counted_at: datetime | None = None
    code_number: int = 1
    address_number: int = 1
    address_change: AddressChange | None = None
    erasure_asked: ErasureRequest | None = None
    history_from: datetime | None = None
    known_problem: str | None = None
    answered_with: Reference | None = None

    @property
    def begun_at(self) -> datetime:
        """When its history begins. An entry of before is of another incident, which has ended."""
        return self.history_from or self.submitted_at

    @property
    def is_left_to_all(self) -> bool:
        """Whether the answer to others will do: linked, with nobody, and all of it is read."""
        return self.is_linked and self.claimed_by is None and not self.unread

    @property
    def is_linked(self) -> bool:
        """Whether it gets an answer together with others."""
        return self.known_problem is not None or self.answered_with is not None
