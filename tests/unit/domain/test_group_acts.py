"""Incidents of a known problem: linked, answered together, and given back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from suport.domain import group_answer
from suport.domain.category import Category
from suport.domain.change import Change
from suport.domain.citizen_acts import write
from suport.domain.deadlines import (
    COMES_BACK_WITHIN,
    MUST_BE_CLAIMED_WITHIN,
    WAITS_FOR_CITIZEN,
    Wake,
    due,
)
from suport.domain.desk_list import is_linked, place_of
from suport.domain.group_acts import (
    LinkedElsewhere,
    answer_for_all,
    link_problem,
    unfollow,
    unlink_problem,
)
from suport.domain.group_answer import Act, GroupAnswer, Skipped
from suport.domain.history import Message
from suport.domain.incident import Actor, Incident, MailTrouble, Reason, Status, Written
from suport.domain.language import Language
from suport.domain.operator_acts import (
    AlreadyResolved,
    Holder,
    Work,
    claim,
    reassign,
    resolve,
    transfer,
)
from suport.domain.operator_identity import Operator, Role
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.domain.service_acts import mark_queued, take_back
from tests.support.incidents import NOW, actions, an_incident

PROBLEM, OTHER = "01M8A9GS32SWC3AYT3M5FPN97G", "01M8A9GS32SWC3AYT3M5FPN97H"
LEADER = Reference("GQNC-YQBY-1H8C")
EDITOR = Work("eva", Category.PAYMENT)
MARTA = Work("marta", Category.PAYMENT)
BODIES = {each: f"Solved ({each})." for each in Language}
LATER = NOW + timedelta(hours=1)


def reported(**fields: Any) -> Incident:
    """An incident that waits in its queue, with what its citizen first wrote unread."""
    first = {
        "last_written": Written(NOW, Actor.CITIZEN),
        "unread": 1,
        "due_at": NOW + MUST_BE_CLAIMED_WITHIN,
    }
    return an_incident(**first | fields)


def linked(**fields: Any) -> Incident:
    return replace(link_problem(reported(**fields), NOW, EDITOR, PROBLEM).change.result)


def a_job(act: Act, **fields: Any) -> GroupAnswer:
    made: dict[str, Any] = {
        "id": OTHER,
        "problem": PROBLEM,
        "act": act,
        "bodies": None if act is Act.GIVE_BACK else BODIES,
        "references": (reported().reference,),
        "by": "eva",
        "now": NOW,
    }
    return group_answer.begun(**made | fields)


# ------------------------------------------------------------------- links


def test_a_linked_incident_is_not_its_teams_to_do_and_stands_last_in_the_list() -> None:
    change = link_problem(reported(), NOW, EDITOR, PROBLEM).change
    assert actions(change) == ["problem_linked"]
    assert change.entries[0].facts["problem"] == PROBLEM
    assert change.result.is_left_to_all
    place, before = place_of(change.result), place_of(reported())
    assert place
    assert before
    assert place.order[0] > before.order[0]
    assert is_linked(place.order)
    assert not is_linked(before.order)


def test_the_same_link_again_changes_nothing_and_another_takes_its_place() -> None:
    there = linked()
    assert link_problem(there, LATER, MARTA, PROBLEM).change.is_empty
    moved = link_problem(there, LATER, MARTA, OTHER).change
    assert (moved.result.known_problem, actions(moved)) == (
        OTHER,
        ["problem_unlinked", "problem_linked"],  # the history names both
    )


def test_what_a_citizen_wrote_besides_is_still_to_be_read() -> None:
    wrote = write(reported(), LATER, "I have paid twice!").change.result
    there = link_problem(wrote, LATER, EDITOR, PROBLEM).change.result
    assert there.unread == 2
    assert not there.is_left_to_all
    place = place_of(there)
    assert place
    assert place.order.startswith("0/")


def test_the_operator_who_has_it_gives_it_away_and_a_colleague_keeps_it() -> None:
    mine = claim(reported(), NOW, MARTA).change.result
    given = link_problem(mine, LATER, MARTA, PROBLEM).change.result
    assert (given.status, given.claimed_by) == (Status.QUEUED, None)
    assert given.is_left_to_all
    kept = link_problem(mine, LATER, EDITOR, PROBLEM).change.result
    assert (kept.status, kept.claimed_by, kept.due_at) == (Status.CLAIMED, "marta", mine.due_at)
    assert not kept.is_left_to_all


def test_a_resolved_incident_is_linked_to_nothing() -> None:
    done = reported(status=Status.RESOLVED, resolved_at=NOW)
    with pytest.raises(AlreadyResolved):
        link_problem(done, LATER, EDITOR, PROBLEM)


def test_a_linked_incident_comes_back_to_its_queue_every_day() -> None:
    """Were it left out of the answer, nobody would hear of it for 13 days."""
    there = linked()
    assert there.due_at == NOW + COMES_BACK_WITHIN
    assert due(there, NOW + COMES_BACK_WITHIN) is Wake.REQUEUED
    routed = linked(status=Status.RECEIVED, route_reason=Reason.SUBMITTED, route_request=OTHER)
    assert routed.due_at == reported().due_at  # it must be routed first
    assert mark_queued(routed, LATER, routed).change.result.due_at == LATER + COMES_BACK_WITHIN


def test_a_citizen_who_writes_brings_it_back_into_the_queue() -> None:
    """The message about it may have been passed over, and is gone."""
    change = write(linked(), LATER, "And my receipt?").change
    assert change.result.route_reason is Reason.CITIZEN_REPLIED
    assert change.result.unread == 1
    assert not change.result.is_left_to_all
    assert write(reported(), LATER, "Hello?").change.result.route_reason is None
    still_routed = linked(
        status=Status.RECEIVED, route_reason=Reason.SUBMITTED, route_request=OTHER
    )
    wrote = write(still_routed, LATER, "Hello?").change.result
    assert wrote.route_reason is Reason.SUBMITTED


def test_a_link_that_is_undone_puts_what_nobody_has_into_the_queue() -> None:
    change = unlink_problem(linked(), LATER, MARTA, PROBLEM).change
    assert actions(change) == ["problem_unlinked"]
    back = change.result
    assert (back.known_problem, back.unread, back.route_reason) == (None, 1, Reason.REQUEUED)
    assert unlink_problem(back, LATER, MARTA, PROBLEM).change.is_empty
    with_marta = replace(linked(), status=Status.CLAIMED, claimed_by="marta")
    kept = unlink_problem(with_marta, LATER, MARTA, PROBLEM).change.result
    assert (kept.claimed_by, kept.known_problem, kept.route_reason) == ("marta", None, None)


def test_another_team_gets_an_incident_without_the_link() -> None:
    with_marta = claim(linked(), NOW, MARTA).change.result
    passed_on = transfer(with_marta, LATER, MARTA, Category.SIGNATURE, "why").change.result
    assert (passed_on.category, passed_on.known_problem) == (Category.SIGNATURE, None)


@pytest.mark.parametrize("operator", [None, "pere"])
def test_a_reassignment_to_another_team_ends_the_link_too(operator: str | None) -> None:
    with_marta = claim(linked(), NOW, MARTA).change.result
    seen, to = Holder(Category.PAYMENT, "marta"), Holder(Category.SIGNATURE, operator)
    supervisor = Operator("eva", roles=frozenset({Role.SUPERVISOR}))
    moved = reassign(with_marta, LATER, supervisor, seen, to, "why").change.result
    assert (moved.category, moved.known_problem) == (Category.SIGNATURE, None)


def test_a_link_made_after_a_transfer_outlasts_it() -> None:
    """The transfer is still the reason to queue the incident, and has ended earlier links only."""
    with_marta = claim(reported(), NOW, MARTA).change.result
    transferred = transfer(with_marta, NOW, MARTA, Category.SIGNATURE, "why").change.result
    joan = Work("joan", Category.SIGNATURE)
    there = link_problem(replace(transferred, unread=0), NOW, joan, PROBLEM).change.result
    wrote = write(there, LATER, "And my receipt?").change
    alone = unfollow(replace(there, answered_with=LEADER), LATER, joan).change
    restored = Change(there, LATER)
    take_back(restored)
    for change in (wrote, alone, restored):
        after = change.result
        assert (after.known_problem, after.route_reason) == (PROBLEM, Reason.TRANSFERRED)


# ------------------------------------------------------------------- one answer


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("act", "kind"),
    [(Act.TELL, MailKind.REPLY), (Act.ASK, MailKind.QUESTION), (Act.RESOLVE, MailKind.SOLUTION)],
)
def test_each_citizen_reads_it_in_their_language_and_is_owed_one_mail(
    act: Act, kind: MailKind, language: Language
) -> None:
    decided = answer_for_all(linked(language=language), LATER, a_job(act))
    assert decided.answer is None
    told = [each.content for each in decided.change.entries if isinstance(each.content, Message)]
    assert [(each.body, each.operator) for each in told] == [(BODIES[language], "eva")]
    assert [mail.kind for mail in decided.change.mails.values()] == [kind]
    assert decided.change.result.first_answered_at == LATER
    assert decided.change.result.last_written == Written(LATER, Actor.OPERATOR)


def test_where_no_mail_arrives_the_message_is_on_the_page_all_the_same() -> None:
    for fields in ({"contact": {"phone": "+34971"}}, {"mail_trouble": MailTrouble.BOUNCED}):
        change = answer_for_all(linked(**fields), LATER, a_job(Act.TELL)).change
        assert change.mails == {}
        assert [each.kind for each in change.entries] == ["message"]


def test_a_message_leaves_each_incident_as_it_is() -> None:
    for there in (
        linked(),
        replace(linked(), status=Status.CLAIMED, claimed_by="marta", due_at=LATER),
        replace(
            linked(), status=Status.WAITING, claimed_by="marta", due_at=LATER + WAITS_FOR_CITIZEN
        ),
    ):
        after = answer_for_all(there, LATER, a_job(Act.TELL)).change.result
        now, before = ((each.status, each.claimed_by, each.due_at) for each in (after, there))
        assert now == before
        assert after.known_problem == PROBLEM


def test_a_question_to_all_waits_for_each_citizen() -> None:
    routed = linked(status=Status.RECEIVED, route_reason=Reason.SUBMITTED, route_request=OTHER)
    change = answer_for_all(routed, LATER, a_job(Act.ASK)).change
    assert actions(change) == ["asked"]
    assert (change.result.status, change.result.route_reason) == (Status.WAITING, None)
    answered = write(change.result, LATER, "Yes").change.result
    assert (answered.status, answered.route_reason) == (Status.QUEUED, Reason.CITIZEN_REPLIED)


def test_a_solution_may_be_without_words() -> None:
    change = answer_for_all(linked(), LATER, a_job(Act.RESOLVE, bodies=None)).change
    assert actions(change) == ["resolved"]
    assert change.result.resolved_by is Actor.OPERATOR
    assert change.result.first_answered_at == LATER


@pytest.mark.parametrize("bodies", [None, BODIES])
def test_what_is_given_back_is_its_teams_to_do_again(bodies: dict[Language, str] | None) -> None:
    change = answer_for_all(linked(), LATER, a_job(Act.GIVE_BACK, bodies=bodies)).change
    assert (change.result.known_problem, change.result.unread) == (None, 1)
    assert change.result.route_reason is Reason.REQUEUED
    assert [mail.kind for mail in change.mails.values()] == [MailKind.REPLY] * bool(bodies)
    waiting = replace(linked(), status=Status.WAITING, claimed_by="marta", due_at=LATER)
    kept = answer_for_all(waiting, LATER, a_job(Act.GIVE_BACK)).change.result
    assert (kept.status, kept.claimed_by, kept.known_problem) == (Status.WAITING, "marta", None)


@pytest.mark.parametrize("act", [Act.TELL, Act.ASK, Act.RESOLVE, Act.GIVE_BACK])
def test_the_same_job_does_nothing_twice_whatever_happened_in_between(act: Act) -> None:
    job = a_job(act)
    after = answer_for_all(linked(), LATER, job).change.result
    wrote = write(after, LATER, "Thanks").change.result
    for met_again in (after, wrote, replace(after, known_problem=None), replace(after, unread=3)):
        again = answer_for_all(met_again, LATER, job)
        assert again.change.is_empty
        assert again.answer is None  # it counts as answered


def test_another_job_is_another_answer() -> None:
    after = answer_for_all(linked(), LATER, a_job(Act.TELL)).change.result
    assert not answer_for_all(after, LATER, a_job(Act.TELL, id=PROBLEM)).change.is_empty


def test_an_incident_that_the_job_is_not_for_is_left_alone_and_it_says_why() -> None:
    resolved = resolve(claim(linked(), NOW, MARTA).change.result, NOW, MARTA, None).change.result
    elsewhere = link_problem(linked(), NOW, MARTA, OTHER).change.result
    wrote = write(linked(), LATER, "Wait!").change.result
    for there, act, why in (
        (resolved, Act.TELL, Skipped.RESOLVED),
        (reported(), Act.TELL, Skipped.UNLINKED),
        (elsewhere, Act.RESOLVE, Skipped.UNLINKED),
        (wrote, Act.RESOLVE, Skipped.UNREAD),
        (elsewhere, Act.LINK, Skipped.ELSEWHERE),
    ):
        job = a_job(act, bodies=None) if act is Act.LINK else a_job(act)
        decided = answer_for_all(there, LATER, job)
        assert (decided.answer, decided.change.is_empty) == (why, True)
    assert answer_for_all(wrote, LATER, a_job(Act.TELL)).answer is None


def test_a_link_that_somebody_else_has_made_is_not_undone() -> None:
    """An editor's page may be older than it."""
    with pytest.raises(LinkedElsewhere):
        unlink_problem(linked(), LATER, MARTA, "01M8A9GS32SWC3AYT3M5FPN97H")


def test_no_link_keeps_an_incident_longer_and_an_answer_does() -> None:
    """One press may link hundreds."""
    later = NOW + timedelta(days=100)
    change = link_problem(an_incident(), later, MARTA, PROBLEM).change
    assert change.result.expires_at == an_incident().expires_at
    undone = unlink_problem(change.result, later, MARTA, PROBLEM).change.result
    assert undone.expires_at == an_incident().expires_at
    answered = answer_for_all(change.result, later, a_job(Act.TELL)).change.result
    assert answered.expires_at > an_incident().expires_at
