"""Remote support on the deployed service, with IAM: from the invitation to each end of a session.

No picture is sent here: what two browsers tell each other to connect is made up.
"""

import http.client
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from boto3.dynamodb.types import TypeDeserializer

from suport.desk.sessions import DeskSessions
from suport.domain.category import Category
from suport.domain.operator_identity import Operator as DeskOperator
from suport.web.desk import session_cookie
from tests.support.citizen import Citizen
from tests.support.operator import Operator, operator
from tests.support.service import FORM, JSON, Answer, Service
from tests.support.session_descriptions import ANSWER, OFFER

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

__all__ = ["operator"]

TOOL = {"name": "Example support tool", "url": "https://example.org/support-tool"}
NOTHING = {"view": False, "control": False, "until": None}
_plain = TypeDeserializer()


class Screen:
    """The citizen's browser on the page of the session that it has joined."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._page = Citizen(service)
        shown = service.get("/v1/remote-support-notice?language=en").json()
        self._notice = {"notice_sha256": shown["sha256"], "language": "en"}

    def join(self, code: str) -> Answer:
        return self._page.post("join", {"code": code})

    def join_by_incident(self, receipt: Mapping[str, str]) -> Answer:
        """Opens the incident, and joins with the button that its citizen finds on the page."""
        about = {name: receipt[name] for name in ("reference", "access_code")}
        opened = self._page.post("track", about)
        assert opened.status == http.client.SEE_OTHER, opened.text
        incident = self._page.cookie
        joined = self._page.post("join", {"reference": receipt["reference"]})
        assert self._page.cookie != incident
        return joined

    @property
    def page(self) -> Answer:
        return self._page.get("join")

    def look(self, n: int = 0) -> Answer:
        return self._ask("GET", f"?n={n}")

    def show(self, n: int = 1) -> Answer:
        offer = {"n": n, "replaces": 0, "sdp": OFFER, "surface": "browser"}
        return self._ask("PUT", "/offer", offer | self._notice)

    def ask_for_control(self) -> Answer:
        return self._ask("POST", "/control", {"action": "grant"} | self._notice)

    def end(self) -> Answer:
        return self._ask("POST", "/end", {})

    def receipt(self) -> Answer:
        return self._ask("GET", "/receipt?scope=view")

    def _ask(self, method: str, act: str, content: Any = None) -> Answer:
        headers = {"Cookie": self._page.cookie, "Sec-Fetch-Site": "same-origin"}
        body = None if content is None else json.dumps(content).encode()
        if body is not None:
            headers["Content-Type"] = JSON
        return self._service.request(method, f"/v1/remote{act}", body, headers)


class Session:
    """An incident that an operator has claimed, and what is kept of its remote session."""

    def __init__(self, service: Service, operator: Operator) -> None:
        self.service, self.operator = service, operator
        self.receipt = service.routed(category="payment", error={"code": "190"}, language="en")
        self.reference: str = self.receipt["reference"]
        assert operator.on(self.reference, "claim").status == http.client.OK

    def ask(self, method: str, act: str = "remote", content: Any = None) -> Answer:
        return self.operator.request(method, f"/incidents/{self.reference}/{act}", content)

    def invite(self) -> dict[str, Any]:
        invited = self.ask("POST", content={})
        assert invited.status == http.client.CREATED, invited.text
        told: dict[str, Any] = invited.json()
        self.service.private.add(told["join_code"])
        return told

    def viewed(self) -> Screen:
        """The citizen's browser, of which the operator sees the screen."""
        screen = Screen(self.service)
        assert screen.join(self.invite()["join_code"]).status == http.client.SEE_OTHER
        assert screen.show().status == http.client.OK
        assert self.answer().status == http.client.OK
        return screen

    def answer(self) -> Answer:
        return self.ask("PUT", "remote/answer", {"n": 1, "sdp": ANSWER})

    @property
    def permissions(self) -> dict[str, Any]:
        told: dict[str, Any] = self.ask("GET", "permissions").json()
        return told

    @property
    def done(self) -> list[str]:
        """What the register has about the session, and its consents."""
        items = sorted(self.service.items(self.reference), key=lambda item: str(item["entry"]))
        told = [item["content"] for item in items if item["kind"] in {"action", "consent"}]
        return [
            each.get("scope", each["action"])
            for each in told
            if "scope" in each or each["action"].startswith("remote_")
        ]

    @property
    def descriptions(self) -> list[str]:
        """What the browsers told each other, as far as the table has it."""
        found = self.service.dynamodb.scan(
            TableName=self.service.environment["REMOTE_SESSIONS_TABLE"], ConsistentRead=True
        )["Items"]
        items = [{name: _plain.deserialize(each[name]) for name in each} for each in found]
        return sorted(
            each["owner"]
            for each in items
            if each["item"] == self.reference and each["owner"] != "sessions"
        )


