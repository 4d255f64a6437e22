"""How long an entry of the register is kept: six calendar months, and not a day longer.

The last day is the same day six months later or, if that month has no such day, its last one
(Ley 39/2015 art. 30.4, Código Civil art. 5), counted on the calendar of Europe/Madrid. From the
following local midnight nobody sees the entry, even while the table still stores it.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from suport.domain.history import Action, Done, Entry, Kind
from suport.domain.incident import Actor
from suport.domain.legal_time import start_of, to_madrid

MONTHS_KEPT = 6


def last_day(recorded_at: datetime) -> date:
    """The last calendar day, in Madrid, on which the register keeps an entry of that instant."""
    recorded_on = to_madrid(recorded_at).date()
    months = recorded_on.month - 1 + MONTHS_KEPT
    year, month = recorded_on.year + months // 12, months % 12 + 1
    return date(year, month, min(recorded_on.day, monthrange(year, month)[1]))


def expires_at(recorded_at: datetime) -> int:
    """When an entry of that instant is gone: the midnight after its `last_day`, in epoch seconds.

    Raises
    ------
    ValueError
        If `recorded_at` is naive.
    """
    return int(start_of(last_day(recorded_at) + timedelta(days=1)).timestamp())


def last_day_before(expires_at: int) -> date:
    """The last calendar day, in Madrid, on which the register keeps an entry with that expiry."""
    return (to_madrid(datetime.fromtimestamp(expires_at, UTC)) - timedelta(days=1)).date()


def is_visible(expires_at: int, now: datetime) -> bool:
    """Whether an entry with that expiry (epoch seconds) may still be shown."""
    return now.timestamp() < expires_at


def prolongs(entry: Entry) -> bool:
    """Whether the incident is kept as long as this entry: only if a person made the entry.

    Neither what the service does by itself, nor a look, nor a refused attempt keeps an incident
    longer. Nor does a snooze, in which nothing is done, nor a link to a known problem or to another
    incident, which one press may make for hundreds: the answer does. Nor do a copy for the citizen
    and a request for the erasure: they are no further matter. Such entries are kept for their own
    six months, and hidden once the incident ends.
    """
    if entry.kind is Kind.MAIL or getattr(entry.content, "by", None) is Actor.SERVICE:
        return False
    keeps_nothing = {
        *(Done.REFUSED, Done.VIEWED, Done.EXPORTED, Done.ERASURE_ASKED),
        *(Done.SNOOZED, Done.RESUMED),
        *(Done.PROBLEM_LINKED, Done.PROBLEM_UNLINKED, Done.FOLLOWED, Done.UNFOLLOWED),
    }
    return not (isinstance(entry.content, Action) and entry.content.done in keeps_nothing)
