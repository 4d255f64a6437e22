"""Remote sessions in the register: how many at once, and who hears of their ends."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from suport.domain.category import Category
from suport.domain.consent import NoticeIdentity
from suport.domain.incident import Incident
from suport.domain.language import Language
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference
from suport.domain.remote_acts import Offer, SessionName
from suport.domain.remote_session import (
    KEPT_FOR,
    MOST_OPEN,
    NOTHING,
    TOLD_OF_ERASURE_FOR,
    EndReason,
    NoSuchSession,
    NotNow,
    RemoteSession,
    State,
    Surface,
)
from suport.register import contention
from suport.register.errors import Contended, NoSuchIncident, NotBackYet
from suport.register.register import Register
from suport.register.remote_sessions import RemoteSessions
from suport.register.remote_support import RemoteSupport, TooManySessions
from tests.support.incidents import NOW
from tests.support.register import a_submission, table_of
from tests.support.table import PlainTable, TransactionConflictException

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TEAM = Category.FUNCTIONAL
AINA = Operator("aina", (TEAM,))
NOTICE = NoticeIdentity("2026-11-26", Language.CATALAN, "5c" * 32)
SECRET = b"a secret that only tests know"
KEY = "a key of the test"
type Claimed = Callable[[str], Reference]


@pytest.fixture
def ended() -> list[RemoteSession]:
    return []


@pytest.fixture
def support(register: Register, ended: list[RemoteSession]) -> RemoteSupport:
    table = table_of(register)
    table.beside["remote_sessions"] = PlainTable(("owner", "item"))
    sessions = RemoteSessions(cast("DynamoDBClient", table), "remote_sessions")
    return RemoteSupport(register, sessions, ended.append)


@pytest.fixture
def claimed(register: Register) -> Claimed:
    """Makes an incident that aina has."""

    def make(key: str) -> Reference:
        reference = register.submit(a_submission(), key, SECRET, NOW).reference
        register.claim(reference, "aina", TEAM, NOW)
        return reference

    return make


def invite(support: RemoteSupport, reference: Reference, code: str = "code") -> RemoteSession:
    named = SessionName(f"session {code}", f"{code} {reference}")
    return support.invite(reference, "aina", TEAM, named, NOW)


def shown(support: RemoteSupport, reference: Reference) -> None:
    code = invite(support, reference).code_digest
    support.join_by_code(code, "a token", NOW)
    offer = Offer(number=1, replaces=0, sdp="v=0", surface=Surface.TAB)
    support.show(reference, "a token", offer, NOTICE, NOW)


def test_as_many_sessions_are_open_as_the_api_bears_and_each_may_be_replaced(
    support: RemoteSupport, claimed: Claimed
) -> None:
    first, *others = [claimed(f"{number:016}") for number in range(MOST_OPEN)]
    for each in (first, *others):
        invite(support, each)
    one_more = claimed("one more of them")
    with pytest.raises(TooManySessions):
        invite(support, one_more)
    invite(support, first, "another code")
    support.end_by_operator(first, AINA, NOW)
    assert invite(support, one_more).state is State.INVITED


def test_the_alarm_hears_of_a_session_without_a_picture_that_another_one_replaces(
    support: RemoteSupport, claimed: Claimed, ended: list[RemoteSession]
) -> None:
    """An operator who sees nothing invites again."""
    reference = claimed("a key of the test")
    shown(support, reference)
    invite(support, reference, "another code")
    [before] = ended
    assert before.ending
    assert before.ending.reason is EndReason.REPLACED
    assert before.joined_at
    assert before.picture_at is None


def test_an_act_does_not_undo_what_a_question_has_noted_meanwhile(
    support: RemoteSupport, claimed: Claimed, register: Register
) -> None:
    reference = claimed("a key of the test")
    shown(support, reference)
    later = NOW + timedelta(seconds=9)

    def ask() -> None:
        support.seen_by_citizen(reference, "a token", later, offered=1)
        support.seen_by_operator(reference, AINA, later, picture=True)

    table_of(register).meanwhile.append(ask)
    support.answer(reference, AINA, 1, "v=0", later)
    session, _ = support.seen_by_operator(reference, AINA, later)
    assert (session.answered, session.citizen_seen, session.picture_at) == (1, later, later)


def test_a_page_that_was_silent_for_too_long_does_not_bring_back_what_has_lapsed(
    support: RemoteSupport, claimed: Claimed
) -> None:
    reference = claimed("a key of the test")
    shown(support, reference)
    heard = NOW + timedelta(seconds=15)
    assert support.seen_by_citizen(reference, "a token", heard, offered=1)[0].state is State.VIEWING
    late = heard + timedelta(seconds=16)
    assert support.permissions(reference, TEAM, late) == NOTHING
    session, _ = support.seen_by_citizen(reference, "a token", late, offered=1)
    assert session.ending
    assert session.ending.reason is EndReason.CITIZEN_SILENT


def conflict() -> None:
    """Another writer's transaction holds the item."""
    told: Any = {"Error": {"Code": "TransactionConflictException"}}
    raise TransactionConflictException(told, "UpdateItem")


