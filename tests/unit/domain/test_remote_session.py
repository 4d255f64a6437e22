"""What follows in a remote session by itself: when it ends, and what is permitted until then."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.consent import NoticeIdentity, Scope, StandingConsent
from suport.domain.incident import Actor, Incident, Status
from suport.domain.language import Language
from suport.domain.remote_session import (
    NOTHING,
    Control,
    Ending,
    EndReason,
    Permissions,
    RemoteSession,
    State,
    due_ending,
    permissions,
    standing_control,
)
from suport.domain.retention import expires_at
from tests.support.incidents import NOW, an_incident

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
TICK = timedelta(milliseconds=1)
NOTICE = NoticeIdentity("2026-11-26", Language.CATALAN, "5c" * 32)
VIEW, CONTROL = "01KAXC4WW0VEWVEWVEWVEWVEWV", "01KAXC4WW0CNTRCNTRCNTRCNTR"


def consent(record: str) -> StandingConsent:
    return StandingConsent(NOTICE, NOW, record, expires_at(NOW))


def incident(*scopes: Scope, **fields: Any) -> Incident:
    """An incident that aina has, with these consents of the session in force."""
    records = {Scope.VIEW: VIEW, Scope.CONTROL: CONTROL}
    known: dict[str, Any] = {
        "status": Status.CLAIMED,
        "claimed_by": "aina",
        "consents": {scope: consent(records[scope]) for scope in scopes},
    }
    return an_incident(**known | fields)


def session(state: State, **fields: Any) -> RemoteSession:
    """A session that aina has invited to, and whatever else there is in that state."""
    known: dict[str, Any] = {
        "id": "the session",
        "reference": an_incident().reference,
        "operator": "aina",
        "team": Category.PAYMENT,
        "invited_at": NOW,
        "operator_seen": NOW,
        "code_digest": "a digest",
        "state": state,
    }
    if state is not State.INVITED:
        known |= {"token_digest": "a token", "joined_at": NOW, "citizen_seen": NOW}
    if state in {State.VIEWING, State.PAUSED}:
        known |= {"offered": 1, "consent": VIEW}
    if state is State.VIEWING:
        known |= {"viewing_since": NOW}
    if state is State.PAUSED:
        known |= {"paused_at": NOW}
    return RemoteSession(**known | fields)


VIEWING = session(State.VIEWING)
VIEWED = incident(Scope.VIEW)
CONTROLLED = incident(Scope.VIEW, Scope.CONTROL)
OPEN = [session(state) for state in State if state is not State.ENDED]


@pytest.mark.parametrize(
    ("unjoined", "lasts"),
    [
        (session(State.INVITED), 10 * MINUTE),
        (session(State.JOINED), 60 * MINUTE),
        (session(State.PAUSED, joined_at=NOW - 20 * MINUTE), 10 * MINUTE),
        (session(State.PAUSED, joined_at=NOW - 55 * MINUTE), 5 * MINUTE),
    ],
    ids=["invited", "joined", "paused", "paused near the end"],
)
def test_time_ends_a_session_that_waits_and_not_a_moment_before(
    unjoined: RemoteSession, lasts: timedelta
) -> None:
    assert due_ending(unjoined, VIEWED, NOW + lasts - TICK) is None
    assert due_ending(unjoined, VIEWED, NOW + lasts) == Ending(EndReason.TIME)


def test_a_screen_is_shown_for_sixty_minutes_from_joining_at_most() -> None:
    end = NOW + 60 * MINUTE
    alive = replace(VIEWING, citizen_seen=end - SECOND, operator_seen=end - SECOND, answered=1)
    assert due_ending(alive, VIEWED, end - TICK) is None
    assert due_ending(alive, VIEWED, end) == Ending(EndReason.TIME)


def test_the_citizens_page_may_be_silent_for_fifteen_seconds_while_it_shows_the_screen() -> None:
    assert due_ending(VIEWING, VIEWED, NOW + 15 * SECOND) is None
    assert due_ending(VIEWING, VIEWED, NOW + 15 * SECOND + TICK) == Ending(EndReason.CITIZEN_SILENT)


def test_the_operators_page_may_be_silent_until_it_has_answered() -> None:
    late = NOW + 15 * SECOND + TICK
    waiting = replace(VIEWING, citizen_seen=late)
    assert due_ending(waiting, VIEWED, late) is None
    answered = replace(waiting, answered=1)
    assert due_ending(answered, VIEWED, late - TICK) is None
    assert due_ending(answered, VIEWED, late) == Ending(EndReason.OPERATOR_SILENT)


@pytest.mark.parametrize("state", [State.INVITED, State.JOINED, State.PAUSED])
def test_silence_ends_nothing_while_nothing_is_shown(state: State) -> None:
    assert due_ending(session(state), VIEWED, NOW + 5 * MINUTE) is None


@pytest.mark.parametrize("each", OPEN, ids=lambda each: each.state)
def test_a_session_ends_as_soon_as_its_operator_no_longer_has_the_incident(
    each: RemoteSession,
) -> None:
    assert due_ending(each, VIEWED, NOW) is None
    for after, reason in (
        (None, EndReason.ERASED),
        (replace(VIEWED, status=Status.RESOLVED, claimed_by=None), EndReason.RESOLVED),
        (replace(VIEWED, category=Category.SIGNATURE), EndReason.TRANSFERRED),
        (replace(VIEWED, status=Status.QUEUED, claimed_by=None), EndReason.RELEASED),
        (replace(VIEWED, claimed_by="biel"), EndReason.RELEASED),
    ):
        assert due_ending(each, after, NOW) == Ending(reason)


def test_a_session_goes_on_while_the_incident_waits_for_the_citizens_answer() -> None:
    assert due_ending(VIEWING, replace(VIEWED, status=Status.WAITING), NOW) is None


@pytest.mark.parametrize("state", [State.VIEWING, State.PAUSED])
@pytest.mark.parametrize(
    "consents", [{}, {Scope.VIEW: consent(CONTROL)}], ids=["none", "another one"]
)
def test_a_session_ends_without_the_consent_that_it_rests_on(
    state: State, consents: dict[Scope, StandingConsent]
) -> None:
    withdrawn = replace(VIEWED, consents=consents)
    ending = Ending(EndReason.WITHDRAWN, Actor.CITIZEN)
    assert due_ending(session(state), withdrawn, NOW) == ending
    assert permissions(session(state), withdrawn, NOW) == NOTHING


def test_a_session_needs_no_consent_until_something_is_shown() -> None:
    assert due_ending(session(State.JOINED), incident(), NOW) is None


def test_a_session_ends_once() -> None:
    ended = session(State.ENDED, ending=Ending(EndReason.STOPPED, Actor.CITIZEN))
    assert due_ending(ended, None, NOW + timedelta(days=1)) is None


def test_only_a_screen_that_is_shown_may_be_viewed() -> None:
    assert permissions(None, VIEWED, NOW) == NOTHING
    assert permissions(VIEWING, None, NOW) == NOTHING
    for state in State:
        expected = state is State.VIEWING
        assert permissions(session(state), VIEWED, NOW).view is expected


@pytest.mark.parametrize(
    "doubtful",
    [
        replace(VIEWING, citizen_seen=None),
        replace(VIEWING, citizen_seen=NOW - 15 * SECOND - TICK),
        replace(VIEWING, joined_at=NOW - 60 * MINUTE),
        replace(VIEWING, consent=None),
        replace(VIEWING, operator="biel"),
        replace(VIEWING, team=Category.SIGNATURE),
    ],
    ids=["never heard", "silent", "too long", "no consent", "other operator", "other team"],
)
def test_nothing_is_permitted_in_any_doubt(doubtful: RemoteSession) -> None:
    assert permissions(VIEWING, VIEWED, NOW).view
    assert permissions(doubtful, VIEWED, NOW) == NOTHING


def test_a_permission_may_be_relied_on_for_as_long_as_the_citizen_may_be_silent() -> None:
    assert permissions(VIEWING, VIEWED, NOW + 9 * SECOND) == Permissions(
        view=True, until=NOW + 15 * SECOND
    )
    end = NOW + 60 * MINUTE
    at_the_end = replace(VIEWING, citizen_seen=end - SECOND)
    assert permissions(at_the_end, VIEWED, end - SECOND).until == end


@pytest.mark.parametrize(
    ("control", "allowed"), [(None, False), (Control.ASKED, False), (Control.ACCEPTED, True)]
)
def test_the_operator_may_act_only_on_a_request_that_they_accepted(
    control: Control | None, allowed: bool
) -> None:
    asked = replace(VIEWING, control=control, control_consent=CONTROL)
    assert permissions(asked, CONTROLLED, NOW).control is allowed


@pytest.mark.parametrize(
    "consents",
    [
        {Scope.VIEW: consent(VIEW)},
        {Scope.VIEW: consent(VIEW), Scope.CONTROL: consent("01KAXC4WW0THERTHERTHERTHER")},
        {Scope.CONTROL: consent(CONTROL)},
    ],
    ids=["withdrawn", "another request", "view withdrawn"],
)
def test_the_operator_may_not_act_once_the_request_is_no_longer_in_force(
    consents: dict[Scope, StandingConsent],
) -> None:
    accepted = replace(VIEWING, control=Control.ACCEPTED, control_consent=CONTROL)
    assert permissions(accepted, CONTROLLED, NOW).control
    assert not permissions(accepted, replace(CONTROLLED, consents=consents), NOW).control


def test_a_request_for_control_is_in_force_only_while_the_screen_is_shown() -> None:
    asked = {"control": Control.ASKED, "control_consent": CONTROL}
    assert standing_control(session(State.VIEWING, **asked), CONTROLLED) is Control.ASKED
    assert standing_control(session(State.PAUSED, **asked), CONTROLLED) is None
    assert standing_control(session(State.VIEWING, **asked), VIEWED) is None


@pytest.mark.parametrize(
    ("now", "shown"),
    [(NOW + 7 * SECOND, 10 * SECOND), (NOW, 3 * SECOND), (NOW - MINUTE, 3 * SECOND)],
    ids=["a while", "no time", "the clock was put back"],
)
def test_the_time_for_which_the_screen_was_shown_adds_up(now: datetime, shown: timedelta) -> None:
    assert replace(VIEWING, shown=3 * SECOND).shown_by(now) == shown
