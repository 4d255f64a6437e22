"""What citizens and operators may do in which state of a remote session, and what it records."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from suport.domain import remote_acts
from suport.domain.category import Category
from suport.domain.change import Change
from suport.domain.consent import Scope
from suport.domain.history import Entry
from suport.domain.incident import Actor, Incident, Status
from suport.domain.operator_acts import AlreadyResolved, ClaimedByAnother, NotClaimed, Work
from suport.domain.remote_acts import Description, Offer, SessionName, Step
from suport.domain.remote_session import (
    Control,
    Ending,
    EndReason,
    NoSuchSession,
    NotNow,
    RemoteSession,
    State,
    Surface,
    Way,
)
from tests.support.incidents import NOW, actions
from tests.unit.domain.test_remote_session import (
    CONTROLLED,
    MINUTE,
    NOTICE,
    SECOND,
    VIEW,
    VIEWED,
    VIEWING,
    consent,
    incident,
    session,
)

AINA = Work("aina", Category.PAYMENT)
NAMED = SessionName("another session", "another digest")
JOINED, PAUSED = session(State.JOINED), session(State.PAUSED)
ENDED = session(State.ENDED, offered=1, ending=Ending(EndReason.STOPPED, Actor.CITIZEN))
ASKED = replace(
    VIEWING, control=Control.ASKED, control_consent=CONTROLLED.consents[Scope.CONTROL].record
)
ACCEPTED = replace(ASKED, control=Control.ACCEPTED)
OTHER = "01KAXC4WW0THERTHERTHERTHER"
STOPPED = Ending(EndReason.STOPPED, Actor.CITIZEN)


def offer(number: int, replaces: int = 0, sdp: str = "v=0") -> Offer:
    return Offer(number=number, replaces=replaces, sdp=sdp, surface=Surface.TAB)


def change_of(step: Step) -> Change:
    assert step.change
    return step.change


def facts(step: Step) -> list[dict[str, Any]]:
    return [entry.facts for entry in change_of(step).entries]


def ended_consents(step: Step) -> list[tuple[str, str | None]]:
    """The scopes that a step withdraws, and who does so, if not the citizen in person."""
    return [
        (each["scope"], each.get("by"))
        for each in facts(step)
        if each.get("action") == "withdraw" and "scope" in each
    ]


def show(shown: RemoteSession, now: datetime = NOW, asked: Offer | None = None) -> Step:
    return remote_acts.show(shown, VIEWED, now, asked or offer(2), NOTICE)


# Inviting and joining


def test_only_the_operator_who_has_the_incident_invites_its_citizen() -> None:
    for after, refusal in (
        (replace(VIEWED, claimed_by="biel"), ClaimedByAnother),
        (replace(VIEWED, status=Status.QUEUED, claimed_by=None), NotClaimed),
        (replace(VIEWED, status=Status.RESOLVED, claimed_by=None), AlreadyResolved),
    ):
        with pytest.raises(refusal):
            remote_acts.invite(after, NOW, AINA, NAMED, None)
    step = remote_acts.invite(incident(), NOW, AINA, NAMED, None)
    assert facts(step) == [
        {"action": "remote_invited", "by": "operator", "operator": "aina", "team": "payment"}
    ]
    assert (step.session.state, step.session.code_digest) == (State.INVITED, "another digest")
    assert step.ended is None


def test_another_invitation_replaces_the_session_with_all_that_rested_on_it() -> None:
    step = remote_acts.invite(CONTROLLED, NOW + 9 * SECOND, AINA, NAMED, ACCEPTED)
    assert actions(change_of(step)) == ["remote_ended", "remote_invited"]
    told = facts(step)[0]
    assert (told["reason"], told["operator"], told["seconds"]) == ("replaced", "aina", 9)
    assert ended_consents(step) == [("control", "service"), ("view", "service")]
    assert change_of(step).result.consents == {}
    assert step.forgets
    assert step.ended
    assert step.ended.ending == Ending(EndReason.REPLACED, Actor.OPERATOR)
    assert (step.session.consent, step.session.token_digest) == (None, "")
    assert step.session.revision == ACCEPTED.revision + 1


def test_a_session_that_had_to_end_is_not_said_to_have_been_replaced() -> None:
    """It was a colleague's, who no longer has the incident: they have not replaced anything."""
    step = remote_acts.invite(VIEWED, NOW, AINA, NAMED, replace(VIEWING, operator="biel"))
    assert step.ended
    assert step.ended.ending == Ending(EndReason.RELEASED)
    assert "operator" not in facts(step)[0]


