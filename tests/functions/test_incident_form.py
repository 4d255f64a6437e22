"""The form: each kind's questions, and the steps before it is sent, of which none records."""

from typing import Any
from urllib.parse import urlencode

import pytest

from suport.domain.category import Category
from suport.domain.incident import Topic
from suport.domain.language import Language
from suport.domain.procedures import catalogue
from suport.web.questions import ALL as QUESTIONS
from suport.web.questions import ASKED
from tests.support.gateway import answered, asked
from tests.support.html import Page
from tests.support.web import FILLED_IN, KEY, Answer, Web, in_the_register

TYPED = {
    "description": "He pagat dues vegades: «l·l» & <b>\r\nuna altra línia",
    "error.code": "190",
    "error.message": "Operació\r\ndenegada",
    "context.charged": "yes",
    "procedure.name": "Un tràmit qualsevol",
    "procedure.code": "",
    "context.step": "Pas 2",
    "context.browser": "Firefox 145, Linux",
    "contact.email": "anna@example.org",
    "contact.phone": "+34 971 39 46 57",
    "contact.name": "Anna",
    "contact.nif": "00000000T",
    "contact.availability": "Els matins",
}
KINDS = [*Category, *Topic]


def seen(page: Page) -> set[str]:
    """The names of the fields that the page asks for."""
    fields = [*page.of("input"), *page.of("textarea")]
    return {each["name"] for each in fields if each.get("type") != "hidden"}


def step(web: Web, answer: Answer, step: str, language: str = "ca", **typed: str) -> Answer:
    """Presses that button of the page, once these fields are typed as well."""
    named = {name.replace("__", "."): value for name, value in typed.items()}
    buttons = {each.get("value") for each in answer.page.of("button") if each.get("name") == "step"}
    assert step in buttons
    return web.post("incident", answer.page.values | named | {"step": step}, language)


def sent(web: Web, answer: Answer) -> Any:
    """Presses the button without a name, which sends; returns the incident."""
    assert "" in {each.get("name", "") for each in answer.page.of("button")}
    assert web.post("incident", answer.page.values).status == 303
    return web.incident(web.reference)


def form_of(web: Web, kind: Category | Topic) -> Answer:
    return web.get("incident", **{"category" if kind in Category else "topic": str(kind)})


def test_without_a_kind_the_form_asks_for_nothing_else(web: Web) -> None:
    page = web.get("incident").page
    assert seen(page) == {"category"}
    offered = [each["value"] for each in page.of("input") if each["name"] == "category"]
    assert offered == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_asked_its_own_questions(web: Web, kind: Category | Topic) -> None:
    page = form_of(web, kind).page
    assert seen(page) == set(ASKED[kind]) - {"procedure.code"}
    assert step(web, web.get("incident"), "questions", category=kind).page.ids == page.ids


def test_every_question_is_one_of_some_kind() -> None:
    assert set(QUESTIONS) == {name for asked in ASKED.values() for name in asked}


def test_only_a_payment_is_asked_whether_the_money_was_taken() -> None:
    assert [kind for kind in KINDS if "context.charged" in ASKED[kind]] == [Category.PAYMENT]
    for topic in Topic:
        assert not {name for name in ASKED[topic] if name.startswith("error")}


def test_no_kind_chosen_is_said_at_the_question(web: Web) -> None:
    answer = step(web, web.get("incident"), "questions")
    assert answer.status == 422
    assert "#category" in answer.page.links
    assert seen(answer.page) == {"category"}


@pytest.mark.parametrize("there", [kind for kind in KINDS if kind != Category.PAYMENT])
def test_another_kind_and_back_loses_nothing(web: Web, there: Category | Topic) -> None:
    begun = web.post("incident", TYPED | {"category": "payment", "step": "questions"})
    chosen = step(web, step(web, begun, "kind"), "questions", category=there)
    checked = step(web, chosen, "check")
    back = step(web, checked, "kind", language="de")
    again = step(web, back, "questions", category="payment")
    assert {name: again.page.values[name] for name in TYPED} == TYPED
    assert again.page.values["idempotency_key"] == begun.page.values["idempotency_key"]
    assert in_the_register() == []


