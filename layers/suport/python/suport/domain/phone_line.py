"""The phone line 012 for signature and certificate questions: what to dial, and when it answers.

Monday to Friday 8-20 and Saturday 9-14 on the clocks of Madrid; 012 within the islands,
971 22 57 91 from elsewhere in Spain, 00 34 971 22 57 91 from abroad. The assistance page of the
electronic office states them. Closed dates (public holidays) are the operator's configuration.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from suport.domain.legal_time import to_madrid
from suport.domain.working_hours import Shift, WorkingHours


class Origin(StrEnum):
    """Where the citizen calls from."""

    BALEARIC_ISLANDS = "balearic-islands"
    SPAIN = "spain"
    ABROAD = "abroad"


NUMBERS = {
    Origin.BALEARIC_ISLANDS: "012",
    Origin.SPAIN: "971 22 57 91",
    Origin.ABROAD: "00 34 971 22 57 91",
}
"""What to dial, as it is written, by where the citizen calls from."""

INTERNATIONAL_NUMBER = "+34971225791"
"""The same line in E.164, for links and for phones that know no national prefix."""


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens` until just before `closes`, on these days of the week."""

    days: tuple[str, ...]
    opens: time
    closes: time


_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

HOURS = (
    Hours(days=_WEEK[:5], opens=time(8), closes=time(20)),
    Hours(days=_WEEK[5:6], opens=time(9), closes=time(14)),
)


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether the line answers; until when (`closes_at`), or else from when (`opens_at`).

    `closed_on` are the closed dates from today on, in order, on which it would answer otherwise.
    """

    open: bool
    closes_at: datetime | None
    opens_at: datetime | None
    closed_on: tuple[date, ...] = ()


def availability(at: datetime, closed_dates: Collection[date] = ()) -> Availability:
    """Whether the line answers at that instant, and until when, or else from when.

    Raises
    ------
    ValueError
        If `at` is naive.
    """
    opens, closes = map(to_madrid, next(WorkingHours(_WEEKLY, closed_dates).spans(at)))
    today = to_madrid(at).date()
    coming = sorted(day for day in closed_dates if day >= today and day.weekday() in _WEEKLY)
    if opens <= at:
        return Availability(open=True, closes_at=closes, opens_at=None, closed_on=tuple(coming))
    return Availability(open=False, closes_at=None, opens_at=opens, closed_on=tuple(coming))


_WEEKLY = {
    _WEEK.index(day): (Shift(60 * each.opens.hour, 60 * each.closes.hour),)
    for each in HOURS
    for day in each.days
}
"""The hours as the calendar of working hours has them."""
