"""When an owed mail may be attempted, is requested again, and is given up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import owed_mail
from suport.domain.owed_mail import BeingSent, Exhausted, MailKind, OwedMail, SetAside
from tests.support.template import TEMPLATE, of_function

NOW = datetime(2026, 11, 25, 21, tzinfo=UTC)


def a_mail() -> OwedMail:
    return owed_mail.owed(MailKind.REPLY, "the first request", NOW)


def test_an_attempt_lasts_six_times_as_long_as_the_mailer_may_take() -> None:
    assert owed_mail.ATTEMPT_LASTS.total_seconds() == 6 * of_function("NotifyCitizen", "Timeout")
    queue = TEMPLATE["Resources"]["MailQueue"]["Properties"]
    assert owed_mail.ATTEMPT_LASTS.total_seconds() == queue["VisibilityTimeout"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sent", "refused", "no answer", "died"]),
            st.timedeltas(timedelta(), timedelta(hours=2)),
        ),
        max_size=40,
    )
)
def test_at_most_two_attempts_of_unknown_outcome_reach_the_provider(
    tries: list[tuple[str, timedelta]],
) -> None:
    mail, now, reached = a_mail(), NOW, 0
    for number, (outcome, pause) in enumerate(tries):
        try:
            mail = owed_mail.attempted(mail, f"attempt {number}", now)
        except (BeingSent, Exhausted):
            pass
        else:
            if outcome == "refused":
                mail = owed_mail.refused(mail, f"attempt {number}", now)
            else:
                reached += 1
            if outcome == "sent":
                break  # the mail is no longer owed
        now += pause
    assert reached <= 2


def test_an_attempt_claimed_again_is_still_the_same_attempt() -> None:
    claimed = owed_mail.attempted(a_mail(), "mine", NOW)
    assert owed_mail.attempted(claimed, "mine", NOW + timedelta(seconds=2)) == claimed
    with pytest.raises(BeingSent) as refusal:
        owed_mail.attempted(claimed, "another's", NOW + timedelta(seconds=2))
    assert refusal.value.until == NOW + timedelta(minutes=5)


def test_a_late_refusal_of_an_earlier_attempt_does_not_affect_the_running_one() -> None:
    first = owed_mail.attempted(a_mail(), "first", NOW)
    second = owed_mail.attempted(first, "second", NOW + timedelta(minutes=6))
    assert owed_mail.refused(second, "first", NOW + timedelta(minutes=7)) == second


def test_the_watcher_asks_again_after_longer_and_longer_pauses_and_gives_up_after_a_day() -> None:
    mail, pauses = a_mail(), []
    now = NOW
    while owed_mail.hopeless(mail, now) is None:
        pauses.append((mail.ask_again_at - now) / timedelta(minutes=1))
        now = mail.ask_again_at
        mail = owed_mail.requested_again(mail, f"request {len(pauses)}", now)
    assert pauses == [15, 30, 60, 120, *[240] * 7]
    assert owed_mail.hopeless(mail, now) is SetAside.NOT_SENT


def test_a_running_attempt_is_never_given_up() -> None:
    mail = owed_mail.attempted(a_mail(), "first", NOW)
    mail = owed_mail.attempted(mail, "second", NOW + timedelta(minutes=6))
    assert owed_mail.hopeless(mail, NOW + timedelta(minutes=10)) is None
    assert owed_mail.hopeless(mail, NOW + timedelta(minutes=11)) is SetAside.UNKNOWN_OUTCOME