def test_a_session_that_has_ended_is_replaced_without_another_end() -> None:
    step = remote_acts.invite(VIEWED, NOW, AINA, NAMED, ENDED)
    assert actions(change_of(step)) == ["remote_invited"]
    assert step.ended is None


def test_an_invitation_admits_one_browser_within_ten_minutes() -> None:
    invited = session(State.INVITED)
    last = NOW + 10 * MINUTE - SECOND
    step = remote_acts.join(invited, incident(), last, "a token", Way.CODE)
    assert facts(step) == [{"action": "remote_joined", "by": "citizen", "via": "code"}]
    joined = step.session
    assert (joined.state, joined.token_digest, joined.joined_at) == (State.JOINED, "a token", last)
    for each, now in (
        (invited, NOW + 10 * MINUTE),
        *((each, NOW) for each in (joined, VIEWING, PAUSED, ENDED)),
    ):
        with pytest.raises(NoSuchSession):
            remote_acts.join(each, VIEWED, now, "another token", Way.CODE)


def test_nobody_joins_once_the_operator_no_longer_has_the_incident() -> None:
    with pytest.raises(NoSuchSession):
        remote_acts.join(
            session(State.INVITED), incident(claimed_by="biel"), NOW, "a token", Way.INCIDENT
        )


# Showing the screen


@pytest.mark.parametrize("before", [JOINED, PAUSED, VIEWING], ids=lambda each: each.state)
def test_a_click_shows_the_screen_with_the_consent_in_the_same_change(
    before: RemoteSession,
) -> None:
    without = incident() if before.consent is None else VIEWED
    step = remote_acts.show(before, without, NOW + SECOND, offer(2), NOTICE)
    after, change = step.session, change_of(step)
    assert after.state is State.VIEWING
    assert after.consent == change.result.consents[Scope.VIEW].record
    viewing = facts(step)[-1]
    assert (viewing["action"], viewing["by"]) == ("remote_viewing", "citizen")
    assert (viewing["team"], viewing["surface"]) == ("payment", "browser")
    assert viewing["consent"] == after.consent
    assert step.kept == {Description.OFFER: "v=0"}
    assert (after.offered, after.answered, after.control, after.paused_at) == (2, 0, None, None)
    assert (after.viewing_since, after.citizen_seen) == (NOW + SECOND, NOW + SECOND)


@pytest.mark.parametrize("before", [session(State.INVITED), ENDED], ids=lambda each: each.state)
def test_nobody_shows_a_screen_before_joining_or_after_the_end(before: RemoteSession) -> None:
    with pytest.raises(NotNow):
        show(before)


def test_a_repeated_offer_changes_nothing() -> None:
    shown = show(JOINED)
    again = remote_acts.show(shown.session, change_of(shown).result, NOW + SECOND, offer(2), NOTICE)
    assert again.session is shown.session
    assert change_of(again).is_empty
    assert not again.kept


@pytest.mark.parametrize("before", [PAUSED, VIEWING], ids=lambda each: each.state)
def test_an_offer_that_arrives_late_shows_nothing(before: RemoteSession) -> None:
    for late in (offer(2), offer(1, sdp="another")):
        with pytest.raises(NotNow):
            show(replace(before, offered=2, offer_digest="latest"), asked=late)


