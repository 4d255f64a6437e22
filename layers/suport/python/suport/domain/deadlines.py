"""By when something must happen to an incident, and what the service does where it did not.

No incident is forgotten: in each state something must happen within a set time (`due`). What an
operator has to do is due within a working day of the team; the other times go on at night. And the
service itself has to look at an incident again, no matter what its team does (`follow_up_at`): a
mail is still owed, a file still waits for its scan, another address or an erasure waits for its
confirmation, an incident is snoozed, an open one is near its end, or what the citizen first wrote
is past its own six months although the incident lives on.
"""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from suport.domain import retention
from suport.domain.attachment import State
from suport.domain.incident import Incident, Status
from suport.domain.legal_time import to_madrid
from suport.domain.working_hours import AROUND_THE_CLOCK, WorkingHours

MUST_BE_ROUTED_WITHIN = timedelta(minutes=2)
MUST_BE_CLAIMED_WITHIN = timedelta(days=13)  # the queue forgets a message after 14 days
COMES_BACK_WITHIN = timedelta(days=1)  # what waits for an answer to many, lest it be forgotten
LEADER_LOOKED_AT_WITHIN = timedelta(minutes=10)  # whether it still leads those that follow it
WAITS_FOR_CITIZEN = timedelta(days=14)  # from the operator's latest message on
SCANNED_WITHIN = timedelta(hours=1)  # a file that arrived; usually within minutes
REOPENABLE_FOR = timedelta(days=14)  # from the moment in which the incident was resolved
CONFIRMED_WITHIN = timedelta(days=7)  # another e-mail address or an erasure, by the present one
ENDS_SOON = timedelta(days=30)  # from when on everybody concerned hears of an open incident's end
ENDING_COUNTED_EVERY = timedelta(days=1)

_WITHIN: dict[Status, timedelta] = {
    Status.RECEIVED: MUST_BE_ROUTED_WITHIN,
    Status.QUEUED: MUST_BE_CLAIMED_WITHIN,
    Status.WAITING: WAITS_FOR_CITIZEN,
}


class Wake(StrEnum):
    """What the service does with an incident if nobody did anything in time."""

    REROUTED = "rerouted"  # it never reached its queue
    REQUEUED = "requeued"  # the queue is about to forget it
    RELEASED = "released"  # its operator did nothing with it
    RESOLVED = "resolved"  # its citizen does not answer


def due_at(
    status: Status, now: datetime, hours: WorkingHours = AROUND_THE_CLOCK
) -> datetime | None:
    """By when something must happen to an incident that enters that status now.

    hours: those of its team. Who claims it has a working day to do something with it.
    """
    if status is Status.CLAIMED:
        return hours.after(now, hours.working_day)
    return now + _WITHIN[status] if status in _WITHIN else None


def queue_due_at(incident: Incident, now: datetime) -> datetime:
    """By when an incident that is in its queue from now on must be put there again.

    The message about one that is linked to a known problem is passed over while the problem is
    open. Were the incident left out when it is solved, nobody would hear of it until then. Of one
    that is answered together with another, the service looks whether that one still leads it.
    """
    if incident.is_left_to_all and incident.answered_with:
        return now + LEADER_LOOKED_AT_WITHIN
    return now + (COMES_BACK_WITHIN if incident.is_left_to_all else MUST_BE_CLAIMED_WITHIN)


def claim_due_at(incident: Incident, now: datetime, hours: WorkingHours) -> datetime | None:
    """By when its operator must do something with a claimed incident; a snooze comes first."""
    return due_at(Status.CLAIMED, max(now, incident.snoozed_until or now), hours)


def due(incident: Incident, now: datetime) -> Wake | None:
    """What the service has to do with the incident now, if anything."""
    if incident.due_at is None or now < incident.due_at:
        return None
    if incident.route_reason:
        return Wake.REROUTED
    match incident.status:
        case Status.RECEIVED | Status.QUEUED:
            return Wake.REQUEUED
        case Status.CLAIMED:  # one that was snoozed has to come back first
            return None if incident.snoozed_until else Wake.RELEASED
        case Status.WAITING:
            return Wake.RESOLVED
        case Status.RESOLVED:
            return None


