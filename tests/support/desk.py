"""A desk in this process, with its operator, and the service and queues as the desk sees them."""

import io
import json
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ConnectTimeoutError

from desk import program
from desk.service.aws import Answer
from desk.service.error_messages import explained
from desk.service_vocabulary import Category
from desk.settings import Settings

REFERENCE = "GQNC-YQBY-1H8C"
OTHER = "7K3M-9QXA-2BTJ"
API_URL = "https://suport.example.test/suport"
QUEUE_URL, DEAD_LETTER_QUEUE_URL = (
    "https://sqs.example.test/payment",
    "https://sqs.example.test/dead",
)

LOOK = f"GET /incidents/{REFERENCE}"
OPEN = "GET /incidents"
LIST = f"{OPEN}?view=team"
CLAIM = f"POST /incidents/{REFERENCE}/claim"
NEXT = f"{CLAIM}?from=queue"
MESSAGES = f"POST /incidents/{REFERENCE}/messages"
NOTES = f"POST /incidents/{REFERENCE}/notes"
TRANSFER = f"POST /incidents/{REFERENCE}/transfer"
RELEASE = f"POST /incidents/{REFERENCE}/release"
RESOLVE = f"POST /incidents/{REFERENCE}/resolve"
CALLS = "POST /incidents"

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
    "answer_by": None,
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
DONE = (200, {"reference": REFERENCE, "category": "payment", "status": "claimed"})


def listed(reference: str = REFERENCE, **facts: Any) -> dict[str, Any]:
    """An incident in the list of its team, claimed by anna unless the facts say otherwise."""
    return {
        "reference": reference,
        "category": "payment",
        "status": "claimed",
        "language": "ca",
        "submitted_at": "2026-11-23T20:23:25.860Z",
        "due_at": "2026-11-24T20:23:25.860Z",
        "claimed_by": "anna",
        "changed_at": "2026-11-23T20:40:00.000Z",
        "last_written": {"at": "2026-11-23T20:40:00.000Z", "by": "citizen"},
        "unread": 0,
        "expires_on": "2027-05-23",
        "ending": False,
        "topic": None,
        "answer_by": None,
        "procedure": None,
        "error_code": None,
        "snoozed_until": None,
        "linked": False,
    } | facts


def a_page(*incidents: dict[str, Any], following: str | None = None) -> tuple[int, dict[str, Any]]:
    """The answer with a page of the team's list. following: the cursor of the next one."""
    return 200, {"incidents": list(incidents), "next": following}


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
    """A message of the former shape, which may still be in the queue."""
    content = json.loads(message(reference, schema="suport.incident/1"))
    del content["error_code"]
    stated = {
        "description": VIEW["description"],
        "error": {"code": "SIS0190", "message": "Operación denegada"},
        "procedure": {"name": "Beques"},
    }
    return json.dumps(content | stated | changes)


def problem(status: int, name: str, **members: Any) -> tuple[int, dict[str, Any]]:
    """The service's answer to a refused request."""
    kind = f"urn:suport:problem:{name}"
    stated = {"type": kind, "title": "No", "status": status, "detail": "Not now.", "errors": []}
    return status, stated | members


@dataclass
class _Queued:
    """One message in a queue; the desk can receive it again from `visible_at` on."""

    id: str
    body: str
    sent_at: float
    visible_at: float
    times_received: int = 0


class Queues:
    """The part of SQS that the desk uses. A wait moves the clock and takes no time."""

    def __init__(self) -> None:
        self.visibility_timeout_s = 300
        self._ahead_s = 0.0
        self._queues: dict[str, list[_Queued]] = {}
        self._lock = threading.Lock()

    def let_pass(self, seconds: float) -> None:
        """Moves the clock forward."""
        self._ahead_s += seconds

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
        queue, now = self._queue(QueueUrl), self._now()
        queue.append(_Queued(f"message {len(queue)}", MessageBody, now, now))

    def receive_message(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        MaxNumberOfMessages: int,  # noqa: N803
        MessageSystemAttributeNames: Sequence[str] = (),  # noqa: N803
        WaitTimeSeconds: int,  # noqa: N803
        VisibilityTimeout: int | None = None,  # noqa: N803
    ) -> dict[str, Any]:
        assert {*MessageSystemAttributeNames} <= {"ApproximateReceiveCount", "SentTimestamp"}
        hidden_s = self.visibility_timeout_s if VisibilityTimeout is None else VisibilityTimeout
        with self._lock:
            now = self._now()
            there = [each for each in self._queue(QueueUrl) if each.visible_at <= now]
            for each in there[:MaxNumberOfMessages]:
                each.visible_at, each.times_received = now + hidden_s, each.times_received + 1
        if not there:
            self.let_pass(WaitTimeSeconds)
            return {}
        return {
            "Messages": [
                {
                    "MessageId": each.id,
                    "ReceiptHandle": each.id,
                    "Body": each.body,
                    "Attributes": {
                        "ApproximateReceiveCount": str(each.times_received),
                        "SentTimestamp": str(int(each.sent_at * 1000)),
                    },
                }
                for each in there[:MaxNumberOfMessages]
            ]
        }

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803
        self._queue(QueueUrl).remove(self._received(QueueUrl, ReceiptHandle))

    def change_message_visibility(
        self,
        *,
        QueueUrl: str,  # noqa: N803
        ReceiptHandle: str,  # noqa: N803
        VisibilityTimeout: int,  # noqa: N803
    ) -> None:
        received = self._received(QueueUrl, ReceiptHandle)
        received.visible_at = self._now() + VisibilityTimeout

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: Any) -> dict[str, Any]:  # noqa: N803
        there, now = self._queue(QueueUrl), self._now()
        visible = sum(each.visible_at <= now for each in there)
        attributes = {
            "ApproximateNumberOfMessages": str(visible),
            "ApproximateNumberOfMessagesNotVisible": str(len(there) - visible),
            "VisibilityTimeout": str(self.visibility_timeout_s),
        }
        return {"Attributes": {name: attributes[name] for name in AttributeNames}}

    def _now(self) -> float:
        return time.time() + self._ahead_s

    def _queue(self, url: str) -> list[_Queued]:
        return self._queues.setdefault(url, [])

    def _received(self, url: str, handle: str) -> _Queued:
        (found,) = (each for each in self._queue(url) if each.id == handle)
        return found


