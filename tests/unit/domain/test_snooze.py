"""What it means that an operator puts an incident aside until a day, and what brings it back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from suport.domain import citizen_acts, operator_acts, service_acts
from suport.domain.category import Category
from suport.domain.change import Change
from suport.domain.deadlines import Wake, due, follow_up_at, is_snoozed
from suport.domain.history import Done
from suport.domain.incident import Actor, Incident, Status, Written
from suport.domain.operator_acts import (
    AlreadyResolved,
    ClaimedByAnother,
    Holder,
    NoSuchSnooze,
    NotClaimed,
    Work,
)
from suport.domain.operator_identity import Operator, Role
from suport.domain.retention import expires_at, prolongs
from suport.domain.service_acts import FollowedUp
from suport.domain.working_hours import read_hours
from suport.views.citizen_view import is_shown
from tests.support.incidents import NOW, actions, an_incident

OFFICE = read_hours("mon-fri 08:00-15:00", {date(2026, 12, 8)})[Category.PAYMENT]
AINA = Work("aina", Category.PAYMENT, hours=OFFICE)
BIEL = Work("biel", Category.PAYMENT, hours=OFFICE)
UNTIL = date(2026, 12, 8)  # a closed Tuesday
BACK_AT = datetime(2026, 12, 7, 23, tzinfo=UTC)  # midnight in Madrid
DUE_AFTER = datetime(2026, 12, 9, 14, tzinfo=UTC)  # the end of Wednesday's seven hours


def claimed(**fields: Any) -> Incident:
    whose = {"status": Status.CLAIMED, "claimed_by": "aina", "claimed_at": NOW, "due_at": NOW}
    return an_incident(**whose | fields)


def snoozed(**fields: Any) -> Incident:
    return operator_acts.snooze(claimed(**fields), NOW, AINA, UNTIL).change.result


def test_until_its_day_nobody_releases_a_snoozed_incident_and_then_it_has_a_full_claim() -> None:
    decided = operator_acts.snooze(claimed(), NOW, AINA, UNTIL)
    assert decided.answer.facts == {
        "action": "snoozed",
        "by": "operator",
        "operator": "aina",
        "until": "2026-12-08",
    }
    after = decided.change.result
    assert (after.snoozed_until, after.due_at, after.claimed_by) == (BACK_AT, DUE_AFTER, "aina")
    assert is_snoozed(after, BACK_AT - timedelta(seconds=1))
    assert not is_snoozed(after, BACK_AT)
    assert follow_up_at(replace(after, mails={}, holds_first_words=False)) == BACK_AT


def test_on_its_day_it_comes_back_as_unread_and_is_released_only_a_working_day_later() -> None:
    late = DUE_AFTER + timedelta(days=1)  # the watcher was away
    assert due(snoozed(), late) is None
    decided = service_acts.follow_up(snoozed(), late, OFFICE)
    after = decided.change.result
    assert (decided.answer, actions(decided.change)) == (FollowedUp(resumed=1), [Done.RESUMED])
    assert (after.snoozed_until, after.unread, after.claimed_by) == (None, 1, "aina")
    assert after.due_at == datetime(2026, 12, 11, 14, tzinfo=UTC)
    assert due(after, after.due_at) is Wake.RELEASED
    assert service_acts.follow_up(after, late, OFFICE).change.is_empty


def test_what_the_citizen_writes_brings_it_back_at_once_and_stays_read_once_it_is() -> None:
    at = NOW + timedelta(days=1)
    written = citizen_acts.write(snoozed(), at, "Still wrong").change.result
    assert not is_snoozed(written, at)
    assert follow_up_at(written) == at
    seen = operator_acts.view(written, at + timedelta(minutes=1), AINA).change.result
    back = service_acts.follow_up(seen, at + timedelta(minutes=5), OFFICE).change.result
    assert (back.snoozed_until, back.unread, back.claimed_by) == (None, 0, "aina")
    assert back.due_at == datetime(2026, 11, 27, 9, 5, tzinfo=UTC)


def test_a_file_of_the_citizens_brings_it_back_too() -> None:
    change = Change(snoozed(), NOW + timedelta(hours=1))
    change.citizen_writes(change.act(Done.REOPENED, Actor.CITIZEN))
    assert not is_snoozed(change.result, change.now)


@pytest.mark.parametrize(
    "act",
    [
        lambda incident: operator_acts.hand_over(incident, NOW, AINA, "biel", "A holiday"),
        lambda incident: operator_acts.take_over(incident, NOW, BIEL, "Aina is ill"),
        lambda incident: operator_acts.release(incident, NOW, AINA),
        lambda incident: operator_acts.transfer(incident, NOW, AINA, Category.SIGNATURE, "Theirs"),
        lambda incident: operator_acts.resolve(incident, NOW, AINA, None),
        lambda incident: operator_acts.resume(incident, NOW, AINA),
        lambda incident: citizen_acts.close(incident, NOW),
    ],
)
def test_a_snooze_is_its_operators_and_ends_when_they_have_the_incident_no_longer(
    act: Callable[[Incident], Any],
) -> None:
    after = act(snoozed()).change.result
    assert after.snoozed_until is None
    if after.status is Status.CLAIMED:
        assert after.due_at == datetime(2026, 11, 26, 9, tzinfo=UTC)  # tomorrow at this hour


@pytest.mark.parametrize(
    "act",
    [
        lambda incident, now: operator_acts.reply(incident, now, AINA, "We wait for the bank"),
        lambda incident, now: operator_acts.note(incident, now, AINA, "The bank calls back"),
    ],
)
def test_an_answer_or_a_note_leaves_the_snooze_as_it_is(act: Callable[..., Any]) -> None:
    after = act(snoozed(), NOW + timedelta(hours=2)).change.result
    assert (after.snoozed_until, after.due_at) == (BACK_AT, DUE_AFTER)
    over = act(snoozed(), BACK_AT + timedelta(hours=34)).change.result  # Wednesday, at ten
    assert (over.snoozed_until, over.due_at) == (None, datetime(2026, 12, 10, 9, tzinfo=UTC))


def test_the_citizens_two_weeks_go_on_while_a_waiting_incident_is_snoozed() -> None:
    ends = NOW + timedelta(days=14)
    waiting = snoozed(status=Status.WAITING, due_at=ends)
    assert (waiting.snoozed_until, waiting.due_at) == (BACK_AT, ends)
    back = service_acts.follow_up(waiting, BACK_AT, OFFICE).change.result
    assert (back.status, back.unread, back.due_at) == (Status.WAITING, 1, ends)
    assert service_acts.wake(waiting, ends).change.result.snoozed_until is None


def test_a_supervisor_who_reassigns_it_ends_the_snooze() -> None:
    after = reassigned(snoozed(), NOW)
    assert (after.snoozed_until, after.claimed_by) == (None, "biel")


def test_a_snooze_that_is_over_already_is_nothing_to_end() -> None:
    assert operator_acts.resume(claimed(), NOW, AINA).change.is_empty


def test_only_its_operator_snoozes_an_incident_and_only_an_open_one() -> None:
    acts: list[Callable[[Incident, datetime, Work], Any]] = [
        lambda incident, now, work: operator_acts.snooze(incident, now, work, UNTIL),
        operator_acts.resume,
    ]
    for act in acts:
        with pytest.raises(ClaimedByAnother):
            act(claimed(), NOW, BIEL)
        with pytest.raises(NotClaimed):
            act(an_incident(), NOW, AINA)
        with pytest.raises(AlreadyResolved):
            act(an_incident(status=Status.RESOLVED), NOW, AINA)


@pytest.mark.parametrize(
    ("fields", "until", "days"),
    [
        ({}, date(2026, 11, 25), (date(2026, 11, 26), date(2027, 1, 24))),  # today
        ({}, date(2026, 11, 1), (date(2026, 11, 26), date(2027, 1, 24))),
        ({}, date(2027, 1, 25), (date(2026, 11, 26), date(2027, 1, 24))),
        (
            {"expires_at": expires_at(datetime(2026, 6, 3, 9, tzinfo=UTC))},
            date(2026, 12, 4),
            (date(2026, 11, 26), date(2026, 12, 3)),  # the last day on which it is kept
        ),
    ],
)
def test_it_comes_back_after_today_within_sixty_days_and_before_its_end(
    fields: dict[str, Any], until: date, days: tuple[date, date]
) -> None:
    with pytest.raises(NoSuchSnooze) as refusal:
        operator_acts.snooze(claimed(**fields), NOW, AINA, until)
    assert (refusal.value.first, refusal.value.last) == days
    for day in days:
        assert operator_acts.snooze(claimed(**fields), NOW, AINA, day).change.result.snoozed_until


def test_to_put_an_incident_aside_keeps_it_no_longer_and_is_nothing_for_its_citizen() -> None:
    entry = operator_acts.snooze(claimed(), NOW, AINA, UNTIL).answer
    [resumed] = service_acts.follow_up(snoozed(), BACK_AT, OFFICE).change.entries
    [ended] = operator_acts.resume(snoozed(), NOW, AINA).change.entries
    for each in (entry, resumed, ended):
        assert not prolongs(each)
        assert not is_shown(each)


def test_an_operator_who_writes_on_the_day_does_not_hide_that_it_came_back() -> None:
    """The service marks it as unread unless the citizen's own words ended the snooze."""
    answered = replace(snoozed(), last_written=Written(BACK_AT, Actor.OPERATOR))
    assert service_acts.follow_up(answered, BACK_AT, OFFICE).change.result.unread == 1


