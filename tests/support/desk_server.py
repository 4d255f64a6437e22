"""The service's pages in a real browser: the functions behind a small server, in this process.

What is between browser and function in the service is left out. The whole way, with the sign-in,
has tests of its own.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import ModuleType
from urllib.parse import parse_qsl, urlsplit

from tests.support.desk_browser import Desks
from tests.support.gateway import CONTEXT, Load, asked, routed
from tests.support.template import EVENTS, FUNCTIONS

_FUNCTIONS = {
    (event["Properties"]["Method"].upper(), event["Properties"]["Path"]): FUNCTIONS[name][
        "CodeUri"
    ].rpartition("/")[2]
    for name, event in EVENTS.values()
    if event["Type"] == "Api"
}
"""The folder of the function behind each method of the template's resources."""
_DESK = "show_desk"


class DeskServer:
    """The server, and the requests that it got. While `is_away`, it answers none of them."""

    def __init__(self, desks: Desks, load: Load) -> None:
        self.asked: list[str] = []
        self.is_away = False
        self._desks, self._load = desks, load
        self._loaded: dict[str, ModuleType] = {}
        self._one_by_one = Lock()  # as one instance of a function works
        self.url = ""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serves on loopback for the length of a `with` block."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{server.server_port}/"
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Lets every answer wait for the end of a `with` block."""
        with self._one_by_one:
            yield

    def answer(
        self, method: str, target: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, list[str]], bytes]:
        """Status, headers and body of an answer of the function behind that address."""
        way = urlsplit(target)
        self.asked.append(f"{method} {way.path.rpartition('/')[2]}")
        if self.is_away:
            return 503, {}, b""
        query = dict(parse_qsl(way.query, keep_blank_values=True)) or None
        event = asked(method, way.path, body=body, query=query)
        event["headers"] = headers
        event["multiValueHeaders"] = {name: [value] for name, value in headers.items()}
        event["requestContext"]["domainName"] = headers["Host"]
        with self._one_by_one:
            answer = self._function_behind(method, way.path).handler(event, CONTEXT)
        content = answer["body"]
        sent = base64.b64decode(content) if answer["isBase64Encoded"] else content.encode()
        return answer["statusCode"], answer["multiValueHeaders"], sent

    def _function_behind(self, method: str, path: str) -> ModuleType:
        name = _FUNCTIONS.get((method, routed(path)[0]), _DESK)
        if name == _DESK:
            return self._desks.app
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        ours = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                body = self.rfile.read(length)
                status, headers, sent = ours.answer(
                    self.command, self.path, body, dict(self.headers)
                )
                self.send_response(status)
                for name, values in headers.items():
                    for value in values:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def do_POST(self) -> None:
                self.do_GET()

            def do_PUT(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Nothing: a failing test says enough."""

        return Handler
