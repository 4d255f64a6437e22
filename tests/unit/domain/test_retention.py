from calendar import monthrange
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from dateutil.relativedelta import relativedelta
from dateutil.zoneinfo import get_zonefile_instance
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.retention import expires_at, is_visible, last_day, last_day_before

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 12, 31)
COMMON_CLOCK_CHANGES_SINCE = 1996
SIX_MONTHS = relativedelta(months=6)

moments = st.datetimes(
    datetime.fromisoformat("1996-01-01"),
    datetime.fromisoformat("2200-12-31"),
    timezones=st.just(UTC),
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda each: timezone(timedelta(minutes=each)))


def last_sunday(year: int, month: int) -> date:
    last = date(year, month, monthrange(year, month)[1])
    return last - timedelta(days=last.isoweekday() % 7)


def date_in_madrid(moment: datetime) -> date:
    """The oracle: the directive on summer time, calculated without a time zone database."""
    utc = moment.astimezone(UTC)
    one_o_clock = timedelta(hours=1)
    naive = utc.replace(tzinfo=None)
    begins, ends = (
        datetime.combine(last_sunday(utc.year, month), datetime.min.time()) + one_o_clock
        for month in (3, 10)
    )
    return (naive + timedelta(hours=2 if begins <= naive < ends else 1)).date()


def midnight_in_madrid(day: date) -> int:
    """The oracle's first second of a day: the clocks change after midnight, never at midnight."""
    summer = last_sunday(day.year, 3) < day <= last_sunday(day.year, 10)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 3600 * (1 + summer)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_an_entry_of_any_day_from_1970_to_2200_is_kept_six_calendar_months() -> None:
    day = FIRST_DAY
    while day <= LAST_DAY:
        assert last_day(noon(day)) == day + SIX_MONTHS, day
        day += timedelta(days=1)


def test_an_entry_of_any_day_since_1996_is_gone_at_the_local_midnight_after_its_last_day() -> None:
    day = date(COMMON_CLOCK_CHANGES_SINCE, 1, 1)
    while day <= LAST_DAY:
        gone = expires_at(noon(day))
        last = day + SIX_MONTHS
        assert gone == midnight_in_madrid(last + timedelta(days=1)), day
        assert last_day_before(gone) == last, day
        day += timedelta(days=1)


def test_an_entry_of_any_day_before_1996_is_gone_at_the_midnight_of_its_time() -> None:
    madrid = get_zonefile_instance().get("Europe/Madrid")
    assert madrid is not None
    day = FIRST_DAY
    while (last := day + SIX_MONTHS).year < COMMON_CLOCK_CHANGES_SINCE:
        gone = expires_at(noon(day))
        midnight = datetime.combine(last, datetime.min.time(), madrid) + timedelta(days=1)
        assert gone == int(midnight.timestamp()), day
        assert last_day_before(gone) == last, day
        day += timedelta(days=1)


@given(moments)
def test_an_entry_of_any_instant_is_kept_by_madrids_calendar(recorded_at: datetime) -> None:
    expected = date_in_madrid(recorded_at) + SIX_MONTHS
    assert last_day(recorded_at) == expected
    assert expires_at(recorded_at) == midnight_in_madrid(expected + timedelta(days=1))


@given(moments, offsets)
def test_the_offset_of_an_instant_changes_nothing(recorded_at: datetime, offset: timezone) -> None:
    elsewhere = recorded_at.astimezone(offset)
    assert last_day(elsewhere) == last_day(recorded_at)
    assert expires_at(elsewhere) == expires_at(recorded_at)


@given(moments)
def test_the_last_day_follows_from_the_expiry(recorded_at: datetime) -> None:
    assert last_day_before(expires_at(recorded_at)) == last_day(recorded_at)