def test_a_repetition_does_not_end_a_pause() -> None:
    shown = show(JOINED)
    result = change_of(shown).result
    paused = remote_acts.pause(shown.session, result, NOW, 2).session
    with pytest.raises(NotNow):
        remote_acts.show(paused, result, NOW, offer(2), NOTICE)


def test_the_page_that_shows_the_screen_connects_again_without_another_click() -> None:
    step = show(ACCEPTED, asked=offer(3, replaces=1))
    assert change_of(step).is_empty
    assert (step.session.offered, step.session.wanted) == (3, 3)
    assert step.kept == {Description.OFFER: "v=0"}
    assert (step.session.control, step.session.consent) == (Control.ACCEPTED, VIEW)


def test_only_the_page_of_the_latest_click_connects_again() -> None:
    """The citizen has pressed the button in another tab meanwhile, or has left the page."""
    for before, replaces in (
        (replace(VIEWING, offered=2), 1),
        (PAUSED, 1),
        (replace(JOINED, offered=1), 1),
    ):
        with pytest.raises(NotNow):
            show(before, asked=offer(3, replaces=replaces))


@pytest.mark.parametrize("before", [ASKED, ACCEPTED], ids=lambda each: each.control)
def test_another_click_ends_control_and_needs_another_request(before: RemoteSession) -> None:
    step = remote_acts.show(before, CONTROLLED, NOW, offer(2), NOTICE)
    assert step.session.control is None
    assert ended_consents(step) == [("control", "service")]
    assert Scope.VIEW in change_of(step).result.consents


def test_the_time_before_another_click_counts_as_shown() -> None:
    after = show(VIEWING, NOW + 8 * SECOND).session
    assert (after.shown, after.viewing_since) == (8 * SECOND, NOW + 8 * SECOND)


def too_late(
    act: Callable[[RemoteSession, Incident, datetime], Step], shown: RemoteSession
) -> None:
    silent = NOW + 16 * SECOND
    for seen, now in (
        (CONTROLLED, silent),
        (replace(CONTROLLED, consents={}), NOW),
        (replace(CONTROLLED, claimed_by=None, status=Status.QUEUED), NOW),
        (replace(CONTROLLED, category=Category.SIGNATURE), NOW),
        (replace(CONTROLLED, claimed_by=None, status=Status.RESOLVED), NOW),
    ):
        with pytest.raises(NotNow):
            act(shown, seen, now)


def test_nothing_goes_on_that_had_to_end_although_nobody_has_ended_it_yet() -> None:
    too_late(lambda each, seen, now: remote_acts.show(each, seen, now, offer(2), NOTICE), VIEWING)
    too_late(
        lambda each, seen, now: remote_acts.show(each, seen, now, offer(2, 1), NOTICE), VIEWING
    )
    too_late(lambda each, seen, now: remote_acts.ask_for_control(each, seen, now, NOTICE), VIEWING)
    too_late(remote_acts.accept_control, ASKED)
    too_late(lambda each, seen, now: remote_acts.answer(each, seen, now, 1, "v=0"), VIEWING)


# Pausing


def test_leaving_the_page_pauses_what_it_shows_and_ends_control() -> None:
    step = remote_acts.pause(ACCEPTED, CONTROLLED, NOW + 4 * SECOND, 1)
    after = step.session
    assert (after.state, after.control, after.viewing_since) == (State.PAUSED, None, None)
    assert (after.paused_at, after.shown) == (NOW + 4 * SECOND, 4 * SECOND)
    assert after.until == NOW + 10 * MINUTE + 4 * SECOND
    assert ended_consents(step) == [("control", "service")]
    assert Scope.VIEW in change_of(step).result.consents


def test_leaving_a_page_that_shows_nothing_pauses_nothing() -> None:
    for before, left in ((replace(VIEWING, offered=2), 1), (JOINED, 0), (PAUSED, 1), (ENDED, 1)):
        step = remote_acts.pause(before, CONTROLLED, NOW, left)
        assert step.session is before
        assert change_of(step).is_empty


# Control