@dataclass(frozen=True)
class Sent:
    """One request that the service got."""

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
    """AWS as the desk sees it: queues, and an API with the answers that a test sets."""

    answers: dict[str, Any] = field(default_factory=dict)
    """By method and path below the API: a status and content, None for a broken connection, an
    error of the layers below, or a list of these for successive requests."""
    sent: list[Sent] = field(default_factory=list)
    queues: Queues = field(default_factory=Queues)
    settings = Settings(
        team=Category.PAYMENT,
        api_url=API_URL,
        region="eu-west-1",
        queue_url=QUEUE_URL,
        dead_letter_queue_url=DEAD_LETTER_QUEUE_URL,
    )

    def sqs(self) -> Queues:
        return self.queues

    def operator(self) -> str:
        return "anna"

    def signed(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        path = url.removeprefix(f"{API_URL}/v1/desk")
        if f"{method} {path}" == OPEN and OPEN not in self.answers:
            return Answer(200, b'{"incidents": []}')  # nothing unread
        if f"{method} {path}" == LIST and LIST not in self.answers:
            return Answer(200, b'{"incidents": [], "next": null}')
        if "view=mine" in path and "snoozed=on" in path and f"{method} {path}" not in self.answers:
            return Answer(200, b'{"incidents": [], "next": null}')
        if path.startswith("/erased?") and f"{method} {path}" not in self.answers:
            return Answer(200, b'{"erased": []}')
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
            with explained(f"{urlsplit(url).netloc} does not answer"):
                raise answer
        if isinstance(answer, KeyboardInterrupt):
            raise answer
        status, content = answer
        return Answer(status, json.dumps(content).encode())

    def queue(self, *bodies: str, dead: bool = False) -> None:
        """Puts these messages into the queue."""
        for body in bodies:
            self.queues.send_message(
                QueueUrl=DEAD_LETTER_QUEUE_URL if dead else QUEUE_URL, MessageBody=body
            )

    def in_the_queue(self, *, dead: bool = False) -> tuple[int, int]:
        """The number of messages in the queue: visible ones, and those that a desk holds."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        attributes = self.queues.get_queue_attributes(
            QueueUrl=DEAD_LETTER_QUEUE_URL if dead else QUEUE_URL, AttributeNames=names
        )["Attributes"]
        waiting, held = (int(attributes[name]) for name in names)
        return waiting, held

    def requests(self) -> list[str]:
        """The requests to the API, in order."""
        return [f"{each.method} {each.path}" for each in self.sent]

    def keys(self, request: str) -> list[str | None]:
        """The idempotency keys of those requests, in order."""
        return [each.key for each in self.sent if f"{each.method} {each.path}" == request]


@dataclass
class Ended:
    """The exit code and output of one run of the command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def told(self) -> str:
        """The error output, as one line."""
        return " ".join(self.err.split())


type Desk = Callable[..., Ended]
type Typed = Callable[[str], None]
type Kept = Callable[[], list[Path]]
type Editor = Callable[[str], None]


def a_file(folder: Path, text: str) -> Path:
    """A file with that text."""
    path = folder / "text.txt"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Service:
    """The service, and an operator of the payment team who has never used the desk before."""
    for name in [name for name in os.environ if name.startswith("DESK_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "COLUMNS": "120",
        "DESK_TRACEBACK": "1",
        "DESK_API_URL": API_URL,
        "DESK_REGION": "eu-west-1",
        "DESK_TEAM": "payment",
        "DESK_CONFIG": str(tmp_path / "config/config.toml"),
        "DESK_STATE": str(tmp_path / "state"),
        "DESK_QUEUE_URL": QUEUE_URL,
        "DESK_DEAD_LETTER_QUEUE_URL": DEAD_LETTER_QUEUE_URL,
    }.items():
        monkeypatch.setenv(name, value)
    there = Service()
    monkeypatch.setattr("desk.operators_desk.Desk.aws", there)
    monkeypatch.setattr("desk.service.aws.Aws", lambda _: there)  # in the role of data protection
    monkeypatch.setattr("time.sleep", lambda _: None)
    return there


@pytest.fixture
def desk(service: Service, capsys: pytest.CaptureFixture[str]) -> Desk:  # noqa: ARG001  the command needs it
    """Runs the command in this process."""

    def run(*arguments: object) -> Ended:
        capsys.readouterr()
        code = program.run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ended(int(code), out, err)

    return run


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Puts the operator at a terminal, with these lines as input."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def sit(lines: str) -> None:
        monkeypatch.setattr("sys.stdin", Terminal(lines))

    return sit


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """The files of the drafts that the desk keeps."""
    folder = tmp_path / "state/drafts"
    return lambda: sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Editor:
    """Sets an editor that runs these lines of shell on the file."""

    def set_editor(script: str) -> None:
        program = tmp_path / "editor"
        program.write_text(f"#!/bin/sh\n{script.replace('FILE', chr(34) + '$1' + chr(34))}\n")
        program.chmod(0o700)
        monkeypatch.setenv("VISUAL", str(program))

    return set_editor