def reassigned(incident: Incident, now: datetime) -> Incident:
    damia = Operator("damia", roles=frozenset({Role.SUPERVISOR}))
    seen, to = Holder(Category.PAYMENT, incident.claimed_by), Holder(Category.PAYMENT, "biel")
    change = operator_acts.reassign(
        *(incident, now, damia, seen, to, "Too many"), hours=OFFICE
    ).change
    return change.result


def test_a_claim_on_friday_is_due_on_monday_for_everything_that_begins_it_again() -> None:
    friday, monday = (datetime(2026, 11, day, 13, tzinfo=UTC) for day in (27, 30))
    queued = an_incident(due_at=NOW)
    for after in (
        operator_acts.claim(queued, friday, AINA).change.result,
        operator_acts.take_over(claimed(), friday, BIEL, "Aina is ill").change.result,
        operator_acts.hand_over(claimed(), friday, AINA, "biel", "A holiday").change.result,
        operator_acts.reply(claimed(), friday, AINA, "Hello").change.result,
        operator_acts.note(claimed(), friday, AINA, "Hello").change.result,
        reassigned(claimed(), friday),
        reassigned(queued, friday),
    ):
        assert after.due_at == monday
        assert due(after, monday - timedelta(seconds=1)) is None
        assert due(after, monday) is Wake.RELEASED
    asked = operator_acts.reply(claimed(), friday, AINA, "Which code?", ask=True).change.result
    assert asked.due_at == friday + timedelta(days=14)  # the citizen's time goes on at night
