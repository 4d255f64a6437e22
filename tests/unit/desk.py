"""A service of the operators in this process, as far as the desk's own tests need one."""

import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from desk.aws import Answer, troubles
from desk.cli import main
from desk.settings import Settings

REFERENCE = "GQNC-YQBY-1H8C"
OTHER = "7K3M-9QXA-2BTC"
API_URL = "https://suport.example.test/suport"

VIEW: dict[str, Any] = {
    "reference": REFERENCE,
    "category": "payment",
    "status": "claimed",
    "language": "en",
    "origin": "web",
    "submitted_at": "2026-11-23T20:23:25.860Z",
    "expires_on": "2027-05-23",
    "claimed_by": "anna",
    "description": "The card was charged, but the page shows an error.",
    "error": {"code": "190"},
    "procedure": None,
    "context": None,
    "topic": None,
    "contact": {"email": "xisca@example.test"},
    "contact_shown": True,
    "mail_trouble": None,
    "files": [],
    "consents": [],
    "rating": None,
    "etag": "01K3ZB2E40AAAAAAAAAAAAAAAA",
    "earlier": None,
    "history": [
        {
            "entry": "01K3ZB2E40BBBBBBBBBBBBBBBB",
            "at": "2026-11-23T20:24:00.000Z",
            "kind": "action",
            "action": "claimed",
            "by": "operator",
            "operator": "anna",
        }
    ],
}


def message(reference: str = REFERENCE, **changes: Any) -> str:
    """A message as the service queues it."""
    return json.dumps(
        {
            "schema": "suport.incident/2",
            "reference": reference,
            "category": "payment",
            "language": "en",
            "reason": "submitted",
            "submitted_at": "2026-11-23T20:23:25.860Z",
            "queued_at": "2026-11-23T20:23:27.098Z",
            "error_code": "190",
            "procedure": None,
            "attachments": [],
        }
        | changes
    )


def former_message(reference: str = REFERENCE, **changes: Any) -> str:
    """A message of the shape before, which may still wait in the queue."""
    content = json.loads(message(reference, schema="suport.incident/1"))
    del content["error_code"]
    stated = {
        "description": VIEW["description"],
        "error": {"code": "SIS0190", "message": "Operación denegada"},
        "procedure": {"name": "Beques"},
    }
    return json.dumps(content | stated | changes)


def problem(status: int, name: str, **members: Any) -> tuple[int, dict[str, Any]]:
    """What the service answers where it refuses."""
    kind = f"urn:suport:problem:{name}"
    return status, {
        "type": kind,
        "title": "No",
        "status": status,
        "detail": "Not now.",
        "errors": [],
        **members,
    }


@dataclass(frozen=True)
class Sent:
    """One request that came."""

    method: str
    path: str
    content: Any
    headers: Mapping[str, str]

    @property
    def key(self) -> str | None:
        return self.headers.get("Idempotency-Key")

    @property
    def seen(self) -> str | None:
        return self.headers.get("If-Match")


@dataclass
class Service:
    """AWS as the desk sees it: moto's queues, and an API that answers what a test says."""

    queue_url: str
    dead_letter_queue_url: str
    answers: dict[str, Any] = field(default_factory=dict)
    """By method and path below the API: a status and content, None for a broken line, or an error
    of the layers below; where a list, one after the other."""
    sent: list[Sent] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings("payment", API_URL, "eu-west-1", self.queue_url, self.dead_letter_queue_url)

    def sqs(self) -> Any:
        return boto3.client("sqs")

    def operator(self) -> str:
        return "anna"

    def signed(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        path = url.removeprefix(f"{API_URL}/v1/desk")
        if f"{method} {path}" == "GET /incidents" and "GET /incidents" not in self.answers:
            return Answer(200, {}, b'{"incidents": []}')  # none of which is unread
        content = json.loads(body) if body else None
        self.sent.append(Sent(method, path, content, headers))
        answer = self.answers[f"{method} {path}"]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if callable(answer):
            answer = answer()
        if answer is None:
            answer = ConnectTimeoutError(endpoint_url=url)
        if isinstance(answer, Exception):
            with troubles(f"{urlsplit(url).netloc} does not answer"):
                raise answer
        status, content = answer
        return Answer(status, {}, json.dumps(content).encode())

    def queue(self, *bodies: str, dead: bool = False) -> None:
        """Puts these messages into the queue."""
        for body in bodies:
            url = self.dead_letter_queue_url if dead else self.queue_url
            self.sqs().send_message(QueueUrl=url, MessageBody=body)

    def in_the_queue(self, *, dead: bool = False) -> tuple[int, int]:
        """How many messages are in the queue: to be received, and held by somebody."""
        attributes = self.sqs().get_queue_attributes(
            QueueUrl=self.dead_letter_queue_url if dead else self.queue_url,
            AttributeNames=["All"],
        )["Attributes"]
        return (
            int(attributes["ApproximateNumberOfMessages"]),
            int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        )

    def requests(self) -> list[str]:
        """What was asked of the API, in order."""
        return [f"{each.method} {each.path}" for each in self.sent]


def a_file(folder: Path, text: str) -> Path:
    """A file with that text."""
    path = folder / "text.txt"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Service]:
    """The service, and an operator of the payment team who has never used the desk before."""
    for name in [name for name in os.environ if name.startswith("DESK_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "COLUMNS": "120",
        "DESK_API_URL": API_URL,
        "DESK_REGION": "eu-west-1",
        "DESK_TEAM": "payment",
        "DESK_CONFIG": str(tmp_path / "config/config.toml"),
        "DESK_STATE": str(tmp_path / "state"),
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        sqs = boto3.client("sqs")
        payment, dead = (
            sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("payment", "dead")
        )
        monkeypatch.setenv("DESK_QUEUE_URL", payment)
        monkeypatch.setenv("DESK_DEAD_LETTER_QUEUE_URL", dead)
        there = Service(payment, dead)
        monkeypatch.setattr("desk.aws.opened", lambda _: there)
        monkeypatch.setattr("desk.api._PAUSES_S", (0.0, 0.0))
        monkeypatch.setattr("time.sleep", lambda _: None)
        yield there


@dataclass
class Ended:
    """How one call of the command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def desk(service: Service, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:  # noqa: ARG001  it needs one
    """Runs the command in this process."""

    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Ended(int(ended.value.code), out, err)

    return run


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets the operator sit in front of a terminal and type these lines."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def sit(lines: str) -> None:
        monkeypatch.setattr("sys.stdin", Terminal(lines))

    return sit
