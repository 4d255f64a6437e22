"""Telephone calls at the web desk: what the caller says is kept, and becomes one incident."""

import os
from datetime import timedelta
from typing import Any

import pytest

from suport.desk.deployed import drafts
from suport.domain.category import Category
from suport.domain.history import Done
from suport.domain.incident import Status, Topic
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.register.deployed import register
from suport.runtime import aws
from tests.support.desk_browser import DeskBrowser, Desks, desks
from tests.support.gateway import Load
from tests.support.web import Answer

__all__ = ["desks"]

PAYMENT, SIGNATURE = Category.PAYMENT, Category.SIGNATURE
SAID = "The card was charged twice, she says; her bank shows both."
CALL = {
    "category": "payment",
    "description": SAID,
    "error.code": "E-77",
    "contact.phone": "971 48 17 26",
    "contact.name": "Aina Pons",
    "language": "de",
}


@pytest.fixture
def marta(desks: Desks) -> DeskBrowser:
    return desks.signed_in("marta", PAYMENT)


def form(page: Answer) -> dict[str, str]:
    """The form of the call, as the page has it."""
    return dict(page.page.forms)["new"]


def recorded(browser: DeskBrowser, **fields: str) -> Answer:
    """The answer to a new page, filled in and sent."""
    return browser.post("new", form(browser.get("new")) | CALL | fields)


def phoned(desks: Desks, reference: Reference) -> tuple[str, Category]:
    """Who wrote the call down, and in which team."""
    facts = [each.facts for each in desks.entries(reference)]
    [told] = [each for each in facts if each.get("action") == Done.PHONED]
    return told["operator"], told["team"]


def all_of(desks: Desks) -> list[Any]:
    found: list[Any] = []
    for team in Category:
        found += desks.register.open_incidents(team, desks.now)
    return found


def test_a_call_becomes_an_incident_of_the_team(desks: Desks, marta: DeskBrowser) -> None:
    answer = recorded(marta)
    [listed] = all_of(desks)
    assert (answer.status, answer.location) == (
        303,
        f"incident?reference={listed.reference}&done=recorded",
    )
    incident = desks.incident(listed.reference)
    assert (incident.category, incident.language, incident.error) == (
        PAYMENT,
        Language.GERMAN,
        {"code": "E-77"},
    )
    assert incident.contact["dial"] == "+34971481726"
    assert phoned(desks, listed.reference) == ("marta", PAYMENT)
    page = marta.follow(answer).page
    assert "Give the caller the reference" in page.text
    assert SAID in page.text


def test_a_call_for_another_team_leads_to_the_list_with_its_reference(
    desks: Desks, marta: DeskBrowser
) -> None:
    answer = recorded(marta, category="signature", take="yes")
    [listed] = all_of(desks)
    assert listed.category is SIGNATURE
    assert listed.claimed_by is None
    assert answer.location == f"list?done=recorded&about={listed.reference}"
    page = marta.follow(answer).page
    assert listed.reference in page.text


def test_what_is_no_problem_of_a_procedure_goes_to_the_team_for_other_matters(
    desks: Desks, marta: DeskBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_MATTERS_TEAM", "signature")
    recorded(marta, category="accessibility")
    [listed] = all_of(desks)
    assert (listed.category, listed.topic) == (SIGNATURE, Topic.ACCESSIBILITY)


def test_an_operator_of_two_teams_records_in_the_one_that_gets_it(desks: Desks) -> None:
    both = desks.signed_in("pere", PAYMENT, SIGNATURE)
    answer = recorded(both, category="signature")
    [listed] = all_of(desks)
    assert answer.location == f"incident?reference={listed.reference}&done=recorded"
    assert phoned(desks, listed.reference) == ("pere", SIGNATURE)


def test_whoever_records_a_call_can_take_it_at_once_and_the_queue_leaves_it_alone(
    desks: Desks, marta: DeskBrowser, load: Load
) -> None:
    answer = recorded(marta, take="yes")
    [listed] = all_of(desks)
    assert answer.location == f"incident?reference={listed.reference}&done=recorded-taken"
    load("route_incident").queue_incident(listed.reference)  # which comes later than the claim
    incident = desks.incident(listed.reference)
    assert (incident.status, incident.claimed_by) == (Status.CLAIMED, "marta")
    sent = aws.client("sqs").receive_message(QueueUrl=os.environ["PAYMENT_QUEUE_URL"])
    assert "Messages" not in sent


def test_a_call_recorded_twice_is_one_incident(desks: Desks, marta: DeskBrowser) -> None:
    filled = form(marta.get("new")) | CALL | {"take": "yes"}
    first = marta.post("new", filled)
    again = marta.post("new", filled)
    assert first.location == again.location
    assert len(all_of(desks)) == 1


def test_a_corrected_call_makes_no_second_incident_and_loses_nothing(
    desks: Desks, marta: DeskBrowser
) -> None:
    filled = form(marta.get("new")) | CALL
    marta.post("new", filled)
    corrected = filled | {"contact.phone": "971 48 17 62", "description": SAID + " On Monday."}
    answer = marta.post("new", corrected)
    [listed] = all_of(desks)
    assert answer.status == 422
    assert f"incident {listed.reference}" in answer.page.text
    given = form(answer)
    assert {name: given.get(name) for name in corrected} == corrected


def test_a_call_sent_again_after_its_incident_was_erased_stays_erased(
    desks: Desks, marta: DeskBrowser
) -> None:
    filled = form(marta.get("new")) | CALL | {"take": "yes"}
    marta.post("new", filled)
    [listed] = all_of(desks)
    register().erase_at_desk(listed.reference, "marta", listed.category, desks.now)
    marta.post("draft", filled | {"form": "call"})
    answer = marta.post("new", filled)
    assert answer.status == 404
    assert "This incident was erased" in answer.page.text
    assert all_of(desks) == []
    assert SAID not in marta.get("new").page.text


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"description": "Short"}, "description"),
        ({"error.code": ""}, "error"),
        ({"category": ""}, "category"),
        ({"category": "signatures"}, "category"),
        ({"language": "fr"}, "language"),
        ({"contact.phone": "", "contact.email": ""}, "contact"),
        ({"contact.phone": "97148"}, "contact.phone"),
        ({"contact.email": "aina@"}, "contact.email"),
        ({"contact.nif": "0" * 200}, "contact.nif"),
        ({"contact.name": "A" * 300}, "contact.name"),
        ({"procedure.name": "p" * 301}, "procedure.name"),
        ({"procedure.code": "p" * 101}, "procedure.code"),
        ({"context.step": "s" * 301}, "context.step"),
        ({"error.message": "m" * 4001}, "error.message"),
    ],
)
def test_a_wrong_field_is_named_and_everything_typed_is_given_back(
    desks: Desks, marta: DeskBrowser, changed: dict[str, str], field: str
) -> None:
    filled = form(marta.get("new")) | CALL | {"take": "yes"} | changed
    answer = marta.post("new", filled)
    assert answer.status == 422
    assert all_of(desks) == []
    assert f'href="#{field}' in answer.body
    given = form(answer)
    chosen = {"category", "language", *(name for name in filled if not filled[name])}
    assert {n: given.get(n) for n in filled if n not in chosen} == {
        n: filled[n] for n in filled if n not in chosen
    }


