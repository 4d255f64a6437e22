"""Addresses and methods as link checkers, previews, reloads and mistyping hands request them."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from suport.domain.language import Language
from suport.runtime import clock
from suport.web import assets
from suport.web.site_map import LEGAL_PAGES, PAGES
from tests.support.gateway import CONTEXT, Load, answered, asked
from tests.support.template import FUNCTIONS, snake
from tests.support.web import NOW, Answer, Web

WITHOUT_FORM = ["guides", "procedures", "contact", "export", *LEGAL_PAGES]


def heads() -> Iterator[tuple[str, str]]:
    """The function and the address of every route that answers HEAD."""
    for logical_id, function in FUNCTIONS.items():
        for event in function["Events"].values():
            if event["Type"] == "Api" and event["Properties"]["Method"] == "head":
                yield snake(logical_id), event["Properties"]["Path"]


HEADS = sorted(heads())


def answer_of(app: ModuleType, method: str, path: str) -> dict[str, Any]:
    known = {
        "language": "de",
        "notice": "privacy",
        "guide": "clave",
        "rest+": "x",
        "name": assets.names()["suport.css"],
    }
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    event = asked(method, path, Host="suport.example.org")
    event["pathParameters"] = {"name": known["name"]}
    answer: dict[str, Any] = app.handler(event, CONTEXT)
    return answer


def test_every_address_without_a_session_answers_head() -> None:
    assert {path for _, path in HEADS} >= {
        *("/", "/{language}", "/{language}/help", "/{language}/procedures"),
        *("/{language}/incident", "/{language}/{notice}", "/{language}/contact"),
        *("/v1/contact", "/v1/privacy-notice", "/v1/remote-support-notice", "/assets/{name}"),
    }


@pytest.mark.parametrize(("function", "path"), HEADS)
def test_head_gets_the_answer_to_get_without_its_body(
    load: Load, monkeypatch: pytest.MonkeyPatch, function: str, path: str
) -> None:
    app = load(function)
    if hasattr(app, "now"):
        monkeypatch.setattr(clock, "now", lambda: NOW)
    get, head = (answer_of(app, method, path) for method in ("GET", "HEAD"))
    assert head["body"] == ""
    assert head | {"body": get["body"]} == get
    if path.startswith("/comanda/"):  # which needs a login
        assert get["statusCode"] == 401
    else:
        assert get["statusCode"] in {200, 303} or "rest" in path


def test_head_and_get_answer_alike_if_nothing_exists_at_the_address(load: Load) -> None:
    for function, path in (
        ("show_help", "/ca/none"),
        ("show_help", "/xx/help"),
        ("show_help", "/ca/help/"),
        ("serve_asset", "/assets/{name}"),
    ):
        app = load(function)
        missing = path.replace("{name}", "none.css")
        get, head = (answer_of(app, method, missing) for method in ("GET", "HEAD"))
        if function == "serve_asset":
            event = asked("HEAD", missing) | {"pathParameters": {"name": "none.css"}}
            head = app.handler(event, CONTEXT)
            get = app.handler(event | {"httpMethod": "GET"}, CONTEXT)
        assert (head["statusCode"], head["body"]) == (404, "")
        assert head["multiValueHeaders"] == get["multiValueHeaders"]


def test_head_does_not_use_up_the_only_time_that_the_code_is_shown(web: Web) -> None:
    web.submit()
    code = web.code
    answer = web.ask("HEAD", "track")
    assert (answer.status, answer.body, answer.cookie) == (200, "", None)
    assert code in web.get("track").page.said_in("strong")


@pytest.mark.parametrize("page", ["reply", "reopen"])
def test_a_reload_of_a_forms_address_leads_to_the_incident(web: Web, page: str) -> None:
    web.opened()
    answer = web.get(page)
    assert (answer.status, answer.location, answer.cookie) == (303, "track", None)


def test_opening_the_address_of_the_form_to_leave_ends_no_session(web: Web) -> None:
    reference = web.opened()
    answer = web.get("leave")
    assert (answer.status, answer.location, answer.cookie) == (303, "help", None)
    assert web.reference == reference


def sent_to(app: ModuleType, method: str, path: str, **headers: str) -> Answer:
    """The answer of a function to a request for an address without a page."""
    event = asked(method, path, body=b"a=b" if method == "POST" else b"", query=None, **headers)
    event["requestContext"]["domainName"] = "suport.example.org"
    return Answer(*answered(app, event))


def followed(path: str, link: str) -> str:
    """Where a browser gets by that relative link from that path (RFC 3986, 5.2.4).

    Unlike `urljoin`, it takes two slashes for what they are: a segment without a name.
    """
    segments = path.split("/")[:-1]
    for each in link.partition("?")[0].split("/"):
        if each == "..":
            assert len(segments) > 1, f"{link} leads out of the service"
            segments.pop()
        else:
            segments.append(each)
    return "/".join(segments)


def led_to(answer: Answer, path: str) -> set[str]:
    """Where a browser gets by the links in the page's text; numbers to dial lead nowhere."""
    main = answer.body.partition("<main")[2].partition("</main>")[0]
    links = {part.partition('"')[0] for part in main.split('href="')[1:]}
    return {followed(path, each) for each in links if not each.startswith("tel:")}


