"""What becomes of contact data and access codes, without a register."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import contact_acts, service_acts
from suport.domain.category import Category
from suport.domain.citizen_acts import MOST_MESSAGES_A_DAY, TooManyMessages
from suport.domain.contact_acts import Correction, NothingToConfirm, NowhereToSend
from suport.domain.deadlines import follow_up_at
from suport.domain.history import Done
from suport.domain.incident import AddressChange, Incident, MailTrouble, Status
from suport.domain.operator_acts import ClaimedByAnother, NotClaimed, Work
from suport.domain.owed_mail import MailKind
from tests.support.incidents import NOW, actions, an_incident

ANNA = {"email": "anna@example.org"}
ANOTHER = {"email": "anna.pons@example.org"}
PHONE = {"phone": "971 48 17 26"}
WORK = Work("aina", Category.PAYMENT, "digest")
CLAIMED: dict[str, Any] = {"status": Status.CLAIMED, "claimed_by": WORK.operator}
A_WEEK = timedelta(days=7)


def owed(incident: Incident) -> list[tuple[MailKind, str | None]]:
    """The mails that are owed, each with the address if it is not the incident's."""
    return [(mail.kind, mail.to) for mail in incident.mails.values()]


def asked(incident: Incident | None = None, contact: dict[str, str] = ANOTHER) -> Incident:
    """The incident after another address was asked for with its access code."""
    decided = contact_acts.correct(incident or an_incident(), NOW, contact, at_once=False)
    assert decided.answer is Correction.TO_BE_CONFIRMED
    return decided.change.result


def test_a_replaced_code_goes_out_by_mail() -> None:
    after = contact_acts.replace_code(an_incident(), NOW, "key").change.result
    assert (after.code_number, owed(after)) == (2, [(MailKind.ACCESS_CODE, None)])


def test_of_codes_replaced_one_after_the_other_only_the_last_is_mailed() -> None:
    once = contact_acts.replace_code(an_incident(), NOW, "key").change.result
    twice = contact_acts.replace_code(once, NOW, "key").change.result
    assert (twice.code_number, owed(twice)) == (3, [(MailKind.ACCESS_CODE, None)])


@pytest.mark.parametrize("fields", [{"contact": PHONE}, {"mail_trouble": MailTrouble.BOUNCED}])
def test_without_an_address_that_works_nothing_is_mailed_and_the_desk_cannot_replace_the_code(
    fields: dict[str, Any],
) -> None:
    incident = an_incident(**fields)
    assert contact_acts.replace_code(incident, NOW, "key").change.result.mails == {}
    with pytest.raises(NowhereToSend):
        contact_acts.replace_code_at_desk(incident, NOW, WORK)


def test_an_operator_has_another_code_mailed() -> None:
    decided = contact_acts.replace_code_at_desk(an_incident(), NOW, WORK)
    after = decided.change.result
    assert (after.code_number, owed(after)) == (2, [(MailKind.ACCESS_CODE, None)])
    assert decided.answer.facts == {"action": "code_replaced", "by": "operator", "operator": "aina"}
    assert after.keyed_work == {"digest": decided.answer.id}


def test_the_submitting_session_corrects_an_address_at_once_and_the_old_one_is_told() -> None:
    decided = contact_acts.correct(an_incident(), NOW, ANOTHER | PHONE, at_once=True)
    after = decided.change.result
    assert decided.answer is Correction.CORRECTED
    assert after.contact == ANOTHER | PHONE
    assert owed(after) == [
        (MailKind.ADDRESS_CHANGED, "anna@example.org"),
        (MailKind.ACCESS_CODE, None),
    ]
    assert (after.code_number, after.address_number) == (2, 2)
    corrected = decided.change.entries[0].facts
    assert corrected["fields"] == ["email", "phone"]
    assert "example.org" not in str([entry.facts for entry in decided.change.entries])


def test_later_another_address_waits_until_the_present_one_confirms_it() -> None:
    waiting = asked(contact=ANOTHER | PHONE)
    assert waiting.contact == ANNA | PHONE  # all else is corrected
    assert (waiting.code_number, owed(waiting)) == (1, [(MailKind.CONFIRMATION, None)])
    assert waiting.address_change
    after = contact_acts.confirm(waiting, NOW, waiting.address_change.entry).change.result
    assert after.contact == ANOTHER | PHONE
    assert (after.code_number, after.address_change) == (2, None)
    assert owed(after) == [
        (MailKind.ADDRESS_CHANGED, "anna@example.org"),
        (MailKind.ACCESS_CODE, None),
    ]


def test_to_get_no_more_mail_has_to_be_confirmed_too() -> None:
    waiting = asked(an_incident(contact=ANNA | PHONE), PHONE)
    assert waiting.address_change
    after = contact_acts.confirm(waiting, NOW, waiting.address_change.entry).change.result
    assert (after.contact, after.code_number) == (PHONE, 2)
    assert owed(after) == [(MailKind.ADDRESS_CHANGED, "anna@example.org")]


def test_only_the_latest_request_can_be_confirmed() -> None:
    first = asked()
    second = asked(first, {"email": "third@example.org"})
    assert first.address_change
    assert owed(second) == [(MailKind.CONFIRMATION, None)]
    with pytest.raises(NothingToConfirm):
        contact_acts.confirm(second, NOW, first.address_change.entry)


