"""By when something must happen to an incident, and what the service does where it did not.

No incident is forgotten: in each state something must happen within a set time.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from suport.domain.incident import Incident, Status

MUST_BE_ROUTED_WITHIN = timedelta(minutes=2)
MUST_BE_CLAIMED_WITHIN = timedelta(days=13)  # the queue forgets a message after 14 days
MUST_BE_TOUCHED_WITHIN = timedelta(hours=24)  # by the operator who has claimed it
WAITS_FOR_CITIZEN = timedelta(days=14)  # from the operator's latest message on
SCANNED_WITHIN = timedelta(hours=1)  # a file that arrived; usually within minutes
REOPENABLE_FOR = timedelta(days=14)  # from the moment in which the incident was resolved

_WITHIN: dict[Status, timedelta] = {
    Status.RECEIVED: MUST_BE_ROUTED_WITHIN,
    Status.QUEUED: MUST_BE_CLAIMED_WITHIN,
    Status.CLAIMED: MUST_BE_TOUCHED_WITHIN,
    Status.WAITING: WAITS_FOR_CITIZEN,
}


class Wake(StrEnum):
    """What the service does with an incident if nobody did anything in time."""

    REROUTED = "rerouted"  # it never reached its queue
    REQUEUED = "requeued"  # the queue is about to forget it
    RELEASED = "released"  # its operator did nothing with it
    RESOLVED = "resolved"  # its citizen does not answer


def due_at(status: Status, now: datetime) -> datetime | None:
    """By when something must happen to an incident that enters that status now."""
    return now + _WITHIN[status] if status in _WITHIN else None


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


def reopenable_until(incident: Incident) -> datetime | None:
    """The last moment in which the citizen may reopen it; none while it is not resolved."""
    if incident.status is not Status.RESOLVED or incident.resolved_at is None:
        return None
    return incident.resolved_at + REOPENABLE_FOR


def may_reopen(incident: Incident, now: datetime) -> bool:
    """Whether it is resolved, and not longer than the citizen may come back to it."""
    until = reopenable_until(incident)
    return until is not None and now <= until
