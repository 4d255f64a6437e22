"""When an incident may be erased, and what that leaves, without a register."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import citizen_acts, erasure, service_acts
from suport.domain.category import Category
from suport.domain.citizen_acts import MOST_MESSAGES_A_DAY
from suport.domain.consent import NoticeIdentity, Scope
from suport.domain.deadlines import follow_up_at
from suport.domain.erasure import ComplaintInProgress, ErasureNotAsked, NowhereToConfirm
from suport.domain.history import Entry, Kind
from suport.domain.incident import Incident, MailTrouble, Status, Topic
from suport.domain.language import Language
from suport.domain.operator_acts import ClaimedByAnother, NotClaimed, OtherTeam, Work
from suport.domain.owed_mail import MailKind
from suport.domain.tombstone import applied
from suport.register.items import remains_of
from tests.support.incidents import NOW, actions, an_incident

NOTICE = NoticeIdentity("2026-11-23", Language.CATALAN, "0" * 64)
WORK = Work("aina", Category.PAYMENT)
A_WEEK = timedelta(days=7)


def asked(incident: Incident | None = None) -> Incident:
    return erasure.ask(incident or an_incident(), NOW).change.result


def test_a_request_owes_a_mail_and_prolongs_nothing() -> None:
    incident = an_incident()
    later = NOW + timedelta(days=60)
    change = erasure.ask(incident, later).change
    assert actions(change) == ["erasure_asked"]
    assert [mail.kind for mail in change.result.mails.values()] == [MailKind.ERASURE]
    assert change.result.expires_at == incident.expires_at


@pytest.mark.parametrize(
    "fields", [{"contact": {"phone": "1"}}, {"mail_trouble": MailTrouble.BOUNCED}]
)
def test_without_an_address_that_mail_reaches_nobody_can_ask(fields: dict[str, Any]) -> None:
    with pytest.raises(NowhereToConfirm):
        erasure.ask(an_incident(**fields), NOW)


def test_a_request_that_is_not_confirmed_lapses_and_that_is_recorded() -> None:
    incident = replace(asked(), mails={}, status=Status.RESOLVED, resolved_at=NOW, due_at=None)
    assert follow_up_at(incident) == NOW + A_WEEK
    assert actions(service_acts.follow_up(incident, NOW + A_WEEK).change) == ["erasure_dropped"]
    with pytest.raises(ErasureNotAsked):
        erasure.confirm(incident, NOW + A_WEEK, [], incident.erasure_asked.entry)  # type: ignore[union-attr]


def test_the_code_of_another_request_confirms_nothing() -> None:
    with pytest.raises(ErasureNotAsked):
        erasure.confirm(asked(), NOW, [], "01KAXC4WW0ZZZZZZZZZZZZZZZZ")


def test_a_pending_request_survives_a_day_whose_messages_are_used_up() -> None:
    incident = asked()
    day = next(iter(incident.written_on))
    used_up = replace(incident, mails={}, written_on={day: MOST_MESSAGES_A_DAY})
    again = erasure.ask(used_up, NOW)
    assert (again.answer, again.change.is_empty) == (incident.erasure_asked, True)


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.RESOLVED])
def test_an_open_complaint_about_accessibility_is_not_erased(status: Status) -> None:
    complaint = an_incident(topic=Topic.ACCESSIBILITY, status=status, claimed_by="aina")
    with pytest.raises(ComplaintInProgress):
        erasure.ask(complaint, NOW)
    with pytest.raises(ComplaintInProgress):
        erasure.erase_at_desk(complaint, NOW, [], WORK)
    other = replace(complaint, topic=Topic.OTHER)
    assert actions(erasure.ask(other, NOW).change) == ["erasure_asked"]


def test_only_the_operator_who_has_it_erases_an_open_incident() -> None:
    mine = an_incident(status=Status.CLAIMED, claimed_by="aina")
    assert erasure.erase_at_desk(mine, NOW, [], WORK).by == "operator"
    for other, refusal in (
        (replace(mine, claimed_by="biel"), ClaimedByAnother),
        (replace(mine, claimed_by=None, status=Status.QUEUED), NotClaimed),
        (replace(mine, category=Category.SIGNATURE), OtherTeam),
    ):
        with pytest.raises(refusal):
            erasure.erase_at_desk(other, NOW, [], WORK)


@given(
    texts=st.lists(st.text("αβγδε", min_size=8), max_size=5),
    agreed=st.booleans(),
    days=st.integers(0, 180),
)
def test_an_erasure_keeps_consents_and_nothing_else_and_a_copy_loses_the_same(
    texts: list[str], agreed: bool, days: int
) -> None:
    incident, entries = an_incident(), list[Entry]()
    if agreed:
        change = citizen_acts.grant(incident, NOW, Scope.VIEW, NOTICE).change
        incident, entries = change.result, [*change.entries]
    for text in texts:
        change = citizen_acts.write(incident, NOW, text, None).change
        incident, entries = change.result, [*entries, *change.entries]
    at = NOW + timedelta(days=days)
    incident = replace(incident, status=Status.RESOLVED)
    done = erasure.erase_at_desk(incident, at, entries, WORK)
    assert [entry.kind for entry in done.kept] == [Kind.CONSENT] * agreed
    left = remains_of(done)
    assert left["expires_at"] >= max((entry.expires_at for entry in done.kept), default=0)
    assert not [text for text in (*texts, "anna@example.org") if text in str(left)]
    copy = applied(incident, entries, [done.tombstone(b"secret")], at)
    assert {entry.id for entry in entries} - {*copy.gone} == {entry.id for entry in done.kept}
    assert copy.erased_at == at
