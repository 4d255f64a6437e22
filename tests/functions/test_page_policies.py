"""Each page may do in the browser what its script does, and nothing else."""

import pytest

from suport.domain.category import Category
from suport.domain.operator_identity import Role
from tests.support.desk_browser import DeskBrowser, Desks, desks
from tests.support.failures import break_down
from tests.support.forms import ASKING, filled_in
from tests.support.gateway import Load
from tests.support.page_policies import CAPTURES, CONNECTS, allowed
from tests.support.web import BEHIND, FILLED_IN, Answer, Web

__all__ = ["desks"]

QUESTIONS = "incident?category=functional"
PAGES = {page for method, page in BEHIND if method == "GET" and "{" not in page} | {QUESTIONS}


def ask(web: Web, page: str) -> Answer:
    name, _, category = page.partition("?category=")
    return web.get(name, **({"category": category} if category else {}))


def able_to(act: str, answers: dict[str, Answer]) -> set[str]:
    """Which of these answers may do that."""
    return {page for page, answer in answers.items() if act in allowed(answer.headers)}


@pytest.mark.parametrize("is_open", [True, False])
def test_of_the_citizens_pages_few_connect_and_one_alone_captures(web: Web, is_open: bool) -> None:
    if is_open:
        web.opened()
    answers = {page: ask(web, page) for page in PAGES}
    of_files = {"files", "file"} if is_open else set()
    assert able_to(CONNECTS, answers) == {QUESTIONS, "join"} | of_files
    assert able_to(CAPTURES, answers) == {"join"}


@pytest.mark.parametrize("form", ASKING)
@pytest.mark.parametrize("layer", [None, "read time-out"])
def test_of_the_citizens_forms_that_come_back_only_the_questions_connect(
    web: Web, monkeypatch: pytest.MonkeyPatch, form: str, layer: str | None
) -> None:
    fields = filled_in(web, form)
    if layer:
        break_down(monkeypatch, layer)
        answer = web.post(form, fields)
    else:
        answer = web.post(form, fields, Sec_Fetch_Site="cross-site")
    assert answer.status in {403, 422, 503}
    # What could not be recorded comes back as the answers to check, and the others have no script.
    comes_as_questions = form == "incident" and layer is None
    assert allowed(answer.headers) == ({CONNECTS} if comes_as_questions else set())


def test_the_questions_with_mistakes_still_suggest_procedures(web: Web) -> None:
    answer = web.post("incident", FILLED_IN | {"description": "", "step": "check"})
    assert (answer.status, allowed(answer.headers)) == (422, {CONNECTS})
    asked_first = web.post("incident", FILLED_IN | {"step": "kind"})
    assert allowed(asked_first.headers) == set()


def test_the_list_of_files_still_sends_them_after_one_could_not_be_removed(web: Web) -> None:
    web.opened()
    answer = web.post("remove-file", {"id": "x"})
    assert (answer.status, allowed(answer.headers)) == (404, {CONNECTS})


def test_a_redirect_and_the_page_of_an_unknown_address_may_do_nothing(web: Web) -> None:
    web.opened()
    answers = [web.post("leave"), web.get("none")]
    assert [answer.status for answer in answers] == [303, 404]
    assert [allowed(answer.headers) for answer in answers] == [set(), set()]


# The desk


@pytest.fixture
def marta(desks: Desks) -> DeskBrowser:
    return desks.signed_in("marta", Category.PAYMENT, roles=Role)


@pytest.fixture
def reference(desks: Desks, marta: DeskBrowser) -> str:
    """An incident that the operator has claimed."""
    reference = desks.submitted()
    assert marta.post("claim", {"reference": reference}).status == 303
    return reference


def test_of_the_desks_pages_those_that_keep_drafts_or_follow_progress_connect(
    desks: Desks, marta: DeskBrowser, reference: str
) -> None:
    about = {"incident": {"reference": reference}, "team": {"team": "payment"}}
    pages = {page for method, page in desks.app.site.pages if method == "GET"} - {"file"}
    answers = {page: marta.get(page, **about.get(page, {})) for page in pages}
    assert {answer.status for answer in answers.values()} == {200}
    assert able_to(CONNECTS, answers) == {"incident", "new", "problem"}
    assert able_to(CAPTURES, answers) == set()


def test_the_page_on_which_an_operator_sees_a_screen_connects_but_captures_none(
    desks: Desks, marta: DeskBrowser, reference: str, load: Load
) -> None:
    desks.app = load("share_screen")
    answer = marta.get("remote", reference=reference)
    refused = marta.post("remote", {"reference": reference, "act": "x"})
    assert (answer.status, refused.status) == (200, 422)
    assert allowed(answer.headers) == allowed(refused.headers) == {CONNECTS}


def test_the_preview_of_an_answer_keeps_its_draft(marta: DeskBrowser, reference: str) -> None:
    answer = marta.on(reference, "write", body="Bon dia.", step="preview")
    assert answer.page.said_in("h1") == ["What the citizen will read"]
    assert allowed(answer.headers) == {CONNECTS}


@pytest.mark.parametrize(
    ("form", "typed", "able"),
    [
        ("write", {"body": ""}, {CONNECTS}),
        ("note", {"note": ""}, {CONNECTS}),
        ("transfer", {"to": "", "reason": ""}, {CONNECTS}),
        ("new", {"description": "Curt"}, {CONNECTS}),
        ("problem", {"title.ca": ""}, {CONNECTS}),
        ("search", {"person": ""}, set()),
        ("shift", {"note": ""}, set()),
    ],
)
def test_a_form_of_the_desk_shown_with_mistakes_may_do_what_its_page_may(
    marta: DeskBrowser, reference: str, form: str, typed: dict[str, str], able: set[str]
) -> None:
    answer = marta.post(form, {"reference": reference, "key": "k" * 26} | typed)
    assert (answer.status, allowed(answer.headers)) == (422, able)


def test_what_was_typed_and_cannot_be_kept_any_more_connects_to_nothing(
    desks: Desks, marta: DeskBrowser, reference: str
) -> None:
    signed_out = DeskBrowser(desks, None)
    answers = [
        signed_out.post("write", {"reference": reference, "body": "Bon dia."}),
        marta.post("write", {"reference": reference}, Sec_Fetch_Site="cross-site"),
        signed_out.ask("GET", "list", Sec_Fetch_Site="cross-site"),
        marta.get("none"),
    ]
    assert [answer.status for answer in answers] == [403, 403, 200, 404]
    assert [allowed(answer.headers) for answer in answers] == [set()] * 4
