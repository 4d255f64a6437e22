"""The hours in which a team works, and when so much working time has passed.

What an operator has to do within a working day is not due at night, at the weekend or on a closed
date. The hours are those on the clocks of Europe/Madrid. The operator of the service states them,
and the closed dates, as parameters of the template.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from suport.domain.category import Category
from suport.domain.legal_time import MADRID, start_of, to_madrid

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT = 24 * 60
_CLOCKS_CHANGE = time(1, tzinfo=UTC)  # in all of the European Union, Directive 2000/84/EC
_DAYS = re.compile(rf"({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))?")
_SHIFT = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


class WrongHours(ValueError):
    """The hours are not stated as they must be; the message says what is wrong with which part."""


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """From `opens` until just before `closes`, in minutes of the clock since midnight."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a team works: the shifts of each day of the week (0 is Monday), but on closed dates.

    The shifts of a day are in order and do not overlap, and there is at least one in the week.
    """

    weekly: Mapping[int, tuple[Shift, ...]]
    closed: Collection[date] = frozenset()

    @property
    def working_day(self) -> timedelta:
        """How long a working day is: the working time of a week, divided by its working days."""
        days = [
            sum(each.closes - each.opens for each in day) for day in self.weekly.values() if day
        ]
        return timedelta(minutes=sum(days)) / len(days)

    def is_working(self, moment: datetime) -> bool:
        """Whether the team works at that moment.

        Raises
        ------
        ValueError
            If the moment is naive.
        """
        day = to_madrid(moment).date()
        return any(opens <= moment < closes for opens, closes in self._on(day))

    def after(self, start: datetime, working: timedelta) -> datetime:
        """The moment, in UTC, at which the team has worked for so long since `start`.

        A working day that begins on Friday at 14:00 ends on Monday at 14:00; one that begins at the
        weekend ends with Monday.

        Raises
        ------
        ValueError
            If the start is naive, or there is no time to wait for.
        """
        if working <= timedelta():
            raise ValueError(f"there is no working time to wait for: {working}")
        for opened, closes in self.spans(start):
            opens = max(opened, start.astimezone(UTC))
            if opens + working <= closes:
                return opens + working
            working -= closes - opens
        raise AssertionError("there is always another day")

    def spans(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When the team works from that moment on, without end: from when and until when, in UTC.

        The first span may have begun before.

        Raises
        ------
        ValueError
            If the moment is naive.
        """
        day = to_madrid(moment).date()
        while True:
            for opens, closes in self._on(day):
                if moment < closes:
                    yield opens, closes
            day += timedelta(days=1)

    def _on(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """When the team begins and stops working on that day, in order, in UTC.

        In the night in which the clocks are put back an hour comes twice, and the team works in
        both if it works then; in the other night it works an hour less.
        """
        if day in self.closed:
            return
        midnight, next_midnight = start_of(day), start_of(day + timedelta(days=1))
        changed = datetime.combine(day, _CLOCKS_CHANGE)
        periods = [(midnight, changed), (changed, next_midnight)]
        if midnight.utcoffset() == next_midnight.utcoffset():
            periods = [(midnight, next_midnight)]
        for since, until in periods:
            offset = since.astimezone(MADRID).utcoffset() or timedelta()
            clock = datetime.combine(day, time(), UTC) - offset
            for each in self.weekly.get(day.weekday(), ()):
                opens = max(clock + timedelta(minutes=each.opens), since)
                closes = min(clock + timedelta(minutes=each.closes), until)
                if opens < closes:
                    yield opens.astimezone(UTC), closes.astimezone(UTC)


AROUND_THE_CLOCK = WorkingHours(dict.fromkeys(range(7), (Shift(0, _MIDNIGHT),)))
"""A team that always works: its working day has 24 hours."""

type TeamHours = Mapping[Category, WorkingHours]
"""The working hours of each team."""

ALWAYS: TeamHours = dict.fromkeys(Category, AROUND_THE_CLOCK)


def read_hours(stated: str, closed: Collection[date] = ()) -> TeamHours:
    """The hours of each team, from what the template's parameter `TeamHours` states.

    `mon-thu 08:00-14:00 15:00-17:00, fri 08:00-14:00` holds for all teams. Behind a semicolon, a
    team may have hours of its own instead: `; signature mon-fri 08:00-20:00, sat 09:00-14:00`. If
    nothing is stated, every team works around the clock, but on the closed dates.

    Raises
    ------
    WrongHours
    """
    common, *others = [part.strip() for part in stated.split(";")]
    hours = dict.fromkeys(
        Category, WorkingHours(_week(common) if common else AROUND_THE_CLOCK.weekly, closed)
    )
    seen: set[str] = set()
    for part in others:
        team, _, own = part.partition(" ")
        if team not in Category:
            raise WrongHours(f"“{part}” names no team: {', '.join(Category)}")
        if team in seen:
            raise WrongHours(f"the hours of the team {team} are stated twice")
        seen.add(team)
        hours[Category(team)] = WorkingHours(_week(own), closed)
    return hours


def read_dates(stated: str) -> frozenset[date]:
    """The dates of a list such as `2026-12-24,2026-12-31`, which may be empty.

    Raises
    ------
    ValueError
        If one is not on the calendar.
    """
    return frozenset(date.fromisoformat(day) for day in stated.split(",") if day)


def _week(stated: str) -> dict[int, tuple[Shift, ...]]:
    week: dict[int, tuple[Shift, ...]] = {}
    for part in stated.split(","):
        part = " ".join(part.split())  # noqa: PLW2901  the messages quote it
        named, *shifts = part.split(" ")
        days = _days(named, part)
        if twice := [DAYS[day] for day in days if day in week]:
            raise WrongHours(f"“{part}” states {', '.join(twice)} again")
        week |= dict.fromkeys(days, _shifts(shifts, part))
    return week


def _days(named: str, part: str) -> range:
    found = _DAYS.fullmatch(named)
    if not found:
        raise WrongHours(f"“{part}” does not begin with days, such as mon or mon-fri")
    first, last = (DAYS.index(day) for day in (found[1], found[2] or found[1]))
    if last < first:
        raise WrongHours(f"in “{part}” the last day comes before the first")
    return range(first, last + 1)


def _shifts(stated: Collection[str], part: str) -> tuple[Shift, ...]:
    shifts = []
    for each in stated:
        if not (found := _SHIFT.fullmatch(each)):
            raise WrongHours(f"“{each}” in “{part}” is no range of hours, such as 08:00-15:00")
        numbers = [int(number) for number in found.groups()]
        shift = Shift(60 * numbers[0] + numbers[1], 60 * numbers[2] + numbers[3])
        if shift.closes > _MIDNIGHT:
            raise WrongHours(f"“{each}” in “{part}” goes on after 24:00")
        if shift.closes <= shift.opens:
            raise WrongHours(
                f"“{each}” in “{part}” ends before it begins; state hours over midnight as two"
                " ranges, one until 24:00 and one of the next day from 00:00 on"
            )
        shifts.append(shift)
    shifts.sort()
    if not shifts:
        raise WrongHours(f"“{part}” has no hours, such as 08:00-15:00")
    for before, after in pairwise(shifts):
        if after.opens < before.closes:
            raise WrongHours(f"two ranges of hours in “{part}” overlap")
    return tuple(shifts)
