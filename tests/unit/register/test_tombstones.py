"""What the register leaves so that an older copy of it brings nothing back."""

from datetime import UTC, datetime, timedelta

import pytest

from suport.domain.contact_acts import NowhereToSend
from suport.domain.reference import Reference
from suport.domain.tombstone import KEPT_FOR, What, applied
from suport.register.register import Register
from suport.register.tombstones import Tombstones
from tests.support.register import a_submission, table_of

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)


@pytest.fixture
def reference(register: Register) -> Reference:
    return register.submit(a_submission(), "k" * 20, b"secret", NOW).reference


@pytest.fixture
def tombstones(register: Register) -> Tombstones:
    kept = register._table._tombstones
    assert kept
    return kept


def corrected(register: Register, reference: Reference, email: str, at: datetime) -> None:
    register.correct_contact(reference, lambda _: {"email": email}, at, at_once=True)


def test_each_correction_leaves_one_that_takes_the_former_address_out_of_a_copy(
    register: Register, reference: Reference, tombstones: Tombstones
) -> None:
    copy = register.incident(reference, NOW)
    corrected(register, reference, "b@example.org", NOW)
    corrected(register, reference, "c@example.org", NOW + timedelta(days=1))
    left = tombstones.of(reference, NOW)
    assert [(each.what, each.fields) for each in left] == [(What.RECTIFIED, ("email",))] * 2
    restored = applied(copy, [], left, NOW).rectified.result
    present = register.incident(reference, NOW)
    assert restored.contact == {}
    assert (restored.code_number, restored.address_number) == (
        present.code_number,
        present.address_number,
    )


def test_what_is_not_recorded_leaves_none(
    register: Register, reference: Reference, tombstones: Tombstones
) -> None:
    register.add_citizen_message(reference, "Encara falla", NOW)
    corrected(register, reference, "anna@example.org", NOW)  # as it was
    register.correct_contact(reference, lambda _: {"phone": "1"}, NOW, at_once=True)
    with pytest.raises(NowhereToSend):
        register.replace_code_at_desk(
            reference, "aina", *(register.incident(reference, NOW).category, NOW)
        )
    assert len(tombstones.of(reference, NOW)) == 1


def test_of_two_who_correct_at_once_each_leaves_one_for_what_is_recorded(
    register: Register, reference: Reference, tombstones: Tombstones
) -> None:
    table_of(register).meanwhile.append(
        lambda: corrected(register, reference, "b@example.org", NOW)
    )
    corrected(register, reference, "c@example.org", NOW)
    assert len(tombstones.of(reference, NOW)) == 2
    assert tombstones.of(reference, NOW)[-1].act == register.incident(reference, NOW).last_entry


def test_a_tombstone_is_found_by_its_own_incident_for_forty_days(
    register: Register, reference: Reference, tombstones: Tombstones
) -> None:
    other = register.submit(a_submission(), "o" * 20, b"secret", NOW).reference
    corrected(register, reference, "b@example.org", NOW)
    assert tombstones.of(other, NOW) == ()
    assert tombstones.of(reference, NOW + KEPT_FOR - timedelta(seconds=1))
    assert tombstones.of(reference, NOW + KEPT_FOR) == ()
