"""OSV on this machine, as its API is documented, and in the ways in which it may not answer."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from operations.vulnerabilities import CANARIES

SEEN_IN_CANARIES = {(each.name, each.version): [name] for each, name in CANARIES.items()}


@dataclass
class Reply:
    """One answer on its way out; a test spoils it."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """What is sent instead of the body."""
    stated_length: int | None = None
    """The length that is stated instead of the true one."""


@dataclass
class Osv:
    """What it knows, and what it was asked.

    vulnerable: the names of the vulnerabilities by a package's name and version. details: what is
    said of each of them, besides its name. in_pages: one name an answer. spoil: changes the answer
    to a path.
    """

    vulnerable: dict[tuple[str, str], list[str]] = field(
        default_factory=lambda: dict(SEEN_IN_CANARIES)
    )
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    in_pages: bool = False
    spoil: Callable[[str, Reply], None] = lambda _path, _reply: None
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def reply(self, path: str, sent: bytes) -> Reply:
        """The answer to a request."""
        if path == "/v1/querybatch":
            queries = json.loads(sent)["queries"]
            self.asked += queries
            reply = Reply({"results": [self._result(each) for each in queries]})
        elif (name := path.removeprefix("/v1/vulns/")) in self.details:
            reply = Reply({"id": name, "modified": "2026-11-01T00:00:00Z", **self.details[name]})
        else:
            reply = Reply({"code": 5, "message": "Bug not found."}, 404)
        reply.headers = {"Date": format_datetime(datetime.now(UTC), usegmt=True)}
        self.spoil(path, reply)
        return reply

    def _result(self, query: dict[str, Any]) -> dict[str, Any]:
        known = self.vulnerable.get((query["package"]["name"], query["version"]), [])
        token = query.get("page_token", "")
        start = int(token) if token.isdigit() else 0
        names = known[start : start + 1] if self.in_pages else known
        result: dict[str, Any] = {}
        if names:
            result["vulns"] = [{"id": name, "modified": "2026-11-01T00:00:00Z"} for name in names]
        if self.in_pages and start + 1 < len(known):
            result["next_page_token"] = str(start + 1)
        return result


@contextmanager
def answering() -> Iterator[Osv]:
    """OSV, at an address of loopback."""
    osv = Osv()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self) -> None:
            self._answer(b"")

        def _answer(self, sent: bytes) -> None:
            reply = osv.reply(self.path, sent)
            body = json.dumps(reply.body).encode() if reply.raw is None else reply.raw
            self.send_response_only(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(reply.stated_length or len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        osv.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield osv
        finally:
            server.shutdown()
            thread.join()
