"""What is answered over HTTP when a layer below fails: 503 and a problem, or a page, every time.

The exceptions are those that botocore and the libraries under it really raise, from where they
really come: out of a client's call.
"""

import itertools
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest

from suport.domain.incident import Category
from suport.domain.language import Language
from suport.domain.reference import Reference, access_code_for
from suport.register.register import Register
from suport.runtime import aws
from suport.texts import notice
from suport.texts.notice import Subject
from suport.web import session
from tests.markup import Markup
from tests.support.failures import FAILURES, PRIVATE, break_down, every_failure
from tests.support.gateway import answered, asked
from tests.support.register import a_submission
from tests.template import FUNCTIONS, snake
from tests.unit.conftest import ACCOUNT

Load = Callable[[str], ModuleType]

APIS = sorted(
    snake(logical_id)
    for logical_id, function in FUNCTIONS.items()
    if any(event["Type"] == "Api" for event in function["Events"].values())
    and snake(logical_id) != "serve_asset"  # has its pictures with it, and asks nobody
)
KEY = "0123456789abcdef"
TYPED = {
    "category": "functional",
    "description": f"No puc annexar el document. {PRIVATE}.",
    "contact.name": "Xisca",
    "contact.email": "xisca@example.org",
    "idempotency_key": KEY,
}
SUBMISSION = {
    "category": "functional",
    "description": TYPED["description"],
    "contact": {"email": "xisca@example.org"},
}
GRANT = {
    "scope": "view",
    "action": "grant",
    "language": "de",
    "notice_sha256": notice.current(Subject.REMOTE_SUPPORT, Language.GERMAN).sha256,
}

JSON_REQUESTS: dict[tuple[str, str, str], Any] = {
    ("submit_incident", "POST", "/v1/incidents"): SUBMISSION,
    ("track_incident", "GET", "/v1/incidents/{reference}"): None,
    ("track_incident", "POST", "/v1/incidents/{reference}/messages"): {"body": PRIVATE},
    ("record_consent", "POST", "/v1/incidents/{reference}/consents"): GRANT,
    ("work_incident", "GET", "/v1/desk/incidents"): None,
    ("work_incident", "POST", "/v1/desk/incidents"): SUBMISSION,
    ("work_incident", "GET", "/v1/desk/incidents/{reference}"): None,
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/claim"): {},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/messages"): {"body": PRIVATE},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/notes"): {"body": PRIVATE},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/transfer"): {
        "category": "payment",
        "reason": PRIVATE,
    },
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/release"): {},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/resolve"): {},
    ("work_incident", "POST", "/v1/desk/incidents/{reference}/consents"): {"scope": "view"},
    ("work_incident", "GET", "/v1/desk/incidents/{reference}/files/{file}"): None,
    ("work_incident", "GET", "/v1/desk/stats"): None,
}
"""Every address of the JSON API that asks the register, and what is sent there."""

PAGES: dict[tuple[str, str, str], dict[str, str]] = {
    ("submit_incident", "POST", "incident"): TYPED,
    ("track_incident", "GET", "track"): {},
    ("track_incident", "POST", "track"): {"body": PRIVATE, "idempotency_key": KEY},
    ("track_incident", "GET", "export"): {},
    ("update_incident", "POST", "reply"): {"body": PRIVATE, "idempotency_key": KEY},
    ("update_incident", "GET", "close"): {},
    ("update_incident", "POST", "close"): {},
    ("update_incident", "POST", "reopen"): {},
    ("update_incident", "GET", "rate"): {},
    ("update_incident", "POST", "rate"): {"score": "4", "comment": PRIVATE},
    ("record_consent", "GET", "remote-support"): {},
    ("record_consent", "POST", "remote-support"): GRANT,
    ("attach_file", "GET", "files"): {},
    ("attach_file", "POST", "files"): {"type": "application/pdf"},
}
"""Every page that asks the register, and what its form holds."""