def test_a_page_is_noted_although_an_act_is_writing_the_session(
    support: RemoteSupport,
    claimed: Claimed,
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contention, "pause", lambda _: None)
    reference = claimed("a key of the test")
    shown(support, reference)
    later = NOW + timedelta(seconds=9)
    table_of(register).meanwhile.append(conflict)
    session, _ = support.seen_by_citizen(reference, "a token", later, offered=1)
    assert session.citizen_seen == later
    table_of(register).meanwhile.append(conflict)
    session, _ = support.seen_by_operator(reference, AINA, later)
    assert session.operator_seen == later
    table_of(register).meanwhile += [conflict] * contention.ATTEMPTS
    with pytest.raises(Contended):
        support.seen_by_operator(reference, AINA, later)


def test_what_is_not_back_from_a_recovery_copy_keeps_no_other_session_open(
    support: RemoteSupport, claimed: Claimed, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, there = claimed("a key of the lost one"), claimed("a key of the other")
    for reference in (lost, there):
        shown(support, reference)
    ask = Register.incident

    def incident(register: Register, reference: Reference, now: datetime) -> Incident:
        if reference == lost:
            raise NotBackYet
        return ask(register, reference, now)

    monkeypatch.setattr(Register, "incident", incident)
    assert support.sessions_to_end(NOW + timedelta(minutes=1)) == [there]


# An incident is erased


def stored(register: Register) -> dict[tuple[str, str], Any]:
    """What the sessions' table has, expired or not."""
    items: dict[tuple[str, str], Any] = table_of(register).beside["remote_sessions"].items
    return items


def erase(
    register: Register, support: RemoteSupport, reference: Reference, now: datetime = NOW
) -> None:
    """Erases the incident, and what there is of its session, as the function does."""
    register.erase_at_desk(reference, "aina", TEAM, now)
    support.forget(reference, now)


def watch(support: RemoteSupport, now: datetime) -> None:
    """Does what the watcher does."""
    for reference in support.sessions_to_end(now):
        support.end_overdue(reference, now)
    for reference in support.sessions_to_forget(now):
        support.forget(reference, now)


def test_an_erasure_ends_the_session_and_leaves_only_that_until_both_pages_know(
    register: Register,
    support: RemoteSupport,
    claimed: Claimed,
    ended: list[RemoteSession],
) -> None:
    reference = claimed(KEY)
    shown(support, reference)
    support.answer(reference, AINA, 1, "v=0", NOW)
    erase(register, support, reference)
    assert [each.ending and each.ending.reason for each in ended] == [EndReason.ERASED]
    assert list(stored(register)) == [("sessions", reference)]
    known = NOW + TOLD_OF_ERASURE_FOR
    for moment in (NOW, known - timedelta(seconds=1)):
        support.forget(reference, moment)  # the stream has it finished once more
        watch(support, moment)
        by_citizen, _ = support.seen_by_citizen(reference, "a token", moment, offered=1)
        by_operator, _ = support.seen_by_operator(reference, AINA, moment)
        for seen in (by_citizen, by_operator):
            assert seen.ending
            assert seen.ending.reason is EndReason.ERASED
    watch(support, known)
    assert stored(register) == {}
    with pytest.raises(NoSuchSession):
        support.seen_by_citizen(reference, "a token", known, offered=1)


def test_the_last_of_an_erased_incidents_session_goes_though_it_is_past_its_time(
    register: Register, support: RemoteSupport, claimed: Claimed
) -> None:
    """The watcher was away meanwhile, and DynamoDB erases what has expired within days."""
    reference = claimed(KEY)
    invite(support, reference)
    erase(register, support, reference)
    watch(support, NOW + KEPT_FOR)
    assert stored(register) == {}


def hang_up(support: RemoteSupport, reference: Reference) -> None:
    shown(support, reference)
    support.end_by_operator(reference, AINA, NOW)


def show_until_nobody_asks(support: RemoteSupport, reference: Reference) -> None:
    shown(support, reference)
    support.answer(reference, AINA, 1, "v=0", NOW)


def invite_again_late(support: RemoteSupport, reference: Reference) -> None:
    """Nobody ended the first invitation, which leaves its code to DynamoDB."""
    invite(support, reference, "first code")
    named = SessionName("a later session", "a later code")
    support.invite(reference, "aina", TEAM, named, NOW + KEPT_FOR)
    support.end_by_operator(reference, AINA, NOW + KEPT_FOR)


@pytest.mark.parametrize(
    "what",
    [invite, hang_up, show_until_nobody_asks, invite_again_late],
    ids=lambda what: what.__name__,
)
def test_an_erasure_removes_a_session_that_is_over_at_once(
    register: Register,
    support: RemoteSupport,
    claimed: Claimed,
    what: Callable[[RemoteSupport, Reference], object],
) -> None:
    """Whether somebody ended it, or its two hours are over and DynamoDB still has it."""
    reference, other = claimed(KEY), claimed("a key of the other")
    what(support, reference)
    left = NOW + KEPT_FOR
    invite_at(support, other, left)
    erase(register, support, reference, left)
    assert {key for key in stored(register) if key[0] == "sessions"} == {("sessions", other)}
    assert all(other in str(item) for item in stored(register).values())


def invite_at(support: RemoteSupport, reference: Reference, now: datetime) -> None:
    named = SessionName("session of the other", f"code of {reference}")
    support.invite(reference, "aina", TEAM, named, now)


LATE: dict[str, Callable[[RemoteSupport, Reference], object]] = {
    "an invitation": lambda support, reference: invite(support, reference, "another code"),
    "an offer": lambda support, reference: support.show(
        reference,
        "a token",
        Offer(number=2, replaces=1, sdp="v=1", surface=None),
        None,
        NOW,
    ),
    "another agreement": lambda support, reference: support.show(
        reference,
        "a token",
        Offer(number=2, replaces=0, sdp="v=1", surface=Surface.TAB),
        NOTICE,
        NOW,
    ),
    "an answer": lambda support, reference: support.answer(reference, AINA, 1, "v=1", NOW),
    "a question": lambda support, reference: support.seen_by_citizen(
        reference, "a token", NOW, offered=1
    ),
    "an end": lambda support, reference: support.end_by_citizen(reference, "a token", NOW),
}


@pytest.mark.parametrize("what", LATE)
def test_nothing_is_left_by_a_page_that_acts_while_the_incident_is_being_erased(
    register: Register,
    support: RemoteSupport,
    claimed: Claimed,
    monkeypatch: pytest.MonkeyPatch,
    what: str,
) -> None:
    monkeypatch.setattr(contention, "pause", lambda _: None)
    reference = claimed(KEY)
    shown(support, reference)
    table_of(register).meanwhile.append(lambda: erase(register, support, reference))
    refusals = (NoSuchIncident, NoSuchSession, NotNow)
    with suppress(*refusals):
        LATE[what](support, reference)
    assert register.is_erased(reference)
    watch(support, NOW + TOLD_OF_ERASURE_FOR)
    assert stored(register) == {}


def test_a_citizen_does_not_join_while_the_incident_is_being_erased(
    register: Register,
    support: RemoteSupport,
    claimed: Claimed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(contention, "pause", lambda _: None)
    reference = claimed(KEY)
    code = invite(support, reference).code_digest
    table_of(register).meanwhile.append(lambda: erase(register, support, reference))
    with pytest.raises(NoSuchSession):
        support.join_by_code(code, "a token", NOW)
    watch(support, NOW + TOLD_OF_ERASURE_FOR)
    assert stored(register) == {}
