"""The words that the desk shares with the service, written as the service writes them.

The desk is installed without the service's package. Therefore these are copies, and a test holds
each to its original. The desk shows a word that the service adds later as it comes.
"""

from enum import StrEnum

INCIDENT_SCHEMA, FORMER_INCIDENT_SCHEMA = "suport.incident/2", "suport.incident/1"
PROBLEM_TYPE = "urn:suport:problem:"
RESOLVED = "resolved"  # the act after which an incident is no longer open
REFUSED = "refused"  # the act of an operator who asked to see what they may not
BY_PHONE = "phone"  # the origin of an incident that an operator recorded
TAKEN_OVER, HANDED_OVER = "taken_over", "handed_over"  # from and to a colleague of the team
MAIL_SET_ASIDE, ENDING = "mail_set_aside", "ending"  # acts of the service that the desk explains


class Category(StrEnum):
    """The kinds of problem; each has a team and a queue."""

    FUNCTIONAL = "functional"
    PAYMENT = "payment"
    SIGNATURE = "signature"


class Topic(StrEnum):
    """What an incident is about if it is no problem with a procedure."""

    ACCESSIBILITY = "accessibility"
    OTHER = "other"


class Language(StrEnum):
    CATALAN = "ca"
    SPANISH = "es"
    ENGLISH = "en"
    GERMAN = "de"


class Status(StrEnum):
    RECEIVED = "received"
    QUEUED = "queued"
    CLAIMED = "claimed"
    WAITING = "waiting"
    RESOLVED = "resolved"


UNCLAIMED = {Status.RECEIVED, Status.QUEUED}
"""The statuses in which an incident waits for an operator."""


class Actor(StrEnum):
    """Who did something."""

    CITIZEN = "citizen"
    OPERATOR = "operator"
    SERVICE = "service"
    DATA_PROTECTION = "data_protection"


class Reason(StrEnum):
    """Why an incident was put into its team's queue."""

    SUBMITTED = "submitted"
    TRANSFERRED = "transferred"
    CITIZEN_REPLIED = "citizen_replied"
    REQUEUED = "requeued"
    REOPENED = "reopened"


class Scope(StrEnum):
    """What a citizen can consent to."""

    VIEW = "view"
    CONTROL = "control"


class LookPurpose(StrEnum):
    """For what an operator can state that they read an incident."""

    WORK = "work"
    CALL = "call"
    HANDOVER = "handover"
    CHECK = "check"


class EntryKind(StrEnum):
    """The kinds of entries that the desk shows in a way of their own."""

    MESSAGE = "message"
    NOTE = "note"
    MAIL = "mail"
    ACTION = "action"
    CONSENT = "consent"


class SetAside(StrEnum):
    """Why a mail to the citizen was not sent."""

    UNKNOWN_OUTCOME = "unknown_outcome"
    NOT_SENT = "not_sent"
    TOO_MANY = "too_many"
    EXPIRED = "expired"


class Problem(StrEnum):
    """The service's problems that the desk handles, each by the end of its type."""

    ALREADY_RESOLVED = "already-resolved"
    ANSWERED_TOGETHER = "answered-together"
    CHANGED_MEANWHILE = "changed-meanwhile"
    CLAIMED_BY_ANOTHER = "claimed-by-another"
    ERASED = "erased"
    INVALID = "invalid"
    KEY_REUSED = "key-reused"
    NO_TEAM = "no-team"
    NOT_DATA_PROTECTION = "not-data-protection"
    NOT_CLAIMED = "not-claimed"
    NOT_FOUND = "not-found"
    OTHER_TEAM = "other-team"
    REFUSED = "refused"
    WAITS_FOR_CITIZEN = "waits-for-citizen"