def is_snoozed(incident: Incident, now: datetime) -> bool:
    """Whether its operator wants to hear of the incident only later."""
    return incident.snoozed_until is not None and now < incident.snoozed_until


def snooze_is_over(incident: Incident, now: datetime) -> bool:
    """Whether a snoozed incident has to come back to its operator now."""
    return incident.snoozed_until is not None and not is_snoozed(incident, now)


def is_overdue(due_at: datetime | None, answer_by: date | None, now: datetime) -> bool:
    """Whether an open incident is past its time: that of its state, or that of a promised answer.

    answer_by: the last day for the answer, in Madrid; see `Incident`.
    """
    is_late = due_at is not None and now >= due_at
    return is_late or (answer_by is not None and to_madrid(now).date() > answer_by)


def closes_at(incident: Incident) -> datetime | None:
    """When the incident is closed if its citizen does not answer; None if nobody waits for that."""
    return incident.due_at if incident.status is Status.WAITING else None


def reopenable_until(incident: Incident) -> datetime | None:
    """The last moment in which the citizen may reopen it; none while it is not resolved."""
    if incident.status is not Status.RESOLVED or incident.resolved_at is None:
        return None
    return incident.resolved_at + REOPENABLE_FOR


def may_reopen(incident: Incident, now: datetime) -> bool:
    """Whether it is resolved, and not longer than the citizen may come back to it."""
    until = reopenable_until(incident)
    return until is not None and now <= until


def address_confirmable_until(incident: Incident) -> datetime | None:
    """Until when the other address can be confirmed; None if none was asked for."""
    asked = incident.address_change
    return asked.asked_at + CONFIRMED_WITHIN if asked else None


def erasure_confirmable_until(incident: Incident) -> datetime | None:
    """Until when the erasure can be confirmed; None if nobody asked for it."""
    asked = incident.erasure_asked
    return asked.asked_at + CONFIRMED_WITHIN if asked else None


def ends_soon(expires_at: int, now: datetime) -> bool:
    """Whether an incident with that expiry (epoch seconds) is near its end."""
    return now >= _ending_from(expires_at)


def follow_up_at(incident: Incident) -> datetime | None:
    """The first moment when the service has to look at the incident; None if it never has to."""
    moments = [mail.ask_again_at for mail in incident.mails.values()]
    moments += [
        file.added_at + SCANNED_WITHIN
        for file in incident.files.values()
        if file.state is State.QUARANTINED
    ]
    confirmable = address_confirmable_until(incident), erasure_confirmable_until(incident)
    moments += [until for until in confirmable if until]
    if incident.snoozed_until:
        moments.append(incident.snoozed_until)
    if incident.status is not Status.RESOLVED:
        moments.append(_ending_due_at(incident))
    if incident.holds_first_words:
        words_expire_at = retention.expires_at(incident.submitted_at)
        if words_expire_at < incident.expires_at:
            moments.append(_moment(words_expire_at))
    return min(moments, default=None)


def ending_is_due(incident: Incident, now: datetime) -> bool:
    """Whether the open incident is near its end, and was not counted for the alarm within a day."""
    return incident.status is not Status.RESOLVED and now >= _ending_due_at(incident)


def first_words_are_due(incident: Incident, now: datetime) -> bool:
    """Whether what the citizen first wrote is still stored after its own six months."""
    expires_at = retention.expires_at(incident.submitted_at)
    return incident.holds_first_words and not retention.is_visible(expires_at, now)


def _ending_due_at(incident: Incident) -> datetime:
    if incident.ending_told == incident.expires_at and incident.ending_counted_at:
        return incident.ending_counted_at + ENDING_COUNTED_EVERY
    return _ending_from(incident.expires_at)


def _ending_from(expires_at: int) -> datetime:
    return _moment(expires_at) - ENDS_SOON


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
