import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.deadlines import CONFIRMED_WITHIN
from suport.domain.history import HistoryPart, Kind
from suport.domain.incident import AddressChange, ErasureRequest, Incident
from suport.domain.language import Language
from suport.register.register import Register
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.views.citizen_view import citizen_view
from suport.views.consent_receipt import receipt
from suport.views.export import export
from tests.support.register import submission_of

NOW = datetime(2026, 8, 31, 10, tzinfo=UTC)
PERSON = {
    "name": "Aina Ferrer",
    "email": "aina.ferrer@example.test",
    "phone": "+34 600 123 456",
    "nif": "12345678Z",
}


@pytest.fixture
def kept(register: Register) -> tuple[Incident, HistoryPart]:
    """An incident with a long and varied history."""
    content = {"category": "signature", "description": "No puc signar", "contact": PERSON}
    submission = submission_of(content, Language.GERMAN)
    reference = register.submit(submission, "k" * 20, b"secret", NOW).reference
    shown = published_notices.current(Subject.REMOTE_SUPPORT, Language.GERMAN)
    register.grant_consent(reference, Scope.VIEW, shown.identity, NOW)
    register.grant_consent(reference, Scope.CONTROL, shown.identity, NOW)
    register.withdraw_consent(reference, Scope.CONTROL, NOW)
    register.add_citizen_message(reference, "Ja funciona", NOW)
    register.claim(reference, "aina", Category.SIGNATURE, NOW)
    register.resolve(reference, "aina", Category.SIGNATURE, None, NOW)
    register.rate(reference, 5, "Gràcies", NOW)
    return register.history(reference, NOW)


def test_the_file_has_all_that_the_page_shows(kept: tuple[Incident, HistoryPart]) -> None:
    view = citizen_view(*kept)
    taken = export(*kept, NOW)
    assert (taken["schema"], taken["controller"]) == (
        "suport.export/1",
        published_notices.CONTROLLERS[kept[0].language],
    )
    shown = {name: view[name] for name in view if name not in {"links", "history"}}
    assert shown.items() <= taken["incident"].items()
    for told, more in zip(view["history"], taken["incident"]["history"], strict=True):
        assert told.items() <= more.items()


def test_each_consent_has_one_receipt_with_its_present_state(
    kept: tuple[Incident, HistoryPart],
) -> None:
    receipts = export(*kept, NOW)["consents"]
    assert [each["scope"] for each in receipts] == ["view", "control"]
    last = {
        entry.facts["scope"]: receipt(kept[0].reference, entry)
        for entry in reversed(kept[1].entries)
        if entry.kind is Kind.CONSENT
    }
    assert receipts == [last["view"], last["control"]]
    assert [event["state"] for event in receipts[0]["events"]] == ["given", "withdrawn"]


def test_the_file_masks_what_the_page_masks(kept: tuple[Incident, HistoryPart]) -> None:
    text = json.dumps(export(*kept, NOW), ensure_ascii=False)
    assert [value for value in PERSON.values() if value in text] == []


def test_the_file_is_json(kept: tuple[Incident, HistoryPart]) -> None:
    taken: dict[str, Any] = export(*kept, NOW)
    assert json.loads(json.dumps(taken)) == taken


def test_what_can_no_longer_be_confirmed_is_not_said_to_wait(
    kept: tuple[Incident, HistoryPart],
) -> None:
    """The service has yet to drop it."""
    waiting = replace(
        kept[0],
        erasure_asked=ErasureRequest(entry="01M7", asked_at=NOW),
        address_change=AddressChange(email="b@example.org", entry="01M8", asked_at=NOW),
    )
    names = ("erasure_to_be_confirmed_by", "address_change")
    held = export(waiting, kept[1], NOW)["incident"]
    assert all(held[name] for name in names)
    held = export(waiting, kept[1], NOW + CONFIRMED_WITHIN)["incident"]
    assert [held[name] for name in names] == [None, None]
