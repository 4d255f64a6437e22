from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from suport.domain.figures import Handled, Ratings, Spread, figures, nearest_rank
from suport.domain.incident import Status

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
values = st.lists(st.integers(0, 1000), min_size=1, max_size=60)
seconds = st.none() | st.integers(0, 10**7)


def handled(answered: int | None, resolved: int | None, rating: int | None = None) -> Handled:
    after = (
        None if each is None else NOW + timedelta(seconds=each) for each in (answered, resolved)
    )
    first_answered_at, resolved_at = after
    return Handled(
        submitted_at=NOW,
        first_answered_at=first_answered_at,
        resolved_at=resolved_at,
        rating=rating,
    )


@given(values, st.integers(1, 100))
def test_a_percentile_is_the_least_value_that_so_many_percent_do_not_exceed(
    numbers: list[int], percent: int
) -> None:
    enough = Fraction(percent, 100) * len(numbers)
    fitting = [each for each in numbers if sum(other <= each for other in numbers) >= enough]
    assert nearest_rank(sorted(numbers), percent) == min(fitting)


@given(st.lists(st.tuples(seconds, seconds, st.none() | st.integers(1, 5)), max_size=30))
def test_the_figures_count_only_what_has_happened(facts: list[tuple[int | None, ...]]) -> None:
    told = figures([handled(*each) for each in facts], [])
    answers = sorted(each[0] for each in facts if each[0] is not None)
    solutions = sorted(each[1] for each in facts if each[1] is not None)
    scores = [each[2] for each in facts if each[2] is not None]
    assert told.submitted == len(facts)
    assert told.first_answer_s == Spread(nearest_rank(answers, 50), nearest_rank(answers, 90))
    assert told.solution_s == Spread(nearest_rank(solutions, 50), nearest_rank(solutions, 90))
    assert told.ratings.count == len(scores)
    assert (told.ratings.mean is None) == (not scores)


@given(st.lists(st.sampled_from(Status)))
def test_waiting_incidents_count_as_open(statuses: list[Status]) -> None:
    told = figures([], statuses)
    assert told.open == len(statuses)
    assert told.waiting == sum(status == "waiting" for status in statuses)


def test_without_incidents_there_are_no_figures() -> None:
    told = figures([], [])
    assert told.first_answer_s == told.solution_s == Spread(None, None)
    assert told.ratings == Ratings(0, None)


def test_a_mean_has_two_decimals() -> None:
    assert figures([handled(1, 2, score) for score in (5, 5, 4)], []).ratings.mean == 4.67
