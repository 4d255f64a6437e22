"""The answer over HTTP when a lower layer fails: every time 503, with a problem or a page.

The exceptions are those that botocore and the libraries under it really raise, and they come from
where they really come from: a client's call.
"""

import itertools
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from suport.domain.language import Language
from suport.http.problems import about_requests
from suport.runtime import aws
from tests.support.failures import FAILURES, PRIVATE, every_failure
from tests.support.gateway import answered, asked
from tests.support.html import Page
from tests.support.requests import (
    APIS,
    JSON_REQUESTS,
    PAGES,
    TYPED,
    Service,
)
from tests.support.template import FUNCTIONS, snake


@pytest.fixture(autouse=True)
def _nothing_that_was_written_is_logged(caplog: pytest.LogCaptureFixture) -> Any:
    yield
    logged = str([vars(record) for record in caplog.get_records("call")])
    assert PRIVATE not in logged
    assert "xisca" not in logged.lower()


def break_routes(app: ModuleType, fail: Callable[..., Any]) -> None:
    """Makes every route fail like this."""
    broken = getattr(app, "site", None) or app.api
    broken.route = broken.visit = fail


def assert_unavailable(
    answer: tuple[int, Any, dict[str, list[str]]], path: str, method: str = "GET"
) -> None:
    """Asserts that the answer is 503: a problem for programs, a page for people.

    The browser keeps the page that answers a form, for the citizen who goes back to it.
    """
    status, body, headers = answer
    is_form = method == "POST" and not path.startswith("/v1/")
    kept = "private, no-cache" if is_form else "no-store"
    assert (status, headers["Cache-Control"]) == (503, [kept]), (path, body)
    if path.startswith(("/v1/", "/comanda/")):
        assert headers["Content-Type"] == ["application/problem+json"]
        assert headers["Retry-After"] == ["60"]
        assert body["type"] == "urn:suport:problem:unavailable"
    else:
        assert headers["Content-Type"] == ["text/html; charset=utf-8"]
        assert Page(body).said_in("h1")


@pytest.mark.parametrize("function", APIS)
def test_every_route_answers_even_if_it_fails(service: Service, function: str) -> None:
    app = service.load(function)
    failing = itertools.cycle(FAILURES.values())

    def fail(*_: object) -> None:
        failure = next(failing)()
        raise failure

    break_routes(app, fail)
    routes = (getattr(app, "site", None) or app.api).routes
    assert routes
    for (method, resource), language in itertools.product(routes, Language):
        path = re.sub(r"{\w+}", "x", resource.replace("{language}", language))
        assert_unavailable(answered(app, asked(method, path)), path, method)


def test_page_and_json_answer_after_any_exception(service: Service) -> None:
    app = service.load("show_help")
    failing: list[Exception] = []

    def fail(*_: object) -> None:
        raise failing.pop()

    break_routes(app, fail)
    for failure, path in itertools.product(every_failure(), ("/", "/v1/privacy-notice")):
        failing.append(failure)
        assert_unavailable(answered(app, asked("GET", path)), path)


@pytest.mark.parametrize(("function", "method", "resource"), JSON_REQUESTS)
def test_the_json_api_answers_with_a_problem_when_aws_fails(
    service: Service, function: str, method: str, resource: str
) -> None:
    app = service.load(function)
    event = service.json(method, resource, JSON_REQUESTS[function, method, resource])
    for layer in FAILURES:
        service.break_down(layer)
        assert_unavailable(answered(app, event), resource)
    aws.service_secret.cache_clear()
    assert_unavailable(answered(app, event), resource)


def test_these_tests_cover_every_address_of_the_json_api_that_asks_the_register() -> None:
    addresses = {
        (snake(logical_id), event["Properties"]["Method"].upper(), event["Properties"]["Path"])
        for logical_id, function in FUNCTIONS.items()
        for event in function["Events"].values()
        if re.match("/v1/(incidents|desk|remote(/|$))", event["Properties"].get("Path", ""))
    }
    # an external tool is always answered, see the tests of remote support
    permissions = {("share_screen", "GET", "/v1/desk/incidents/{reference}/permissions")}
    assert set(JSON_REQUESTS) == addresses - permissions


@pytest.mark.parametrize(("function", "method", "name"), PAGES)
def test_a_page_answers_with_a_page_when_aws_fails(
    service: Service, function: str, method: str, name: str
) -> None:
    app = service.load(function)
    event = service.page(method, name, PAGES[function, method, name])
    for layer in FAILURES:
        service.break_down(layer)
        assert_unavailable(answered(app, event), event["path"], method)
    aws.service_secret.cache_clear()
    assert_unavailable(answered(app, event), event["path"], method)


def test_the_form_comes_back_with_all_that_was_typed_whatever_fails(service: Service) -> None:
    app = service.load("submit_incident")
    for layer in FAILURES:
        service.break_down(layer)
        status, page, _ = answered(app, service.page("POST", "incident", TYPED))
        assert status == 503
        assert {name: Page(page).values[name] for name in TYPED} == TYPED


def test_a_page_that_cannot_be_shown_says_that_nothing_is_lost(service: Service) -> None:
    app = service.load("track_incident")
    service.break_down("connection")
    _, page, _ = answered(app, service.page("GET", "track", {}))
    detail = about_requests.not_shown().detail.in_(Language.GERMAN)
    assert detail.partition("012")[0].strip() in Page(page).text
    _, problem, _ = answered(app, service.json("GET", "/v1/incidents/{reference}"))
    assert problem["detail"] == detail


def test_a_correct_form_comes_back_as_the_answers_to_check(service: Service) -> None:
    app = service.load("submit_incident")
    service.break_down("connection")
    wrong = TYPED | {"description": "x"}
    for fields, can_be_sent in ((TYPED, True), (wrong, False)):
        _, page, _ = answered(app, service.page("POST", "incident", fields))
        sends = [each for each in Page(page).of("button") if "name" not in each]
        assert bool(sends) is can_be_sent
