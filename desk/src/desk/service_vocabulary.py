"""The words that the desk shares with the service, written as the service writes them.

The desk is installed without the service's package, so these are copies; a test holds each one to
its original. A word that the service adds later is shown as it comes.
"""

from enum import StrEnum

INCIDENT_SCHEMA, FORMER_INCIDENT_SCHEMA = "suport.incident/2", "suport.incident/1"
PROBLEM_TYPE = "urn:suport:problem:"
RESOLVED = "resolved"  # the status of an incident that is no longer open, and what made it so
BY_PHONE = "phone"  # the origin of an incident that an operator recorded
ACCESSIBILITY = "accessibility"  # the topic with a right to an answer within 20 working days
OPERATOR = "operator"  # the author of an entry
MAIL_SET_ASIDE, ENDING = "mail_set_aside", "ending"  # what the service does that is explained


class Category(StrEnum):
    """What kind of problem an incident is; each category has a team and a queue."""

    FUNCTIONAL = "functional"
    PAYMENT = "payment"
    SIGNATURE = "signature"


class Language(StrEnum):
    CATALAN = "ca"
    SPANISH = "es"
    ENGLISH = "en"
    GERMAN = "de"


class OpenStatus(StrEnum):
    RECEIVED = "received"
    QUEUED = "queued"
    CLAIMED = "claimed"
    WAITING = "waiting"


UNCLAIMED = {OpenStatus.RECEIVED, OpenStatus.QUEUED}
"""The statuses in which an incident waits for an operator."""


class Reason(StrEnum):
    """Why an incident was put into its team's queue."""

    SUBMITTED = "submitted"
    TRANSFERRED = "transferred"
    CITIZEN_REPLIED = "citizen_replied"
    REQUEUED = "requeued"
    REOPENED = "reopened"


class Scope(StrEnum):
    """What a citizen may have consented to."""

    VIEW = "view"
    CONTROL = "control"


class EntryKind(StrEnum):
    """The entries of a history that are shown in a way of their own."""

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
    """The service's problems on which the desk acts, each the end of its type."""

    ALREADY_RESOLVED = "already-resolved"
    CHANGED_MEANWHILE = "changed-meanwhile"
    CLAIMED_BY_ANOTHER = "claimed-by-another"
    KEY_REUSED = "key-reused"
    NO_TEAM = "no-team"
    NOT_CLAIMED = "not-claimed"
    NOT_FOUND = "not-found"
    OTHER_TEAM = "other-team"
    REFUSED = "refused"
