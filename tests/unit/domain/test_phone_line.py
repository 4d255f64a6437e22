from calendar import monthrange
from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.phone_line import (
    HOURS,
    INTERNATIONAL_NUMBER,
    NUMBERS,
    Availability,
    Origin,
    availability,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# naive UTC, like the whole oracle
FIRST_MINUTE, LAST_MINUTE = map(datetime.fromisoformat, ("2026-01-01T00:00", "2026-12-31T23:59"))
EARLIEST, LATEST = map(datetime.fromisoformat, ("1996-02-01", "2200-01-01"))
LONGEST_CLOSURE = 15  # days that the oracle looks ahead
HOLIDAYS = frozenset(
    {date(2026, 1, 1), date(2026, 1, 6), date(2026, 3, 2), date(2026, 4, 3), date(2026, 8, 15)}
    | {date(2026, 12, 19) + day * DAY for day in range(10)}
    | {date(2026, 3, 27) + day * DAY for day in range(5)}  # over the clock change
)


def last_sunday(year: int, month: int) -> date:
    last = date(year, month, monthrange(year, month)[1])
    return last - timedelta(days=last.isoweekday() % 7)


@cache
def summer_time(year: int) -> tuple[datetime, datetime]:
    """When summer time begins and ends, in naive UTC: at one o'clock on the last Sundays."""
    begins, ends = (datetime.combine(last_sunday(year, month), time(1)) for month in (3, 10))
    return begins, ends


def in_madrid(utc: datetime) -> datetime:
    """The clock of Madrid, without a time zone database; the argument is naive UTC."""
    begins, ends = summer_time(utc.year)
    return utc + timedelta(hours=2 if begins <= utc < ends else 1)


def answers(local: datetime, closed_dates: Collection[date]) -> bool:
    """The source, word for word: Monday to Friday 8-20, Saturday 9-14."""
    if local.date() in closed_dates or local.isoweekday() == 7:
        return False
    return 9 <= local.hour < 14 if local.isoweekday() == 6 else 8 <= local.hour < 20


def minute_by_minute(
    first: datetime, last: datetime, closed_dates: Collection[date]
) -> Iterator[tuple[datetime, bool, datetime]]:
    """Each minute (naive UTC) from the last to the first, whether the line answers, until when."""
    minute = last + LONGEST_CLOSURE * DAY
    was_open, change = answers(in_madrid(minute), closed_dates), minute
    while minute >= first:
        if (is_open := answers(in_madrid(minute), closed_dates)) != was_open:
            was_open, change = is_open, minute + MINUTE
        if minute <= last:
            yield minute, is_open, change
        minute -= MINUTE


def told(at: datetime, closed_dates: Collection[date] = ()) -> tuple[bool, datetime]:
    """The module's answer in the oracle's terms."""
    line = availability(at, closed_dates)
    change = line.closes_at if line.open else line.opens_at
    assert change is not None
    assert (line.closes_at is None) != (line.opens_at is None)
    return line.open, change.astimezone(UTC).replace(tzinfo=None)


def madrid(text: str, offset: int = 1) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone(timedelta(hours=offset)))


def test_the_minutes_around_every_hour_of_a_year_are_answered_as_the_source_says() -> None:
    for minute, is_open, change in minute_by_minute(FIRST_MINUTE, LAST_MINUTE, ()):
        if minute.minute not in {59, 0, 1, 30}:  # the line opens and closes at full hours
            continue
        line = availability(minute.replace(tzinfo=UTC))
        stated = line.closes_at if is_open else line.opens_at
        assert line.open == is_open, minute
        assert stated is not None, minute
        # This compares the parts: a wrong offset at a right hour would also be a wrong answer.
        offset = (in_madrid(change) - change).total_seconds()
        shown = stated.utcoffset()
        assert shown is not None, minute
        assert (stated.replace(tzinfo=None), shown.total_seconds()) == (
            in_madrid(change),
            offset,
        ), minute


def test_for_every_quarter_of_an_hour_of_a_year_with_holidays_the_answer_is_right() -> None:
    for minute, is_open, change in minute_by_minute(FIRST_MINUTE, LAST_MINUTE, HOLIDAYS):
        if minute.minute % 15 == 0:
            assert told(minute.replace(tzinfo=UTC), HOLIDAYS) == (is_open, change), minute


@given(
    st.datetimes(EARLIEST, LATEST),
    st.frozensets(st.integers(-1, 8), max_size=9),
)
def test_with_any_closed_dates_the_line_opens_and_closes_as_configured(
    moment: datetime, closed: frozenset[int]
) -> None:
    closed_dates = [moment.date() + day * DAY for day in closed]
    minute = moment.replace(second=0, microsecond=0)
    is_open = answers(in_madrid(minute), closed_dates)
    change = minute
    while answers(in_madrid(change), closed_dates) == is_open:
        change += MINUTE
    assert told(moment.replace(tzinfo=UTC), closed_dates) == (is_open, change)


@given(
    st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)),
    st.integers(-14 * 60, 14 * 60),
)
def test_the_answer_depends_on_the_instant_and_not_on_its_time_zone(
    at: datetime, offset: int
) -> None:
    elsewhere = at.astimezone(timezone(timedelta(minutes=offset)))
    assert availability(elsewhere) == availability(at)


