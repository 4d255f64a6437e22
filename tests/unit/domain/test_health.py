"""The state of the service, held to Comanda's manual by a calculation of its own."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from suport.domain.health import (
    Counts,
    Health,
    Integration,
    Part,
    Seen,
    State,
    Tally,
    state_of,
    worst,
)

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
MEANT: Sequence[tuple[State, Callable[[Fraction], bool]]] = [
    (State.UP, lambda failed: failed <= Fraction(1, 10)),
    (State.WARN, lambda failed: Fraction(1, 10) < failed <= Fraction(1, 5)),
    (State.DEGRADED, lambda failed: Fraction(1, 5) < failed <= Fraction(1, 2)),
    (State.ERROR, lambda failed: Fraction(1, 2) < failed < 1),
    (State.DOWN, lambda failed: failed == 1),
]
"""When each state holds, by the share of what failed."""
RANKS = {
    State.UNKNOWN: 0,
    State.UP: 1,
    State.WARN: 2,
    State.DEGRADED: 3,
    State.ERROR: 4,
    State.DOWN: 5,
    State.MAINTENANCE: 6,
}

many = st.integers(0, 10**9) | st.integers(0, 30)
counts = st.builds(Counts, many, many, many)


def meant(done: int, failed: int) -> State:
    if done + failed == 0:
        return State.UNKNOWN
    (state,) = [state for state, holds in MEANT if holds(Fraction(failed, done + failed))]
    return state


def seen(
    parts: dict[Part, Counts] | None = None,
    *,
    database: Counts = Counts(1),  # noqa: B008  it is frozen
    integrations: dict[Integration, Counts] | None = None,
    dead_letters: dict[Part, int] | None = None,
    in_maintenance: bool = False,
) -> Seen:
    return Seen(
        AT, database, integrations or {}, parts or {}, dead_letters or {}, 0, in_maintenance
    )


@given(many, many)
@example(90, 10)
@example(89, 11)
@example(80, 20)
@example(799, 201)
@example(50, 50)
@example(499, 501)
@example(1, 10**9)
@example(0, 1)
@example(0, 0)
@example(9, 1)
@example(8, 1)
def test_the_share_of_failures_tells_the_state(done: int, failed: int) -> None:
    assert state_of(Counts(done, failed)) is meant(done, failed)


@given(st.lists(st.sampled_from(State)))
def test_the_worst_of_several_states_wins(states: list[State]) -> None:
    assert RANKS[worst(states)] == max((RANKS[each] for each in states), default=0)


@given(st.lists(counts, min_size=1))
def test_a_tally_adds_up_every_period_and_tells_the_state_of_the_latest_that_was_asked(
    periods: list[Counts],
) -> None:
    tally = Tally()
    for each in periods:
        tally = tally.after(each)
    assert (tally.total.done, tally.total.failed, tally.total.time_ms) == (
        sum(each.done for each in periods),
        sum(each.failed for each in periods),
        sum(each.time_ms for each in periods),
    )
    assert tally.latest == periods[-1]
    asked = [each for each in periods if each.done or each.failed]
    assert tally.state is (meant(asked[-1].done, asked[-1].failed) if asked else State.UNKNOWN)


@given(
    counts,
    st.dictionaries(st.sampled_from(Integration), counts),
    st.dictionaries(st.sampled_from(Part), counts),
)
def test_the_service_is_as_well_as_the_worst_of_what_it_consists_of(
    database: Counts, integrations: dict[Integration, Counts], parts: dict[Part, Counts]
) -> None:
    health = Health(AT).after(seen(parts, database=database, integrations=integrations), AT)
    all_of_it = [database, *integrations.values(), *parts.values()]
    expected = max((meant(each.done, each.failed) for each in all_of_it), key=lambda s: RANKS[s])
    assert health.overall is expected
    assert health.parts.keys() == set(Part)
    assert health.integrations.keys() == set(Integration)


@pytest.mark.parametrize(
    ("counted", "state"),
    [
        (Counts(5), State.WARN),
        (Counts(1, 1), State.DEGRADED),
        (Counts(0, 1), State.DOWN),
        (Counts(), State.UNKNOWN),
    ],
)
def test_a_part_with_messages_that_nobody_could_handle_is_not_well(
    counted: Counts, state: State
) -> None:
    health = Health(AT).after(seen({Part.MAIL: counted}, dead_letters={Part.MAIL: 2}), AT)
    assert health.part(Part.MAIL) is state
    later = health.after(seen({Part.MAIL: Counts(5)}, dead_letters={Part.MAIL: 0}), AT)
    assert later.part(Part.MAIL) is State.UP


def test_a_register_that_awaits_its_copy_is_in_maintenance_and_the_service_with_it() -> None:
    at_work = Health(AT).after(seen({Part.WEB: Counts(0, 3)}, in_maintenance=True), AT)
    assert (at_work.database_state, at_work.overall) == (State.MAINTENANCE, State.MAINTENANCE)
    assert at_work.part(Part.WEB) is State.DOWN
    done = at_work.after(seen({Part.WEB: Counts(3)}), AT)
    assert (done.database_state, done.overall) == (State.UP, State.UP)


def test_after_a_quarter_of_an_hour_without_a_look_nothing_is_known() -> None:
    health = Health(AT).after(
        seen(
            {Part.WEB: Counts(3)},
            integrations={Integration.SES: Counts(0, 1)},
            dead_letters={Part.WEB: 1},
            in_maintenance=True,
        ),
        AT,
    )
    assert health.known_at(AT + timedelta(minutes=15)) == health
    later = health.known_at(AT + timedelta(minutes=15, milliseconds=1))
    states = [
        later.overall,
        later.database_state,
        *(tally.state for tally in later.integrations.values()),
        *map(later.part, Part),
    ]
    assert set(states) == {State.UNKNOWN}
    assert later.parts[Part.WEB].total == Counts(3)


@given(counts)
def test_the_mean_time_is_that_of_all_that_was_asked(counted: Counts) -> None:
    asked = counted.done + counted.failed
    if not asked:
        assert counted.mean_ms is None
    else:
        assert counted.mean_ms is not None
        assert abs(counted.mean_ms - Fraction(counted.time_ms, asked)) <= Fraction(1, 2) + Fraction(
            1, 10**6
        )
