"""A browser in front of the functions; their clock only moves if a test sets it."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pytest

from suport.domain.access_code import access_code_for
from suport.domain.history import Kind
from suport.domain.incident import Incident
from suport.domain.reference import Reference
from suport.http.security_headers import SECURITY_HEADERS, page_headers
from suport.register.register import Register
from suport.runtime import aws, clock
from suport.web import session
from tests.support.form_checks import unnamed, untied
from tests.support.gateway import Load, answered, asked
from tests.support.html import Page
from tests.support.page_policies import has_what_it_needs
from tests.support.template import FUNCTIONS, snake

HOST = "suport.example.org"


NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)


KEY = "0123456789abcdef"


OTHER_KEY = "fedcba9876543210"


FILLED_IN = {
    "category": "functional",
    "description": "No puc annexar el document",
    "contact.email": "anna@example.org",
    "contact.phone": "",
    "idempotency_key": KEY,
}


BEHIND = {
    (
        definition["Properties"]["Method"].upper(),
        definition["Properties"]["Path"].rpartition("/")[2],
    ): snake(logical_id)
    for logical_id, function in FUNCTIONS.items()
    for definition in function["Events"].values()
    if definition["Type"] == "Api" and definition["Properties"]["Path"].startswith("/{language}/")
}
"""The function behind each page, by method and name."""


class Answer:
    """A function's answer, and how a browser reads it."""

    def __init__(self, status: int, body: Any, headers: dict[str, list[str]]) -> None:
        assert all(len(values) == 1 for values in headers.values())
        self.status = status
        self.body = body
        self.headers = {name: values[0] for name, values in headers.items()}

    @property
    def page(self) -> Page:
        """The page; whatever led to it, each hint and each mistake in it belongs to its field."""
        page = Page(self.body)
        assert untied(page) == []
        if self.status == HTTPStatus.UNPROCESSABLE_ENTITY:  # else the request as a whole is wrong
            assert unnamed(page) == []
        return page

    @property
    def title(self) -> str:
        (title,) = self.page.said_in("h1")
        return title

    @property
    def location(self) -> str | None:
        return self.headers.get("Location")

    @property
    def cookie(self) -> str | None:
        return self.headers.get("Set-Cookie")


class Web:
    """A browser and the functions; their clock only moves if a test sets it."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        self.load = load
        self.monkeypatch = monkeypatch
        self.now = NOW
        self.cookie: str | None = None
        self.register = Register(aws.client("dynamodb"), "register")

    def get(self, page: str, language: str = "ca", **query: str) -> Answer:
        return self.ask("GET", page, language, query=query)

    def post(
        self, page: str, fields: dict[str, str] | None = None, language: str = "ca", **headers: str
    ) -> Answer:
        form = {"Content_Type": "application/x-www-form-urlencoded"} | headers
        body = urlencode(fields or {}).encode()
        return self.ask("POST", page, language, body=body, query=None, **form)

    def ask(
        self,
        method: str,
        page: str,
        language: str = "ca",
        body: bytes = b"",
        query: dict[str, str] | None = None,
        **headers: str,
    ) -> Answer:
        """The answer to one request; the browser keeps a cookie that it sets."""
        app = self.load(BEHIND.get((method, page), "show_help"))
        self.monkeypatch.setattr(clock, "now", lambda: self.now)
        kept = {"Cookie": self.cookie} if self.cookie else {}
        sent = {"Host": HOST, "User_Agent": "curl/8"} | kept | headers
        event = asked(method, f"/{language}/{page}", body=body, query=query, **sent)
        event["requestContext"]["domainName"] = HOST
        answer = Answer(*answered(app, event))
        for name, value in SECURITY_HEADERS.items():
            # a page may have reason to change these; the tests of such pages check them
            assert name in answer.headers
            assert name in {"Cache-Control", *page_headers()} or answer.headers[name] == value
        assert has_what_it_needs(answer.body, answer.headers)
        if answer.cookie:
            self.cookie = answer.cookie.partition(";")[0]
        return answer

    def submit(self, **changes: str) -> Reference:
        """The reference of a new incident, in the session that submitted it."""
        assert self.post("incident", FILLED_IN | changes).status == 303
        return self.reference

    def opened(self) -> Reference:
        """The reference of a new incident, opened again with its access code."""
        typed = {"reference": self.submit(), "access_code": self.code}
        self.cookie = None
        assert self.post("track", typed).status == 303
        return self.reference

    @property
    def reference(self) -> Reference:
        return self.reference_at(self.now)

    def reference_at(self, moment: datetime) -> Reference:
        """The incident that the session has open at that moment."""
        opened = session.session_of(aws.service_secret(), self.cookie or "", moment)
        assert opened
        return opened.reference

    @property
    def code(self) -> str:
        return access_code_for(aws.service_secret(), self.reference)

    def resolve(self, reference: Reference) -> None:
        """Resolves the incident, as an operator of its team does."""
        category = self.incident(reference).category
        self.register.claim(reference, "marta", category, self.now)
        self.register.resolve(reference, "marta", category, None, self.now)

    def incident(self, reference: Reference) -> Incident:
        return self.register.incident(reference, self.now)

    def messages(self, reference: Reference) -> list[str]:
        """The bodies of the messages, oldest first."""
        entries = reversed(list(self.register.entries(reference, self.now)))
        return [entry.facts["body"] for entry in entries if entry.kind is Kind.MESSAGE]


@pytest.fixture
def web(load: Load, monkeypatch: pytest.MonkeyPatch) -> Web:
    return Web(load, monkeypatch)


def in_the_register() -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = aws.client("dynamodb").scan(TableName="register")["Items"]
    return items