def test_the_citizen_asks_for_control_with_a_consent_of_its_own() -> None:
    step = remote_acts.ask_for_control(VIEWING, VIEWED, NOW, NOTICE)
    assert step.session.control is Control.ASKED
    assert step.session.control_consent == change_of(step).result.consents[Scope.CONTROL].record
    assert [(each["action"], each["scope"]) for each in facts(step)] == [("grant", "control")]


def test_asking_again_changes_nothing() -> None:
    for before in (ASKED, ACCEPTED):
        step = remote_acts.ask_for_control(before, CONTROLLED, NOW, NOTICE)
        assert step.session is before
        assert change_of(step).is_empty


def test_a_request_after_a_withdrawal_has_to_be_accepted_again() -> None:
    step = remote_acts.ask_for_control(ACCEPTED, VIEWED, NOW, NOTICE)
    assert step.session.control is Control.ASKED
    assert step.session.control_consent != ACCEPTED.control_consent


@pytest.mark.parametrize("state", [each for each in State if each is not State.VIEWING])
def test_control_is_asked_for_accepted_and_answered_only_while_the_screen_is_shown(
    state: State,
) -> None:
    before = session(state, control=Control.ASKED, control_consent=ASKED.control_consent, offered=1)
    with pytest.raises(NotNow):
        remote_acts.ask_for_control(before, CONTROLLED, NOW, NOTICE)
    with pytest.raises(NotNow):
        remote_acts.accept_control(before, CONTROLLED, NOW)
    with pytest.raises(NotNow):
        remote_acts.answer(before, CONTROLLED, NOW, 1, "v=0")


def test_the_operator_accepts_a_request_once() -> None:
    step = remote_acts.accept_control(ASKED, CONTROLLED, NOW)
    assert step.session.control is Control.ACCEPTED
    assert facts(step) == [
        {"action": "remote_control_accepted", "by": "operator", "operator": "aina"}
    ]
    again = remote_acts.accept_control(step.session, CONTROLLED, NOW)
    assert again.session is step.session
    assert change_of(again).is_empty


def test_the_operator_accepts_nothing_that_was_not_asked_or_was_taken_back() -> None:
    other = replace(CONTROLLED, consents=VIEWED.consents | {Scope.CONTROL: consent(OTHER)})
    for before, seen in ((VIEWING, VIEWED), (VIEWING, CONTROLLED), (ASKED, VIEWED), (ASKED, other)):
        with pytest.raises(NotNow):
            remote_acts.accept_control(before, seen, NOW)


def test_the_citizen_takes_control_back_at_any_moment() -> None:
    for before in (ASKED, ACCEPTED):
        step = remote_acts.withdraw_control(before, CONTROLLED, NOW + 16 * SECOND)
        assert step.session.control is None
        assert ended_consents(step) == [("control", None)]
    step = remote_acts.withdraw_control(VIEWING, VIEWED, NOW)
    assert step.session is VIEWING
    assert change_of(step).is_empty


# The operator's page


def test_the_operators_page_gets_another_offer_when_it_is_loaded_again() -> None:
    wanted = remote_acts.want_again(VIEWING, VIEWED, NOW).session
    assert wanted.wanted == 2
    assert remote_acts.want_again(wanted, VIEWED, NOW).session is wanted
    for before in (JOINED, PAUSED, ENDED):
        assert remote_acts.want_again(before, VIEWED, NOW).session is before


def test_each_offer_has_one_answer_and_only_the_latest_one() -> None:
    step = remote_acts.answer(VIEWING, VIEWED, NOW + SECOND, 1, "v=0 answer")
    assert step.kept == {Description.ANSWER: "v=0 answer"}
    assert (step.session.answered, step.session.operator_seen) == (1, NOW + SECOND)
    for before, number in ((step.session, 1), (replace(VIEWING, offered=2), 1), (VIEWING, 2)):
        with pytest.raises(NotNow):
            remote_acts.answer(before, VIEWED, NOW, number, "v=0")


