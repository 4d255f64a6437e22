"""Known problems as citizens and Comanda are told of them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from suport.domain.category import Category
from suport.domain.known_problem import KnownProblem
from suport.domain.language import Language
from suport.domain.procedures import catalogue
from suport.register.known_problems import new_id
from suport.register.other_tables import known_problems, published_problems
from suport.runtime import aws
from tests.support.gateway import CONTEXT, asked
from tests.support.known_problems import a_problem
from tests.support.web import FILLED_IN, Answer, Web, web

__all__ = ["web"]

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
X, Y = (each.code for each in catalogue().procedures[:2])
PLACE = "known-problems"


@pytest.fixture
def page(web: Web) -> Web:
    web.now = NOW
    return web


def published(name: str = "P", **changes: Any) -> KnownProblem:
    """A known problem that an editor has opened; its titles and texts begin with the name."""
    told = {
        "titles": {each: f"{name}-title-{each}" for each in Language},
        "texts": {each: f"{name}-text-{each}" for each in Language},
    }
    problem = a_problem(id=new_id(NOW), **told | changes)
    known_problems().open(problem, NOW)
    published_problems.cache_clear()
    return problem


def shown(answer: Answer) -> list[str]:
    """The names of the known problems that the page names, in order."""
    assert answer.status == 200
    titles = [each.text for each in answer.page.all if each.tag == "h3" and "-title-" in each.text]
    return [title.partition("-")[0] for title in titles]


# ------------------------------------------------------------------- where, and to whom


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("where", ["help", "incident", "procedures"])
def test_a_page_tells_of_it_in_the_readers_language_and_since_when(
    page: Web, where: str, language: Language
) -> None:
    published()
    answer = page.get(where, language)
    told = answer.page.text
    assert f"P-title-{language}" in told
    assert f"P-text-{language}" in told
    others = [f"-{each}" for each in Language if each is not language]
    assert not [each for each in others if f"P-title{each}" in told or f"P-text{each}" in told]
    assert {"en": ", 8:30am", "de": "08:30 Uhr"}.get(language, ", 8:30 h") in told


def test_without_a_known_problem_a_page_says_nothing_of_any(page: Web) -> None:
    for where in ("help", "incident", "procedures"):
        assert PLACE not in page.get(where).page.ids


def test_before_a_kind_is_chosen_all_are_shown_and_those_of_everything_first(page: Web) -> None:
    published("S", categories=frozenset({Category.SIGNATURE}), since=NOW)
    published("P")
    published("G", categories=frozenset(Category), since=NOW - timedelta(days=3))
    for where in ("help", "incident"):
        assert shown(page.get(where)) == ["G", "S", "P"]
        assert shown(page.get(where, category="payment")) == ["G", "P"]
        assert shown(page.get(where, category="signature")) == ["G", "S"]
        assert shown(page.get(where, category="no-such")) == ["G", "S", "P"]


def test_a_problem_of_one_procedure_is_shown_on_that_one_only(page: Web) -> None:
    published("X", procedures=frozenset({X}))
    known = catalogue()
    for where in ("help", "incident"):
        of_x = {"category": "payment", "procedure.code": X}
        assert shown(page.get(where, **of_x)) == ["X"]
        for other in (
            {"procedure.code": Y},
            {"procedure.code": "NOT-LISTED"},
            {"procedure.name": known.procedures[1].names[Language.CATALAN]},
            {"procedure.name": "Una cosa que no és al catàleg"},
        ):
            assert shown(page.get(where, category="payment", **other)) == []
        named = {"procedure.name": known.procedures[0].names[Language.CATALAN]}
        assert shown(page.get(where, category="payment", **named)) == ["X"]
        nothing_said = page.get(where, category="payment")
        assert shown(nothing_said) == ["X"]
        assert known.procedures[0].name_in(Language.CATALAN)[0] in nothing_said.page.text


def test_the_list_of_procedures_tells_of_it_beside_the_affected_ones(page: Web) -> None:
    published("X", procedures=frozenset({X}))
    published("S", categories=frozenset({Category.SIGNATURE}))
    answer = page.get("procedures")
    assert shown(answer) == ["S"]  # it touches all of them
    [row] = [each for each in answer.page.all if each.tag == "li" and "X-title-ca" in each.text]
    assert catalogue().procedures[0].name_in(Language.CATALAN)[0] in row.text


def test_an_error_that_is_recognised_is_shown_with_the_problem_behind_it(page: Web) -> None:
    published("E", errors=frozenset({"190"}))
    assert shown(page.post("help", {"error": "Error 190"})) == ["E"]
    assert shown(page.post("help", {"error": "Error 184"})) == []
    said_in_message = {"step": "questions", "idempotency_key": "k" * 16, "category": "payment"}
    assert shown(page.post("incident", said_in_message | {"error.message": "surt el 190"})) == ["E"]
    assert shown(page.post("incident", said_in_message | {"error.message": "surt el 184"})) == []
    assert shown(page.get("incident", category="payment", **{"error.code": "0190"})) == ["E"]
    assert shown(page.get("incident", category="payment", **{"error.code": "184"})) == []


def test_each_step_of_the_form_tells_of_what_its_answers_touch(page: Web) -> None:
    published("P")
    published("S", categories=frozenset({Category.SIGNATURE}), since=NOW)
    step = {"idempotency_key": "k" * 16, "step": "questions"}
    assert shown(page.post("incident", step | {"category": "signature"})) == ["S"]
    assert shown(page.post("incident", step | {"category": "payment"})) == ["P"]
    assert shown(page.post("incident", step | {"category": "payment", "step": "kind"})) == ["P"]
    assert shown(page.post("incident", step | {"category": "accessibility"})) == []


def test_many_are_told_by_their_titles_and_unfolded_by_whoever_wants(page: Web) -> None:
    for number in range(3):
        published(f"N{number}", since=NOW - timedelta(hours=number))
    answer = page.get("help")
    assert shown(answer) == ["N0", "N1", "N2"]
    texts = [each for each in answer.page.all if each.tag == "details" and "-text-" in each.text]
    assert len(texts) == 3


def test_what_an_editor_types_is_text_and_no_markup(page: Web) -> None:
    evil = "<script>alert(1)</script> & \"<b>'"
    published("P", titles=dict.fromkeys(Language, evil), texts=dict.fromkeys(Language, evil))
    published("X", titles=dict.fromkeys(Language, evil), procedures=frozenset({X}))
    for where in ("help", "incident", "procedures"):
        answer = page.get(where)
        assert "<script>alert" not in answer.body
        assert "<b>" not in answer.body
        assert evil in answer.page.text


def test_a_solved_problem_is_shown_no_longer(page: Web) -> None:
    problem = published()
    assert shown(page.get("help")) == ["P"]
    known_problems().solve(problem.id, "eva", NOW)
    page.now = NOW + timedelta(minutes=1)
    assert shown(page.get("help")) == []


# ------------------------------------------------------------------- what it costs


class Watched:
    """The tables, and which requests for known problems they get; they may be away."""

    def __init__(self, tables: Any) -> None:
        self._tables = tables
        self.exceptions = tables.exceptions
        self.asked: list[tuple[str, str]] = []
        self.is_away = False

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._tables, name)

        def counted(**asked: Any) -> Any:
            self.asked.append((name, asked.get("TableName", "several")))
            if self.is_away and asked.get("TableName") == "known_problems":
                raise ClientError({"Error": {"Code": "InternalServerError"}}, name)
            return call(**asked)

        return counted


@pytest.fixture
def watched(page: Web, monkeypatch: pytest.MonkeyPatch) -> Watched:  # noqa: ARG001  it comes first
    others = aws.client
    tables = Watched(others("dynamodb"))
    monkeypatch.setattr(
        aws, "client", lambda service: tables if service == "dynamodb" else others(service)
    )
    published_problems.cache_clear()
    return tables


def test_pages_ask_for_one_item_a_minute(page: Web, watched: Watched) -> None:
    for second in (0, 1, 30, 59):
        page.now = NOW + timedelta(seconds=second)
        for where in ("help", "incident", "procedures"):
            page.get(where)
    assert watched.asked == [("get_item", "known_problems")]
    page.now = NOW + timedelta(seconds=60)
    page.get("help")
    assert len(watched.asked) == 2


@pytest.mark.parametrize("where", ["privacy", "accessibility", "cookies"])
def test_a_notice_asks_for_none(page: Web, watched: Watched, where: str) -> None:
    assert page.get(where).status == 200
    assert watched.asked == []


def test_sending_an_incident_still_makes_one_call(page: Web, watched: Watched) -> None:
    assert page.post("incident", FILLED_IN).status == 303
    [(name, table)] = watched.asked
    assert (name, table) == ("put_item", "register")


def test_an_incident_that_cannot_be_sent_yet_asks_for_none(page: Web, watched: Watched) -> None:
    assert page.post("incident", FILLED_IN | {"description": ""}).status == 422
    assert watched.asked == []


@pytest.mark.parametrize("where", ["help", "incident", "procedures"])
def test_where_the_table_does_not_answer_the_page_comes_without(
    page: Web, watched: Watched, where: str
) -> None:
    published()
    watched.is_away = True
    assert shown(page.get(where)) == []
    assert shown(page.post("incident", {"step": "questions", "category": "payment"})) == []


# ------------------------------------------------------------------- Comanda


@pytest.fixture
def messages(page: Web, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What Comanda is told besides the state: level, moment and text of each message."""
    monkeypatch.setenv("HEALTH_FOR_EVERYBODY", "on")

    def told() -> list[tuple[str, int, str]]:
        page.get("help")  # which sets the clock
        answer = page.load("answer_comanda").handler(asked("GET", "/comanda/salut"), CONTEXT)
        assert answer["statusCode"] == 200
        found = json.loads(answer["body"])["missatges"]
        assert all(each.keys() == {"data", "nivell", "missatge"} for each in found)
        return [(each["nivell"], each["data"], each["missatge"]) for each in found]

    return told


def test_comanda_is_told_in_catalan_as_a_warning(messages: Any) -> None:
    before = messages()
    problem = published()
    [told] = [each for each in messages() if each not in before]
    level, at, text = told
    assert level == "WARN"
    assert at == int(problem.changed_at.timestamp() * 1000)
    assert text == "Problema conegut des del 25/11/2026 08:30: P-title-ca. P-text-ca"


def test_no_message_is_longer_than_comanda_takes(messages: Any) -> None:
    published(titles=dict.fromkeys(Language, "à" * 120), texts=dict.fromkeys(Language, "ï" * 3000))
    [text] = [text for _, _, text in messages() if "Problema conegut" in text]
    assert len(text) == 2048
    assert text.endswith("ï…")


def test_comanda_gets_the_state_even_if_the_problems_cannot_be_read(
    messages: Any, watched: Watched
) -> None:
    published()
    before = messages()
    assert "Problema conegut" in str(before)
    published_problems.cache_clear()
    watched.is_away = True
    assert [each for each in before if "Problema conegut" not in each[2]] == messages()
