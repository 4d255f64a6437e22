"""A browser in which an operator uses the desk, and the functions behind it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from suport.desk.sessions import DeskSessions
from suport.domain.category import Category
from suport.domain.history import Entry
from suport.domain.incident import Incident
from suport.domain.operator_identity import Operator, Role
from suport.domain.reference import Reference
from suport.register.register import Register
from suport.runtime import aws, clock
from suport.web.desk.session_cookie import COOKIE, form_token
from tests.support import desk_table
from tests.support.gateway import Load, answered, asked
from tests.support.page_policies import has_what_it_needs
from tests.support.register import submission_of, whole_history
from tests.support.web import Answer

HOST = "suport.example.org"
NOW = datetime(2026, 11, 26, 11, tzinfo=UTC)
WRITTEN = "En pagar surt l'error 190 i no sé si he pagat."


class TablesOfDesk:
    """A client of DynamoDB that keeps the desk's tables in moto and all others in memory."""

    def __init__(self, others: Any) -> None:
        self._others, self._desk = others, boto3.client("dynamodb", region_name="eu-west-1")

    def __getattr__(self, name: str) -> Any:
        ours, theirs = getattr(self._others, name), getattr(self._desk, name)
        if name == "exceptions":
            return ours
        if name == "get_paginator":
            return lambda operation: _Paginator(ours(operation), theirs(operation))
        return lambda **asked: self._by_moto(theirs, asked) if _is_desks(asked) else ours(**asked)

    def _by_moto(self, call: Any, asked: dict[str, Any]) -> Any:
        """What moto answers; a refusal is of the class that the other tables raise."""
        try:
            return call(**asked)
        except ClientError as refusal:
            kind = getattr(self._others.exceptions, refusal.response["Error"]["Code"], ClientError)
            raise kind(refusal.response, refusal.operation_name) from None


def _is_desks(asked: dict[str, Any]) -> bool:
    """Whether a request is about a table of the desk."""
    written = asked.get("TransactItems") or [{"": asked}]
    [first] = written[0].values()
    return first.get("TableName") in desk_table.TABLES


class _Paginator:
    def __init__(self, ours: Any, theirs: Any) -> None:
        self._ours, self._theirs = ours, theirs

    def paginate(self, **asked: Any) -> Any:
        return (self._theirs if _is_desks(asked) else self._ours).paginate(**asked)


class DeskBrowser:
    """A browser of one operator; the clock is that of all browsers of a test."""

    def __init__(self, desks: "Desks", token: str | None) -> None:
        self.desks = desks
        self.token = token

    def get(self, page: str, language: str = "en", **query: str) -> Answer:
        name, _, asked_in = page.partition("?")
        return self.ask("GET", name, language, query=dict(parse_qsl(asked_in)) | query)

    def post(
        self,
        page: str,
        fields: Mapping[str, str] | None = None,
        language: str = "en",
        **headers: str,
    ) -> Answer:
        token = {"form_token": form_token(self.token)} if self.token else {}
        body = urlencode({**token, **(fields or {})}).encode()
        headers.setdefault("Content_Type", "application/x-www-form-urlencoded")
        return self.ask("POST", page, language, body=body, query=None, **headers)

    def ask(
        self,
        method: str,
        page: str,
        language: str = "en",
        body: bytes = b"",
        query: dict[str, str] | None = None,
        **headers: str,
    ) -> Answer:
        """The answer to one request."""
        kept = {"Cookie": f"{COOKIE}={self.token}"} if self.token else {}
        sent = {"Host": HOST, "Sec_Fetch_Site": "same-origin", "Accept_Language": "en"}
        path = f"/desk/{language}/{page}" if page else "/desk"
        event = asked(method, path, body=body, query=query or None, **{**sent, **kept, **headers})
        event["requestContext"]["domainName"] = HOST
        answer = Answer(*answered(self.desks.app, event))
        assert has_what_it_needs(answer.body, answer.headers)
        return answer

    def follow(self, answer: Answer) -> Answer:
        """The page that an answer leads to."""
        assert answer.status == 303, answer.body
        assert answer.location
        way = urlsplit(answer.location)
        return self.get(way.path, **dict(parse_qsl(way.query)))

    def open(self, reference: str) -> Answer:
        return self.get("incident", reference=reference)

    def on(self, reference: str, act: str, **fields: str) -> Answer:
        """Sends a form of the incident's page, with what the page has in it."""
        forms = dict(self.open(reference).page.forms)
        return self.post(act, forms[act] | fields)


class Desks:
    """The function, the register and the desk's table, and any number of browsers."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = load("show_desk")
        self.now = NOW
        monkeypatch.setattr(clock, "now", lambda: self.now)
        self.register = Register(aws.client("dynamodb"), "register")
        self.sessions = DeskSessions(aws.client("dynamodb"), desk_table.DESK)
        self._keys = iter(range(10**15, 10**16))

    def signed_in(self, name: str, *teams: Category, roles: Iterable[Role] = ()) -> DeskBrowser:
        operator = Operator(name, teams, frozenset(roles))
        return DeskBrowser(self, self.sessions.begin(operator, self.now))

    def submitted(self, category: Category = Category.PAYMENT, **changes: Any) -> Reference:
        submission = submission_of(
            {
                "category": category,
                "description": WRITTEN,
                "error": {"code": "190"},
                "contact": {"name": "Anna Vidal", "email": "anna@example.org"},
                "language": "ca",
            }
            | changes
        )
        key = str(next(self._keys))
        return self.register.submit(submission, key, b"secret", self.now).reference

    def incident(self, reference: Reference) -> Incident:
        return self.register.incident(reference, self.now)

    def entries(self, reference: Reference) -> list[Entry]:
        return list(whole_history(self.register, reference, self.now)[1])


@pytest.fixture
def desks(load: Load, monkeypatch: pytest.MonkeyPatch) -> Desks:
    client = boto3.client("dynamodb", region_name="eu-west-1")
    for table in desk_table.TABLES:
        desk_table.create(client, table)
        desk_table.erase_all(client, table)
    both, by_others = TablesOfDesk(aws.client("dynamodb")), aws.client
    monkeypatch.setenv("DESK_TABLE", desk_table.DESK)
    monkeypatch.setenv("KNOWN_PROBLEMS_TABLE", desk_table.PROBLEMS)
    monkeypatch.setattr(
        aws, "client", lambda service: both if service == "dynamodb" else by_others(service)
    )
    return Desks(load, monkeypatch)