@given(st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_request_can_be_confirmed_for_a_week_and_is_then_dropped(passed: timedelta) -> None:
    waiting, now = asked(), NOW + passed
    assert waiting.address_change
    followed = service_acts.follow_up(waiting, now).change
    if passed < A_WEEK:
        contact_acts.confirm(waiting, now, waiting.address_change.entry)
        assert Done.ADDRESS_DROPPED not in actions(followed)
    else:
        with pytest.raises(NothingToConfirm):
            contact_acts.confirm(waiting, now, waiting.address_change.entry)
        assert Done.ADDRESS_DROPPED in actions(followed)
        assert followed.result.address_change is None


def test_the_service_looks_again_when_a_request_is_over() -> None:
    change = AddressChange(email="x@example.org", entry="0" * 26, asked_at=NOW)
    assert follow_up_at(an_incident(address_change=change)) == NOW + A_WEEK


def test_a_first_address_is_no_correction_and_gets_the_code_that_opens_the_incident() -> None:
    decided = contact_acts.correct(an_incident(contact=PHONE), NOW, PHONE | ANNA, at_once=False)
    after = decided.change.result
    assert decided.answer is Correction.CORRECTED
    assert (after.code_number, owed(after)) == (1, [(MailKind.ACCESS_CODE, None)])


def test_an_address_that_mail_does_not_reach_cannot_confirm_another_but_the_desk_corrects_it() -> (
    None
):
    incident = an_incident(**CLAIMED, mail_trouble=MailTrouble.BOUNCED)
    with pytest.raises(NowhereToSend):
        contact_acts.correct(incident, NOW, ANOTHER, at_once=False)
    after = contact_acts.correct_at_desk(incident, NOW, WORK, ANOTHER).change.result
    assert (after.contact, after.mail_trouble) == (ANOTHER, None)
    assert owed(after) == [(MailKind.ACCESS_CODE, None)]  # the old address gets nothing


def test_what_is_owed_goes_to_the_corrected_address() -> None:
    incident = contact_acts.replace_code(an_incident(), NOW, "key").change.result
    corrected = contact_acts.correct(incident, NOW, ANOTHER, at_once=True).change.result
    again = contact_acts.correct(corrected, NOW, {"email": "x@example.org"}, at_once=True)
    kinds = [kind for kind, _ in owed(again.change.result)]
    assert kinds.count(MailKind.ACCESS_CODE) == 1
    assert kinds.count(MailKind.ADDRESS_CHANGED) == 2


@given(st.dictionaries(st.sampled_from(["name", "phone", "nif", "availability"]), st.text()))
def test_nothing_but_the_address_replaces_the_code(others: dict[str, str]) -> None:
    decided = contact_acts.correct(an_incident(), NOW, ANNA | others, at_once=False)
    after = decided.change.result
    assert (after.contact, after.code_number, after.mails) == (ANNA | others, 1, {})
    assert decided.change.is_empty is (not others)


def test_corrections_and_replacements_are_among_the_days_messages() -> None:
    incident = an_incident()
    for number in range(MOST_MESSAGES_A_DAY - 1):
        contact = ANNA | {"name": f"Anna {number}"}
        incident = contact_acts.correct(incident, NOW, contact, at_once=True).change.result
    incident = contact_acts.replace_code(incident, NOW, "key").change.result
    with pytest.raises(TooManyMessages):
        contact_acts.replace_code(incident, NOW, "key")
    with pytest.raises(TooManyMessages):
        contact_acts.correct(incident, NOW, ANNA, at_once=True)
    contact_acts.correct_at_desk(replace(incident, **CLAIMED), NOW, WORK, ANNA)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"status": Status.QUEUED}, NotClaimed),
        ({"status": Status.CLAIMED, "claimed_by": "joan"}, ClaimedByAnother),
        ({"status": Status.WAITING, "claimed_by": "joan"}, ClaimedByAnother),
    ],
)
def test_only_the_operator_who_has_the_incident_corrects_an_address_and_learns_whether_it_is_right(
    fields: dict[str, Any], refusal: type[Exception]
) -> None:
    for contact in (ANNA, ANOTHER):  # as recorded, and another
        with pytest.raises(refusal):
            contact_acts.correct_at_desk(an_incident(**fields), NOW, WORK, contact)


def test_after_the_end_the_whole_team_corrects_addresses() -> None:
    incident = an_incident(status=Status.RESOLVED)
    assert contact_acts.correct_at_desk(incident, NOW, WORK, ANOTHER).answer is Correction.CORRECTED


def test_asking_for_the_same_address_again_leaves_the_code_that_was_mailed_good() -> None:
    waiting = asked()
    again = contact_acts.correct(waiting, NOW, ANOTHER, at_once=False)
    assert (again.answer, again.change.is_empty) == (Correction.TO_BE_CONFIRMED, True)


def test_a_confirmation_never_leaves_an_incident_without_a_way_to_reach_its_citizen() -> None:
    waiting = asked(an_incident(contact=ANNA | PHONE), PHONE)
    without_phone = contact_acts.correct(waiting, NOW, ANNA, at_once=False).change.result
    assert without_phone.address_change
    with pytest.raises(NothingToConfirm):
        contact_acts.confirm(without_phone, NOW, without_phone.address_change.entry)


def test_a_former_address_is_told_even_if_the_next_one_is_taken_away() -> None:
    incident = an_incident(contact=ANNA | PHONE)
    corrected = contact_acts.correct(incident, NOW, ANOTHER | PHONE, at_once=True).change.result
    removed = contact_acts.correct(corrected, NOW, PHONE, at_once=True).change.result
    told = {to for kind, to in owed(removed) if kind is MailKind.ADDRESS_CHANGED}
    assert told == {ANNA["email"], ANOTHER["email"]}
