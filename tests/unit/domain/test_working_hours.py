from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.category import Category
from suport.domain.working_hours import (
    AROUND_THE_CLOCK,
    Shift,
    WorkingHours,
    WrongHours,
    read_hours,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# naive UTC, like the whole oracle; the clocks change on 29 March and on 25 October
YEAR = datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-01-01")
CHANGES = datetime.fromisoformat("2026-03-29T01"), datetime.fromisoformat("2026-10-25T01")
HOLIDAYS = frozenset({date(2026, 3, 30), date(2026, 10, 26), date(2026, 12, 25), date(2026, 1, 6)})

type Ranges = Mapping[int, Collection[tuple[time, time | None]]]
"""Opening and closing times by the day of the week; None is the end of the day."""

OFFICE: Ranges = {key: [(time(8), time(15))] for key in range(5)}
SPLIT: Ranges = {
    **{key: [(time(8), time(14)), (time(15, 30), time(18, 30))] for key in range(4)},
    4: [(time(8), time(14))],
    5: [(time(9, 30), time(13))],
}
NIGHTS: Ranges = {key: [(time(0), time(2, 30)), (time(22), None)] for key in range(7)}
IN_THE_HOUR_THAT_CHANGES: Ranges = {6: [(time(1, 45), time(2, 15)), (time(2, 30), time(2, 45))]}


def in_madrid(utc: datetime) -> datetime:
    """The clock of Madrid in that year, without a time zone database."""
    begins, ends = CHANGES
    return utc + timedelta(hours=2 if begins <= utc < ends else 1)


def works(ranges: Ranges, closed: Collection[date]) -> Callable[[datetime], bool]:
    """Whether the team works in that minute, as somebody with a clock and a calendar would say."""

    def at(utc: datetime) -> bool:
        local = in_madrid(utc)
        return local.date() not in closed and any(
            opens <= local.time() and (closes is None or local.time() < closes)
            for opens, closes in ranges.get(local.weekday(), ())
        )

    return at


def hours_of(ranges: Ranges, closed: Collection[date] = ()) -> WorkingHours:
    def minutes(clock: time | None) -> int:
        return 24 * 60 if clock is None else 60 * clock.hour + clock.minute

    weekly = {
        day: tuple(Shift(minutes(opens), minutes(closes)) for opens, closes in each)
        for day, each in ranges.items()
    }
    return WorkingHours(weekly, closed)


def minutes_of(year: tuple[datetime, datetime]) -> Iterator[datetime]:
    minute = year[0]
    while minute < year[1]:
        yield minute
        minute += MINUTE


@cache
def at(text: str) -> datetime:
    """A moment on the clock of Madrid, not in an hour that comes twice."""
    local = datetime.fromisoformat(text)
    hours = 2 if CHANGES[0] <= local - timedelta(hours=1) < CHANGES[1] else 1
    return (local - timedelta(hours=hours)).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("ranges", "closed"),
    [(SPLIT, HOLIDAYS), (NIGHTS, HOLIDAYS), (IN_THE_HOUR_THAT_CHANGES, ())],
)
def test_a_year_minute_by_minute_is_working_time_as_clock_and_calendar_say(
    ranges: Ranges, closed: frozenset[date]
) -> None:
    hours, said = hours_of(ranges, closed), works(ranges, closed)
    night = timedelta(hours=6)
    for minute in minutes_of(YEAR):
        changes = any(abs(minute - change) < night for change in CHANGES)
        # outside the two nights, every range begins and ends at half an hour
        if changes or minute.minute % 30 in {0, 29}:
            assert hours.is_working(minute.replace(tzinfo=UTC)) == said(minute), minute


@pytest.mark.parametrize("ranges", [SPLIT, NIGHTS])
def test_through_a_whole_year_a_working_day_lasts_as_many_minutes_as_are_counted(
    ranges: Ranges,
) -> None:
    hours, said = hours_of(ranges, HOLIDAYS), works(ranges, HOLIDAYS)
    worked = [minute for minute in minutes_of(YEAR) if said(minute)]
    lasts = int(hours.working_day / MINUTE)
    ahead = 0  # the first minute of work that is not before the start
    for start in minutes_of((YEAR[0], YEAR[1] - 20 * DAY)):
        if start.minute == (29 if start.hour % 2 else 0):
            while worked[ahead] < start:
                ahead += 1
            due = hours.after(start.replace(tzinfo=UTC), lasts * MINUTE)
            assert due == (worked[ahead + lasts - 1] + MINUTE).replace(tzinfo=UTC), start


QUARTERS = st.integers(0, 96)
WEEKS: st.SearchStrategy[Ranges] = st.dictionaries(
    st.integers(0, 6),
    st.lists(QUARTERS, min_size=2, max_size=6, unique=True).map(
        lambda quarters: [
            (
                time(*divmod(15 * opens, 60)),
                None if closes == 96 else time(*divmod(15 * closes, 60)),
            )
            for opens, closes in list(pairwise(sorted(quarters)))[::2]
        ]
    ),
    min_size=1,
)
CLOSE_TO_A_CHANGE = st.sampled_from(CHANGES).flatmap(
    lambda change: st.datetimes(change - 3 * DAY, change + DAY)
)


