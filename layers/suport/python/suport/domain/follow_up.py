"""When the service itself has to look at an incident again, whatever its team does.

A mail is still owed, a file still waits for its scan, an open incident is near its end, or what
the citizen first wrote is past its own six months although the incident lives on. Each of these
has its moment, and the register's index `follow_ups` finds what is due.
"""

from datetime import UTC, datetime, timedelta

from suport.domain import retention
from suport.domain.attachment import State
from suport.domain.deadlines import SCANNED_WITHIN
from suport.domain.incident import Incident, Status

ENDS_SOON = timedelta(days=30)
"""how long before its end everybody concerned hears of an open incident"""
ENDING_COUNTED_EVERY = timedelta(days=1)


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
