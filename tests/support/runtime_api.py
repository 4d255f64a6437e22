"""Lambda's Runtime API, on this machine: gives a function its events and takes its answers.

It serves one process of `awslambdaric`, one event at a time, as Lambda does:
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Literal, Self

_PREFIX = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Told:
    """What the process reported: that it waits for its first event, an answer, or an error."""

    kind: Literal["waits", "response", "error", "init error"]
    request_id: str = ""
    content: Any = None


@dataclass(frozen=True)
class _Invocation:
    request_id: str
    event: bytes
    deadline: int  # milliseconds since the epoch
    function_arn: str


class RuntimeApi:
    """The server, at `address` (host:port) while its block runs.

    on_idle: called each time when the process asks for its next event, before it gets one.
    """

    def __init__(
        self, function_name: str, timeout: float, on_idle: Callable[[], None] = lambda: None
    ) -> None:
        self._arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{function_name}"
        self._timeout = timeout
        self._server = _Server(on_idle, ("127.0.0.1", 0), _Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.invocations.put(None)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def send(self, event: object) -> str:
        """Offers an event to the process; returns the request's id."""
        request_id = str(uuid.uuid4())
        deadline = int((time.time() + self._timeout) * 1000)
        content = json.dumps(event).encode()
        self._server.invocations.put(_Invocation(request_id, content, deadline, self._arn))
        return request_id

    def told(self, within: float) -> Told | None:
        """What the process reports next; None if it reports nothing within so many seconds."""
        try:
            return self._server.told.get(timeout=within)
        except Empty:
            return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, on_idle: Callable[[], None], *arguments: Any) -> None:
        super().__init__(*arguments)
        self.on_idle = on_idle
        self.invocations: SimpleQueue[_Invocation | None] = SimpleQueue()
        self.told: SimpleQueue[Told] = SimpleQueue()
        self.waited = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or an answer's body waits 40 ms for word of its headers
    server: _Server

    def do_GET(self) -> None:
        if self.path != f"{_PREFIX}/invocation/next":
            self._answer(HTTPStatus.NOT_FOUND)
            return
        self.server.on_idle()
        if not self.server.waited:
            self.server.waited = True
            self.server.told.put(Told("waits"))
        invocation = self.server.invocations.get()
        if invocation is None:  # over; the process has ended
            self.close_connection = True
            return
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
            "Lambda-Runtime-Trace-Id": (
                "Root=1-6b045b10-4f2d8e6a1c3b5d7f9e0a1200;Parent=53995c3f42cd8ad8;Sampled=0"
            ),
            "Content-Type": "application/json",
        }
        self._answer(HTTPStatus.OK, invocation.event, headers)

    def do_POST(self) -> None:
        told = self._told(json.loads(self._body() or b"null"))
        if told is None:
            self._answer(HTTPStatus.NOT_FOUND)
            return
        self._answer(HTTPStatus.ACCEPTED)
        self.server.told.put(told)

    def _told(self, content: Any) -> Told | None:
        if self.path == f"{_PREFIX}/init/error":
            return Told("init error", content=content)
        match = re.fullmatch(rf"{_PREFIX}/invocation/([^/]+)/(response|error)", self.path)
        if match is None:
            return None
        return Told("response" if match[2] == "response" else "error", match[1], content)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(
        self, status: HTTPStatus, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing; the test says what went wrong."""