class Service:
    """The functions over an incident, and a citizen and an operator who may open it."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        for category in Category:
            monkeypatch.setenv(f"{category.upper()}_TEAM_ROLE", f"{category}-role")
        self._monkeypatch = monkeypatch
        self.load = load
        register = Register(aws.client("dynamodb"), "register")
        secret, now = aws.service_secret(), datetime.now(UTC)
        self.reference: Reference = register.submit(a_submission(), KEY, secret, now).reference
        self._code = access_code_for(secret, self.reference)
        self._cookie = session.set_cookie(secret, self.reference, now).partition(";")[0]

    def claim(self) -> None:
        """The operator claims the incident."""
        register = Register(aws.client("dynamodb"), "register")
        register.claim(self.reference, "anna", Category.FUNCTIONAL, datetime.now(UTC))

    def json(self, method: str, resource: str, content: Any = None) -> dict[str, Any]:
        """A request to the JSON API, by the citizen or an operator."""
        path = resource.replace("{reference}", self.reference).replace("{file}", "0" * 26)
        sent = {"Authorization": f"Bearer {self._code}", "Idempotency_Key": KEY}
        if content is not None:
            sent["Content_Type"] = "application/json"
        body = b"" if content is None else json.dumps(content).encode()
        event = asked(method, path, body=body, query=None, Accept_Language="de", **sent)
        caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/functional-role/anna"
        event["requestContext"]["identity"] = {"userArn": caller}
        return event

    def page(self, method: str, name: str, fields: dict[str, str]) -> dict[str, Any]:
        """A page or form that the citizen's browser asks for."""
        sent = {"Content_Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        known = {"reference": self.reference, "access_code": self._code}
        known = {} if name == "incident" else known  # which opens none
        body = urlencode(known | fields).encode() if method == "POST" else b""
        event = asked(
            method, f"/de/{name}", body=body, query=None, Cookie=self._cookie, Host="h", **sent
        )
        event["requestContext"]["domainName"] = "h"
        return event

    def break_down(self, layer: str) -> None:
        """From now on every call to AWS fails so."""
        break_down(self._monkeypatch, layer)


@pytest.fixture
def service(load: Load, monkeypatch: pytest.MonkeyPatch) -> Service:
    return Service(load, monkeypatch)


@pytest.fixture(autouse=True)
def _nothing_that_was_written_is_logged(caplog: pytest.LogCaptureFixture) -> Any:
    yield
    logged = str([vars(record) for record in caplog.get_records("call")])
    assert PRIVATE not in logged
    assert "xisca" not in logged.lower()


def break_routes(app: ModuleType, fail: Callable[..., Any]) -> None:
    """Has whatever is asked for fail like this."""
    broken = getattr(app, "site", None) or app.api
    broken.route = broken.visit = fail


def assert_unavailable(answer: tuple[int, Any, dict[str, list[str]]], path: str) -> None:
    """The service cannot answer now, and says so: as a problem to programs, as a page to people."""
    status, body, headers = answer
    assert (status, headers["Cache-Control"]) == (503, ["no-store"]), (path, body)
    if path.startswith("/v1/"):
        assert headers["Content-Type"] == ["application/problem+json"]
        assert headers["Retry-After"] == ["60"]
        assert body["type"] == "urn:suport:problem:unavailable"
    else:
        assert headers["Content-Type"] == ["text/html; charset=utf-8"]
        assert Markup(body).said_in("h1")


@pytest.mark.parametrize("function", APIS)
def test_every_route_answers_whatever_fails_in_it(service: Service, function: str) -> None:
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
        assert_unavailable(answered(app, asked(method, path)), path)


def test_page_and_json_answer_every_exception_that_there_is(service: Service) -> None:
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


def test_every_address_of_the_json_api_that_asks_the_register_is_among_them() -> None:
    addresses = {
        (snake(logical_id), event["Properties"]["Method"].upper(), event["Properties"]["Path"])
        for logical_id, function in FUNCTIONS.items()
        for event in function["Events"].values()
        if event["Properties"].get("Path", "").startswith(("/v1/incidents", "/v1/desk"))
    }
    assert set(JSON_REQUESTS) == addresses


@pytest.mark.parametrize(("function", "method", "name"), PAGES)
def test_a_page_answers_with_a_page_when_aws_fails(
    service: Service, function: str, method: str, name: str
) -> None:
    app = service.load(function)
    event = service.page(method, name, PAGES[function, method, name])
    for layer in FAILURES:
        service.break_down(layer)
        assert_unavailable(answered(app, event), event["path"])
    aws.service_secret.cache_clear()
    assert_unavailable(answered(app, event), event["path"])


def test_the_form_gives_back_all_that_was_typed_whatever_fails(service: Service) -> None:
    app = service.load("submit_incident")
    for layer in FAILURES:
        service.break_down(layer)
        status, page, _ = answered(app, service.page("POST", "incident", TYPED))
        assert status == 503
        assert {name: Markup(page).values[name] for name in TYPED} == TYPED