@given(moments, moments)
def test_a_later_entry_never_expires_earlier(one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert expires_at(earlier) <= expires_at(later)


def test_an_entry_recorded_on_the_last_of_august_is_kept_to_the_end_of_february() -> None:
    assert last_day(at("2026-08-31T10:00:00+02:00")) == date(2027, 2, 28)


@pytest.mark.parametrize(
    ("recorded_on", "kept_until"),
    [
        ("2026-08-31", "2027-02-28"),
        ("2027-08-30", "2028-02-29"),
        ("2026-12-31", "2027-06-30"),
        ("2026-02-28", "2026-08-28"),
    ],
)
def test_the_worked_examples_of_the_law_hold(recorded_on: str, kept_until: str) -> None:
    assert last_day(noon(date.fromisoformat(recorded_on))) == date.fromisoformat(kept_until)


@pytest.mark.parametrize(
    ("recorded_on", "kept_until"),
    [
        ("2027-08-28", "2028-02-28"),
        ("2027-08-29", "2028-02-29"),
        ("2027-08-31", "2028-02-29"),
        ("2026-08-29", "2027-02-28"),
        ("2028-02-29", "2028-08-29"),
        ("2099-08-31", "2100-02-28"),  # a century without a leap day
        ("2199-08-29", "2200-02-28"),
        ("1999-08-31", "2000-02-29"),  # and a century with one
    ],
)
def test_leap_days_count_in_leap_years(recorded_on: str, kept_until: str) -> None:
    assert last_day(noon(date.fromisoformat(recorded_on))) == date.fromisoformat(kept_until)


@pytest.mark.parametrize(
    ("recorded_at", "kept_until"),
    [
        ("2026-01-14T22:59:59.999999+00:00", "2026-07-14"),
        ("2026-01-14T23:00:00+00:00", "2026-07-15"),
        ("2026-07-14T21:59:59.999999+00:00", "2027-01-14"),
        ("2026-07-14T22:00:00+00:00", "2027-01-15"),
        ("2026-12-31T22:59:59+00:00", "2027-06-30"),
        ("2026-12-31T23:00:00+00:00", "2027-07-01"),
        ("2026-03-28T23:00:00+00:00", "2026-09-29"),  # the night when summer time begins
        ("2026-03-29T21:59:59+00:00", "2026-09-29"),
        ("2026-03-29T22:00:00+00:00", "2026-09-30"),
        ("2026-10-24T22:00:00+00:00", "2027-04-25"),  # the night when it ends
        ("2026-10-25T22:59:59+00:00", "2027-04-25"),
        ("2026-10-25T23:00:00+00:00", "2027-04-26"),
    ],
)
def test_the_day_of_an_entry_changes_at_midnight_in_madrid(
    recorded_at: str, kept_until: str
) -> None:
    assert last_day(at(recorded_at)) == date.fromisoformat(kept_until)


@pytest.mark.parametrize(
    ("recorded_on", "gone_at"),
    [
        ("2025-09-27", "2026-03-27T23:00:00+00:00"),
        ("2025-09-28", "2026-03-28T23:00:00+00:00"),  # the clocks go forward that night
        ("2025-09-29", "2026-03-29T22:00:00+00:00"),
        ("2026-04-24", "2026-10-24T22:00:00+00:00"),  # the clocks go back that night
        ("2026-04-25", "2026-10-25T23:00:00+00:00"),
        ("2026-01-15", "2026-07-15T22:00:00+00:00"),
        ("2026-07-15", "2027-01-15T23:00:00+00:00"),
    ],
)
def test_an_entry_is_gone_at_local_midnight_on_either_side_of_a_clock_change(
    recorded_on: str, gone_at: str
) -> None:
    assert expires_at(noon(date.fromisoformat(recorded_on))) == int(at(gone_at).timestamp())


def test_both_passes_through_the_repeated_hour_belong_to_the_same_day() -> None:
    first, second = at("2026-10-25T02:30:00+02:00"), at("2026-10-25T02:30:00+01:00")
    assert second - first == timedelta(hours=1)
    assert expires_at(first) == expires_at(second)


@given(moments)
def test_an_entry_is_visible_to_the_last_microsecond_and_not_one_longer(
    recorded_at: datetime,
) -> None:
    gone = expires_at(recorded_at)
    end = datetime.fromtimestamp(gone, UTC)
    assert is_visible(gone, end - timedelta(microseconds=1))
    assert not is_visible(gone, end)
    assert not is_visible(gone, end + timedelta(microseconds=1))


@given(moments, offsets)
def test_a_reader_in_another_time_zone_sees_the_same(
    recorded_at: datetime, offset: timezone
) -> None:
    gone = expires_at(recorded_at)
    end = datetime.fromtimestamp(gone, offset)
    assert is_visible(gone, end - timedelta(seconds=1))
    assert not is_visible(gone, end)


def test_a_moment_without_its_offset_is_refused() -> None:
    naive = datetime.fromisoformat("2026-08-31T12:00")
    with pytest.raises(ValueError, match="offset"):
        expires_at(naive)
    with pytest.raises(ValueError, match="offset"):
        last_day(naive)
