"""How long somebody stays signed in, against a clockwork that counts minute by minute."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from suport.domain.desk_session import DeskSession
from suport.domain.operator_identity import Operator

BEGUN = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the clocks of Madrid go back half an hour later
SECOND = timedelta(seconds=1)
AINA = Operator("aina")


def begun() -> DeskSession:
    return DeskSession(id="one", operator=AINA, begun_at=BEGUN, seen_at=BEGUN)


def lasts_by_the_oracle(requests: list[int], now: int) -> bool:
    """Whether somebody who came at these seconds is still signed in: counted second by second.

    Each second without a noted request makes the wait longer by one. A request is noted unless one
    was during the last minute.
    """
    wait = 0
    asked = {*requests}
    for second in range(1, now + 1):
        wait += 1
        if wait == 30 * 60 or second == 12 * 60 * 60:
            return False
        if second in asked and wait >= 60:
            wait = 0
    return True


@given(
    st.lists(st.integers(0, 45_000) | st.integers(0, 4_000), max_size=60), st.integers(0, 45_000)
)
def test_a_session_lasts_half_an_hour_after_each_request_and_twelve_hours_in_all(
    requests: list[int], now: int
) -> None:
    session = begun()
    for second in sorted(requests):
        moment = BEGUN + second * SECOND
        if second <= now and not session.is_over(moment) and session.is_noted_again(moment):
            session = session.seen(moment)
    assert session.is_over(BEGUN + now * SECOND) is not lasts_by_the_oracle(requests, now)


@given(st.integers(0, 60), st.integers(0, 60))
def test_whoever_comes_every_few_minutes_is_signed_out_after_twelve_hours_to_the_second(
    minutes: int, seconds: int
) -> None:
    step = timedelta(minutes=minutes % 29, seconds=seconds + 60)
    session, moment = begun(), BEGUN
    while not session.is_over(moment + step):
        moment += step
        session = session.seen(moment)
    ends = BEGUN + timedelta(hours=12)
    assert session.ends_at == ends
    assert not session.is_over(ends - SECOND)
    assert session.is_over(ends)


def test_requests_of_the_same_minute_are_noted_once() -> None:
    session = begun()
    assert not session.is_noted_again(BEGUN + 59 * SECOND)
    assert session.is_noted_again(BEGUN + 60 * SECOND)
