"""How soon a first answer can be expected, by the figures of the latest days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from suport.domain.figures import ENOUGH, SPANS, nearest_rank
from suport.domain.small_counts import LEAST
from suport.domain.unit_of_time import Unit

_SECONDS = {Unit.MINUTES: 60, Unit.HOURS: 3600, Unit.DAYS: 86_400, Unit.WEEKS: 7 * 86_400}

# What is told, the finest first: the unit, in steps of how many, and up to how many. A figure of
# more than half a day is told in days: nobody counts nineteen hours.
_STEPS = ((Unit.MINUTES, 15, 45), (Unit.HOURS, 1, 12), (Unit.DAYS, 1, 13))


COUNTED_LATELY = timedelta(days=3)
"""How long after the last day that was counted its figures are those of the latest days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Half of those answered in the latest `days` had their first answer in that time.

    The time is `count` `unit`s at most, rounded up. It runs from the submission, nights and
    weekends included. Those that nobody has answered are not in it.
    """

    count: int
    unit: Unit
    days: int


def halves(minutes: Mapping[date, Sequence[int]], until: date) -> dict[int, int]:
    """In how many seconds half of those answered had their first answer, by the span of days.

    Spans with too few are left out. All answers count, also those of days with so few that their
    number is not shown (`small_counts`): without them, help could look faster than it is. Half of
    twenty or more, rounded up, reveals none of them. Towards the twenty such a day counts as one
    answer, so that a figure does not reveal how many there were.

    minutes: how long each first answer of a day took. until: the last day of each span.
    """
    found = {}
    for days in SPANS:
        span = [
            each for day, each in minutes.items() if until - timedelta(days=days) < day <= until
        ]
        if sum(len(each) if len(each) >= LEAST else min(len(each), 1) for each in span) >= ENOUGH:
            taken = sorted(minute for each in span for minute in each)
            found[days] = in_seconds(*rounded_up(60 * nearest_rank(taken, 50)))
    return found


def forecast(latest: Mapping[int, int], until: date, today: date) -> Forecast | None:
    """The forecast by the shortest span of days that has enough first answers, if there is one.

    latest: `halves` of the days up to `until`.
    """
    if not latest or today - until > COUNTED_LATELY:
        return None
    days = min(latest)
    count, unit = rounded_up(latest[days])
    return Forecast(count=count, unit=unit, days=days)


def rounded_up(seconds: int) -> tuple[int, Unit]:
    """A time that people can keep in mind, never shorter than this one."""
    for unit, step, most in _STEPS:
        if seconds <= most * _SECONDS[unit]:
            return max(1, -(-seconds // (step * _SECONDS[unit]))) * step, unit
    return -(-seconds // _SECONDS[Unit.WEEKS]), Unit.WEEKS


def in_seconds(count: int, unit: Unit) -> int:
    """The time in seconds."""
    return count * _SECONDS[unit]