class WebDesk:
    """The operator's browser, signed in at the desk."""

    def __init__(self, service: Service, session: Session) -> None:
        sessions = DeskSessions(service.dynamodb, service.environment["DESK_TABLE"])
        # so long ago that the service notes again that somebody is there
        a_while_ago = datetime.now(UTC) - timedelta(minutes=20)
        person = DeskOperator(session.operator.name, (Category.PAYMENT,))
        self._token = sessions.begin(person, a_while_ago)
        self._service, self._reference = service, session.reference

    def get(self, page: str, **query: str) -> Answer:
        asked = urlencode({"reference": self._reference} | query)
        return self._service.get(f"/desk/en/{page}?{asked}", **self._headers)

    def post(self, form: str, **fields: str) -> Answer:
        token = session_cookie.form_token(self._token)
        body = urlencode({"form_token": token, "reference": self._reference} | fields).encode()
        headers = {"Content-Type": FORM} | self._headers
        return self._service.request("POST", f"/desk/en/{form}", body, headers)

    @property
    def _headers(self) -> dict[str, str]:
        cookie = f"{session_cookie.COOKIE}={self._token}"
        return {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def marta(operator: Callable[[Category], Operator]) -> Operator:
    return operator(Category.PAYMENT)


@pytest.fixture(scope="module")
def joan(operator: Callable[[Category], Operator]) -> Operator:
    return operator(Category.PAYMENT)


@pytest.fixture
def session(service: Service, marta: Operator) -> Session:
    return Session(service, marta)


def problem_of(answer: Answer) -> tuple[int, str]:
    assert answer.media_type == "application/problem+json", answer.text
    return answer.status, answer.json()["type"].removeprefix("urn:suport:problem:")


def test_an_operators_program_sees_a_screen_and_may_act_once_the_citizen_has_asked(
    service: Service, session: Session
) -> None:
    invited = session.invite()
    api = service.environment["API_URL"]
    assert invited["address"].endswith("/en/join")
    assert service.get(invited["address"].removeprefix(api)).status == http.client.OK
    assert session.permissions == NOTHING

    screen = Screen(service)
    assert screen.join(invited["join_code"]).status == http.client.SEE_OTHER
    assert session.reference in screen.page.text
    assert screen.look().json()["state"] == "joined"
    assert session.permissions == NOTHING

    shown = screen.show()
    assert (shown.status, shown.json()["state"]) == (200, "viewing")
    assert session.ask("GET").json()["offer"] == OFFER
    assert session.answer().json()["answered"] == 1
    assert screen.look(1).json()["answer"] == ANSWER
    allowed = session.permissions
    assert (allowed["view"], allowed["control"]) == (True, False)

    asked = screen.ask_for_control()
    assert (asked.json()["control"], asked.json()["tool"]) == ("asked", TOOL)
    assert session.ask("GET").json()["tool"] is None
    assert session.permissions["control"] is False

    given = screen.receipt()
    assert "attachment" in given.headers["Content-Disposition"]
    assert (given.json()["pii_principal_id"], given.json()["scope"]) == (session.reference, "view")

    assert session.ask("DELETE").json()["ended"] == {"by": "operator", "reason": "stopped"}
    assert screen.look(1).json()["state"] == "ended"
    assert session.permissions == NOTHING
    assert session.done == [
        *("remote_invited", "remote_joined", "view", "remote_viewing", "control"),
        *("remote_ended", "control", "view"),
    ]


def test_an_operator_watches_in_the_browser_and_accepts_to_act(
    service: Service, session: Session
) -> None:
    desk = WebDesk(service, session)
    assert desk.get("remote").status == http.client.OK
    assert desk.post("remote", act="invite").status == http.client.SEE_OTHER
    code = desk.get("remote/state", have="0").json()["join_code"]
    service.private.add(code)
    screen = Screen(service)
    screen.join(code)
    screen.show()
    seen = desk.get("remote/state", have="0", again="0", picture="0").json()
    assert (seen["offered"], seen["offer"]) == (1, OFFER)
    assert desk.post("remote/answer", n="1", sdp=ANSWER).json()["answered"] == 1
    desk.get("remote/state", have="1", picture="1")
    assert desk.get("remote/state", have="1", again="1").json()["offer"] is None
    assert screen.look(1).json()["wanted"] == 2
    screen.ask_for_control()
    accepted = desk.post("remote/control").json()
    assert (accepted["control"], accepted["tool"]) == ("accepted", TOOL)
    assert session.permissions["control"] is True
    assert desk.post("remote", act="end").status == http.client.SEE_OTHER
    assert screen.look(1).json()["ended"] == {"by": "operator", "reason": "stopped"}


def test_a_citizen_with_the_open_incident_joins_without_a_code(
    service: Service, session: Session
) -> None:
    session.invite()
    screen = Screen(service)
    joined = screen.join_by_incident(session.receipt)
    assert joined.status == http.client.SEE_OTHER, joined.text
    assert screen.look().json()["state"] == "joined"
    assert screen.end().json()["ended"] == {"by": "citizen", "reason": "stopped"}


def test_what_the_browsers_told_each_other_is_gone_with_the_session(session: Session) -> None:
    screen = session.viewed()
    assert session.descriptions == ["answers", "offers"]
    screen.end()
    assert session.descriptions == []


def test_a_withdrawal_ends_the_session(service: Service, session: Session) -> None:
    screen = session.viewed()
    withdrawal = {"scope": "view", "action": "withdraw", "language": "en"}
    path = f"/v1/incidents/{session.reference}/consents"
    withdrawn = service.post(path, withdrawal, session.receipt["access_code"])
    assert withdrawn.status == http.client.CREATED, withdrawn.text
    assert session.permissions == NOTHING
    assert screen.look(1).json()["ended"] == {"by": "citizen", "reason": "withdrawn"}


def test_an_operator_who_releases_the_incident_sees_the_screen_no_more(session: Session) -> None:
    screen = session.viewed()
    assert session.operator.on(session.reference, "release").status == http.client.OK
    told = session.ask("GET").json()
    assert (told["state"], told["ended"]["reason"]) == ("ended", "released")
    assert screen.look(1).json()["state"] == "ended"


def test_the_watcher_ends_a_session_at_which_nobody_asks_any_more(
    service: Service, session: Session
) -> None:
    session.viewed()
    session.operator.on(session.reference, "release")
    watch(service)
    assert session.descriptions == []
    assert session.done[-2:] == ["remote_ended", "view"]


def watch(service: Service) -> None:
    """Has the watcher do what is due, as it does every five minutes."""
    functions: LambdaClient = service.aws.client("lambda")
    names = [each["FunctionName"] for each in functions.list_functions()["Functions"]]
    (watcher,) = [name for name in names if "WatchIncidents" in name]
    answer = functions.invoke(FunctionName=watcher, Payload=b"{}")
    assert "FunctionError" not in answer, answer["Payload"].read()
    functions.close()


def test_another_operator_of_the_team_finds_no_session(session: Session, joan: Operator) -> None:
    session.viewed()
    path = f"/incidents/{session.reference}/remote"
    for asked in (
        joan.request("GET", path),
        joan.request("PUT", f"{path}/answer", {"n": 1, "sdp": ANSWER}),
        joan.request("DELETE", path),
    ):
        assert problem_of(asked) == (404, "no-such-session")
    assert session.ask("GET").json()["state"] == "viewing"


def test_a_code_admits_once_and_a_wrong_one_never(service: Service, session: Session) -> None:
    code = session.invite()["join_code"]
    assert Screen(service).join(code).status == http.client.SEE_OTHER
    for wrong in (code, "0000-0000"):
        refused = Screen(service).join(wrong)
        assert (refused.status, refused.media_type) == (422, "text/html")
        assert refused.headers["Set-Cookie"] is None
