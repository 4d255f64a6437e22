"""The browsers of the town: one that shows a screen, and one in which an operator has signed in."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit

from suport.desk.sessions import DeskSessions
from suport.domain.category import Category
from suport.domain.operator_identity import Operator, Role
from suport.web.desk.session_cookie import COOKIE, form_token
from tests.chaos.world import Answer, World

FORM = "application/x-www-form-urlencoded"
OF_THE_PAGE = {"Host": "suport.example.org", "Sec_Fetch_Site": "same-origin"}
_SIGNS_IN_AGAIN_AFTER = timedelta(minutes=20)


@dataclass
class Screen:
    """A citizen's browser that joins a remote session. cookie: opens what it has joined.

    code, invited_at: of the invitation; `invitation` is its place among those of the incident.
    """

    world: World
    marker: str
    reference: str
    code: str
    invited_at: datetime
    invitation: int
    cookie: str = ""
    offers: int = 0

    def join(self) -> Answer:
        """Sends the code; the answer has the cookie if it admits."""
        body = urlencode({"code": self.code}).encode()
        headers: dict[str, Any] = {"Content_Type": FORM, **OF_THE_PAGE}
        answer = self.world.request("POST", "/ca/join", body=body, **headers)
        if answer.status == 303:
            [cookie] = answer.headers["Set-Cookie"]
            self.cookie = cookie.partition(";")[0]
        return answer

    def ask(
        self, method: str, act: str, content: Any = None, query: dict[str, str] | None = None
    ) -> Answer:
        """What the page's script is told."""
        body = b"" if content is None else json.dumps(content).encode()
        headers = OF_THE_PAGE | {"Cookie": self.cookie, "Content_Type": "application/json"}
        return self.world.request(method, f"/v1/remote{act}", body=body, query=query, **headers)


@dataclass
class Desk:
    """The browser of an operator of one team; the session begins again once it is old."""

    world: World
    team: str
    name: str
    is_editor: bool = False
    token: str = ""
    signed_in_at: datetime | None = None

    def sign_in(self) -> None:
        """Begins a session, as the way back from the identity provider does."""
        now, answer = self.world.now, self.world.aws.dynamodb.answer
        if self.signed_in_at and now < self.signed_in_at + _SIGNS_IN_AGAIN_AFTER:
            return
        client = SimpleNamespace(
            put_item=lambda **asked: answer("PutItem", asked),
            update_item=lambda **asked: answer("UpdateItem", asked),
        )
        roles = frozenset({Role.EDITOR} if self.is_editor else ())
        operator = Operator(self.name, (Category(self.team),), roles)
        self.token = DeskSessions(cast("Any", client), "DeskTable").begin(operator, now)
        self.signed_in_at = now

    def get(self, page: str, **query: str) -> Answer:
        """The page with that address."""
        return self._ask("GET", page, query=query)

    def post(self, page: str, fields: dict[str, str]) -> Answer:
        """What sending that form brings."""
        body = urlencode({**fields, "form_token": form_token(self.token)}).encode()
        return self._ask("POST", page, body=body, Content_Type=FORM)

    def follow(self, answer: Answer) -> dict[str, str]:
        """The query of the address that an answer leads to, and under `page` its page."""
        way = urlsplit(answer.headers["Location"][0])
        return dict(parse_qsl(way.query)) | {"page": way.path.rpartition("/")[2]}

    def _ask(self, method: str, page: str, **more: Any) -> Answer:
        headers = OF_THE_PAGE | {"Cookie": f"{COOKIE}={self.token}", "Accept_Language": "en"}
        ask = partial(self.world.request, method, f"/desk/en/{page}")
        return ask(**(headers | {name: each for name, each in more.items() if each}))
