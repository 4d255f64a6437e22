"""The functions behind API Gateway, in this process: what a client of the published API reaches.

API Gateway's part is played here: it finds the route, and says who signed the request. The register
is a table in memory, which goes back to its first state as often as a test likes.
"""

import base64
import copy
import importlib.util
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import boto3
import pytest

from local import ROOT
from suport.desk.sessions import DeskSessions
from suport.domain.access_code import access_code_for, confirmation_for
from suport.domain.attachment import File, MediaType, State
from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.figures import Facts
from suport.domain.incident import Channel
from suport.domain.language import Language
from suport.domain.legal_time import start_of, utc_text
from suport.domain.operator_identity import Operator, Role
from suport.domain.reference import Reference
from suport.domain.remote_acts import Offer, SessionName
from suport.domain.retention_run import Checked, Run
from suport.files import file_store
from suport.register.deployed import remote_support
from suport.register.figures_table import FiguresTable
from suport.register.other_tables import published_forecasts, published_problems
from suport.register.register import Register
from suport.register.retention_runs import RetentionRuns
from suport.runtime import aws, clock
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.web import remote_cookie
from tests.support import conformance
from tests.support.figures import FIGURES, RegisterAndFigures, recorded
from tests.support.gateway import ACCOUNT, CONTEXT, asked
from tests.support.index_table import IndexTable
from tests.support.register import a_submission
from tests.support.session_descriptions import OFFER
from tests.support.table import PlainTable
from tests.support.template import EVENTS, snake

OPERATOR, OFFICER = "anna", "olga"
AT_DESK = Operator(OPERATOR, tuple(Category), frozenset(Role))
FUNCTIONS = {
    (event["Properties"]["Method"].upper(), event["Properties"]["Path"]): snake(function)
    for function, event in EVENTS.values()
    if event["Type"] == "Api"
}

type StartResponse = Callable[[str, list[tuple[str, str]]], Any]


@dataclass(frozen=True)
class Known:
    """An incident of the register: its reference, its codes, and one of its files.

    token: of the browser that has joined its remote session.
    """

    reference: Reference
    access_code: str
    confirmation: str = ""
    file: str = "0" * 26
    token: str = ""

    @property
    def in_addresses(self) -> dict[str, str]:
        """What takes the place of the variable parts of an address."""
        known = {"reference": self.reference, "file": self.file, "month": "2026-11"}
        return known | {"day": "2026-11-03", "last": "2026-11-06"}


