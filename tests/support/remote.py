"""Remote support through its function: an operator, citizens' browsers, and what is stored."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.history import Action, Done, Entry, Kind
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.runtime import aws
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.web import session
from suport.web.session import Session
from tests.support.desk_browser import HOST, Desks, desks
from tests.support.gateway import ACCOUNT, Load, answered, asked
from tests.support.session_descriptions import ANSWER, OFFER
from tests.support.web import Answer

__all__ = ["desks", "remote"]

FORM = "application/x-www-form-urlencoded"
NOTICE = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
type Told = tuple[int, Any]
"""The status and the body of an answer in JSON."""


def problem(told: Told) -> tuple[int, str]:
    """The status of a refusal, and the name of its type."""
    status, body = told
    return status, body["type"].removeprefix("urn:suport:problem:")


def wrong_fields(told: Told) -> list[str]:
    """The fields that a refusal names."""
    return [error["field"] for error in told[1]["errors"]]


class Watched:
    """A client of DynamoDB that notes each call: the operation, and the table of each write."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[tuple[str, ...]] = []

    def __getattr__(self, name: str) -> Any:
        known = getattr(self._client, name)
        if name == "exceptions":
            return known
        if name == "get_paginator":
            return lambda operation: _WatchedPages(self, known(operation), operation)

        def call(**asked: Any) -> Any:
            self.calls.append((name, *_tables(asked)))
            return known(**asked)

        return call


class _WatchedPages:
    def __init__(self, watched: Watched, pages: Any, operation: str) -> None:
        self._watched, self._pages, self._operation = watched, pages, operation

    def paginate(self, **asked: Any) -> Any:
        self._watched.calls.append((self._operation, *_tables(asked)))
        return self._pages.paginate(**asked)


def _tables(asked: dict[str, Any]) -> list[str]:
    if batch := asked.get("RequestItems"):
        return list(batch)
    writes = asked.get("TransactItems") or [{"": asked}]
    return [write["TableName"] for each in writes for write in each.values()]


class Screen:
    """A citizen's browser that shows the screen, with its cookies."""

    def __init__(self, remote: "Remote", *, opened: bool = False) -> None:
        """opened: whether it has the incident open."""
        self.remote = remote
        self.cookies: dict[str, str] = {}
        if opened:
            about, secret = Session(reference=remote.reference), aws.service_secret()
            self._keep(session.set_cookie(secret, about, remote.now))

    def page(self, language: str = "ca") -> Answer:
        return self._page("GET", language)

    def join(self, language: str = "ca", *, headers: Any = None, **fields: str) -> Answer:
        """The answer to the form of the page."""
        sent = {"Content_Type": FORM} | (headers or {})
        return self._page("POST", language, urlencode(fields).encode(), **sent)

    def look(self, n: int | str = 0) -> Told:
        return self.ask("GET", "", query={"n": str(n)})

    def show(self, n: int = 1, **changes: Any) -> Told:
        sent = {
            "n": n,
            "replaces": 0,
            "sdp": OFFER,
            "notice_sha256": NOTICE.sha256,
            "language": "ca",
            "surface": "browser",
        }
        return self.ask("PUT", "/offer", sent | changes)

    def control(self, action: str = "grant", **changes: Any) -> Told:
        granted = {"notice_sha256": NOTICE.sha256} if action == "grant" else {}
        sent = {"action": action, "language": "ca"} | granted | changes
        return self.ask("POST", "/control", sent)

    def end(self, *, media_type: str = "application/json", **content: Any) -> Told:
        return self.ask("POST", "/end", content, media_type=media_type)

    def ask(
        self,
        method: str,
        act: str,
        content: Any = None,
        *,
        body: bytes | None = None,
        media_type: str = "application/json",
        query: dict[str, str] | None = None,
        **headers: str,
    ) -> Told:
        """The answer to what the page's script asks; body: instead of content in JSON."""
        if body is None:
            body = b"" if content is None else json.dumps(content).encode()
        if method != "GET":
            headers.setdefault("Content_Type", media_type)
        path = f"/v1/remote{act}"
        status, told, self.headers = self._answered(method, path, body, query, headers)
        return status, told

    def _page(self, method: str, language: str, body: bytes = b"", **headers: str) -> Answer:
        return Answer(*self._answered(method, f"/{language}/join", body, None, headers))

    def _answered(
        self, method: str, path: str, body: bytes, query: Any, headers: dict[str, str]
    ) -> tuple[int, Any, dict[str, list[str]]]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Host": HOST, "Sec_Fetch_Site": "same-origin", "Accept_Language": "en"}
        sent |= {"Cookie": cookies} if cookies else {}
        event = asked(method, path, body=body, query=query, **{**sent, **headers})
        event["requestContext"]["domainName"] = HOST
        answer = answered(self.remote.app, event)
        for each in answer[2].get("Set-Cookie", []):
            self._keep(each)
        return answer

    def _keep(self, set_cookie: str) -> None:
        name, _, value = set_cookie.partition(";")[0].partition("=")
        self.cookies[name] = value