@pytest.mark.parametrize("kind", KINDS)
def test_only_answers_to_the_questions_of_the_kind_are_sent(
    web: Web, kind: Category | Topic
) -> None:
    begun = web.post("incident", TYPED | {"category": kind, "step": "questions"})
    checked = step(web, begun, "check")
    shown = checked.page.within("dl").text
    incident = sent(web, checked)
    for name in set(QUESTIONS) - {"procedure.code"}:
        parent, _, own = name.partition(".")
        held = getattr(incident, parent)
        recorded = held.get(own) if own else held
        assert bool(recorded) is (name in ASKED[kind]), name
        if name not in {"context.charged", "procedure.name"} and recorded:
            assert " ".join(TYPED[name].split()) in shown


@pytest.mark.parametrize(("error", "kind"), [("SAF_09", Category.SIGNATURE), ("boom", None)])
def test_an_error_that_was_looked_up_goes_along_to_the_form(
    web: Web, error: str, kind: Category | None
) -> None:
    answer = step(web, web.post("help", {"error": error}), "questions" if kind else "kind")
    assert (answer.status, "category" in seen(answer.page)) == (200, kind is None)
    assert error in answer.page.values.values()
    if kind:
        assert answer.page.values["category"] == kind


def test_what_is_wrong_is_said_before_the_answers_are_shown(web: Web) -> None:
    fields = FILLED_IN | {"category": "payment", "contact.email": "anna", "step": "check"}
    answer = web.post("incident", fields)
    assert (answer.status, in_the_register()) == (422, [])
    assert {"#error.code", "#contact.email"} <= set(answer.page.links)
    assert "step" not in answer.page.values
    mended = answer.page.values | {"error.code": "190", "contact.email": "anna@example.org"}
    checked = web.post("incident", mended | {"step": "check"})
    assert checked.status == 200
    assert sent(web, checked).error == {"code": "190"}


def test_the_answers_to_check_are_those_that_are_recorded(web: Web) -> None:
    typed = FILLED_IN | {
        "description": "No puc\u200b signar\x0bel document",
        "contact.email": "1. Anna Pons <anna@example.org>;",
        "contact.nif": "DNI 12.345.678-Z (Anna)",
        "contact.phone": "Tel. 971.22.57.91 ext. 3",
    }
    checked = web.post("incident", typed | {"step": "check"})
    shown = checked.page.within("dl").text
    incident = sent(web, checked)
    assert incident.contact["email"] == "anna@example.org"
    for recorded in (*incident.contact.values(), *incident.description.splitlines()):
        assert recorded.partition(";ext=")[0] in shown
    assert "12.345" not in shown
    assert "Anna Pons" not in shown
    assert "extensió 3" in shown
    back = step(web, checked, "questions")
    assert back.page.values["contact.email"] == typed["contact.email"]


def test_an_answer_to_a_question_of_another_kind_that_is_wrong_is_asked_for(web: Web) -> None:
    answer = web.post("incident", FILLED_IN | {"context.charged": "maybe"})
    assert answer.status == 422
    assert "context.charged" in seen(answer.page)
    assert "#context.charged" in answer.page.links


@pytest.mark.parametrize(
    "wrong", [{"category": "x"}, {"topic": "x"}, {"category": "", "topic": "x"}]
)
def test_a_kind_that_does_not_exist_is_asked_for_again(web: Web, wrong: dict[str, str]) -> None:
    answer = web.post("incident", FILLED_IN | wrong)
    assert answer.status == 422
    linked = {link[1:] for link in answer.page.links if link.startswith("#")} - {"main"}
    assert linked
    assert linked <= answer.page.ids
    assert "category" in seen(answer.page)
    chosen = answer.page.values | {"category": "other", "step": "check"}
    assert web.post("incident", chosen).page.values["topic"] == "other"


def test_every_answer_can_be_changed_where_it_was_asked(web: Web) -> None:
    checked = web.post("incident", TYPED | {"category": "payment", "step": "check"})
    ways = [each["formaction"] for each in checked.page.of("button") if "formaction" in each]
    asked = {each.partition("#")[2] for each in ways if "#" in each}
    assert asked == set(ASKED[Category.PAYMENT]) - {"procedure.code"}
    questions = step(web, checked, "questions").page
    assert asked <= questions.ids
    assert {name: questions.values[name] for name in TYPED} == TYPED