class PublishedService:
    """A WSGI application: every function at its addresses.

    known: incidents in every state. The operator is of the team for functional doubts. desk_token:
    of the session of somebody at the desk in the browser, who may do all that anybody may there.
    """

    def __init__(self) -> None:
        self.known: list[Known] = []
        self.desk_token = ""
        self._apps: dict[str, ModuleType] = {}
        self._tables = RegisterAndFigures()
        self._first_state: Any = None

    def __call__(
        self, environ: Mapping[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answers a request as API Gateway does (PEP 3333)."""
        answer = self.answer(_event(environ))
        status = HTTPStatus(answer["statusCode"])
        headers = [(n, v) for n, values in answer["multiValueHeaders"].items() for v in values]
        start_response(f"{status.value} {status.phrase}", headers)
        body = answer["body"]
        if answer.get("isBase64Encoded"):
            return [base64.b64decode(body)]
        return [body.encode()]

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        """The answer of the function behind the event's address."""
        name = FUNCTIONS.get((event["httpMethod"], event["resource"]))
        if name is None:
            return _NOT_SERVED
        event["requestContext"]["identity"] = {"userArn": caller(event["resource"])}
        answer: dict[str, Any] = self.invoke(name, event)
        conformance.hold(event, answer)
        return answer

    def invoke(self, name: str, event: Any) -> Any:
        """The answer of the function with that name to any event."""
        return self._app(name).handler(event, CONTEXT)

    def stored(self) -> Any:
        """All that is in the tables; two such are equal if nothing was written in between."""
        beside = {name: table.items for name, table in self._plain_tables.items()}
        tables = self._tables
        return copy.deepcopy((tables.items, tables.tombstones, tables.records, beside))

    @property
    def claimed(self) -> Known:
        """The incident that the operator has claimed."""
        return self.known[1]

    @property
    def to_be_confirmed(self) -> list[Known]:
        """The incidents of which a change waits for its confirmation: address, erasure."""
        return [known for known in self.known if known.confirmation]

    def go_back(self) -> None:
        """Puts the tables back into their first state; everybody in a session was just seen."""
        items, tombstones, figures, beside = self._first_state
        lately = ("citizen_seen", "operator_seen", "seen_at")
        seen = {key: {"S": utc_text(clock.now())} for key in lately}
        for table, its_items in beside.items():
            self._plain_tables[table].items = {
                key: {name: seen.get(name, value) for name, value in item.items()}
                for key, item in its_items.items()
            }
        self._tables.items = {name: dict(entries) for name, entries in items.items()}
        self._tables.tombstones = list(tombstones)
        self._tables.records = dict(figures)
        self._tables.stream.clear()

    @contextmanager
    def at_work(self, environment: Mapping[str, str]) -> Iterator["PublishedService"]:
        """The service with its register filled, in that environment of moto."""
        with pytest.MonkeyPatch.context() as patch:
            roles = {f"{category.upper()}_TEAM_ROLE": f"{category}-role" for category in Category}
            roles["DATA_PROTECTION_ROLE"] = "data-protection-role"
            for name, value in {**environment, **roles}.items():
                patch.setenv(name, value)
            self._tables = RegisterAndFigures()
            self._tables.beside |= {
                "search_index": IndexTable(),
                "retention_runs": PlainTable(("month", "day")),
                "remote_sessions": PlainTable(("owner", "item")),
                "desk": PlainTable(("owner", "item")),
                "known_problems": PlainTable(("problem", "item")),
            }
            published_problems.cache_clear()
            published_forecasts.cache_clear()
            others = aws.client
            patch.setattr(
                aws,
                "client",
                lambda service: self._tables if service == "dynamodb" else others(service),
            )
            aws.comanda_login.cache_clear()
            self.known = _incidents(Register(self._tables, "register"))  # type: ignore[arg-type]
            for number, is_viewing in ((1, True), (3, False)):
                token = _session(self.known[number].reference, is_viewing=is_viewing)
                self.known[number] = replace(self.known[number], token=token)
            _figures(self._tables)
            self.desk_token = DeskSessions(self._tables, "desk").begin(AT_DESK, clock.now())  # type: ignore[arg-type]
            self._first_state = self.stored()
            yield self

    @property
    def _plain_tables(self) -> dict[str, PlainTable]:
        """The tables beside the register, without the search index, which follows from it."""
        others = self._tables.beside.items()
        return {name: table for name, table in others if isinstance(table, PlainTable)}

    def _app(self, name: str) -> ModuleType:
        if name not in self._apps:
            source = ROOT / "functions" / name / "app.py"
            spec = importlib.util.spec_from_file_location(f"published_{name}", source)
            assert spec
            assert spec.loader
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            self._apps[name] = module
        return self._apps[name]


_NOT_SERVED = {
    "statusCode": 403,
    "multiValueHeaders": {"Content-Type": ["application/problem+json"]},
    "body": '{"type": "urn:suport:problem:not-served", "title": "", "detail": "", "errors": []}',
}


def _event(environ: Mapping[str, Any]) -> dict[str, Any]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name == "CONTENT_TYPE" and value)
    }
    headers.pop("Accept-Encoding", None)  # the client in this process reads no gzip
    path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    path = f"/{path.lstrip('/')}"  # the document's server is relative: `..`
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    body = environ["wsgi.input"].read(length)
    return asked(environ["REQUEST_METHOD"], path, body=body, query=query or None, **headers)


def caller(resource: str) -> str | None:
    """The ARN of the session that signed: data protection for what it alone may ask."""
    if not resource.startswith("/v1/desk/"):
        return None
    if "/viewed/" in resource:
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/data-protection-role/{OFFICER}"
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/functional-role/{OPERATOR}"


