"""Who of the support teams may do what with an incident, and what is due when nobody does it.

Only the operators of its category see an incident, only the one who has claimed it sees how to
reach the citizen and acts on it. An incident is never nobody's: in each state something must
happen within a time, and `due` says what happens where it did not.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from suport.domain.history import Entry, Kind
from suport.domain.incident import (
    MUST_BE_CLAIMED_WITHIN,
    MUST_BE_ROUTED_WITHIN,
    MUST_BE_TOUCHED_WITHIN,
    WAITS_FOR_CITIZEN,
    Incident,
    Status,
)


class OtherTeam(Exception):
    """The incident is not with the operator's team, or no longer."""


class NotClaimed(Exception):
    """The operator acts on an incident that nobody has claimed."""


class ClaimedByAnother(Exception):
    """Another operator has the incident: `operator` names them."""

    def __init__(self, operator: str) -> None:
        super().__init__(operator)
        self.operator = operator


class AlreadyResolved(Exception):
    """The incident is resolved: only its citizen can have it handled again."""


class Wake(StrEnum):
    """What the service does where nobody did anything in time."""

    REROUTED = "rerouted"  # it never reached its queue
    REQUEUED = "requeued"  # the queue is about to forget it
    RELEASED = "released"  # its operator left it lying
    RESOLVED = "resolved"  # its citizen does not answer


_WITHIN: dict[Status, timedelta] = {
    Status.RECEIVED: MUST_BE_ROUTED_WITHIN,
    Status.QUEUED: MUST_BE_CLAIMED_WITHIN,
    Status.CLAIMED: MUST_BE_TOUCHED_WITHIN,
    Status.WAITING: WAITS_FOR_CITIZEN,
}


def due_at(status: Status, now: datetime) -> datetime | None:
    """By when something must happen to an incident that gets into that status now."""
    return now + _WITHIN[status] if status in _WITHIN else None


def claiming_changes(incident: Incident, operator: str) -> bool:
    """Whether a claim by this operator of its team makes it theirs; if not, it is so already.

    One that waits for its citizen may be claimed by any of the team: who asked may be away.

    Raises
    ------
    AlreadyResolved, ClaimedByAnother
    """
    if incident.status is Status.RESOLVED:
        raise AlreadyResolved
    if incident.status is not Status.CLAIMED:
        return True
    must_have_claimed(incident, operator)
    return False


def must_have_claimed(incident: Incident, operator: str) -> None:
    """Lets nobody but its operator act on an incident.

    Raises
    ------
    AlreadyResolved, NotClaimed, ClaimedByAnother
    """
    if incident.status is Status.RESOLVED:
        raise AlreadyResolved
    if incident.claimed_by is None:
        raise NotClaimed
    if incident.claimed_by != operator:
        raise ClaimedByAnother(incident.claimed_by)


def sees_contact(incident: Incident, operator: str) -> bool:
    """Whether this operator may see how to reach the citizen, unmasked."""
    return incident.claimed_by == operator


def due(incident: Incident, now: datetime) -> Wake | None:
    """What the service has to do with the incident now, if anything."""
    if incident.due_at is None or now < incident.due_at:
        return None
    if incident.route_reason:
        return Wake.REROUTED
    match incident.status:
        case Status.RECEIVED | Status.QUEUED:
            return Wake.REQUEUED
        case Status.CLAIMED:
            return Wake.RELEASED
        case Status.WAITING:
            return Wake.RESOLVED
        case Status.RESOLVED:
            return None


def prolongs(entry: Entry) -> bool:
    """Whether the incident is kept as long as this entry: if a person made it.

    Nothing that the service does by itself keeps anything longer, no look does, and no attempt
    that was refused. These are kept for their own six months, and hidden once the incident ends.
    """
    if entry.kind is Kind.MAIL or entry.content.get("by") == "service":
        return False
    return entry.content.get("action") not in {"refused", "viewed"}
