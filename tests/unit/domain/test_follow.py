"""One incident answers for another one of the same citizen, and neither is forgotten."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from suport.domain import citizen_acts, group_acts, operator_acts, service_acts
from suport.domain.category import Category
from suport.domain.deadlines import (
    LEADER_LOOKED_AT_WITHIN,
    MUST_BE_ROUTED_WITHIN,
    WAITS_FOR_CITIZEN,
    Wake,
)
from suport.domain.desk_list import is_linked, place_of
from suport.domain.group_answer import Act, GroupAnswer, Skipped, begun
from suport.domain.incident import Actor, Incident, Reason, Status, Written
from suport.domain.language import Language
from suport.domain.operator_acts import AlreadyResolved, ClaimedByAnother, Work
from suport.domain.reference import Reference
from tests.support.incidents import NOW, actions, an_incident

LEADER = Reference("GQNC-YQBY-1H8C")
MARTA = Work("marta", Category.PAYMENT)
DAY = timedelta(days=1)


def leader(**fields: Any) -> Incident:
    known: dict[str, Any] = {"status": Status.CLAIMED, "claimed_by": "marta"}
    return an_incident(reference=LEADER, **known | fields)


def follower(**fields: Any) -> Incident:
    known = {"due_at": NOW + 13 * DAY, "unread": 1, "last_written": Written(NOW, Actor.CITIZEN)}
    return an_incident(**known | fields)


def followed(**fields: Any) -> Incident:
    return group_acts.follow(follower(**fields), NOW, MARTA, leader()).change.result


def a_job(act: Act = Act.TELL, body: str | None = "Ja funciona.") -> GroupAnswer:
    return begun(
        id="01KAXC4WW0AAAAAAAAAAAAAAAA",
        act=act,
        by="marta",
        references=(follower().reference,),
        now=NOW,
        bodies=dict.fromkeys(Language, body) if body else None,
        leader=LEADER,
    )


def test_its_team_has_nothing_more_to_do_with_it_and_a_list_says_so() -> None:
    result = followed()
    assert (result.answered_with, result.unread, result.is_left_to_all) == (LEADER, 0, True)
    assert result.due_at == NOW + LEADER_LOOKED_AT_WITHIN
    place = place_of(result)
    assert place
    assert is_linked(place.order)


def test_its_operator_gives_it_away_and_a_colleagues_is_not_taken() -> None:
    mine = followed(status=Status.CLAIMED, claimed_by="marta", claimed_at=NOW)
    assert (mine.status, mine.claimed_by) == (Status.QUEUED, None)
    with pytest.raises(ClaimedByAnother):
        followed(status=Status.CLAIMED, claimed_by="joan")


def test_what_its_operator_has_not_read_comes_to_the_team_again() -> None:
    written = Written(NOW + DAY, Actor.CITIZEN)
    mine = {"status": Status.CLAIMED, "claimed_by": "marta", "claimed_at": NOW}
    unread = followed(**mine, unread=2, last_written=written)
    assert (unread.route_reason, unread.claimed_by) == (Reason.CITIZEN_REPLIED, None)
    assert (unread.answered_with, unread.is_left_to_all) == (LEADER, False)


@pytest.mark.parametrize(
    "leads",
    [
        leader(answered_with=Reference("7K3M-9QXA-2BTC")),
        leader(category=Category.SIGNATURE),
        replace(leader(), reference=follower().reference),
    ],
)
def test_an_incident_follows_one_of_its_team_that_follows_none(leads: Incident) -> None:
    with pytest.raises(ValueError, match=r"with one team|follows another"):
        group_acts.follow(follower(), NOW, MARTA, leads)


@pytest.mark.parametrize(
    ("one", "other"),
    [(follower(status=Status.RESOLVED), leader()), (follower(), leader(status=Status.RESOLVED))],
)
def test_what_has_ended_neither_follows_nor_leads(one: Incident, other: Incident) -> None:
    with pytest.raises(AlreadyResolved):
        group_acts.follow(one, NOW, MARTA, other)


def test_the_same_again_changes_nothing() -> None:
    assert group_acts.follow(followed(), NOW, MARTA, leader()).change.is_empty
    assert group_acts.unfollow(follower(), NOW, MARTA).change.is_empty


@pytest.mark.parametrize(
    ("act", "status"),
    [(Act.TELL, Status.QUEUED), (Act.ASK, Status.WAITING), (Act.RESOLVE, Status.RESOLVED)],
)
def test_what_is_sent_about_the_leader_is_done_with_it_once(act: Act, status: Status) -> None:
    done = group_acts.answer_for_all(followed(), NOW, a_job(act)).change
    assert done.result.status is status
    assert [each.content.body for each in done.entries if hasattr(each.content, "body")] == [
        "Ja funciona."
    ]
    assert len(done.result.mails) == 1
    assert group_acts.answer_for_all(done.result, NOW, a_job(act)).change.is_empty


def test_what_follows_no_more_is_left_out() -> None:
    alone = group_acts.unfollow(followed(), NOW, MARTA).change
    assert alone.result.route_reason is Reason.REQUEUED
    assert alone.result.unread == 1
    decided = group_acts.answer_for_all(alone.result, NOW, a_job())
    assert (decided.answer, decided.change.is_empty) == (Skipped.UNLINKED, True)


def test_a_citizen_who_writes_has_the_team_at_once() -> None:
    written = citizen_acts.write(followed(), NOW + DAY, "Encara falla").change.result
    assert (written.unread, written.route_reason) == (1, Reason.CITIZEN_REPLIED)
    assert not written.is_left_to_all


def test_while_its_leader_is_open_it_goes_on_following_without_an_entry() -> None:
    later = NOW + LEADER_LOOKED_AT_WITHIN
    woken = service_acts.wake(followed(), later, is_led=True)
    assert (woken.answer, woken.change.entries) == (None, [])
    assert woken.change.result.answered_with == LEADER
    assert woken.change.result.due_at == later + LEADER_LOOKED_AT_WITHIN


def test_once_its_leader_is_over_it_comes_back_to_its_team() -> None:
    woken = service_acts.wake(followed(), NOW + LEADER_LOOKED_AT_WITHIN)
    assert woken.answer is Wake.REQUEUED
    result = woken.change.result
    assert (result.answered_with, result.unread) == (None, 1)
    assert result.route_reason is Reason.REQUEUED


@pytest.mark.parametrize(
    ("leads", "may"),
    [
        (leader(), True),
        (leader(status=Status.WAITING), True),
        (leader(status=Status.QUEUED, claimed_by=None), True),
        (leader(status=Status.RESOLVED, claimed_by=None), False),
        (leader(category=Category.FUNCTIONAL), False),
        (leader(answered_with=Reference("7K3M-9QXA-2BTC")), False),
    ],
)
def test_an_incident_leads_as_long_as_its_team_can_answer_for_both(
    leads: Incident, may: bool
) -> None:
    assert group_acts.may_lead(leads, followed()) is may


def test_a_colleague_who_takes_it_answers_it_by_itself() -> None:
    joan = Work("joan", Category.PAYMENT)
    read = operator_acts.claim(followed(), NOW, joan).change
    assert actions(read)[:2] == ["claimed", "unfollowed"]
    back = operator_acts.release(read.result, NOW, joan).change.result
    assert (back.answered_with, back.is_left_to_all) == (None, False)


def test_what_the_job_may_not_resolve_is_its_teams_again() -> None:
    written = citizen_acts.write(followed(), NOW + DAY, "Encara falla").change.result
    decided = group_acts.answer_for_all(written, NOW + DAY, a_job(Act.RESOLVE))
    assert decided.answer is Skipped.UNREAD
    result = decided.change.result
    assert (result.status, result.answered_with) == (written.status, None)
    assert (result.unread, result.is_linked) == (1, False)


def test_a_message_gives_a_citizen_who_is_waited_for_the_full_time_again() -> None:
    waiting = followed(status=Status.WAITING, claimed_by="marta", due_at=NOW + 14 * DAY)
    later = NOW + 11 * DAY
    told = group_acts.answer_for_all(waiting, later, a_job()).change.result
    assert (told.status, told.due_at) == (Status.WAITING, later + WAITS_FOR_CITIZEN)


def test_a_message_does_not_put_off_what_still_has_to_reach_its_queue() -> None:
    soon = NOW + MUST_BE_ROUTED_WITHIN
    pending = followed(status=Status.QUEUED, route_reason=Reason.REQUEUED, due_at=soon)
    assert group_acts.answer_for_all(pending, NOW, a_job()).change.result.due_at == soon


def test_given_back_it_is_its_teams_own() -> None:
    done = group_acts.answer_for_all(followed(), NOW, a_job(Act.GIVE_BACK, None)).change
    assert actions(done) == ["unfollowed"]
    assert (done.result.answered_with, done.result.route_reason) == (None, Reason.REQUEUED)
