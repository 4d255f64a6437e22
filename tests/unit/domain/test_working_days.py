"""The day by which a complaint about accessibility or another matter has to be answered."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.working_days import answer_by

DAY = timedelta(days=1)
DATES = st.dates(date(2000, 1, 1), date(2200, 1, 1))


def at_noon(day: date) -> datetime:
    """Noon in UTC: the same date in Madrid, whichever clocks it has."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def working_days_from(day: date, until: date, closed: Collection[date]) -> list[date]:
    """The working days after `day`, up to and with `until`, by their names."""
    days = [day + count * DAY for count in range(1, (until - day).days + 1)]
    return [each for each in days if each.strftime("%w") not in "06" and each not in closed]


@given(day=DATES, closed=st.data())
def test_the_answer_is_due_on_the_twentieth_working_day(day: date, closed: st.DataObject) -> None:
    near = st.integers(-5, 60).map(lambda count: day + count * DAY)
    dates = closed.draw(st.frozensets(near, max_size=30))
    last = answer_by(at_noon(day), dates)
    counted = working_days_from(day, last, dates)
    assert (len(counted), counted[-1]) == (20, last)


@given(DATES, st.frozensets(DATES, max_size=5))
def test_what_comes_later_is_never_due_earlier(day: date, closed: frozenset[date]) -> None:
    assert answer_by(at_noon(day), closed) <= answer_by(at_noon(day + DAY), closed)


@pytest.mark.parametrize(
    ("received", "closed", "due"),
    [
        ("2026-11-23T11:00:00+00:00", "", "2026-12-21"),
        ("2026-11-23T11:00:00+00:00", "2026-12-08,2026-12-25", "2026-12-22"),
        ("2026-11-28T11:00:00+00:00", "", "2026-12-25"),  # a Saturday
        ("2026-11-29T22:59:59+00:00", "", "2026-12-25"),  # Sunday, a second before midnight
        ("2026-11-29T23:00:00+00:00", "", "2026-12-28"),  # Monday in Madrid
        ("2026-07-05T21:59:59+00:00", "", "2026-07-31"),  # the same in summer
        ("2026-07-05T22:00:00+00:00", "", "2026-08-03"),
    ],
)
def test_days_are_those_of_madrid_and_closed_dates_do_not_count(
    received: str, closed: str, due: str
) -> None:
    dates = frozenset(date.fromisoformat(each) for each in closed.split(",") if each)
    assert answer_by(datetime.fromisoformat(received), dates).isoformat() == due


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        answer_by(datetime(2026, 11, 23, 11))  # noqa: DTZ001  that is the case