@pytest.mark.parametrize("pressed", ["kind", "questions", "check", "search", "language", "x", "0"])
def test_no_step_sends_anything_and_the_key_travels_along(web: Web, pressed: str) -> None:
    answer = web.post("incident", FILLED_IN | {"step": pressed})
    assert (answer.status, in_the_register(), answer.cookie) == (200, [], None)
    assert answer.page.values["idempotency_key"] == KEY
    assert answer.page.values["description"] == FILLED_IN["description"]
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_the_button_of_a_text_field_comes_before_those_of_the_languages(web: Web) -> None:
    for page in (web.get("incident").page, web.get("incident", category="payment").page):
        first, *others = [each for each in page.of("button") if each.get("form") == "form"]
        [main] = [each for each in page.of("button") if each.get("class") == "govuk-button"]
        assert (first["name"], first["value"]) == ("step", main["value"])
        assert "formaction" not in first
        assert {each["lang"] for each in others} == {"es", "en", "de"}


@pytest.mark.parametrize("pressed", ["kind", "language", "check"])
def test_another_language_shows_the_same_page_with_everything_typed(web: Web, pressed: str) -> None:
    named = {"procedure.code": "sample-01", "procedure.name": ""}
    begun = step(
        web,
        web.get("incident", category="payment", **{"procedure.code": "sample-01"}),
        "check",
        **{name.replace(".", "__"): value for name, value in TYPED.items() if name not in named},
    )
    page = {"kind": "kind", "language": "questions", "check": "check"}[pressed]
    catalan = begun if page == "check" else step(web, begun, page)
    spanish = step(web, catalan, pressed, language="es")
    assert spanish.page.language == "es"
    assert seen(spanish.page) == seen(catalan.page)
    for name, value in TYPED.items():
        if name not in named:
            assert spanish.page.values[name] == value
    assert spanish.page.values["procedure.code"] == "sample-01"
    if pressed == "language":
        procedure = catalogue().find("sample-01")
        assert procedure
        assert spanish.page.values["procedure.name"] == procedure.names[Language.SPANISH]


# ------------------------------------------------------------------- the procedure


def test_a_search_offers_procedures_and_keeps_what_was_typed(web: Web) -> None:
    begun = form_of(web, Category.FUNCTIONAL)
    found = step(web, begun, "search", procedure__name="familia nombrosa", description="Hola")
    offered = [
        each["value"] for each in found.page.of("input") if each["name"] == "procedure.choice"
    ]
    assert offered == ["sample-01", ""]
    assert found.page.values["description"] == "Hola"
    chosen = step(
        web,
        found,
        "check",
        procedure__choice="sample-01",
        description=TYPED["description"],
        contact__email=TYPED["contact.email"],
    )
    name = "Renovació del títol de família nombrosa"
    assert sent(web, chosen).procedure == {"code": "sample-01", "name": name}


def test_a_search_chooses_nothing_by_itself(web: Web) -> None:
    begun = web.get("incident", category="functional", **{"procedure.code": "sample-01"})
    name = "Renovació del títol de família nombrosa"
    found = step(web, begun, "search", procedure__name=name)
    assert "procedure.choice" not in found.page.values
    typed = found.page.values | FILLED_IN | {"procedure.name": "Una altra cosa", "step": "check"}
    assert web.post("incident", typed).page.values["procedure.name"] == "Una altra cosa"


def test_a_name_that_no_procedure_has_is_kept(web: Web) -> None:
    begun = web.get("incident", category="functional", **{"procedure.code": "sample-01"})
    for name in ("Llicència de la fada", "família"):
        found = step(web, begun, "search", procedure__name=name)
        checked = web.post(
            "incident", found.page.values | FILLED_IN | {"step": "check", "procedure.choice": ""}
        )
        assert (checked.page.values["procedure.name"], checked.page.values["procedure.code"]) == (
            name,
            "",
        )