def assert_whole(answer: Answer, path: str) -> None:
    """Asserts that the page's links lead from there to its stylesheet, navigation and languages."""
    links = [each for each in answer.page.attributes("href") if not each.startswith(("#", "tel:"))]
    found = {followed(path, each) for each in links}
    assert f"/suport/assets/{assets.names()['suport.css']}" in found
    language = answer.headers["Content-Language"]
    for page in (*PAGES, *LEGAL_PAGES):
        assert f"/suport/{language}/{page}" in found
    names = {each.rpartition("/")[0] for each in found}
    assert {f"/suport/{each}" for each in Language} <= names


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("page", WITHOUT_FORM)
def test_a_form_sent_to_a_page_without_one_gets_an_error_and_a_link_to_the_page(
    load: Load, language: Language, page: str
) -> None:
    path = f"/suport/{language}/{page}"
    answer = sent_to(load("show_help"), "POST", path.removeprefix("/suport"))
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert answer.headers["Content-Language"] == answer.page.of("html")[0]["lang"] == language
    assert led_to(answer, path) == {path}
    assert_whole(answer, path)


@pytest.mark.parametrize(
    ("path", "seen", "language"),
    [
        ("/", "/suport/", "de"),
        ("/", "/suport", "de"),
        ("/es", "/suport/es", "es"),
        ("/es/", "/suport/es/", "es"),
    ],
)
def test_a_form_sent_to_a_start_page_gets_an_error_and_a_link_to_the_help(
    load: Load, path: str, seen: str, language: str
) -> None:
    event = asked("POST", path, body=b"a=b", query=None, Accept_Language="de")
    event["requestContext"]["path"] = seen
    answer = Answer(*answered(load("show_help"), event))
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert_whole(answer, seen)
    assert led_to(answer, seen) == {f"/suport/{language}/help"}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/es/none", "/es/help"),
        ("/es/none/x", "/es/help"),
        ("/es/track/x", "/es/track"),
        ("/es/privacy/a/b/c", "/es/privacy"),
        ("/es/privacy/", "/es/privacy"),
        ("/es/procedures/%C3%A9", "/es/procedures"),
        ("/es/export/x", "/es/export"),
        ("/es/files/x", "/es/track"),
        ("/es/guides/", "/es/guides"),
        ("/es/guides/none", "/es/guides"),
        ("/es/guides/clave/", "/es/guides"),
        ("/es/guides/clave/x", "/es/guides"),
        ("/es//help", "/es/help"),
        ("/es/contact//", "/es/contact"),
        ("/xx/contact/x", "/de/contact"),
        ("/xx/contact", "/de/contact"),
        ("/xx/", "/de/help"),
        ("/xx", "/de/help"),
        ("/é", "/de/help"),
        ("/xx/none/none", "/de/help"),
    ],
)
def test_an_address_that_only_looks_like_a_page_gets_a_page_that_leads_on(
    load: Load, method: str, path: str, leads_to: str
) -> None:
    answer = sent_to(load("show_help"), method, path, Accept_Language="de")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert_whole(answer, f"/suport{path}")
    if method == "GET" or answer.page.attributes("action") == []:
        assert led_to(answer, f"/suport{path}") == {f"/suport{leads_to}"}


@pytest.mark.parametrize("page", ["track", "remote-support", "files", "rate", "contact", "help"])
def test_no_page_is_shown_at_an_address_where_its_links_would_lead_astray(
    web: Web, page: str
) -> None:
    web.opened()
    for path in (f"{page}/", f"{page}//"):
        for app in {web.load("show_help"), web.load(_behind(page))}:
            answer = sent_to(app, "GET", f"/en/{path}", Cookie=web.cookie or "")
            assert answer.status == 404
            assert_whole(answer, f"/suport/en/{path}")


def _behind(page: str) -> str:
    from tests.support.web import BEHIND  # noqa: PLC0415  only here

    return BEHIND["GET", page]


def test_a_slash_after_an_address_of_the_json_api_does_no_harm(load: Load) -> None:
    assert answered(load("lookup_contact"), asked("GET", "/v1/contact/"))[0] == 200


def test_links_lead_to_the_root_under_a_domain_of_its_own_too(load: Load) -> None:
    for path, root in (("/es/none/x/y", "../../../"), ("/es/none", "../"), ("/es", ""), ("/", "")):
        for above in ("", "/several/names/above"):
            event = asked("POST", path)
            event["requestContext"]["path"] = f"{above}{path}"
            page = Answer(*answered(load("show_help"), event)).page
            assert f"{root}assets/{assets.names()['suport.css']}" in page.attributes("href")


def test_a_stage_may_have_the_name_of_a_language(load: Load) -> None:
    event = asked("GET", "/es/none/x")
    event["requestContext"] |= {"path": "/es/es/none/x", "stage": "es"}
    page = Answer(*answered(load("show_help"), event)).page
    assert f"../../assets/{assets.names()['suport.css']}" in page.attributes("href")


def test_the_error_of_a_page_links_back_to_the_page(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.opened()
    monkeypatch.setenv("REGISTER_TABLE", "gone")
    answer = web.get("track", "en")
    assert answer.status == 503
    assert led_to(answer, "/suport/en/track") == {"/suport/en/track"}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("function", "path"),
    [
        *[("show_help", path) for path in ("/v1", "/v1/nope", "/v1/nope/nope/nope")],
        *[("show_help", path) for path in ("/comanda", "/comanda/nope", "/comanda/salut/a/b")],
        *[("show_help", path) for path in ("/comanda/help", "/comanda/procedures")],
        *[("track_incident", path) for path in ("/v1/track", "/comanda/track")],
    ],
)
def test_an_unknown_address_for_programs_is_told_as_problem_details(
    load: Load, method: str, function: str, path: str
) -> None:
    event = asked(method, path, Accept_Language="en")
    status, told, headers = answered(load(function), event)
    assert (status, headers["Content-Type"]) == (404, ["application/problem+json"])
    assert told["type"] == "urn:suport:problem:no-such-page"
