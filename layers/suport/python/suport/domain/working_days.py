"""Working days, and the day by which a communication about other matters has to be answered.

Days are those of Europe/Madrid. Monday to Friday are working days (Ley 39/2015 art. 30.2), unless
they are closed dates, which are the operator's configuration.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from suport.domain.legal_time import to_madrid

ANSWERED_WITHIN = 20  # working days: RD 1112/2018 art. 12, for accessibility
_SATURDAY = 5


def answer_by(received_at: datetime, closed_dates: Collection[date] = ()) -> date:
    """The last day for the answer to what arrived at that moment.

    The first day that counts is the working day after it (Ley 39/2015 art. 30.3).

    >>> from datetime import UTC
    >>> answer_by(datetime(2026, 11, 26, 11, tzinfo=UTC)).isoformat()
    '2026-12-24'

    Raises
    ------
    ValueError
        If the moment is naive.
    """
    day, left = to_madrid(received_at).date(), ANSWERED_WITHIN
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, closed_dates)
    return day


def is_working_day(day: date, closed_dates: Collection[date] = ()) -> bool:
    """Whether it is a Monday to Friday and no closed date."""
    return day.weekday() < _SATURDAY and day not in closed_dates