@pytest.mark.parametrize(
    ("at", "is_open", "change"),
    [
        # Monday the fifth of January 2026
        ("2026-01-05T07:59:59.999999", False, "2026-01-05T08:00"),
        ("2026-01-05T08:00:00", True, "2026-01-05T20:00"),
        ("2026-01-05T19:59:59.999999", True, "2026-01-05T20:00"),
        ("2026-01-05T20:00:00", False, "2026-01-06T08:00"),
        # Friday to Saturday
        ("2026-01-09T20:00:00", False, "2026-01-10T09:00"),
        ("2026-01-10T08:30:00", False, "2026-01-10T09:00"),
        ("2026-01-10T09:00:00", True, "2026-01-10T14:00"),
        ("2026-01-10T13:59:59.999999", True, "2026-01-10T14:00"),
        ("2026-01-10T14:00:00", False, "2026-01-12T08:00"),
        # Sunday
        ("2026-01-11T12:00:00", False, "2026-01-12T08:00"),
    ],
)
def test_the_line_answers_from_its_first_instant_until_just_before_its_last(
    at: str, is_open: bool, change: str
) -> None:
    line = availability(madrid(at))
    assert line == Availability(
        open=is_open,
        closes_at=madrid(change) if is_open else None,
        opens_at=None if is_open else madrid(change),
    )


def test_after_the_clocks_go_forward_the_line_opens_at_eight_in_summer_time() -> None:
    line = availability(madrid("2026-03-28T14:00"))
    assert line.opens_at is not None
    assert line.opens_at.isoformat() == "2026-03-30T08:00:00+02:00"


def test_after_the_clocks_go_back_the_line_opens_at_eight_in_winter_time() -> None:
    line = availability(madrid("2026-10-24T14:00", offset=2))
    assert line.opens_at is not None
    assert line.opens_at.isoformat() == "2026-10-26T08:00:00+01:00"


def test_on_a_closed_date_nobody_answers() -> None:
    line = availability(madrid("2026-01-06T12:00"), {date(2026, 1, 6)})
    assert line == Availability(
        open=False,
        closes_at=None,
        opens_at=madrid("2026-01-07T08:00"),
        closed_on=(date(2026, 1, 6),),
    )


def test_the_closed_dates_to_come_are_told_but_not_those_without_hours_anyway() -> None:
    thursday, sunday, saturday = date(2026, 12, 24), date(2026, 12, 27), date(2026, 12, 26)
    closed = {saturday, sunday, thursday, date(2026, 12, 23)}
    assert availability(madrid("2026-12-24T23:30"), closed).closed_on == (thursday, saturday)
    assert availability(madrid("2026-12-25T00:30"), closed).closed_on == (saturday,)


def test_before_a_closed_date_the_line_still_closes_in_the_evening() -> None:
    line = availability(madrid("2026-01-05T12:00"), {date(2026, 1, 6)})
    assert line.closes_at == madrid("2026-01-05T20:00")


def test_a_month_of_closed_dates_is_skipped_as_a_whole() -> None:
    closed = {date(2026, 12, 1) + day * DAY for day in range(45)}
    line = availability(madrid("2026-11-30T20:00"), closed)
    assert line.opens_at == madrid("2027-01-15T08:00")


def test_after_a_closed_saturday_the_line_opens_on_monday() -> None:
    line = availability(madrid("2026-01-09T21:00"), {date(2026, 1, 10)})
    assert line.opens_at == madrid("2026-01-12T08:00")


def test_a_closed_date_is_a_day_in_madrid() -> None:
    closed = {date(2026, 1, 7)}
    # 23:30 in London on the sixth is the seventh in Madrid, and on the seventh it is the eighth
    assert availability(madrid("2026-01-06T23:30", offset=0), closed).opens_at == madrid(
        "2026-01-08T08:00"
    )
    assert availability(madrid("2026-01-07T23:30", offset=0), closed).opens_at == madrid(
        "2026-01-08T08:00"
    )


def test_a_moment_without_its_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        availability(datetime.fromisoformat("2026-01-05T12:00"))


def test_the_numbers_are_those_of_the_source() -> None:
    assert NUMBERS == {
        "balearic-islands": "012",
        "spain": "971 22 57 91",
        "abroad": "00 34 971 22 57 91",
    }
    assert set(NUMBERS) == set(Origin)


def test_the_international_number_is_the_one_to_dial_from_abroad() -> None:
    abroad = NUMBERS[Origin.ABROAD].replace(" ", "")
    assert INTERNATIONAL_NUMBER == "+" + abroad.removeprefix("00") == "+34971225791"
    assert abroad.endswith(NUMBERS[Origin.SPAIN].replace(" ", ""))


def test_the_hours_are_those_of_the_source() -> None:
    shown = {day: (hours.opens, hours.closes) for hours in HOURS for day in hours.days}
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    assert shown == {day: (time(8), time(20)) for day in weekdays} | {
        "saturday": (time(9), time(14))
    }
