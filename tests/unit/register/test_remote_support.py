"""Remote sessions in the register: how many at once, and who hears of their ends."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from suport.domain.consent import NoticeIdentity
from suport.domain.incident import Category, Incident
from suport.domain.language import Language
from suport.domain.operator_identity import Operator
from suport.domain.reference import Reference
from suport.domain.remote_acts import Offer, SessionName
from suport.domain.remote_session import (
    MOST_OPEN,
    NOTHING,
    EndReason,
    RemoteSession,
    State,
    Surface,
)
from suport.register import contention
from suport.register.errors import Contended, NotBackYet
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