@pytest.mark.parametrize("typed", ["  renovacio del titol de familia nombrosa ", "SAMPLE-01"])
def test_the_name_or_code_of_a_procedure_names_it(web: Web, typed: str) -> None:
    checked = web.post("incident", FILLED_IN | {"procedure.name": typed, "step": "check"})
    assert checked.page.values["procedure.code"] == "sample-01"


def test_a_procedure_carried_from_the_help_page_stays_chosen_or_is_taken_off(web: Web) -> None:
    begun = web.get("incident", category="functional", **{"procedure.code": "sample-01"})
    kept = web.post("incident", FILLED_IN | begun.page.values | FILLED_IN | {"step": "check"})
    assert kept.page.values["procedure.code"] == "sample-01"
    emptied = begun.page.values | FILLED_IN | {"procedure.name": " ", "step": "check"}
    assert web.post("incident", emptied).page.values["procedure.code"] == ""


def test_a_code_that_the_catalogue_does_not_know_stays(web: Web) -> None:
    fields = FILLED_IN | {"procedure.code": "AB1", "procedure.name": "Ajudes", "step": "questions"}
    page = web.post("incident", fields).page
    assert (page.values["procedure.code"], page.values["procedure.name"]) == ("AB1", "Ajudes")
    assert "procedure.code" in seen(page)


def suggested(web: Web, **fields: str) -> tuple[int, Any]:
    """What the form is told while somebody types."""
    body, form = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    event = asked("POST", "/v1/procedures", body=body, Content_Type=form)
    return answered(web.load("show_help"), event)[:2]


@pytest.mark.parametrize("language", Language)
def test_procedures_are_suggested_for_the_words_typed(web: Web, language: Language) -> None:
    status, told = suggested(web, q="FAMILIA nom", language=language)
    procedure = catalogue().find("sample-01")
    assert procedure
    name, spoken = procedure.name_in(language)
    offered = {"code": "sample-01", "name": name, "language": spoken}
    assert (status, told) == (200, {"procedures": [offered], "found": 1, "partly": False})


def test_suggestions_with_some_of_the_words_say_that_none_has_all(web: Web) -> None:
    status, told = suggested(web, q="carnet de pescar", language="es")
    codes = [each["code"] for each in told["procedures"]]
    assert (status, codes, told["partly"]) == (200, ["sample-09"], True)
    nothing = {"procedures": [], "found": 0, "partly": False}
    assert suggested(web, q="gelat de xocolata", language="es") == (200, nothing)


SOME_WORDS = "No procedure has all these words."


def test_the_list_and_the_form_say_when_no_procedure_has_all_words(web: Web) -> None:
    for words, said in (("carnet de pescar", True), ("licencia pesca", False), ("gelat", False)):
        listed = web.get("procedures", "en", q=words).page
        typed = {"category": "payment", "step": "search", "procedure.name": words}
        found = web.post("incident", typed, "en").page
        assert [SOME_WORDS in each.text for each in (listed, found)] == [said, said]


def test_suggestions_are_few_and_none_for_nothing(web: Web) -> None:
    _, told = suggested(web, q="de", language="ca")
    assert len(told["procedures"]) == min(told["found"], 8) > 0
    assert suggested(web, q=" ", language="ca")[1]["procedures"] == []


def test_suggestions_need_a_language_of_the_service(web: Web) -> None:
    status, told = suggested(web, q="de", language="xx")
    assert (status, [each["field"] for each in told["errors"]]) == (422, ["language"])


# ------------------------------------------------------------------- no application


def test_nobody_takes_the_form_for_an_application_or_reads_so_on_every_page(web: Web) -> None:
    warning = "Comunicar una incidència no és presentar una sol·licitud"
    on_the_way = [web.get("help"), form_of(web, Category.PAYMENT)]
    on_the_way += [web.get("help", category=each) for each in Category]
    assert [warning in each.page.text for each in on_the_way] == [False] * len(on_the_way)
    about_to_send = web.post("incident", FILLED_IN | {"step": "check"})
    web.submit()
    sent = web.get("track", sent=web.reference)
    assert [each.page.text.count(warning) for each in (about_to_send, sent)] == [1, 1]
    assert warning not in web.get("track").page.text
