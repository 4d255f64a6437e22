"""What operators' acts decide, and whom they refuse, without a register."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import operator_acts
from suport.domain.category import Category
from suport.domain.change import Decision, Refused
from suport.domain.consent import NoticeIdentity, Scope, StandingConsent
from suport.domain.history import Done
from suport.domain.incident import Actor, Incident, Reason, Status, Written
from suport.domain.language import Language
from suport.domain.operator_acts import (
    AlreadyResolved,
    ChangedMeanwhile,
    ClaimedByAnother,
    Holder,
    NotClaimed,
    OtherTeam,
    Work,
)
from suport.domain.operator_identity import NotSupervisor, Operator, Role
from suport.domain.owed_mail import MailKind
from suport.domain.retention import expires_at
from tests.support.incidents import NOW, actions, an_incident

AINA = Work("aina", Category.PAYMENT)
BIEL = Work("biel", Category.PAYMENT)
CARLES = Work("carles", Category.SIGNATURE)
DAMIA = Operator("damia", roles=frozenset({Role.SUPERVISOR}))

ACTS: dict[str, Callable[[Incident, datetime, Work], Decision[Any]]] = {
    "reply": lambda incident, now, work: operator_acts.reply(incident, now, work, "Hello"),
    "release": operator_acts.release,
    "transfer": lambda incident, now, work: operator_acts.transfer(
        incident, now, work, Category.SIGNATURE, "A certificate"
    ),
    "hand over": lambda incident, now, work: operator_acts.hand_over(
        incident, now, work, "carla", "On holiday"
    ),
    "resolve": lambda incident, now, work: operator_acts.resolve(incident, now, work, None),
}
"""The acts that only the operator who has claimed the incident may do."""


def claimed(**fields: Any) -> Incident:
    return an_incident(status=Status.CLAIMED, claimed_by="aina", claimed_at=NOW, **fields)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_only_the_operator_who_has_claimed_an_incident_acts_on_it(
    act: Callable[..., Decision[Any]],
) -> None:
    assert not act(claimed(), NOW, AINA).change.is_empty
    with pytest.raises(ClaimedByAnother) as refusal:
        act(claimed(), NOW, BIEL)
    assert refusal.value.operator == "aina"
    with pytest.raises(NotClaimed):
        act(an_incident(status=Status.QUEUED), NOW, AINA)
    with pytest.raises(AlreadyResolved):
        act(an_incident(status=Status.RESOLVED), NOW, AINA)


def test_a_claim_gives_the_operator_a_day_and_records_the_look() -> None:
    queued = an_incident(status=Status.QUEUED, route_reason=Reason.REQUEUED, unread=2)
    change = operator_acts.claim(queued, NOW, AINA).change
    assert actions(change) == [Done.CLAIMED, Done.VIEWED]
    after = change.result
    assert (after.status, after.claimed_by, after.unread) == (Status.CLAIMED, "aina", 0)
    assert after.due_at == NOW + timedelta(hours=24)
    assert after.route_reason is None


def test_a_second_claim_by_the_same_operator_only_records_the_look() -> None:
    change = operator_acts.claim(claimed(), NOW, AINA).change
    assert actions(change) == [Done.VIEWED]
    assert change.result.claimed_at == NOW


def test_anybody_in_the_team_may_claim_an_incident_that_waits_for_its_citizen() -> None:
    waiting = replace(claimed(), status=Status.WAITING)
    assert operator_acts.claim(waiting, NOW, BIEL).change.result.claimed_by == "biel"


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.WAITING])
def test_an_operator_takes_over_a_colleagues_incident_with_a_day_for_it_and_sees_the_person(
    status: Status,
) -> None:
    later, theirs = NOW + timedelta(hours=20), replace(claimed(unread=2), status=status)
    decided = operator_acts.take_over(theirs, later, BIEL, "Aina is ill")
    taken, look = decided.change.entries
    assert (taken, taken.facts) == (
        decided.answer,
        {
            "action": "taken_over",
            "by": "operator",
            "operator": "biel",
            "colleague": "aina",
            "why": "Aina is ill",
        },
    )
    assert (look.facts["action"], look.facts["purpose"], look.facts["contact"]) == (
        *("viewed", "handover", True),
    )
    after = decided.change.result
    assert (after.status, after.claimed_by, after.claimed_at) == (Status.CLAIMED, "biel", later)
    assert (after.due_at, after.unread) == (later + timedelta(hours=24), 0)
    assert operator_acts.sees_contact(after, "biel")


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.WAITING])
def test_to_take_over_what_is_ones_own_is_only_a_look(status: Status) -> None:
    own = replace(claimed(), status=status)
    change = operator_acts.take_over(own, NOW + timedelta(hours=1), AINA, "No reason").change
    assert actions(change) == [Done.VIEWED]
    assert (change.result.status, change.result.claimed_at) == (status, NOW)


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (Status.RECEIVED, NotClaimed),
        (Status.QUEUED, NotClaimed),
        (Status.RESOLVED, AlreadyResolved),
    ],
)
def test_what_no_colleague_has_cannot_be_taken_over(
    status: Status, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        operator_acts.take_over(an_incident(status=status), NOW, BIEL, "Aina is ill")


@pytest.mark.parametrize("unread", [0, 3])
@pytest.mark.parametrize(
    ("status", "due_at"),
    [(Status.CLAIMED, NOW + timedelta(hours=30)), (Status.WAITING, NOW + timedelta(days=9))],
)
def test_an_incident_that_is_handed_over_goes_on_as_it_is_and_stands_out_for_the_colleague(
    status: Status, due_at: datetime, unread: int
) -> None:
    own = replace(claimed(unread=unread), status=status, due_at=NOW + timedelta(days=9))
    at = NOW + timedelta(hours=6)
    decided = operator_acts.hand_over(own, at, AINA, "biel", "On holiday")
    assert [each.facts for each in decided.change.entries] == [
        {
            "action": "handed_over",
            "by": "operator",
            "operator": "aina",
            "colleague": "biel",
            "why": "On holiday",
        }
    ]
    after = decided.change.result
    assert (after.status, after.claimed_by, after.claimed_at) == (status, "biel", at)
    assert (after.due_at, after.unread) == (due_at, max(unread, 1))
    assert operator_acts.view(after, at, AINA).change.result.unread == after.unread
    assert operator_acts.view(after, at, BIEL).change.result.unread == 0


def test_nobody_hands_an_incident_over_to_themselves() -> None:
    with pytest.raises(ValueError, match="already"):
        operator_acts.hand_over(claimed(), NOW, AINA, "aina", "Nothing")


QUEUE, OF_AINA, OF_BIEL = (Holder(Category.PAYMENT, name) for name in (None, "aina", "biel"))
OF_CARLES, SIGNATURE_QUEUE = (Holder(Category.SIGNATURE, name) for name in ("carles", None))


@pytest.mark.parametrize(
    ("status", "to_status"),
    [
        (Status.RECEIVED, Status.CLAIMED),
        (Status.QUEUED, Status.CLAIMED),
        (Status.CLAIMED, Status.CLAIMED),
        (Status.WAITING, Status.WAITING),
    ],
)
@pytest.mark.parametrize("unread", [0, 2])
def test_a_supervisor_gives_an_incident_to_an_operator_as_unread_and_without_a_look(
    status: Status, to_status: Status, unread: int
) -> None:
    free = status in {Status.RECEIVED, Status.QUEUED}
    seen = QUEUE if free else OF_AINA
    incident = an_incident(
        status=status,
        claimed_by=seen.operator,
        unread=unread,
        due_at=NOW + timedelta(days=9),
        route_reason=Reason.SUBMITTED if free else None,
    )
    decided = operator_acts.reassign(incident, NOW, DAMIA, seen, OF_BIEL, "Aina is ill")
    had = {} if free else {"held_by": "aina"}
    assert [each.facts for each in decided.change.entries] == [
        {
            "action": "reassigned",
            "by": "operator",
            "operator": "damia",
            "colleague": "biel",
            "why": "Aina is ill",
            **had,
        }
    ]
    after = decided.change.result
    assert (after.status, after.claimed_by, after.claimed_at) == (to_status, "biel", NOW)
    assert (after.unread, after.route_reason, after.mails) == (max(unread, 1), None, {})
    days = timedelta(days=9) if status is Status.WAITING else timedelta(days=1)
    assert after.due_at == NOW + days


@pytest.mark.parametrize("status", [Status.CLAIMED, Status.WAITING])
@pytest.mark.parametrize(
    ("to", "reason", "former"),
    [
        (QUEUE, Reason.REQUEUED, ()),
        (SIGNATURE_QUEUE, Reason.TRANSFERRED, (Category.PAYMENT,)),
    ],
)
def test_a_supervisor_puts_an_incident_into_the_queue_of_any_team(
    status: Status, to: Holder, reason: Reason, former: tuple[Category, ...]
) -> None:
    own = replace(claimed(), status=status)
    after = operator_acts.reassign(own, NOW, DAMIA, OF_AINA, to, "Too many").change.result
    assert (after.category, after.status, after.claimed_by) == (to.team, Status.QUEUED, None)
    assert (after.route_reason, after.former_teams) == (reason, former)


def test_a_supervisor_gives_an_incident_to_an_operator_of_another_team() -> None:
    change = operator_acts.reassign(claimed(), NOW, DAMIA, OF_AINA, OF_CARLES, "Both").change
    facts, after = change.entries[0].facts, change.result
    assert (facts["from"], facts["to"]) == (Category.PAYMENT, Category.SIGNATURE)
    assert (after.category, after.claimed_by, after.status) == (
        *(Category.SIGNATURE, "carles", Status.CLAIMED),
    )


@pytest.mark.parametrize("roles", [[], [Role.EDITOR], [Role.DATA_PROTECTION]])
def test_nobody_but_a_supervisor_reassigns(roles: list[Role]) -> None:
    operator = Operator("aina", tuple(Category), frozenset(roles))
    with pytest.raises(NotSupervisor):
        operator_acts.reassign(claimed(), NOW, operator, OF_AINA, OF_BIEL, "Too many")


@pytest.mark.parametrize(
    ("seen", "is_now", "refusal"),
    [
        (OF_AINA, {"claimed_by": "biel"}, ClaimedByAnother),
        (QUEUE, {}, ClaimedByAnother),
        (OF_AINA, {"claimed_by": None, "status": Status.QUEUED}, NotClaimed),
        (OF_AINA, {"category": Category.SIGNATURE}, OtherTeam),
        (OF_AINA, {"claimed_by": None, "status": Status.RESOLVED}, AlreadyResolved),
        (QUEUE, {"claimed_by": None, "status": Status.RESOLVED}, AlreadyResolved),
    ],
)
def test_a_supervisor_moves_only_what_is_still_where_they_saw_it(
    seen: Holder, is_now: dict[str, Any], refusal: type[Exception]
) -> None:
    incident = replace(claimed(), **is_now)
    with pytest.raises(refusal):
        operator_acts.reassign(incident, NOW, DAMIA, seen, OF_CARLES, "Too many")


def test_an_incident_is_not_reassigned_to_where_it_is() -> None:
    with pytest.raises(ValueError, match="already"):
        operator_acts.reassign(claimed(), NOW, DAMIA, OF_AINA, OF_AINA, "Nothing")


def test_a_question_makes_the_incident_wait_and_owes_a_mail_that_quotes_it() -> None:
    asked = operator_acts.reply(claimed(), NOW, AINA, "Which browser?", ask=True)
    after = asked.change.result
    assert (after.status, after.first_answered_at) == (Status.WAITING, NOW)
    assert after.due_at == NOW + timedelta(days=14)
    assert after.last_written == Written(NOW, Actor.OPERATOR)
    (mail,) = after.mails.items()
    assert mail[0] == asked.answer.id == mail[1].words
    assert mail[1].kind is MailKind.QUESTION


def test_no_mail_is_owed_to_a_citizen_without_an_address() -> None:
    by_phone = claimed(contact={"phone": "971 481 726"})
    assert operator_acts.reply(by_phone, NOW, AINA, "Hello").change.result.mails == {}


def test_a_note_counts_as_work_only_if_the_incidents_operator_writes_it() -> None:
    later = NOW + timedelta(hours=3)
    for work, due_at in ((AINA, later + timedelta(hours=24)), (BIEL, None)):
        assert operator_acts.note(claimed(), later, work, "Rang").change.result.due_at == due_at


def test_a_transfer_queues_the_incident_for_the_other_team_and_remembers_this_one() -> None:
    asked = Category.SIGNATURE, "A certificate"
    after = operator_acts.transfer(claimed(), NOW, AINA, *asked).change.result
    assert (after.category, after.status, after.claimed_by) == (asked[0], Status.QUEUED, None)
    assert (after.route_reason, after.former_teams) == (Reason.TRANSFERRED, (Category.PAYMENT,))
    with pytest.raises(ValueError, match="already"):
        operator_acts.transfer(claimed(), NOW, AINA, Category.PAYMENT, "Nothing")


def test_consents_end_with_the_incident() -> None:
    notice = NoticeIdentity("2026-11-23", Language.CATALAN, "0" * 64)
    given = StandingConsent(notice, NOW, "0" * 26, expires_at(NOW))
    agreed = claimed(consents={Scope.VIEW: given, Scope.CONTROL: given})
    change = operator_acts.resolve(agreed, NOW, AINA, "Done").change
    ended = [each.facts for each in change.entries if "scope" in each.facts]
    assert [(each["scope"], each["by"]) for each in ended] == [
        ("control", "service"),
        ("view", "service"),
    ]
    assert change.result.consents == {}
    assert [mail.kind for mail in change.result.mails.values()] == [MailKind.SOLUTION]


@given(st.sampled_from(Status), st.booleans())
def test_an_operator_of_another_team_is_refused_in_any_state_and_on_record(
    status: Status, former: bool
) -> None:
    incident = an_incident(status=status, former_teams=(CARLES.team,) if former else ())
    refused = operator_acts.in_team(incident, NOW, CARLES, operator_acts.claim)
    assert isinstance(refused, Refused)
    assert isinstance(refused.reason, OtherTeam)
    (entry,) = refused.change.entries
    assert (entry.facts["action"], entry.facts["former"]) == ("refused", former)
    assert refused.change.result.expires_at == incident.expires_at


@given(st.text("ab", max_size=2), st.frozensets(st.text("ab", max_size=2)) | st.none())
def test_an_act_is_refused_if_the_operator_has_not_read_what_the_citizen_wrote(
    citizen_wrote: str, seen: frozenset[str] | None
) -> None:
    work = Work("aina", Category.PAYMENT, seen=seen)
    incident = claimed(citizen_wrote=citizen_wrote, unread=1)
    done = operator_acts.having_read(incident, NOW, work, operator_acts.release)
    if seen is None or citizen_wrote in seen:
        assert isinstance(done, Decision)
    else:
        assert isinstance(done, Refused)
        assert isinstance(done.reason, ChangedMeanwhile)
        assert actions(done.change) == [Done.VIEWED]
        assert (done.change.result.status, done.change.result.unread) == (Status.CLAIMED, 0)


@given(st.integers(1_500_000_000, 4_000_000_000))
def test_entries_stay_in_order_whatever_the_clocks_say(seconds: int) -> None:
    incident, now = claimed(), datetime.fromtimestamp(seconds, UTC)
    change = operator_acts.reply(incident, now, AINA, "Hello", ask=True).change
    names = [incident.last_entry, *(entry.id for entry in change.entries)]
    assert names == sorted(set(names))
    assert change.result.last_entry == names[-1]