@given(
    WEEKS,
    st.frozensets(st.integers(0, 9), max_size=9),
    CLOSE_TO_A_CHANGE | st.datetimes(YEAR[0], YEAR[1] - 100 * DAY),
    st.integers(1, 90),
)
def test_any_working_time_ends_where_counting_its_minutes_ends(
    ranges: Ranges, closed_after: frozenset[int], start: datetime, minutes: int
) -> None:
    closed = frozenset(start.date() + each * DAY for each in closed_after)
    start = start.replace(second=0, microsecond=0)
    said, minute, left = works(ranges, closed), start, minutes
    while left:
        left -= said(minute)
        minute += MINUTE
    due = hours_of(ranges, closed).after(start.replace(tzinfo=UTC), minutes * MINUTE)
    assert due == minute.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("claimed", "due"),
    [
        ("2026-11-27 14:00", "2026-11-30 14:00"),  # on a Friday
        ("2026-11-28 11:00", "2026-11-30 15:00"),  # on a Saturday
        ("2026-11-30 07:00", "2026-11-30 15:00"),  # before the team begins
        ("2026-12-23 15:00", "2026-12-24 15:00"),
        ("2026-12-24 09:30", "2026-12-28 09:30"),  # before a closed Friday
        ("2026-03-27 14:00", "2026-03-31 14:00"),  # before the clocks change, and a closed Monday
        ("2026-10-23 14:00", "2026-10-27 14:00"),
    ],
)
def test_a_working_day_from_friday_at_two_ends_on_monday_at_two(claimed: str, due: str) -> None:
    hours = hours_of(OFFICE, HOLIDAYS)
    assert hours.after(at(claimed), hours.working_day) == at(due)


def test_seconds_count_to_the_last() -> None:
    start = at("2026-11-27 14:59") + timedelta(seconds=59, milliseconds=999)
    assert hours_of(OFFICE).after(start, timedelta(milliseconds=2)) == at(
        "2026-11-30 08:00"
    ) + timedelta(milliseconds=1)


def test_what_has_no_offset_or_does_not_last_has_no_end() -> None:
    with pytest.raises(ValueError, match="offset"):
        AROUND_THE_CLOCK.after(YEAR[0], DAY)
    with pytest.raises(ValueError, match="working time"):
        AROUND_THE_CLOCK.after(at("2026-01-01 10:00"), timedelta())


def test_hours_are_read_for_all_teams_and_for_one_of_its_own() -> None:
    stated = (
        "mon-thu 08:00-14:00 15:30-18:30, fri 08:00-14:00,sat 09:30-13:00"
        "; signature sun 22:00-24:00 00:00-02:30"
    )
    hours = read_hours(stated, HOLIDAYS)
    assert hours[Category.FUNCTIONAL] == hours[Category.PAYMENT] == hours_of(SPLIT, HOLIDAYS)
    own = {6: [(time(0), time(2, 30)), (time(22), None)]}
    assert hours[Category.SIGNATURE] == hours_of(own, HOLIDAYS)


def test_where_no_hours_are_stated_a_day_has_24_hours_and_closed_dates_have_none() -> None:
    hours = read_hours("", HOLIDAYS)[Category.PAYMENT]
    assert hours.after(at("2026-11-28 11:00"), hours.working_day) == at("2026-11-29 11:00")
    assert not hours.is_working(at("2026-12-25 11:00"))


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ("mon-fri 22:00-06:00", "“22:00-06:00” in “mon-fri 22:00-06:00” ends before it begins"),
        ("mon 08:00-08:00", "ends before it begins"),
        (
            "mon 08:00-12:00 11:59-15:00",
            "two ranges of hours in “mon 08:00-12:00 11:59-15:00” overlap",
        ),
        ("fri-mon 08:00-15:00", "the last day comes before the first"),
        ("mon-fri 08:00-15:00, wed 16:00-18:00", "“wed 16:00-18:00” states wed again"),
        ("mon 08:00-24:30", "goes on after 24:00"),
        ("mon-fri", "“mon-fri” has no hours"),
        ("mon-fri 8-15", "“8-15” in “mon-fri 8-15” is no range of hours"),
        ("weekdays 08:00-15:00", "does not begin with days"),
        ("mon 08:00-15:00,", "does not begin with days"),
        ("mon 08:00-15:00; tuesday 08:00-15:00", "names no team"),
        ("mon 08:00-15:00; payment", "does not begin with days"),
        ("mon 08:00-15:00; payment tue 08:00-09:00; payment wed 08:00-09:00", "stated twice"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_what_is_wrong(stated: str, says: str) -> None:
    with pytest.raises(WrongHours, match=says):
        read_hours(stated)
