from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suport.domain.category import Category
from suport.domain.figures import (
    CAUGHT_UP,
    ENOUGH,
    DayCount,
    End,
    Facts,
    Latest,
    Line,
    Quality,
    Spread,
    Totals,
    by_day,
    close_month,
    count_day,
    days_to_count,
    nearest_rank,
    quality,
    shown,
    spans,
    team_figures,
)
from suport.domain.incident import Actor, Channel
from suport.domain.language import Language
from suport.domain.legal_time import start_of, to_madrid
from suport.domain.small_counts import LEAST

DAY = date(2026, 11, 3)
NOON = datetime(2026, 11, 3, 11, tzinfo=UTC)
HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
PAYMENT = Category.PAYMENT
values = st.lists(st.integers(0, 1000), min_size=1, max_size=60)
moments = st.datetimes(datetime(2026, 10, 24), datetime(2026, 12, 2), timezones=st.just(UTC))  # noqa: DTZ001  Hypothesis adds it


def fact(**changes: Any) -> Facts:
    known: dict[str, Any] = {
        "category": PAYMENT,
        "language": Language.CATALAN,
        "channel": Channel.WEB,
        "submitted_at": NOON,
    }
    return Facts(**known | changes)


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    maybe = st.none() | moments
    ended = draw(maybe)
    return fact(
        category=draw(st.sampled_from([PAYMENT, Category.SIGNATURE])),
        language=draw(st.sampled_from(Language)),
        channel=draw(st.sampled_from(Channel)),
        procedure=draw(st.sampled_from([None, "1", "2"])),
        submitted_at=draw(moments),
        first_answered_at=draw(maybe),
        ended_at=ended,
        ended_by=draw(st.sampled_from(Actor)) if ended else None,
        reopened_at=draw(maybe),
        rating=draw(st.none() | st.integers(1, 5)),
        rated_at=draw(maybe),
    )


def days_of(month: list[Facts]) -> list[DayCount]:
    """The days of November."""
    days = [date(2026, 11, number) for number in range(1, 31)]
    return [count_day(day, category, month) for day in days for category in Category]


def in_november(moment: datetime | None, day: int | None = None) -> bool:
    local = moment and to_madrid(moment)
    return bool(local and local.month == 11 and day in {None, local.day})


@given(values, st.integers(1, 100))
def test_a_percentile_is_the_least_value_that_so_many_percent_do_not_exceed(
    numbers: list[int], percent: int
) -> None:
    enough = Fraction(percent, 100) * len(numbers)
    fitting = [each for each in numbers if sum(other <= each for other in numbers) >= enough]
    assert nearest_rank(sorted(numbers), percent) == min(fitting)


@settings(max_examples=40)
@given(st.lists(facts(), max_size=25), st.integers(1, 30))
def test_each_fact_counts_on_the_day_in_madrid_on_which_it_happened(
    month: list[Facts], number: int
) -> None:
    own = [each for each in month if each.category is PAYMENT]
    counted = count_day(date(2026, 11, number), PAYMENT, month)
    submitted = [each for each in own if in_november(each.submitted_at, number)]
    assert counted.lines[Line.SUBMITTED] == (
        sum(each.channel == "web" for each in submitted),
        sum(each.channel == "phone" for each in submitted),
    )
    assert counted.languages == Counter(each.language for each in submitted)
    assert counted.procedures == Counter(each.procedure or "none" for each in submitted)
    for line, moment in (
        (Line.ANSWERED, "first_answered_at"),
        (Line.ENDED, "ended_at"),
        (Line.REOPENED, "reopened_at"),
    ):
        happened = sum(in_november(getattr(each, moment), number) for each in own)
        assert sum(counted.lines[line]) == happened
    rated = sum(in_november(each.rated_at, number) and each.rating is not None for each in own)
    assert counted.lines[Line.RATED] == (rated,)


@settings(max_examples=20)
@given(st.lists(facts(), max_size=15), st.integers(1, 30))
def test_a_day_is_counted_alike_from_all_facts_and_from_its_own(
    month: list[Facts], number: int
) -> None:
    day = date(2026, 11, number)
    own = by_day(month).get(day, [])
    assert count_day(day, PAYMENT, own) == count_day(day, PAYMENT, month)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 3, 22, 59, 59, tzinfo=UTC), 3),
        (datetime(2026, 11, 3, 23, tzinfo=UTC), 4),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), 25),  # the clocks changed that night
    ],
)
def test_a_day_ends_at_midnight_in_madrid(moment: datetime, day: int) -> None:
    counted = count_day(date(moment.year, moment.month, day), PAYMENT, [fact(submitted_at=moment)])
    assert counted.lines[Line.SUBMITTED] == (1, 0)


