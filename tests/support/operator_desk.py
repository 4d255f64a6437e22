"""Operators at their desks: the installed command, each in a process and a session of its own."""

import http.client
import json
import os
import secrets
import shlex
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from local import TOOLS
from tests.support.service import Service

COMMAND = TOOLS / "desk/bin/desk"
_ENDS_S = 120.0
_VISIBLE_AGAIN_S = 2


@dataclass(frozen=True)
class Ended:
    """The exit code and output of one call of the command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Desk:
    """One operator of one team, on a computer of their own."""

    name: str
    team: str
    folder: Path
    environment: Mapping[str, str]

    def __call__(self, *arguments: object, typed: str = "") -> Ended:
        """Runs the command until it ends."""
        with self.started(*arguments) as process:
            out, err = process.communicate(typed, timeout=_ENDS_S)
        return Ended(process.returncode, out, err)

    def started(self, *arguments: object) -> subprocess.Popen[str]:
        """The running command."""
        written = self.folder / f"env-{secrets.token_hex(4)}"
        written.write_text(
            "".join(
                f"export {name}={shlex.quote(value)}\n" for name, value in self.environment.items()
            )
        )
        return subprocess.Popen(  # noqa: S603  our own command
            [COMMAND, "--local", "--team", self.team, *map(str, arguments)],
            env={
                "PATH": os.defpath,
                "HOME": str(self.folder),
                "COLUMNS": "120",
                "DESK_LOCAL_ENV": str(written),
                "DESK_OPERATOR": self.name,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def pulled(self, reference: str) -> dict[str, Any]:
        """Pulls until that incident comes; ignores the messages that other tests left."""
        while True:
            ended = self("pull", "--wait", 20, "--json")
            assert ended.code == 0, ended.out + ended.err
            if ended.json["incident"]["reference"] == reference:
                content: dict[str, Any] = ended.json
                return content

    @property
    def drafts(self) -> list[str]:
        """The texts that the service has not accepted yet."""
        folder = self.folder / ".local/state/suport-desk/drafts"
        return [each.read_text() for each in folder.glob("*.txt")]

    @contextmanager
    def behind(self, cut: "Line") -> Iterator["Desk"]:
        """The same desk, connected through that line."""
        with cut:
            moved = {
                name: value.replace(cut.to, cut.url) for name, value in self.environment.items()
            }
            yield Desk(self.name, self.team, self.folder, moved)


class Line:
    """A line to the embedded AWS that drops some requests, before or after they arrive.

    drops: gets `POST /path` or, for AWS's own services, `POST / AmazonSQS.Operation`.
    """

    def __init__(self, service: Service, drops: Callable[[str], bool], *, arrives: bool) -> None:
        self.to = service.aws.endpoint
        self.dropped = threading.Event()
        self._over = threading.Event()
        line = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                target = self.headers.get("X-Amz-Target", "")
                drop = drops(f"{self.command} {self.path} {target}".strip())
                if drop and not arrives:
                    line.dropped.set()
                    line._over.wait()
                    self.close_connection = True
                    return
                host = urlsplit(line.to).netloc
                connection = http.client.HTTPConnection(host, timeout=60)
                try:
                    headers = {
                        name: value for name, value in self.headers.items() if name != "Connection"
                    }
                    connection.request(self.command, self.path, body, headers)
                    response = connection.getresponse()
                    content = response.read()
                finally:
                    connection.close()
                if drop:
                    line.dropped.set()
                    self.close_connection = True
                    return
                self.send_response(response.status)
                for name, value in response.getheaders():
                    if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = _pass  # noqa: N815  named by http.server

            def log_message(self, *_: object) -> None:
                """Logs nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> None:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()


SignIn = Callable[[str, str], Desk]


@pytest.fixture(scope="module")
def sign_in(service: Service, tmp_path_factory: pytest.TempPathFactory) -> SignIn:
    """Seats an operator of a team at a desk."""
    service.settle()  # the messages that other tests left

    def seat(name: str, team: str) -> Desk:
        folder: Path = tmp_path_factory.mktemp(name)
        return Desk(name, team, folder, service.environment)

    return seat


@pytest.fixture(scope="module")
def anna(sign_in: SignIn) -> Desk:
    return sign_in("anna", "payment")


@pytest.fixture(scope="module")
def bert(sign_in: SignIn) -> Desk:
    return sign_in("bert", "payment")


@pytest.fixture(scope="module")
def carla(sign_in: SignIn) -> Desk:
    return sign_in("carla", "signature")


@pytest.fixture
def short_visibility(service: Service) -> Iterator[None]:
    """Makes a message visible again after seconds, so that a test can wait for it."""
    url = service.environment["PAYMENT_QUEUE_URL"]
    attributes = service.sqs.get_queue_attributes(
        QueueUrl=url, AttributeNames=["VisibilityTimeout"]
    )["Attributes"]
    service.sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": str(_VISIBLE_AGAIN_S)}
    )
    yield
    service.sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)


def queued(service: Service) -> dict[str, Any]:
    """The receipt of a payment incident whose message is in the queue."""
    receipt = service.submitted(category="payment", error={"code": "190"}, language="en")
    service.await_status(receipt["reference"], "queued")
    return receipt


def taken(service: Service) -> dict[str, Any]:
    """The receipt of a payment incident whose message the team has taken."""
    return service.routed(category="payment", error={"code": "190"}, language="en")


def messages(service: Service, reference: str) -> list[str]:
    """The messages of operators, oldest first."""
    return [
        item["content"]["body"]
        for item in service.items(reference)
        if item["kind"] == "message" and item["content"]["by"] == "operator"
    ]
