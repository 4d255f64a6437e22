"""One incident of the payment team in every state, and everybody who may come for it.

Each state is made once, by the service's own acts. Every request then begins from a copy of it.
"""

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest

from suport.desk.deployed import desk_sessions
from suport.domain.access_code import access_code_for
from suport.domain.attachment import File, MediaType, State
from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.language import Language
from suport.domain.operator_identity import Operator, Role
from suport.domain.reference import Reference
from suport.files import file_store
from suport.register.deployed import register
from suport.register.other_tables import known_problems
from suport.runtime import aws, clock
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.web import session
from suport.web.desk import session_cookie
from suport.web.session import LASTS, Session
from tests.support.gateway import ACCOUNT, CONTEXT, Load, asked
from tests.support.known_problems import a_problem
from tests.support.register import submission_of
from tests.support.session_descriptions import ANSWER, OFFER
from tests.support.table import Item, Table
from tests.support.template import EVENTS, snake

NOW = datetime(2026, 11, 26, 11, tzinfo=UTC)
HOST = "suport.example.org"
KEY = "0123456789abcdef"
NOTICE = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN)
FILE = file_store.new_file_id()

WRITTEN = {"escrit-pel-ciutada", "resposta-de-l-equip"}
"""What the citizen and the team wrote to each other."""
NOTE = "nota-per-a-l-equip"
CONTACT = {"xisca.amengual@example.org", "971481726", "Xisca Amengual", "12345678Z"}
"""How the citizen is reached, in full."""
OF_ANOTHER = "escrit-per-una-altra-persona"

STATES = (
    *("received", "queued", "claimed", "waiting", "resolved", "closed", "expired", "erased"),
    *("agreed", "invited", "shown"),
)
"""In the last three, marta has claimed it, and its citizen has agreed to remote support, is invited
to it, or shows the screen."""

PEOPLE: Mapping[str, Operator] = {
    "marta": Operator("marta", (Category.PAYMENT,)),
    "joan": Operator("joan", (Category.PAYMENT,)),
    "pau": Operator("pau", (Category.FUNCTIONAL,)),
    "nuria": Operator("nuria", (Category.SIGNATURE,)),
    "marta, who has changed teams": Operator("marta", (Category.FUNCTIONAL,)),
    "supervisor": Operator("sofia", (), frozenset({Role.SUPERVISOR})),
    "editor": Operator("eva", (), frozenset({Role.EDITOR})),
    "officer": Operator("olga", (), frozenset({Role.DATA_PROTECTION})),
}
"""Who has signed in at the web desk. In the states in which somebody has it, marta does."""

SIGNERS: Mapping[str, str | None] = {
    **{
        name: f"arn:aws:sts::{ACCOUNT}:assumed-role/{PEOPLE[name].teams[0]}-role/{name}"
        for name in ("marta", "joan", "pau", "nuria")
    },
    "marta, who has changed teams": f"arn:aws:sts::{ACCOUNT}:assumed-role/functional-role/marta",
    "officer": f"arn:aws:sts::{ACCOUNT}:assumed-role/data-protection-role/olga",
    "unsigned": None,
    "foreign account": "arn:aws:sts::999999999999:assumed-role/payment-role/marta",
    "other role": f"arn:aws:sts::{ACCOUNT}:assumed-role/administrators/marta",
    "user": f"arn:aws:iam::{ACCOUNT}:user/marta",
}
"""Who signs a request, by the ARN that API Gateway names."""


class Started:
    """Lambda, which takes every invitation to run a function."""

    def invoke(self, **_: Any) -> dict[str, int]:
        return {"StatusCode": 202}


@dataclass
class World:
    """All tables at one moment, and what people have in their hands then."""

    now: datetime
    items: dict[str, dict[str, Item]]
    tombstones: list[Item]
    beside: dict[str, Any]
    tokens: Mapping[str, str] = field(default_factory=dict)
    """Of the sessions at the web desk, by who has signed in."""
    code: int = 1
    """The number of the access code."""
    seen: str = ""
    screen: str = ""
    """The cookie of the browser that has joined."""
    join_code: str = ""


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: Mapping[str, str]