@pytest.mark.parametrize(
    ("by", "answered", "end"),
    [
        (Actor.OPERATOR, None, End.SOLVED),
        (Actor.OPERATOR, NOON, End.SOLVED),
        (Actor.CITIZEN, NOON, End.SOLVED),
        (Actor.CITIZEN, None, End.SELF_HELPED),
        (Actor.SERVICE, NOON, End.SILENT),
        (Actor.SERVICE, None, End.SILENT),
    ],
)
def test_who_closed_it_and_whether_the_team_had_answered_tells_how_it_ended(
    by: Actor, answered: datetime | None, end: End
) -> None:
    closed = fact(ended_at=NOON, ended_by=by, first_answered_at=answered)
    assert closed.end is end
    assert fact(first_answered_at=answered).end is None


@settings(max_examples=25)
@given(st.lists(facts(), max_size=90))
def test_a_month_less_its_days_never_gives_a_small_count(month: list[Facts]) -> None:
    days = days_of(month)
    closed = close_month(days)
    told = 0
    for category in Category:
        own = [day for day in days if day.category is category]
        for line, total in closed.categories[category].lines.items():
            parts = [shown(day).lines[line] for day in own]
            seen = sum(each.total or 0 for each in parts)
            if total.total is not None:
                assert total.total == sum(sum(day.lines[line]) for day in own)
                assert total.total - seen == 0 or total.total - seen >= LEAST
            for number, count in enumerate(total.parts or ()):
                rest = count - sum(each.parts[number] for each in parts if each.parts)
                assert rest == 0 or rest >= LEAST
            if line is Line.SUBMITTED:
                told += seen if total.total is None else total.total
    for breakdown in (closed.procedures, closed.languages):
        assert sum(breakdown.shown.values()) + breakdown.others == told
        assert breakdown.others == 0 or breakdown.others >= LEAST


def test_a_month_is_counted_by_procedure_and_language() -> None:
    month = [fact(procedure="A", language=Language.GERMAN) for _ in range(6)]
    month += [fact(procedure=code, submitted_at=NOON + timedelta(days=1)) for code in "BCCDDD"]
    closed = close_month(days_of(month))
    assert (closed.procedures.shown, closed.procedures.others) == ({"A": 6}, 6)
    assert (closed.languages.shown, closed.languages.others) == ({"de": 6, "ca": 6}, 0)


@pytest.mark.parametrize("many", [ENOUGH - 1, ENOUGH])
def test_percentiles_and_the_mean_rating_need_twenty(many: int) -> None:
    month = [
        fact(
            first_answered_at=NOON + number * HOUR / 10,
            ended_at=NOON + number * HOUR / 5 + timedelta(seconds=1),
            ended_by=Actor.OPERATOR,
            rating=5 if number else 4,
            rated_at=NOON,
        )
        for number in range(many)
    ]
    told = quality([count_day(DAY, PAYMENT, month).values])
    if many < ENOUGH:
        assert told == Quality()
    else:
        assert told == Quality(Spread(54 * 60, 102 * 60), Spread(109 * 60, 205 * 60), 5.0)


def test_days_that_are_not_shown_are_in_no_percentile_and_no_mean() -> None:
    """Four ratings of 5 beside twenty of 1 would make a mean that no other number of them makes."""
    month = [fact(rating=1, rated_at=NOON, ended_at=NOON) for _ in range(ENOUGH)]
    later = NOON + timedelta(days=1)
    month += [fact(rating=5, rated_at=later, first_answered_at=later) for _ in range(4)]
    days = days_of(month)
    closed = close_month(days).categories[PAYMENT]
    assert closed.lines[Line.RATED].total is None
    assert closed.quality.mean_rating == 1.0
    kept = {day.day: day.values_shown for day in days if day.category is PAYMENT}
    assert spans(kept, DAY + timedelta(days=1))[7].mean_rating == 1.0


def test_a_month_that_is_told_has_the_percentiles_of_all_its_days() -> None:
    month = [fact(first_answered_at=NOON + timedelta(days=number % 10)) for number in range(ENOUGH)]
    closed = close_month(days_of(month)).categories[PAYMENT]
    assert closed.lines[Line.ANSWERED].total == ENOUGH
    assert closed.quality.first_answer_s.p90 == 8 * 24 * 3600


