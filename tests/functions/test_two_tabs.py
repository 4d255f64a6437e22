"""Two incidents in two tabs of one browser: a form of one never changes the other."""

import re
from typing import Any

import pytest

from suport.domain.reference import Reference
from tests.support.forms import FILE, FORMS, add_file, again
from tests.support.html import Page
from tests.support.web import Answer, Web, in_the_register

TRACKED = sorted(FORMS.keys() - {"help", "incident", "track", "lost-code", "leave"})
"""The forms that act on the open incident."""


@pytest.fixture
def tabs(web: Web) -> tuple[Reference, str, Reference]:
    """The incident of the first tab with its access code, and the one opened after it."""
    first, code = web.opened(), web.code
    web.submit(idempotency_key="another incident".replace(" ", "-"))
    web.get("track")
    return first, code, web.reference


def forms_of(answer: Answer) -> dict[str, dict[str, str]]:
    """The fields of each form of a page, by the address that it goes to."""
    found = {}
    for action, content in re.findall(
        r'<form method="post" action="(.*?)"(.*?)</form>', answer.body, re.DOTALL
    ):
        found[action] = Page(f"<form {content}</form>").values
    return found


def test_every_form_of_an_incident_names_it(web: Web) -> None:
    reference = web.opened()
    seen: dict[str, Any] = {}
    add_file(web)
    for page in ("track", "close", "remote-support", "access-code", "contact-data", "erase"):
        seen |= forms_of(web.get(page))
    seen |= forms_of(web.get("remove-file", id=FILE))
    web.resolve(reference)
    for page in ("track", "rate"):
        seen |= forms_of(web.get(page))
    shown_to_those_invited = {"join"}  # which the tests of remote support look at
    assert seen.keys() == {*TRACKED, "leave"} - shown_to_those_invited
    assert {fields["reference"] for fields in seen.values()} == {reference}


@pytest.mark.parametrize("form", TRACKED)
def test_a_form_that_does_not_name_its_incident_names_it_when_it_comes_back(
    web: Web, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    reference = web.opened()
    monkeypatch.setenv("REGISTER_TABLE", "gone")
    answer = web.post(form, FORMS[form])
    assert (answer.status, answer.page.values["reference"]) == (503, reference)


def test_every_form_that_is_shown_again_names_its_incident(web: Web) -> None:
    reference = web.opened()
    wrong = [
        web.post("reply", {"body": ""}),
        web.post("rate", {"score": "4"}),
        web.post("remote-support", {}),
        web.post("contact-data", {"contact.nif": "12345678A"}),
    ]
    for answer in wrong:
        named = [fields["reference"] for fields in forms_of(answer).values()]
        assert answer.status in {409, 422}
        assert named
        assert set(named) == {reference}


@pytest.mark.parametrize("form", TRACKED)
def test_a_form_of_the_other_tab_records_nothing_and_comes_back(
    web: Web, tabs: tuple[Reference, str, Reference], form: str
) -> None:
    first, _, second = tabs
    if form in {"reopen", "rate"}:
        web.resolve(second)
    before = in_the_register()
    fields = FORMS[form] | {"reference": first}
    answer = web.post(form, fields, "en")
    assert (answer.status, answer.cookie, in_the_register()) == (409, None, before)
    assert "You are signed in to another incident" in answer.page.text
    assert answer.page.attributes("action") == ["track"]
    assert answer.page.values.items() >= fields.items()
    assert second not in answer.body
    assert web.reference == second


def test_a_message_of_the_other_tab_goes_to_its_own_incident_once_that_is_open_again(
    web: Web, tabs: tuple[Reference, str, Reference]
) -> None:
    first, code, second = tabs
    key = "k" * 20
    refused = web.post("reply", {"body": "Del primer", "idempotency_key": key, "reference": first})
    for _ in range(2):
        opened = again(web, refused, "track", access_code=code)
        assert (opened.status, (opened.location or "").partition("#")[0]) == (
            303,
            "track?done=replied",
        )
    assert (web.messages(first), web.messages(second)) == (["Del primer"], [])
    assert web.reference == first


def test_a_rating_of_the_other_tab_goes_to_its_own_incident(
    web: Web, tabs: tuple[Reference, str, Reference]
) -> None:
    first, code, second = tabs
    for reference in tabs[::2]:
        web.resolve(Reference(reference))
    refused = web.post("rate", {"score": "2", "comment": "Lent", "reference": first})
    assert again(web, refused, "track", access_code=code).location == "track?done=rated"
    assert (web.incident(first).rating, web.incident(second).rating) == (2, None)


@pytest.mark.parametrize(
    "written",
    [
        lambda reference: reference,
        lambda reference: reference.lower(),
        lambda reference: reference.replace("-", ""),
        lambda reference: reference.replace("-", " ").replace("0", "o").replace("1", "l"),
        lambda _: "",
        lambda _: None,
    ],
    ids=["as shown", "lower case", "ungrouped", "misread", "left blank", "none"],
)
def test_a_form_is_accepted_however_it_writes_the_reference_of_the_open_incident(
    web: Web, written: Any
) -> None:
    reference = web.opened()
    named = {"reference": written(reference)}
    fields = {"body": "Hola", "idempotency_key": "k" * 20}
    answer = web.post("reply", fields | {k: v for k, v in named.items() if v is not None})
    assert (answer.status, web.messages(reference)) == (303, ["Hola"])


@pytest.mark.parametrize("named", ["x", "0000-0000-0001", "ningú"])
def test_a_form_with_an_impossible_reference_records_nothing(web: Web, named: str) -> None:
    reference = web.opened()
    fields = {"body": "Hola", "idempotency_key": "k" * 20, "reference": named}
    answer = web.post("reply", fields)
    assert (answer.status, web.messages(reference)) == (409, [])
    assert answer.page.values.items() >= fields.items()


def test_leaving_in_either_tab_ends_the_session(
    web: Web, tabs: tuple[Reference, str, Reference]
) -> None:
    answer = web.post("leave", {"reference": tabs[0]})
    assert (answer.status, answer.location) == (303, "help")
    assert answer.cookie is not None
    assert "Max-Age=0" in answer.cookie


def test_another_incident_may_be_opened_while_one_is_open(
    web: Web, tabs: tuple[Reference, str, Reference]
) -> None:
    answer = web.post("track", {"reference": tabs[0], "access_code": tabs[1]})
    assert (answer.status, web.reference) == (303, tabs[0])


@pytest.mark.parametrize("form", ["reply", "rate", "contact-data"])
def test_words_kept_for_one_incident_are_not_recorded_on_another(
    web: Web, tabs: tuple[Reference, str, Reference], form: str
) -> None:
    first, _, second = tabs
    refused = web.post(form, FORMS[form] | {"reference": first})
    kept = refused.page.values | {"reference": second, "access_code": web.code}
    before = in_the_register()
    answer = web.post("track", kept)
    assert (answer.status, in_the_register()) == (409, before)
    for name in ("body", "comment", "contact.availability"):
        if FORMS[form].get(name):
            assert answer.page.values[name] == FORMS[form][name]
    assert answer.page.values["kept_for"] == first