def test_a_repeated_answer_changes_nothing() -> None:
    answered = remote_acts.answer(VIEWING, VIEWED, NOW, 1, "v=0 answer").session
    again = remote_acts.answer(answered, VIEWED, NOW + SECOND, 1, "v=0 answer")
    assert again.session is answered
    assert change_of(again).is_empty
    assert not again.kept
    for other in (
        replace(answered, offered=2),
        replace(answered, state=State.PAUSED),
        replace(answered, state=State.ENDED),
    ):
        with pytest.raises(NotNow):
            remote_acts.answer(other, VIEWED, NOW, 1, "v=0 answer")


# The end


@pytest.mark.parametrize(
    "ending",
    [
        Ending(EndReason.STOPPED, Actor.CITIZEN),
        Ending(EndReason.STOPPED, Actor.OPERATOR),
        *(
            Ending(reason)
            for reason in EndReason
            if reason not in {EndReason.STOPPED, EndReason.WITHDRAWN}
        ),
    ],
    ids=lambda ending: f"{ending.reason} by {ending.by}",
)
def test_the_end_is_recorded_and_ends_the_consents_that_the_session_rested_on(
    ending: Ending,
) -> None:
    step = remote_acts.end(ACCEPTED, CONTROLLED, NOW + 90 * SECOND, ending)
    told = facts(step)[0]
    assert (told["action"], told["by"], told["reason"]) == (
        "remote_ended",
        ending.by,
        ending.reason,
    )
    silent = {EndReason.CITIZEN_SILENT, EndReason.OPERATOR_SILENT}
    assert told["seconds"] == (0 if ending.reason in silent else 90)  # nobody was seen since
    by_operator = ending.by is Actor.OPERATOR
    assert told.get("operator") == ("aina" if by_operator else None)
    by = None if ending.by is Actor.CITIZEN else "service"
    assert ended_consents(step) == [("control", by), ("view", by)]
    assert change_of(step).result.consents == {}
    after = step.session
    assert (after.state, after.control, after.viewing_since) == (State.ENDED, None, None)
    assert (after.ended_at, after.ending) == (NOW + 90 * SECOND, ending)
    assert step.forgets
    assert step.ended is after


def test_the_end_leaves_consents_that_are_not_the_sessions_own() -> None:
    """The citizen has given them on the page of the consents, since the session's own ended."""
    given = {Scope.VIEW: consent(OTHER), Scope.CONTROL: consent(OTHER)}
    for before in (JOINED, ACCEPTED):
        step = remote_acts.end(before, replace(VIEWED, consents=given), NOW, STOPPED)
        assert ended_consents(step) == []
        assert change_of(step).result.consents == given


def test_the_end_also_ends_the_sessions_own_request_where_the_consent_to_view_is_another() -> None:
    given = CONTROLLED.consents | {Scope.VIEW: consent(OTHER)}
    step = remote_acts.end(ACCEPTED, replace(VIEWED, consents=given), NOW, STOPPED)
    assert ended_consents(step) == [("control", "service")]
    assert set(change_of(step).result.consents) == {Scope.VIEW}


def test_a_session_ends_once_and_for_one_reason() -> None:
    step = remote_acts.end(ENDED, VIEWED, NOW, Ending(EndReason.TIME))
    assert step.session is ENDED
    assert change_of(step).is_empty
    assert step.ended is None


def test_a_session_ends_also_where_the_incident_is_gone() -> None:
    step = remote_acts.end(VIEWING, None, NOW, Ending(EndReason.ERASED))
    assert step.change is None
    assert step.session.state is State.ENDED
    assert step.forgets


@pytest.mark.parametrize("before", [session(State.INVITED), JOINED, PAUSED])
def test_a_session_ends_from_every_state(before: RemoteSession) -> None:
    step = remote_acts.end(before, VIEWED, NOW + timedelta(minutes=5), STOPPED)
    assert step.session.state is State.ENDED
    told: Entry = change_of(step).entries[0]
    assert told.facts["seconds"] == 0
