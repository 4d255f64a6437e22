"""An operator who calls the operators' API."""

import json
import secrets
from typing import Any

import boto3
import pytest

from suport.domain.attachment import File, MediaType, State
from suport.domain.category import Category
from suport.domain.history import Entry, Kind
from suport.domain.incident import Incident
from suport.domain.reference import Reference
from suport.files import file_store
from suport.register.register import Register
from suport.runtime import aws, clock
from tests.support import conformance
from tests.support.gateway import CONTEXT, Load, asked
from tests.support.register import submission_of, whole_history

CONTACT = {"email": "anna@example.org", "phone": "+34 971 48 17 26"}


PAYMENT: dict[str, Any] = {
    "category": "payment",
    "description": "En pagar surt un error",
    "error": {"code": "190"},
    "contact": CONTACT,
}


PDF = b"%PDF-1.7\n"


class OperatorsApi:
    """The function, called as API Gateway calls it, and the register behind it."""

    def __init__(self, load: Load) -> None:
        self.app = load("work_incident")
        self.for_data_protection = load("show_looks")
        self.register = Register(aws.client("dynamodb"), "register")
        self.reference = self.submit("0123456789abcdef")

    def submit(self, key: str | None = None) -> Reference:
        """The reference of one more incident of the payment team."""
        made = submission_of(PAYMENT), key or secrets.token_hex(), b"secret", clock.now()
        return self.register.submit(*made).reference

    @property
    def incident(self) -> Incident:
        return self.register.incident(self.reference, clock.now())

    def entries(self, kind: Kind) -> list[Entry]:
        history = whole_history(self.register, self.reference, clock.now())[1]
        return [entry for entry in history if entry.kind is kind]

    def actions(self, action: str) -> list[dict[str, Any]]:
        contents = [entry.facts for entry in self.entries(Kind.ACTION)]
        return [content for content in contents if content["action"] == action]

    def ask(
        self,
        method: str,
        resource: str,
        content: Any = None,
        *,
        name: str = "anna",
        role: str = "payment-role",
        caller: str | None = None,
        query: dict[str, str] | None = None,
        reference: str | None = None,
        **headers: str,
    ) -> tuple[int, Any]:
        """Status and body of the answer to that operator of that role."""
        path = resource.replace("{reference}", reference or self.reference)
        sent = {"Accept-Language": "en", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        arn = caller or f"arn:aws:sts::123456789012:assumed-role/{role}/{name}"
        body = b"" if content is None else json.dumps(content).encode()
        event = asked(method, path, body=body, query=query, **headers)
        event["headers"] = sent
        event["requestContext"]["identity"] = {"userArn": arn}
        app = self.for_data_protection if "/viewed/" in resource else self.app
        answer = app.handler(event, CONTEXT)
        conformance.hold(event, answer)
        self.headers = {name: each[0] for name, each in answer["multiValueHeaders"].items()}
        return answer["statusCode"], json.loads(answer["body"])

    def on(self, act: str = "", content: Any = None, **by: Any) -> tuple[int, Any]:
        """The same for an act on the incident; without an act, for GET of it."""
        resource = f"/v1/desk/incidents/{{reference}}/{act}".rstrip("/")
        if not act or act.startswith("files/"):
            return self.ask("GET", resource, **by)
        return self.ask("POST", resource, content or {}, **by)

    def viewed(self, role: str = "data-protection-role", **by: Any) -> tuple[int, Any]:
        """The answer to a data-protection officer who asks who looked."""
        asked: dict[str, Any] = {"name": "olga", "role": role} | by
        return self.ask("GET", "/v1/desk/viewed/{reference}", **asked)


@pytest.fixture
def desk(load: Load, monkeypatch: pytest.MonkeyPatch) -> OperatorsApi:
    for category in Category:
        monkeypatch.setenv(f"{category.upper()}_TEAM_ROLE", f"{category}-role")
    monkeypatch.setenv("DATA_PROTECTION_ROLE", "data-protection-role")
    return OperatorsApi(load)


def refusal(answer: tuple[int, Any]) -> tuple[int, str]:
    status, body = answer
    assert body["status"] == status
    return status, body["type"].removeprefix("urn:suport:problem:")


def with_file(desk: OperatorsApi, state: State = State.CLEAN) -> File:
    file_id = file_store.new_file_id()
    key = file_store.object_key(desk.reference, file_id)
    put = boto3.client("s3").put_object(Bucket="attachments", Key=key, Body=PDF)
    file = File(file_id, MediaType.PDF, len(PDF), put["ETag"].strip('"'), clock.now())
    desk.register.add_file(desk.reference, file, state, clock.now())
    return file
