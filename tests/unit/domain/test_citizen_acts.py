"""What citizens' acts decide, without a register."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import citizen_acts
from suport.domain.category import Category
from suport.domain.citizen_acts import NotResolved, ReopeningOver, TooManyMessages
from suport.domain.consent import (
    ConsentAction,
    ControlNeedsView,
    NoticeIdentity,
    Scope,
)
from suport.domain.history import Done, Rating
from suport.domain.incident import Actor, Channel, Incident, Reason, Status, Written
from suport.domain.language import Language
from suport.domain.operator_acts import AlreadyResolved
from suport.domain.operator_identity import Operator
from suport.domain.owed_mail import OF_THE_INCIDENT, MailKind
from tests.support.incidents import NOW, actions, an_incident
from tests.support.register import a_submission

NOTICE = NoticeIdentity("2026-11-23", Language.CATALAN, "0" * 64)
ANOTHER_TEXT = replace(NOTICE, sha256="1" * 64)


def resolved(**fields: object) -> Incident:
    known = {"status": Status.RESOLVED, "resolved_at": NOW, "rating": 4}
    known |= {"resolved_by": Actor.OPERATOR}
    return an_incident(**known | fields)


def test_a_new_incident_must_be_queued_within_two_minutes_and_owes_its_receipt() -> None:
    made, call = citizen_acts.submit(a_submission(), an_incident().reference, NOW)
    assert (made.status, made.route_reason, call) == (Status.RECEIVED, Reason.SUBMITTED, None)
    assert made.due_at == NOW + timedelta(minutes=2)
    assert made.mails[OF_THE_INCIDENT].kind is MailKind.ACKNOWLEDGEMENT
    assert (made.unread, made.citizen_wrote) == (1, made.last_entry)


def test_a_phone_call_names_its_operator_and_owes_no_receipt_without_an_address() -> None:
    reported = a_submission(contact={"phone": "971 481 726"})
    aina = Operator("aina", (Category.SIGNATURE,))
    made, call = citizen_acts.submit(reported, an_incident().reference, NOW, aina)
    assert call
    assert call.facts == {
        "action": "phoned",
        "by": "operator",
        "operator": "aina",
        "team": "signature",
        "purpose": "call",
        "contact": True,
    }
    assert (made.origin, made.mails, made.last_entry) == (Channel.PHONE, {}, call.id)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (Status.RECEIVED, None),
        (Status.QUEUED, None),
        (Status.CLAIMED, None),
        (Status.WAITING, Reason.CITIZEN_REPLIED),
        (Status.RESOLVED, Reason.REOPENED),
    ],
)
def test_a_message_queues_an_incident_that_nobody_would_look_at_otherwise(
    status: Status, reason: Reason | None
) -> None:
    incident = an_incident(status=status, resolved_at=NOW if status is Status.RESOLVED else None)
    written = citizen_acts.write(incident, NOW, "It works now", "digest")
    after = written.change.result
    assert (after.route_reason, after.unread) == (reason, 1)
    assert after.status is (Status.QUEUED if reason else status)
    assert after.citizen_wrote == written.answer.id == after.keyed_messages["digest"]
    assert after.last_written == Written(NOW, Actor.CITIZEN)


def test_a_citizen_can_write_twenty_messages_a_day_and_a_reopening_is_one_of_them() -> None:
    incident = resolved(written_on={"2026-11-25": 19})
    after = citizen_acts.reopen(incident, NOW).change.result
    assert (after.status, after.rating, after.resolved_at) == (Status.QUEUED, None, None)
    with pytest.raises(TooManyMessages) as refusal:
        citizen_acts.write(after, NOW, "One more")
    assert refusal.value.until.isoformat() == "2026-11-26T00:00:00+01:00"
    citizen_acts.write(after, refusal.value.until, "Tomorrow")


@given(st.integers(0, 30))
def test_a_resolved_incident_can_be_reopened_for_fourteen_days(days: int) -> None:
    now = NOW + timedelta(days=days)
    if days <= 14:
        assert actions(citizen_acts.reopen(resolved(), now).change) == [Done.REOPENED]
    else:
        with pytest.raises(ReopeningOver):
            citizen_acts.reopen(resolved(), now)
        with pytest.raises(ReopeningOver):
            citizen_acts.write(resolved(), now, "Hello?")


@pytest.mark.parametrize("status", Status)
def test_closing_twice_ends_the_help_once(status: Status) -> None:
    change = citizen_acts.close(an_incident(status=status), NOW).change
    assert change.is_empty is (status is Status.RESOLVED)
    assert change.result.status is Status.RESOLVED
    assert [mail.kind for mail in change.result.mails.values()] == (
        [] if change.is_empty else [MailKind.CLOSING]
    )


def test_reopening_an_open_incident_does_nothing() -> None:
    assert citizen_acts.reopen(an_incident(), NOW).change.is_empty


@pytest.mark.parametrize("by", [Actor.CITIZEN, Actor.SERVICE])
def test_help_that_no_operator_has_brought_to_an_end_cannot_be_rated(by: Actor) -> None:
    rating = Rating(score=4, comment=None)
    for incident in (an_incident(), resolved(resolved_by=by)):
        with pytest.raises(NotResolved):
            citizen_acts.rate(incident, NOW, rating, None)


def test_resolved_help_can_be_rated_and_the_same_rating_counts_once() -> None:
    rating = Rating(score=4, comment=None)
    assert citizen_acts.rate(resolved(), NOW, rating, rating).change.is_empty
    with_words = Rating(score=4, comment="Quick")
    assert citizen_acts.rate(resolved(), NOW, with_words, rating).change.result.rated_at == NOW


def test_consent_is_given_step_by_step_and_withdrawn_in_one_step() -> None:
    with pytest.raises(ControlNeedsView):
        citizen_acts.grant(an_incident(), NOW, Scope.CONTROL, NOTICE)
    viewed = citizen_acts.grant(an_incident(), NOW, Scope.VIEW, NOTICE).change.result
    helped = citizen_acts.grant(viewed, NOW, Scope.CONTROL, NOTICE).change.result
    assert helped.consents.keys() == set(Scope)
    ended = citizen_acts.withdraw(helped, NOW, Scope.VIEW)
    assert ended.change.result.consents == {}
    assert [entry.facts["scope"] for entry in ended.change.entries] == ["control", "view"]
    assert citizen_acts.withdraw(an_incident(), NOW, Scope.VIEW).answer is None


def test_a_consent_given_again_is_the_same_one_unless_the_notice_has_changed() -> None:
    first = citizen_acts.grant(an_incident(), NOW, Scope.VIEW, NOTICE)
    later, viewed = NOW + timedelta(hours=1), first.change.result
    again = citizen_acts.grant(viewed, later, Scope.VIEW, NOTICE)
    assert again.change.is_empty
    assert (again.answer.id, again.answer.recorded_at) == (first.answer.id, NOW)
    other = citizen_acts.grant(viewed, later, Scope.VIEW, ANOTHER_TEXT)
    assert other.answer.id > first.answer.id
    assert other.change.result.consents[Scope.VIEW].notice == ANOTHER_TEXT


def test_nobody_can_consent_for_a_resolved_incident() -> None:
    with pytest.raises(AlreadyResolved):
        citizen_acts.grant(resolved(), NOW, Scope.VIEW, NOTICE)


def test_each_consent_names_the_notice_that_it_was_given_on() -> None:
    granted = citizen_acts.grant(an_incident(), NOW, Scope.VIEW, NOTICE).answer
    assert granted.facts == {
        "scope": Scope.VIEW,
        "action": ConsentAction.GRANT,
        "notice": {"version": "2026-11-23", "language": "ca", "sha256": "0" * 64},
        "given_at": "2026-11-25T09:00:00.000Z",
    }
