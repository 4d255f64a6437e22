"""All that the desk reaches, as it answers on the wire: the service, STS and SQS."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import botocore.loaders
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError
from moto.core.models import botocore_stubber

from tests.support.desk import Service

ACCOUNT, KEY, SECRET = "123456789012", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG"
API = "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/suport"
QUEUE = f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/suport-payment"
DEAD_LETTERS = f"{QUEUE}-dead"
TEAM_ROLE = f"arn:aws:iam::{ACCOUNT}:role/suport-payment"
LOADER = botocore.loaders.create_loader()


@dataclass
class Network:
    """The other ends of every line. A test says what is wrong with which of them."""

    own: str = f"arn:aws:iam::{ACCOUNT}:user/marta"
    role: str = f"arn:aws:sts::{ACCOUNT}:assumed-role/suport-payment/marta"
    team: str = "payment"
    is_officer: bool = False
    """Whether the service takes the role for that of data protection."""
    skew: timedelta = timedelta()
    date: str | None = "usual"
    """What the answers state as their moment, if not that of the skewed clock."""
    silent: set[str] = field(default_factory=set)
    """Of `api`, `sts`, `sqs`: what does not answer."""
    sts_refuses: str | None = None
    assume_refuses: str | None = None
    sqs_refuses: str | None = None
    queue_refuses: dict[str, str] = field(default_factory=dict)
    """The code of the refusal by the address of the queue."""
    contact: tuple[int, Any] = (200, {"dial": "012"})
    desk: tuple[int, Any] | Callable[[], tuple[int, Any] | None] | None = None
    """What the service answers an operator with, if not as usual."""
    assumptions: list[dict[str, str]] = field(default_factory=list)
    """What the desk asked for with each session in a role."""

    def send(self, request: Any) -> AWSResponse:
        host = urlsplit(request.url).netloc
        service = next((name for name in ("sts", "sqs") if host.startswith(name)), "api")
        if service in self.silent:
            raise EndpointConnectionError(endpoint_url=request.url)
        status, body = getattr(self, f"_{service}")(request)
        headers = HTTPHeaders()
        usual = format_datetime(datetime.now(UTC) + self.skew, usegmt=True)
        if (date := usual if self.date == "usual" else self.date) is not None:
            headers["Date"] = date
        return AWSResponse(request.url, status, headers, _Body(body.encode()))

    def _api(self, request: Any) -> tuple[int, str]:
        path = urlsplit(request.url).path
        stated = self.desk() if callable(self.desk) else self.desk
        if path.endswith("/v1/contact"):
            assert "Authorization" not in request.headers
            status, content = self.contact
        elif path.endswith("/v1/desk/stats"):
            figures = dict.fromkeys(("days", "open", "waiting", "submitted"), 0)
            status, content = stated or (200, {"category": self.team, **figures})
        else:
            # what a team may ask, too, tells nothing about the role
            assert "/v1/desk/viewed/" in path
            name = "not-found" if self.is_officer else "not-data-protection"
            status = 404 if self.is_officer else 403
            content = {"type": f"urn:suport:problem:{name}", "title": "No", "errors": []}
            status, content = stated or (status, content)
        return status, content if isinstance(content, str) else json.dumps(content)

    def _sts(self, request: Any) -> tuple[int, str]:
        asked = {name: each[0] for name, each in parse_qs(_text(request.body)).items()}
        refused = self.sts_refuses
        if asked["Action"] == "AssumeRole":
            refused = self.assume_refuses or refused
        if refused:
            error = f"<Error><Code>{refused}</Code><Message>{KEY} {ACCOUNT}</Message></Error>"
            return 403, f"<ErrorResponse>{error}</ErrorResponse>"
        if asked["Action"] == "AssumeRole":
            self.assumptions.append(asked)
            ends = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
            given = (
                f"<AccessKeyId>{KEY}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>"
                f"<SessionToken>token</SessionToken><Expiration>{ends}</Expiration>"
            )
            return 200, _result("AssumeRole", f"<Credentials>{given}</Credentials>")
        arn = self.role if "X-Amz-Security-Token" in request.headers else self.own
        return 200, _result("GetCallerIdentity", f"<Arn>{arn}</Arn>")

    def _sqs(self, request: Any) -> tuple[int, str]:
        asked = json.loads(_text(request.body))
        refused = self.sqs_refuses or self.queue_refuses.get(asked["QueueUrl"])
        if refused:
            return 400, json.dumps({"__type": f"com.amazonaws.sqs#{refused}"})
        number = "1" if asked["QueueUrl"] == DEAD_LETTERS else "3"
        there = {name: number for name in asked["AttributeNames"] if name != "RedrivePolicy"}
        if asked["QueueUrl"] == QUEUE and "RedrivePolicy" in asked["AttributeNames"]:
            arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:suport-payment-dead"
            there["RedrivePolicy"] = json.dumps({"deadLetterTargetArn": arn})
        return 200, json.dumps({"Attributes": there} if there else {})  # as SQS does


@dataclass
class _Body:
    content: bytes

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.content

    def read(self, *_: Any, **__: Any) -> bytes:
        return self.content


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)


def _result(action: str, content: str) -> str:
    return f"<{action}Response><{action}Result>{content}</{action}Result></{action}Response>"


@pytest.fixture
def network(service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Network:
    """A desk on the real botocore, whose operator, an IAM user, has set everything right."""
    assert service.sent == []
    there = Network()
    monkeypatch.setattr(botocore_stubber, "enabled", False)
    monkeypatch.setattr("botocore.session.create_loader", lambda _: LOADER)
    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", there.send)
    monkeypatch.setattr("desk.service.aws._SESSIONS", tmp_path / "sessions")
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_CONFIG_FILE": str(tmp_path / "aws-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "aws-credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "DESK_API_URL": API,
        "DESK_QUEUE_URL": QUEUE,
        "DESK_DEAD_LETTER_QUEUE_URL": DEAD_LETTERS,
        "DESK_ROLE_ARN": TEAM_ROLE,
        "DESK_OPERATOR": "marta",
    }.items():
        monkeypatch.setenv(name, value)
    return there
