"""An attacker knows everything that is shown and the rules by which it is, and tries all months."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, combinations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.small_counts import LEAST, Parts, joined, shown_of_day, shown_of_month

type Month = tuple[Parts, ...]
days = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6)), min_size=1, max_size=31)


def given_away(
    months: Iterable[Any], shown: Callable[[Any], object], counts: Callable[[Any], Iterable[int]]
) -> list[Any]:
    """Months of which what is shown leaves no other than one count between 1 and 4 somewhere.

    It groups all months by what is shown of them. In a group, a count that is the same in every
    month is one that an attacker computes.
    """
    alike = defaultdict(list)
    for month in months:
        alike[shown(month)].append(month)
    return [
        group[0]
        for group in alike.values()
        if any(
            len(set(of_one)) == 1 and 0 < of_one[0] < LEAST
            for of_one in zip(*map(counts, group), strict=True)
        )
    ]


def months_of(number_of_days: int, number_of_parts: int, most: int) -> Iterator[Month]:
    """Every month of so many days with at most so many facts a day."""
    parts = product(range(most + 1), repeat=number_of_parts)
    return product([each for each in parts if sum(each) <= most], repeat=number_of_days)


def everything_shown(month: Month) -> object:
    return tuple(map(shown_of_day, month)), _shown_in_any_order(tuple(sorted(month)))


_shown_in_any_order = cache(shown_of_month)


def sums(month: Month) -> list[int]:
    """The sum over any days of any parts."""
    return [
        sum(month[day][part] for day in some for part in of)
        for some in _some(range(len(month)))
        for of in _some(range(len(month[0])))
    ]


def _some(things: Sequence[int]) -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(things, n) for n in range(1, len(things) + 1)))


@pytest.mark.parametrize(
    ("number_of_days", "number_of_parts", "most"),
    [(1, 2, 14), (1, 3, 8), (2, 1, 12), (3, 1, 7), (2, 2, 10), (2, 3, 5), (3, 2, 5)],
)
def test_nobody_can_compute_a_small_count_of_any_days_and_parts_of_a_month(
    number_of_days: int, number_of_parts: int, most: int
) -> None:
    months = months_of(number_of_days, number_of_parts, most)
    assert given_away(months, everything_shown, sums) == []


def test_the_attacker_succeeds_where_the_month_shows_the_sum_of_its_days() -> None:
    def as_a_sum(month: Month) -> object:
        return tuple(map(shown_of_day, month)), sum(map(sum, month))

    assert given_away(months_of(2, 1, 9), as_a_sum, sums)


def test_nobody_can_compute_a_small_count_of_what_a_month_joins() -> None:
    def shown(month: Parts) -> object:
        apart, others = joined({str(number): count for number, count in enumerate(month)})
        return sum(month), tuple(apart.items()), others

    months = [each for each in product(range(10), repeat=3) if not 0 < sum(each) < LEAST]
    assert given_away(months, shown, lambda month: month) == []


def test_what_a_month_shows_by_language_gives_no_team_away() -> None:
    """Two teams on a day, two languages: only the incidents that are shown by team count."""

    def shown(month: Parts) -> object:
        teams = month[:2], month[2:]
        told = [team for team in teams if shown_of_month([team]).total is not None]
        languages = {str(number): sum(team[number] for team in told) for number in (0, 1)}
        apart, others = joined(languages)
        return (
            tuple(shown_of_month([(sum(team),)]) for team in teams),
            tuple(apart.items()),
            others,
        )

    def counts(month: Parts) -> list[int]:
        functional, payment = month[:2], month[2:]
        return [*month, sum(functional), sum(payment), sum(month)]

    months = (month for month in product(range(9), repeat=4) if sum(month) <= 16)
    found = given_away(months, shown, counts)
    assert [month for month in found if sum(month) < 14] == []  # the larger ones have no neighbours


@given(days)
def test_a_month_shows_nothing_but_the_sum_of_its_days(month: list[Parts]) -> None:
    shown = shown_of_month(month)
    assert shown == shown_of_month(month[::-1])
    assert shown.total in {None, sum(map(sum, month))}
    assert shown.parts in {None, tuple(map(sum, zip(*month, strict=True)))}
    if shown.total is not None:
        rest = shown.total - sum(shown_of_day(day).total or 0 for day in month)
        assert rest == 0 or rest >= LEAST


@pytest.mark.parametrize(
    ("month", "total", "parts"),
    [
        ([(0, 0), (12, 6)], 18, (12, 6)),
        ([(9, 2), (8, 3), (7, 1)], 30, (24, 6)),  # the small parts hide each other
        ([(9, 2), (8, 0)], 19, None),
        ([(2, 0), (1, 1), (1, 0), (3, 0)], 8, None),  # too few by phone
        ([(9, 0), (1, 1)], None, None),  # the other day would be 2
        ([(4,), (4,)], None, None),  # both would be 4
        ([(4,), (3,)], 7, (7,)),
        ([], 0, ()),
    ],
)
def test_a_month_shows_as_much_as_it_may(
    month: list[Parts], total: int | None, parts: Parts | None
) -> None:
    shown = shown_of_month(month)
    assert (shown.total, shown.parts) == (total, parts)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 30)))
def test_counts_apart_are_the_largest_and_the_others_are_all_the_rest(
    counts: dict[str, int],
) -> None:
    apart, others = joined(counts)
    assert sum(apart.values()) + others == sum(counts.values())
    assert all(count >= LEAST and count == counts[name] for name, count in apart.items())
    rest = [count for name, count in counts.items() if name not in apart]
    assert not apart or max(rest, default=0) <= min(apart.values())
    assert len([count for count in rest if count]) != 1 or not apart
