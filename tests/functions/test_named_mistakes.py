"""Whatever is wrong with a field, what the page says about it can be read alone.

It calls the field as the field's own label does, which is not the same for every kind of incident.
"""

from http import HTTPStatus

import pytest

from suport.domain.category import Category
from suport.domain.incident import Topic
from suport.domain.language import Language
from suport.web.questions import ALL
from tests.support.web import FILLED_IN, Web

WRONG = ("", "x", "x" * 5000, "a\0b", "@", "12345678A")
KIND = ("category", "topic")
WITHOUT_INCIDENT = {
    "incident": [each for each in ALL if each not in KIND],
    "track": ["reference", "access_code"],
    "lost-code": ["reference", "reached_at"],
}
OF_AN_INCIDENT = {
    "reply": ["body"],
    "contact-data": [each for each in ALL if each.startswith("contact.")],
    "rate": ["score", "comment"],
}


@pytest.mark.parametrize("language", list(Language))
def test_each_mistake_names_its_field_in_every_language(web: Web, language: Language) -> None:
    told: set[str] = set()

    def send(form: str, wrong: dict[str, str]) -> None:
        complete = {"idempotency_key": "k" * 32}
        if form == "incident":
            complete = {name: each for name, each in FILLED_IN.items() if name != "category"}
        answer = web.post(form, complete | wrong, language)
        if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            told.update(answer.page.attributes("id"))  # the page checks itself, as each does

    for value in WRONG:
        for kind in KIND:
            send("incident", {kind: value})
        for form, fields in WITHOUT_INCIDENT.items():
            send(form, dict.fromkeys(fields, value))
        for kind in [*Category, *Topic]:
            about = {"topic" if kind in Topic else "category": kind}
            send("incident", about | dict.fromkeys(WITHOUT_INCIDENT["incident"], value))
        send("help", {"error": value})
    web.opened()
    for value in WRONG:
        for form, fields in OF_AN_INCIDENT.items():
            send(form, dict.fromkeys(fields, value))
    known = {each for form in (WITHOUT_INCIDENT | OF_AN_INCIDENT).values() for each in form}
    never_wrong = {"context.charged"}  # a choice: what a browser cannot send is left out
    assert {f"{each}-error" for each in (known | {"category"}) - never_wrong} - told == set()


@pytest.mark.parametrize(
    ("kind", "field", "told"),
    [
        ({"topic": "accessibility"}, "description", "“What can you not use or read?” must be 10"),
        ({"topic": "accessibility"}, "context.step", "“Where is the problem?” must be 300"),
        ({"topic": "other"}, "description", "“What is it about?” must be 10"),
        ({"category": "payment"}, "description", "“What happened?” must be 10"),
        ({"category": "payment"}, "error.code", "Error code must be 100"),
    ],
)
def test_a_mistake_calls_a_question_by_its_own_words(
    web: Web, kind: dict[str, str], field: str, told: str
) -> None:
    wrong = "x" if field == "description" else "x" * 5000
    sent = {name: each for name, each in FILLED_IN.items() if name != "category"}
    page = web.post("incident", sent | kind | {field: wrong}, "en").page
    assert told in page.said_by(f"{field}-error")
    assert any(each.startswith(told) for each in page.said_in("a"))