def _incidents(register: Register) -> list[Known]:
    """Incidents in every state that makes an answer differ."""
    secret, now = aws.service_secret(), clock.now()
    ours = Category.FUNCTIONAL
    names = iter(range(100))

    def made(**changes: Any) -> Reference:
        key = f"published-service-{next(names)}"
        return register.submit(a_submission(**changes), key, secret, now).reference

    def known(reference: Reference, entry: str = "", file: str = "0" * 26) -> Known:
        code = access_code_for(secret, reference)
        confirmation = confirmation_for(secret, reference, entry) if entry else ""
        return Known(reference, code, confirmation, file)

    fresh = made(error={"code": "190", "message": "Error"}, context={"charged": "yes"})

    claimed = made(procedure={"code": "1", "name": "Ajuts"}, topic="other")
    register.claim(claimed, OPERATOR, ours, now)
    register.reply(claimed, OPERATOR, ours, "Quin banc?", now, ask=False, key=None, seen=None)
    register.add_citizen_message(claimed, "La Caixa", now)
    register.note(claimed, OPERATOR, ours, "Una nota", now)
    notice = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN).identity
    register.grant_consent(claimed, Scope.VIEW, notice, now)
    file_id = file_store.new_file_id()
    put = boto3.client("s3").put_object(
        Bucket="attachments", Key=file_store.object_key(claimed, file_id), Body=b"%PDF-1.7\n"
    )
    file = File(file_id, MediaType.PDF, 9, put["ETag"].strip('"'), now)
    register.add_file(claimed, file, State.CLEAN, now)

    anothers = made()
    register.claim(anothers, "joan", ours, now)

    waiting = made()
    register.claim(waiting, OPERATOR, ours, now)
    register.reply(waiting, OPERATOR, ours, "Quin banc?", now, ask=True, key=None, seen=None)

    resolved = made()
    register.claim(resolved, OPERATOR, ours, now)
    register.grant_consent(resolved, Scope.VIEW, notice, now)
    register.resolve(resolved, OPERATOR, ours, "Fet.", now, key=None, seen=None)
    register.rate(resolved, 4, "Gràcies", now)

    other_team = made(category="payment", error={"code": "190"})

    complaint = made(topic="accessibility")
    without_mail = made(contact={"phone": "971 48 17 26"})

    moving = made()
    register.correct_contact(
        moving, lambda contact: {**contact, "email": "b@example.org"}, now, at_once=False
    )
    change = register.incident(moving, now).address_change
    assert change

    leaving = made()
    asked_for = register.ask_for_erasure(leaving, now).erasure_asked
    assert asked_for
    return [
        known(fresh),
        known(claimed, file=file_id),
        known(anothers),
        known(waiting),
        known(resolved),
        known(other_team),
        known(complaint),
        known(without_mail),
        known(moving, change.entry),
        known(leaving, asked_for.entry),
    ]


def _session(reference: Reference, *, is_viewing: bool) -> str:
    """Has the citizen join a remote session, and show the screen; the token of the browser."""
    sessions, token, now = remote_support(), remote_cookie.new_token(), clock.now()
    sessions.invite(reference, OPERATOR, Category.FUNCTIONAL, SessionName("id", "code"), now)
    citizen = remote_cookie.token_digest(token)
    sessions.join_by_incident(reference, citizen, now)
    if is_viewing:
        offer = Offer(number=1, replaces=0, sdp=OFFER, surface=None)
        notice = published_notices.current(Subject.REMOTE_SUPPORT, Language.CATALAN).identity
        sessions.show(reference, citizen, offer, notice, now)
    return token


def _figures(tables: RegisterAndFigures) -> None:
    facts = [
        Facts(
            category=Category.FUNCTIONAL,
            language=Language.CATALAN,
            channel=Channel.WEB,
            submitted_at=start_of(date(2026, 11, day)),
        )
        for day, many in ((3, 9), (6, 25))
        for _ in range(many)
    ]
    table: Any = tables
    recorded(FiguresTable(table, FIGURES), facts, date(2026, 11, 1), date(2026, 11, 30))
    noon = datetime(2026, 11, 3, 12, tzinfo=UTC)
    run = Run(day=noon.date(), begun_at=noon, finished_at=noon, checked={Checked.INCIDENTS: 7})
    RetentionRuns(table, "retention_runs").write(run)
