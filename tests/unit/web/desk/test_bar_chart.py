"""The chart of the latest days is in proportion, and stays in its drawing."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.web.desk.bar_chart import bar_chart

FIRST = date(2026, 10, 27)
COUNTS = st.lists(st.none() | st.integers(0, 10_000), max_size=31)


def days(counts: list[int | None]) -> list[tuple[date, int | None]]:
    return [(FIRST + timedelta(days=number), count) for number, count in enumerate(counts)]


@given(COUNTS)
def test_every_bar_is_in_the_drawing_and_as_high_as_its_count(counts: list[int | None]) -> None:
    chart = bar_chart(days(counts))
    (_, base), _, (end, top) = chart.ticks
    assert [bar.count for bar in chart.bars] == counts
    for bar in chart.bars:
        assert chart.left <= bar.left
        assert bar.left + chart.bar_width <= chart.width
        assert top <= bar.top <= base
        assert base - bar.top == pytest.approx((bar.count or 0) / end * (base - top), abs=0.1)
    lefts = [bar.left for bar in chart.bars]
    assert all(right - left >= chart.bar_width for left, right in itertools.pairwise(lefts))


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, [0, 5, 10]),
        (7, [0, 5, 10]),
        (11, [0, 10, 20]),
        (99, [0, 50, 100]),
        (3001, [0, 2000, 4000]),
    ],
)
def test_the_scale_ends_at_a_round_number_with_a_whole_half(most: int, ticks: list[int]) -> None:
    assert [count for count, _ in bar_chart(days([most])).ticks] == ticks


def test_the_peak_is_the_first_day_with_the_most() -> None:
    peak = bar_chart(days([None, 6, 9, 9, 0])).peak
    assert peak
    assert (peak.count, peak.day) == (9, FIRST + timedelta(days=2))
    assert bar_chart(days([None, 0])).peak is None


def test_the_last_day_and_each_a_week_before_are_labelled() -> None:
    labelled = [bar.day for bar in bar_chart(days([0] * 30)).bars if bar.is_labelled]
    last = FIRST + timedelta(days=29)
    assert labelled == [last - timedelta(days=back) for back in (28, 21, 14, 7, 0)]
