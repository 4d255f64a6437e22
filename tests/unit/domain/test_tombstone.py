"""What an older copy of the register must not bring back, without a register."""

from dataclasses import astuple
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from suport.domain import citizen_acts, contact_acts
from suport.domain.category import Category
from suport.domain.consent import NoticeIdentity, Scope
from suport.domain.history import next_entry_id
from suport.domain.incident import Actor, Incident, Status
from suport.domain.language import Language
from suport.domain.operator_acts import Work
from suport.domain.owed_mail import MailKind
from suport.domain.tombstone import (
    KEPT_FOR,
    Tombstone,
    What,
    applied,
    digest_of,
    expires_at,
    leaves_one,
    left_by,
)
from tests.support.incidents import NOW, an_incident

SECRET = b"secret"
CONTACT = {"name": "Anna Pons", "email": "anna@example.org", "phone": "971 48 17 26"}
NOTICE = NoticeIdentity("2026-11-23", Language.CATALAN, "0" * 64)


def corrected(incident: Incident, contact: dict[str, str]) -> tuple[Incident, Tombstone]:
    """The incident after a correction, and the tombstone that it leaves."""
    change = contact_acts.correct(incident, NOW, contact, at_once=True).change
    return change.result, left_by(change, SECRET)


def erased(incident: Incident, *kept: str) -> Tombstone:
    """The tombstone of an erasure."""
    return Tombstone(
        digest=digest_of(SECRET, incident.reference),
        act=next_entry_id(NOW, incident.last_entry),
        what=What.ERASED,
        by=Actor.CITIZEN,
        at=NOW,
        expires_at=expires_at(NOW),
        kept=kept,
    )


@given(name=st.text(min_size=3), email=st.text(min_size=3), phone=st.text(min_size=3))
def test_a_tombstone_has_nothing_of_the_person_nor_the_reference(
    name: str, email: str, phone: str
) -> None:
    incident = an_incident(contact=CONTACT)
    _, tombstone = corrected(incident, {"name": name, "email": email, "phone": phone})
    assert tombstone.fields == ("email", "name", "phone")
    neutral = corrected(incident, {"name": "1", "email": "2", "phone": "3"})[1]
    assert astuple(tombstone) == astuple(neutral)
    assert incident.reference not in str(tombstone)


def test_a_tombstone_outlives_the_copies_of_the_register_and_of_a_deleted_table() -> None:
    most_recovery_days, system_backup = timedelta(days=7), timedelta(days=35)
    assert max(most_recovery_days, system_backup) < KEPT_FOR


def test_what_changes_neither_contact_nor_code_leaves_none() -> None:
    assert not leaves_one(citizen_acts.write(an_incident(), NOW, "Gràcies", None).change)


def test_corrected_data_of_an_older_copy_go_and_the_others_stay() -> None:
    copy = an_incident(contact=CONTACT)
    after, tombstone = corrected(copy, CONTACT | {"email": "anna.pons@example.org"})
    restored = applied(copy, [], [tombstone], NOW).rectified.result
    assert restored.contact == {"name": "Anna Pons", "phone": "971 48 17 26"}
    assert (restored.code_number, restored.address_number) == (
        after.code_number,
        after.address_number,
    )


def test_a_copy_that_has_the_correction_stays_as_it_is() -> None:
    copy, tombstone = corrected(an_incident(contact=CONTACT), {"phone": "971 17 65 65"})
    assert applied(copy, [], [tombstone], NOW).rectified.is_empty


def test_of_two_corrections_a_copy_between_them_lacks_only_the_second() -> None:
    between, first = corrected(an_incident(contact=CONTACT), CONTACT | {"name": "Anna Pons Vila"})
    _, second = corrected(between, between.contact | {"phone": "971 17 65 65"})
    restored = applied(between, [], [second, first], NOW).rectified.result
    assert restored.contact == {"name": "Anna Pons Vila", "email": "anna@example.org"}


def test_no_mail_goes_to_an_address_that_was_corrected_after_the_copy() -> None:
    copy = contact_acts.correct(
        an_incident(contact=CONTACT), NOW, CONTACT | {"email": "b@example.org"}, at_once=False
    ).change.result
    assert [mail.kind for mail in copy.mails.values()] == [MailKind.CONFIRMATION]
    _, tombstone = corrected(copy, CONTACT | {"email": "c@example.org"})
    restored = applied(copy, [], [tombstone], NOW).rectified.result
    assert (restored.mails, restored.address_change) == ({}, None)


def test_the_code_of_an_older_copy_opens_the_incident_no_more() -> None:
    change = contact_acts.replace_code(an_incident(), NOW, "key").change
    restored = applied(an_incident(), [], [left_by(change, SECRET)], NOW).rectified.result
    assert restored.code_number == change.result.code_number


def test_a_tombstone_says_who_acted_without_a_name() -> None:
    work = Work("aina", Category.PAYMENT)
    incident = an_incident(status=Status.CLAIMED, claimed_by="aina")
    change = contact_acts.correct_at_desk(incident, NOW, work, {"phone": "1"}).change
    assert left_by(change, SECRET).by is Actor.OPERATOR
    assert "aina" not in str(left_by(change, SECRET))


def test_of_an_erased_incident_everything_goes_but_what_was_kept() -> None:
    incident = an_incident()
    written = citizen_acts.write(incident, NOW, "El meu NIF és 12345678Z", None).change
    agreed = citizen_acts.grant(written.result, NOW, Scope.VIEW, NOTICE).change
    entries = [*written.entries, *agreed.entries]
    tombstone = erased(agreed.result, agreed.entries[0].id)
    copy = applied(agreed.result, entries, [tombstone], NOW)
    assert (copy.erased_at, copy.gone) == (NOW, (written.entries[0].id,))
