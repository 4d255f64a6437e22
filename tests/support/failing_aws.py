"""What is between the functions of a deployed service and the embedded AWS, and can fail.

It knows which part of AWS a request is for by the name of the service that its signature is for, or
by any word of its body, such as a queue's name::

    with FailingAws(service) as aws, aws.away("ses", refused):
        ...  # the functions reach no mail service, and everything else
"""

import http.client
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from tests.support.service import Service

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_VARIABLES = ("DYNAMODB", "SQS", "S3", "SESV2", "SECRETS_MANAGER")
_SIGNED_FOR = re.compile(r"Credential=[^/]+/\d+/[\w-]+/(\w+)/")
_NOT_PASSED_ON = {"connection", "transfer-encoding", "content-length"}

type Fault = Callable[[BaseHTTPRequestHandler], None]
"""What is done with a request instead of passing it on."""


def unreachable(request: BaseHTTPRequestHandler) -> None:
    """Nobody answers, and the connection ends."""
    request.close_connection = True


def refused(request: BaseHTTPRequestHandler) -> None:
    """The service answers that it is unavailable: what was asked has certainly not been done."""
    request.send_response(HTTPStatus.SERVICE_UNAVAILABLE)
    request.send_header("Content-Length", "0")
    request.end_headers()


def silent(request: BaseHTTPRequestHandler) -> None:
    """Nothing comes for longer than any function waits."""
    time.sleep(3)
    request.close_connection = True


class FailingAws:
    """The way from every function to AWS, for the length of a `with` block."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._aws = urlsplit(service.environment["AWS_ENDPOINT_URL"])
        self._part = ""
        self._fault: Fault = unreachable
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        functions: LambdaClient = self._service.aws.client("lambda")
        address = f"http://127.0.0.1:{self._server.server_port}"
        way = {f"AWS_ENDPOINT_URL_{each}": address for each in _VARIABLES}
        for page in functions.get_paginator("list_functions").paginate():
            for each in page["Functions"]:
                known = each.get("Environment", {}).get("Variables", {})
                functions.update_function_configuration(
                    FunctionName=each["FunctionName"], Environment={"Variables": known | way}
                )
        functions.close()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def away(self, part: str, fault: Fault = unreachable) -> Iterator[None]:
        """Has each request fail that is for this service, or has this word in its body."""
        self._part, self._fault = part, fault
        try:
            yield
        finally:
            self._part = ""

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        ours = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if ours._fails(self.headers.get("Authorization", ""), body):
                    ours._fault(self)
                    return
                aws = http.client.HTTPConnection(ours._aws.hostname or "", ours._aws.port)
                headers: dict[str, Any] = dict(self.headers)
                aws.request(self.command, self.path, body, headers)
                answer = aws.getresponse()
                content = answer.read()
                aws.close()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _NOT_PASSED_ON:
                        self.send_header(name, value)
                length = answer.headers.get("Content-Length") if self.command == "HEAD" else None
                self.send_header("Content-Length", length or str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_HEAD = do_DELETE = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Nothing: a failing test says enough."""

        return Handler

    def _fails(self, authorization: str, body: bytes) -> bool:
        if not self._part:
            return False
        signed = _SIGNED_FOR.search(authorization)
        named = signed[1] if signed else "s3"  # browsers send files without a signature's header
        return self._part == named or self._part.encode() in body