def _arn(name: str, team: str) -> str:
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{team}-role/{name}"


class Remote:
    """The function, an incident that marta has claimed, and her program and her browser."""

    def __init__(self, load: Load, desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
        for category in Category:
            monkeypatch.setenv(f"{category.upper()}_TEAM_ROLE", f"{category}-role")
        monkeypatch.setenv("DATA_PROTECTION_ROLE", "data-protection-role")
        self._load = load
        self.app = desks.app = load("share_screen")
        self.desks = desks
        self.register = desks.register
        self.reference = self.claimed()
        self.desk = desks.signed_in("marta", Category.PAYMENT)
        client, by_others = Watched(aws.client("dynamodb")), aws.client
        monkeypatch.setattr(
            aws, "client", lambda service: client if service == "dynamodb" else by_others(service)
        )
        aws.service_secret()  # once per start of a function
        self._client = client

    @property
    def now(self) -> Any:
        return self.desks.now

    def later(self, **time: float) -> None:
        self.desks.now += timedelta(**time)

    def claimed(self, name: str = "marta", category: Category = Category.PAYMENT) -> Reference:
        """The reference of one more incident, which that operator has claimed."""
        reference = self.desks.submitted(category)
        self.register.claim(reference, name, category, self.now)
        return reference

    def ask(
        self,
        method: str = "GET",
        act: str = "remote",
        content: Any = None,
        *,
        name: str = "marta",
        team: str = "payment",
        reference: str | None = None,
        body: bytes | None = None,
        query: dict[str, str] | None = None,
        media_type: str = "application/json",
        **headers: str,
    ) -> Told:
        """The answer to an operator's program."""
        path = f"/v1/desk/incidents/{reference or self.reference}/{act}"
        if body is None:
            body = b"" if content is None else json.dumps(content).encode()
        if body:
            headers["Content_Type"] = media_type
        event = asked(method, path, body=body, query=query, Accept_Language="en", **headers)
        event["requestContext"]["domainName"] = HOST
        event["requestContext"]["identity"] = {"userArn": _arn(name, team)}
        return answered(self.app, event)[:2]

    def invite(self, **by: Any) -> str:
        """The code of a new invitation."""
        status, told = self.ask("POST", **by)
        assert status == 201, told
        code: str = told["join_code"]
        return code

    def answer(self, n: int = 1, sdp: str = ANSWER) -> Told:
        return self.ask("PUT", "remote/answer", {"n": n, "sdp": sdp})

    def joined(self) -> Screen:
        """A browser that has joined with the code."""
        screen = Screen(self)
        assert screen.join(code=self.invite()).status == 303
        return screen

    def viewing(self) -> Screen:
        """A browser whose screen the operator sees."""
        screen = self.joined()
        assert screen.show()[0] == 200
        assert self.answer()[0] == 200
        return screen

    def permissions(self, **by: Any) -> tuple[bool, bool, str | None]:
        status, told = self.ask("GET", "permissions", **by)
        assert status == 200
        return told["view"], told["control"], told["until"]

    def entries(self, kind: Kind | None = None) -> list[Entry]:
        found = self.desks.entries(self.reference)
        return [entry for entry in found if kind in (None, entry.kind)]

    def done(self, done: Done) -> list[Action]:
        """Each time that this was done, the latest last."""
        contents = [entry.content for entry in self.entries(Kind.ACTION)]
        return [each for each in contents if isinstance(each, Action) and each.done is done]

    @property
    def agreed(self) -> set[Scope]:
        """The consents that are in force."""
        return set(self.desks.incident(self.reference).consents)

    def erase(self) -> None:
        """Has the incident erased at the desk, by the function that erases incidents."""
        path = f"/v1/desk/incidents/{self.reference}"
        event = asked("DELETE", path, body=b"", query=None, Accept_Language="en")
        event["requestContext"]["identity"] = {"userArn": _arn("marta", "payment")}
        assert answered(self._load("erase_incident"), event)[0] == 200

    def stored(self, owner: str) -> list[Any]:
        """The items of the sessions' table with that key."""
        found: list[Any] = aws.client("dynamodb").query(
            TableName="remote_sessions",
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": owner}},
            ConsistentRead=True,
        )["Items"]
        return found

    def calls(self) -> list[tuple[str, ...]]:
        """The calls to DynamoDB since this was last asked."""
        calls = list(self._client.calls)
        self._client.calls.clear()
        return calls


@pytest.fixture
def remote(load: Load, desks: Desks, monkeypatch: pytest.MonkeyPatch) -> Remote:
    return Remote(load, desks, monkeypatch)