@pytest.mark.parametrize("many", range(ENOUGH, 120))
@pytest.mark.parametrize(("others", "other"), [(1, 2), (5, 4)])
def test_a_mean_rating_beside_their_number_does_not_tell_of_a_single_one_that_differs(
    many: int, others: int, other: int
) -> None:
    """Only next to the end of the scale does a sum tell how often each score was given."""
    scores = [other] + [others] * (many - 1)
    mean = quality([{Line.RATED: scores}]).mean_rating
    sums = range(many, 5 * many + 1)
    assert len([total for total in sums if round(total / many, 1) == mean]) > 1


def test_spans_reach_back_from_the_day_counted_last() -> None:
    for days, reaching in ((0, {7, 30, 90, 180}), (6, {7, 30, 90, 180}), (7, {30, 90, 180})):
        day = DAY - timedelta(days=days)
        month = [fact(first_answered_at=NOON - timedelta(days=days)) for _ in range(ENOUGH)]
        told = spans({day: count_day(day, PAYMENT, month).values_shown}, DAY)
        assert {span for span, each in told.items() if each != Quality()} == reaching


# Which days a night counts


def test_a_night_counts_yesterday_and_what_earlier_nights_missed() -> None:
    began = [fact(submitted_at=start_of(DAY - timedelta(days=5)))]
    last = [DAY - timedelta(days=days) for days in (5, 4, 2)]
    assert days_to_count(DAY, [], began) == [DAY - timedelta(days=n) for n in (5, 4, 3, 2, 1)]
    assert days_to_count(DAY, last, began) == [DAY - timedelta(days=3), DAY - timedelta(days=1)]
    assert days_to_count(DAY, [DAY - timedelta(days=1)], []) == []
    assert days_to_count(DAY, [DAY - timedelta(days=3)], []) == [
        DAY - timedelta(days=2),
        DAY - timedelta(days=1),
    ]


def test_the_first_night_of_a_service_counts_no_day_before_it_began() -> None:
    assert days_to_count(DAY, [], []) == [DAY - timedelta(days=1)]
    assert days_to_count(DAY, [], [fact(submitted_at=NOON)]) == [DAY - timedelta(days=1)]


def test_a_night_catches_up_no_further_than_the_months_that_are_open() -> None:
    old = [fact(submitted_at=NOON - timedelta(days=300))]
    days = days_to_count(DAY, [], old)
    assert (len(days), days[0]) == (CAUGHT_UP, DAY - timedelta(days=CAUGHT_UP))


# A team's figures


def day_with(**counts: int | None) -> Totals:
    return {line: counts.get(line, 0) for line in Line}


def test_a_teams_figures_sum_up_what_the_days_show_and_say_what_they_do_not() -> None:
    days = {
        DAY - A_DAY: day_with(submitted=100),
        DAY: day_with(submitted=7, rated=5),
        DAY + A_DAY: day_with(submitted=None),
    }
    latest = Latest({30: Quality(Spread(60, 120), Spread(), 4.2), 90: Quality()}, days)
    told = team_figures(latest, DAY + 8 * A_DAY, 8, open_now=2, waiting=1)
    assert (told.open, told.waiting, told.submitted) == (2, 1, 7)
    assert (told.withheld_days[Line.SUBMITTED], told.withheld_days[Line.RATED]) == (1, 0)
    assert (told.until, told.span_days) == (DAY + A_DAY, 30)
    assert (told.first_answer_s, told.solution_s) == (Spread(60, 120), Spread())
    assert (told.ratings.count, told.ratings.mean) == (5, 4.2)


@pytest.mark.parametrize(("later", "uncounted"), [(1, 0), (2, 1), (7, 6), (8, 7), (50, 7)])
def test_a_teams_figures_say_how_many_of_the_days_no_night_has_counted(
    later: int, uncounted: int
) -> None:
    told = team_figures(Latest({}, {DAY: day_with()}), DAY + later * A_DAY, 7)
    assert (told.until, told.uncounted_days) == (DAY, uncounted)


def test_before_the_first_night_there_are_no_figures() -> None:
    told = team_figures(Latest({}, {}), DAY, 180)
    assert (told.until, told.submitted, told.span_days) == (None, 0, 180)
    assert told.uncounted_days == 180
    assert told.first_answer_s == told.solution_s == Spread()
