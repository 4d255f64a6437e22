"""A forecast promises no less time than the figures have, and only from enough of them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.figures import ENOUGH, SPANS
from suport.domain.forecast import Forecast, forecast, halves, in_seconds, rounded_up
from suport.domain.unit_of_time import Unit

TODAY = date(2026, 11, 26)
YESTERDAY = TODAY - timedelta(days=1)
MINUTE, HOUR, DAY = 60, 3600, 86_400

seconds = st.integers(0, 400 * DAY)


@given(seconds)
def test_a_forecast_is_never_shorter_than_the_figure(figure: int) -> None:
    assert in_seconds(*rounded_up(figure)) >= figure


@given(seconds)
def test_a_forecast_is_not_much_longer_than_the_figure(figure: int) -> None:
    assert in_seconds(*rounded_up(figure)) < max(2 * figure, figure + 15 * MINUTE) + 1


@given(seconds, seconds)
def test_a_longer_time_is_never_told_as_a_shorter_one(one: int, other: int) -> None:
    shorter, longer = sorted([one, other])
    assert in_seconds(*rounded_up(shorter)) <= in_seconds(*rounded_up(longer))


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        *[(0, (15, "minutes")), (MINUTE, (15, "minutes")), (15 * MINUTE, (15, "minutes"))],
        *[(16 * MINUTE, (30, "minutes")), (45 * MINUTE, (45, "minutes"))],
        *[(46 * MINUTE, (1, "hours")), (HOUR, (1, "hours")), (HOUR + MINUTE, (2, "hours"))],
        *[(12 * HOUR, (12, "hours")), (12 * HOUR + MINUTE, (1, "days")), (DAY, (1, "days"))],
        *[(DAY + MINUTE, (2, "days")), (13 * DAY, (13, "days")), (14 * DAY, (2, "weeks"))],
        *[(13 * DAY + MINUTE, (2, "weeks")), (14 * DAY + MINUTE, (3, "weeks"))],
    ],
)
def test_times_are_told_in_numbers_that_people_keep_in_mind(
    figure: int, told: tuple[int, str]
) -> None:
    assert rounded_up(figure) == (told[0], Unit(told[1]))


def answered(many: int, minutes: int, *days_ago: int) -> dict[date, list[int]]:
    """So many first answers on each of these days, each after so many minutes."""
    return {TODAY - timedelta(days=each): [minutes] * many for each in days_ago}


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ({}, None),
        (answered(ENOUGH - 1, 5, 1), None),
        (answered(ENOUGH, 100, 1), (2, Unit.HOURS, 7)),
        (answered(ENOUGH, 100, 8), (2, Unit.HOURS, 30)),
        (answered(ENOUGH, 100, 40), (2, Unit.HOURS, 90)),
        (answered(ENOUGH, 100, 180), (2, Unit.HOURS, 180)),
        (answered(ENOUGH, 100, 8) | answered(ENOUGH - 1, 9999, 1), (2, Unit.HOURS, 30)),
        (answered(ENOUGH, 100, 8) | answered(ENOUGH, 300, 1), (5, Unit.HOURS, 7)),
    ],
)
def test_it_is_of_the_shortest_span_with_enough_first_answers(
    days: dict[date, list[int]], told: tuple[int, Unit, int] | None
) -> None:
    found = forecast(halves(days, YESTERDAY), YESTERDAY, TODAY)
    assert found == (told and Forecast(count=told[0], unit=told[1], days=told[2]))


def test_figures_that_no_night_has_renewed_for_days_give_none() -> None:
    latest = dict.fromkeys(SPANS, HOUR)
    assert forecast(latest, TODAY - timedelta(days=3), TODAY)
    assert forecast(latest, TODAY - timedelta(days=4), TODAY) is None


def test_days_with_few_answers_count_in_the_half_like_all_others() -> None:
    fast, slow = answered(5, 30, *range(10, 15)), answered(4, 3 * 24 * 60, *range(15, 31), 1, 2, 3)
    (told,) = {halves(fast | slow, YESTERDAY)[days] for days in (30, 90, 180)}
    assert told == 3 * DAY
    assert forecast({30: told}, YESTERDAY, TODAY) == Forecast(count=3, unit=Unit.DAYS, days=30)


def test_few_answers_a_day_make_a_forecast_once_there_are_twenty_such_days() -> None:
    each_day = answered(4, 100, *range(1, 181))
    found = forecast(halves(each_day, YESTERDAY), YESTERDAY, TODAY)
    assert found == Forecast(count=2, unit=Unit.HOURS, days=30)
    assert halves(answered(4, 100, *range(1, 20)), YESTERDAY) == {}


few = st.integers(1, 4)


@given(st.lists(few, max_size=30), st.lists(st.integers(5, 30), max_size=3), st.data())
def test_whether_there_is_a_forecast_tells_nothing_of_a_small_count(
    small: list[int], shown: list[int], data: st.DataObject
) -> None:
    others = data.draw(st.lists(few, min_size=len(small), max_size=len(small)))

    def spans_told(counts: list[int]) -> set[int]:
        days = [TODAY - timedelta(days=number + 1) for number in range(len(counts))]
        return {*halves(dict(zip(days, ([60] * each for each in counts), strict=True)), YESTERDAY)}

    assert spans_told(small + shown) == spans_told(others + shown)


@given(
    st.dictionaries(
        st.integers(1, 180).map(lambda ago: TODAY - timedelta(days=ago)),
        st.lists(st.integers(0, 20_000), max_size=8),
        max_size=40,
    )
)
def test_half_of_all_that_were_answered_had_their_answer_in_that_time(
    minutes: dict[date, list[int]],
) -> None:
    for days, seconds in halves(minutes, YESTERDAY).items():
        since = TODAY - timedelta(days=days)
        taken = [minute for day, each in minutes.items() if day >= since for minute in each]
        assert sum(60 * minute <= seconds for minute in taken) >= len(taken) / 2 >= ENOUGH / 2
