"""A stand-in for AWS on loopback that answers at once, from this process.

What it answers is made by the tests' AWS. It costs the measured process only what any AWS would:
the request and the answer.
"""

import json
import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import BufferedIOBase
from threading import Lock, Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from benchmarks.tables import Tables
from tests.chaos.aws import BUCKET_ADDRESS, REGION, Aws, answer
from tests.chaos.dynamodb import Written
from tests.chaos.event_sources import queues
from tests.chaos.functions import physical
from tests.support import template
from tests.support.built_service import LOGIN, PUBLIC_URL, SECRET

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

_TARGETS = {
    "DynamoDB_20120810": "dynamodb",
    "AmazonSQS": "sqs",
    "secretsmanager": "secrets-manager",
}
_REST = (
    (re.compile(r"/v2/email/outbound-emails"), "sesv2", "SendEmail"),
    (re.compile(r"/v2/email/account"), "sesv2", "GetAccount"),
    (re.compile(r"/2015-03-31/functions/"), "lambda", "Invoke"),
)


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class StandIn:
    """The account, at its `endpoint` (see `built_service.Account`).

    `requests` are the operations asked for so far, such as `dynamodb.PutItem`; `changes` what was
    written to the register, as its stream has it.
    """

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.known = _known()
        self.requests: list[str] = []
        self.changes: list[Written] = []
        self.aws = Aws(
            now=_now,
            lag=timedelta,
            choose=lambda _: 0,
            on_change=lambda _: None,
            queues=queues(),
            secrets={
                "Secret": SECRET,
                "PersonKey": "a key that only benchmarks know",
                "ComandaSecret": json.dumps(LOGIN),
            },
        )
        self.tables = Tables(_now, self.changes.append)
        self.aws.dynamodb = self.tables
        self._lock = Lock()
        self.dynamodb: DynamoDBClient = self._client("dynamodb")
        self.s3: S3Client = self._client("s3")

    def _client(self, service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106  nobody checks it
            config=Config(request_checksum_calculation="when_required"),
        )

    def answer(self, request: Request) -> AWSResponse:
        """What AWS answers."""
        service, operation = _named(request)
        asked: Any = SimpleNamespace(
            method=request.method,
            url=f"https://{BUCKET_ADDRESS}{request.path.removeprefix(f'/{BUCKET_ADDRESS}')}",
            headers=request.headers,
            body=request.body,
        )
        with self._lock:
            self.requests.append(f"{service}.{operation}")
            if service == "s3" and request.method == "PUT":  # the service's files come by a form
                stored = self.aws.store(urlsplit(asked.url).path.lstrip("/"), request.body)
                return answer(b"", headers={"ETag": stored.etag})
            return self.aws.send(asked, f"before-send.{service}.{operation}")


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """The stand-in, at its `endpoint` while the block runs."""
    with _Server(("127.0.0.1", 0), _Connection) as server:
        account = server.account = StandIn(f"http://127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield account
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    account: StandIn


class _Connection(socketserver.StreamRequestHandler):
    """One connection of a client, over which it sends all its requests."""

    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        while request := _read(self.rfile, self.wfile):
            answered: Any = self.server.account.answer(request)
            content = answered.raw.read()
            status = HTTPStatus(answered.status_code)
            named = {"Content-Length": str(len(content)), **dict(answered.headers.items())}
            head = [f"HTTP/1.1 {status.value} {status.phrase}"]
            head += [f"{name}: {value}" for name, value in named.items()]
            self.wfile.write("\r\n".join([*head, "", ""]).encode() + content)


def _read(stream: BufferedIOBase, back: BufferedIOBase) -> Request | None:
    """The next request of a connection; None at its end."""
    try:
        first = stream.readline().decode().split()
        headers: dict[str, str] = {}
        while line := stream.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.title()] = value.strip()
    except ConnectionError:
        return None
    if not first:
        return None
    if "Expect" in headers:
        back.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = stream.read(int(headers.get("Content-Length", 0)))
    return Request(first[0], first[1], headers, body)


def _named(request: Request) -> tuple[str, str]:
    """The service that a request asks, and for which operation, as botocore names them."""
    target, _, operation = request.headers.get("X-Amz-Target", "").partition(".")
    if service := _TARGETS.get(target):
        return service, operation
    for path, rest, named in _REST:
        if path.match(request.path):
            return rest, named
    return "s3", request.method.title()


def _known() -> dict[str, str]:
    """The values of the template's references."""
    names = {name: physical(name) for name in template.RESOURCES}
    attributes = {
        f"{name}.{attribute}": name for name in names for attribute in ("Arn", "Id", "StreamArn")
    }
    domain = {"HasDomain": "yes", "DomainName": PUBLIC_URL.removeprefix("https://")}
    return names | attributes | domain


def _now() -> datetime:
    return datetime.now(UTC)