class States:
    """The incident in every state; see `World`."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        for category in Category:
            monkeypatch.setenv(f"{category.upper()}_TEAM_ROLE", f"{category}-role")
        monkeypatch.setenv("DATA_PROTECTION_ROLE", "data-protection-role")
        self._load = load
        self._apps: dict[str, ModuleType] = {}
        table: Any = aws.client("dynamodb")
        assert isinstance(table, Table)
        self.table = table
        others = aws.client
        monkeypatch.setattr(
            aws, "client", lambda service: Started() if service == "lambda" else others(service)
        )
        self.now = NOW
        monkeypatch.setattr(clock, "now", lambda: self.now)
        self.secret = aws.service_secret()
        self._empty = self._copied()
        body = b"%PDF-1.7\n"
        self.reference = self._submit("payment", KEY)
        key = file_store.object_key(self.reference, FILE)
        etag = boto3.client("s3").put_object(Bucket="attachments", Key=key, Body=body)["ETag"]
        self._file = File(FILE, MediaType.PDF, len(body), etag.strip('"'), NOW)
        self.other = self.second = self.reference
        self.worlds = {state: self._made(state) for state in STATES}

    # How a state is made

    def _submit(self, category: str, key: str) -> Reference:
        about = {
            "category": category,
            "description": "escrit-pel-ciutada" if category == "payment" else OF_ANOTHER,
            "error": {"code": "190"} if category == "payment" else None,
            "contact": {
                "name": "Xisca Amengual",
                "email": "xisca.amengual@example.org",
                "phone": "971481726",
                "nif": "12345678Z",
            },
        }
        submission = submission_of({name: each for name, each in about.items() if each})
        return register().submit(submission, key, self.secret, self.now).reference

    def _made(self, state: str) -> World:
        self.restore(self._empty)
        self.now = NOW
        self.other = self._submit("functional", KEY + "1")
        self.second = self._submit("payment", KEY + "2")
        mine = self._submit("payment", KEY)
        assert mine == self.reference
        known_problems().open(a_problem(), self.now)
        register().replace_code(mine, self.now, KEY)
        register().add_file(mine, self._file, State.CLEAN, self.now)
        made = World(self.now, {}, [], {}, code=2)
        getattr(self, f"_{state}")(made)
        tokens = {name: desk_sessions().begin(who, self.now) for name, who in PEOPLE.items()}
        self.now -= timedelta(hours=13)
        tokens["over"] = desk_sessions().begin(PEOPLE["marta"], self.now)
        self.now += timedelta(hours=13)
        kept = self._copied()
        made.now, made.tokens = self.now, tokens
        made.items, made.tombstones, made.beside = kept.items, kept.tombstones, kept.beside
        made.seen = ""
        if state not in {"expired", "erased"}:
            made.seen = register().incident(mine, self.now).citizen_wrote
        return made

    def _received(self, _: World) -> None:
        """As it was submitted."""

    def _queued(self, _: World) -> None:
        register().mark_queued(register().incident(self.reference, self.now), self.now)

    def _claimed(self, made: World) -> None:
        self._queued(made)
        mine = (self.reference, "marta", Category.PAYMENT)
        register().claim(*mine, self.now)
        register().note(*mine, NOTE, self.now)
        register().reply(*mine, "resposta-de-l-equip", self.now)

    def _waiting(self, made: World) -> None:
        self._claimed(made)
        register().reply(*(self.reference, "marta", Category.PAYMENT), "?", self.now, ask=True)

    def _resolved(self, made: World) -> None:
        self._claimed(made)
        register().resolve(*(self.reference, "marta", Category.PAYMENT), None, self.now)

    def _closed(self, made: World) -> None:
        self._claimed(made)
        register().resolve_by_citizen(self.reference, self.now)

    def _expired(self, made: World) -> None:
        self._claimed(made)
        self.now += timedelta(days=200)

    def _erased(self, made: World) -> None:
        self._claimed(made)
        register().erase_at_desk(*(self.reference, "marta", Category.PAYMENT), self.now)

    def _agreed(self, made: World) -> None:
        self._claimed(made)
        for scope in (Scope.VIEW, Scope.CONTROL):
            register().grant_consent(self.reference, scope, NOTICE.identity, self.now)

    def _invited(self, made: World) -> None:
        self._claimed(made)
        told = self.signed("marta", "POST", f"/v1/desk/incidents/{self.reference}/remote")
        made.join_code = json.loads(told.body)["join_code"]

    def _shown(self, made: World) -> None:
        self._invited(made)
        joined = self.page("POST", "join", {"code": made.join_code})
        made.screen = joined.headers["Set-Cookie"].partition(";")[0]
        offer = {"n": 1, "replaces": 0, "sdp": OFFER, "surface": "browser"}
        offer |= {"notice_sha256": NOTICE.sha256, "language": "ca"}
        assert self.json("PUT", "/v1/remote/offer", offer, Cookie=made.screen).status == 200
        about = f"/v1/desk/incidents/{self.reference}/remote/answer"
        assert self.signed("marta", "PUT", about, {"n": 1, "sdp": ANSWER}).status == 200
        wish = {"action": "grant", "notice_sha256": NOTICE.sha256, "language": "ca"}
        assert self.json("POST", "/v1/remote/control", wish, Cookie=made.screen).status == 200

    # A copy for each request

    def _copied(self) -> World:
        items = {name: dict(entries) for name, entries in self.table.items.items()}
        beside = {
            name: {key: copy.copy(each) for key, each in vars(table).items()}
            for name, table in self.table.beside.items()
        }
        return World(self.now, items, list(self.table.tombstones), beside)

    def restore(self, world: World) -> None:
        """Has all tables as they were at that moment. No table changes an item in its place."""
        self.now = world.now
        self.table.items = {name: dict(entries) for name, entries in world.items.items()}
        self.table.tombstones = list(world.tombstones)
        self.table.stream.clear()
        for name, kept in world.beside.items():
            for key, each in kept.items():
                setattr(
                    self.table.beside[name],
                    key,
                    copy.deepcopy(each) if key == "places" else copy.copy(each),
                )

    # Requests

    def _ask(self, function: str, event: dict[str, Any]) -> Answer:
        if function not in self._apps:
            self._apps[function] = self._load(function)
        answer = self._apps[function].handler(event, CONTEXT)
        headers = {name: each[0] for name, each in answer["multiValueHeaders"].items()}
        return Answer(answer["statusCode"], answer["body"], headers)

    def _json_event(self, method: str, path: str, content: Any, **headers: str) -> dict[str, Any]:
        if content is not None:
            headers["Content_Type"] = "application/json"
        body = b"" if content is None else json.dumps(content).encode()
        path, _, stated = path.partition("?")
        query = dict(each.split("=") for each in stated.split("&")) if stated else None
        event = asked(method, path, body=body, query=query, Accept_Language="en", **headers)
        event["requestContext"]["domainName"] = HOST
        return event

    def signed(self, signer: str, method: str, path: str, content: Any = None) -> Answer:
        """The answer to a request with that signature."""
        event = self._json_event(method, path, content, Idempotency_Key=KEY + "3")
        event["requestContext"]["identity"] = {"userArn": SIGNERS[signer]}
        return self._ask(BEHIND[method, event["resource"]], event)

    def json(self, method: str, path: str, content: Any = None, **headers: str) -> Answer:
        """The answer to a citizen's program."""
        event = self._json_event(method, path, content, **headers)
        return self._ask(BEHIND[method, event["resource"]], event)

    def page(
        self, method: str, name: str, fields: Mapping[str, str] | None = None, cookie: str = ""
    ) -> Answer:
        """The answer to a citizen's browser."""
        return self._browser(method, f"/ca/{name}", fields or {}, cookie)

    def at_desk(
        self, who: str, method: str, name: str, fields: Mapping[str, str], world: World
    ) -> Answer:
        """The answer to a browser at the desk."""
        token = world.tokens.get(who, "")
        if token and method == "POST":
            fields = {"form_token": session_cookie.form_token(token), **fields}
        cookie = f"{session_cookie.COOKIE}={token}" if token else ""
        return self._browser(method, f"/desk/en/{name}", fields, cookie)

    def _browser(self, method: str, path: str, fields: Mapping[str, str], cookie: str) -> Answer:
        sent = {"Host": HOST, "Sec_Fetch_Site": "same-origin", "Accept_Language": "en"}
        sent |= {"Cookie": cookie} if cookie else {}
        body, query = b"", None
        if method == "POST":
            sent["Content_Type"] = "application/x-www-form-urlencoded"
            body = urlencode(fields).encode()
        elif fields:
            query = dict(fields)
        event = asked(method, path, body=body, query=query, **sent)
        event["requestContext"]["domainName"] = HOST
        return self._ask(BEHIND[method, event["resource"]], event)

    def session(self, world: World, *, code: int | None = None, of_other: bool = False) -> str:
        """The cookie of a browser that has the incident open."""
        if of_other:
            opened = Session(reference=self.other)
        else:
            opened = Session(reference=self.reference, code_number=code or world.code)
        return session.set_cookie(self.secret, opened, world.now).partition(";")[0]

    def ended_session(self, world: World) -> str:
        """The cookie of a browser that had it open until half an hour ago."""
        opened = Session(reference=self.reference, code_number=world.code)
        return session.set_cookie(self.secret, opened, world.now - LASTS).partition(";")[0]

    def code(self, number: int) -> str:
        """The access code of that number."""
        return access_code_for(self.secret, self.reference, number)

    @property
    def others_code(self) -> str:
        """The access code of the other incident."""
        return access_code_for(self.secret, self.other)


BEHIND = {
    (each["Properties"]["Method"].upper(), each["Properties"]["Path"]): snake(logical_id)
    for logical_id, each in EVENTS.values()
    if each["Type"] == "Api"
}
"""The function behind each address, by method and resource."""