def test_what_the_caller_said_is_kept_from_the_first_field_on(
    desks: Desks, marta: DeskBrowser
) -> None:
    begun = form(marta.get("new"))
    answer = marta.post("draft", begun | {"form": "call", "contact.phone": "971"})
    assert (answer.status, answer.body) == (204, "")
    desks.now += timedelta(hours=23)
    desks_browser = desks.signed_in("marta", PAYMENT)
    page = desks_browser.get("new")
    assert "Calls not yet recorded" in page.page.text
    assert "971" not in page.page.text
    assert form(page)["call"] != begun["call"]
    on = desks_browser.get("new", call=begun["call"])
    assert "Calls not yet recorded" not in on.page.text
    kept = form(on)
    assert (kept["contact.phone"], kept["call"], kept["key"]) == (
        "971",
        begun["call"],
        begun["key"],
    )


def test_without_a_script_a_button_keeps_the_call(desks: Desks, marta: DeskBrowser) -> None:
    begun = form(marta.get("new")) | {"description": "He says", "language": "es"}
    answer = marta.post("new", begun | {"step": "draft"})
    assert answer.location == f"new?call={begun['call']}&done=draft-kept"
    kept = form(marta.follow(answer))
    assert (kept["description"], kept["language"]) == ("He says", "es")
    assert all_of(desks) == []


def test_a_call_without_a_word_is_no_draft(desks: Desks, marta: DeskBrowser) -> None:
    begun = form(marta.get("new")) | {"form": "call"}
    marta.post("draft", begun | {"description": "He"})
    assert len(drafts().calls("marta", desks.now)) == 1
    marta.post("draft", begun)
    assert drafts().calls("marta", desks.now) == {}


def test_a_recorded_call_is_begun_no_more_and_others_stay(desks: Desks, marta: DeskBrowser) -> None:
    other = form(marta.get("new")) | {"form": "call", "description": "Another one"}
    marta.post("draft", other)
    begun = form(marta.get("new")) | CALL
    marta.post("draft", begun | {"form": "call"})
    marta.post("new", begun)
    assert list(drafts().calls("marta", desks.now)) == [other["call"]]


def test_a_call_that_nobody_wants_is_deleted(desks: Desks, marta: DeskBrowser) -> None:
    begun = form(marta.get("new")) | {"form": "call", "description": "Wrong number"}
    marta.post("draft", begun)
    answer = marta.post("new", {"call": begun["call"], "step": "drop"})
    assert "The call has been deleted." in marta.follow(answer).page.text
    assert drafts().calls("marta", desks.now) == {}


def test_nobody_sees_the_calls_of_a_colleague(desks: Desks, marta: DeskBrowser) -> None:
    begun = form(marta.get("new")) | {"form": "call", "description": SAID}
    marta.post("draft", begun)
    joan = desks.signed_in("joan", PAYMENT)
    page = joan.get("new", call=begun["call"]).body
    assert SAID not in page
    assert "Calls not yet recorded" not in joan.get("new").body


def test_the_procedure_is_found_by_its_name(desks: Desks, marta: DeskBrowser) -> None:
    from suport.domain.procedures import catalogue  # noqa: PLC0415  read once, here

    procedure = catalogue().alphabetical(Language.ENGLISH)[0]
    name, _ = procedure.name_in(Language.ENGLISH)
    found = marta.post("new", form(marta.get("new")) | {"procedure.name": name, "step": "search"})
    assert name in found.page.text
    recorded(marta, **{"procedure.name": name})
    [listed] = all_of(desks)
    assert desks.incident(listed.reference).procedure["code"] == procedure.code


def test_a_call_survives_the_end_of_the_session(desks: Desks, marta: DeskBrowser) -> None:
    filled = form(marta.get("new")) | {"contact.phone": "971 48 17 26"}
    desks.now += timedelta(hours=12)
    answer = marta.post("new", filled)
    assert answer.status == 403
    assert form(answer)["contact.phone"] == "971 48 17 26"


def test_an_operator_of_no_team_takes_no_calls(desks: Desks) -> None:
    aina = desks.signed_in("aina")
    assert aina.get("new").status == 403
    assert aina.post("new", CALL).status == 403
    assert all_of(desks) == []
