"""docs/consumer.py as a service: it survives what queues and networks do, until it is stopped.

The queue is moto's SQS over HTTP, in a process of its own, with long polling and visibility.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from local import ROOT
from tests.support.patience import await_truth

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

RUN = """
import consumer
consumer.ANSWERED_WITHIN, consumer.LONGEST_PAUSE = 1, 0.1
consumer.main()
"""
AWS = {
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}

type Answer = Callable[[BaseHTTPRequestHandler], None]


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def answer(status: int, body: str, **headers: str) -> Answer:
    def send(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body.encode())

    return send


def problem(status: int, name: str, **headers: str) -> Answer:
    return answer(status, json.dumps({"type": f"urn:suport:problem:{name}"}), **headers)


def claimed(request: BaseHTTPRequestHandler) -> None:
    reference = request.path.split("/")[-2]
    answer(200, json.dumps({"reference": reference}))(request)


def cut_off(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Length", "100")
    request.end_headers()
    request.wfile.write(b'{"reference": ')
    request.close_connection = True


def silent(request: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)
    request.close_connection = True


class Api:
    """The operators' API. `answers` are given in turn; after them, every claim succeeds."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.claims: list[str] = []
        self.asked = threading.Event()
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 ")
                api.claims.append(self.path.split("/")[-2])
                api.asked.set()
                (api.answers.pop(0) if api.answers else claimed)(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def api() -> Iterator[Api]:
    started = Api()
    threading.Thread(target=started.server.serve_forever, daemon=True).start()
    yield started
    started.server.shutdown()
    started.server.server_close()


def sqs_at(port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    return subprocess.Popen(  # noqa: S603  our own interpreter
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath} | AWS,
    )


def answers_at(port: int) -> bool:
    with socket.socket() as opened:
        return opened.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def sqs_port() -> Iterator[int]:
    port = free_port()
    with sqs_at(port) as server:
        await_truth(lambda: answers_at(port))
        yield port
        server.kill()


class Queue:
    """A team's queue with one second of visibility, and what is in it."""

    def __init__(self, client: "SQSClient", name: str) -> None:
        self.client = client
        attributes: Any = {"VisibilityTimeout": "1"}
        self.url = client.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.client.send_message(QueueUrl=self.url, MessageBody=body)

    def tell(self, *references: str) -> None:
        told = {"schema": "suport.incident/2"}
        self.send(*(json.dumps(told | {"reference": each}) for each in references))

    @property
    def holds(self) -> int:
        """How many messages are in it, in flight or not."""
        attributes = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        found: Any = attributes["Attributes"]
        names = ("", "NotVisible")
        return sum(int(found[f"ApproximateNumberOfMessages{name}"]) for name in names)

    @property
    def offers(self) -> int:
        """How many messages somebody could receive now."""
        attributes = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        found: Any = attributes["Attributes"]
        return int(found["ApproximateNumberOfMessages"])


def client_at(port: int) -> "SQSClient":
    return boto3.client(
        "sqs",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@pytest.fixture
def queue(sqs_port: int, request: pytest.FixtureRequest) -> Iterator[Queue]:
    client = client_at(sqs_port)
    yield Queue(client, f"q{zlib.crc32(request.node.name.encode())}")
    client.close()


class Running:
    """The consumer in a process of its own, and the tickets that it has made."""

    def __init__(self, queue_url: str, port: int, api: Api) -> None:
        environment = {
            **AWS,
            "PATH": os.defpath,
            "PYTHONPATH": str(ROOT / "docs"),
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "QUEUE_URL": queue_url,
            "API_URL": api.url,
        }
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter
            [sys.executable, "-c", RUN],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )

        self._lines: SimpleQueue[str] = SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()

    def ticket(self) -> str:
        """The reference of the next ticket."""
        return str(json.loads(self._lines.get(timeout=30))["reference"])

    def stop(self) -> int:
        """Its exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


type Start = Callable[[], Running]


@pytest.fixture
def start(queue: Queue, sqs_port: int, api: Api) -> Iterator[Start]:
    started: list[Running] = []

    def begin() -> Running:
        started.append(Running(queue.url, sqs_port, api))
        return started[-1]

    yield begin
    for each in started:
        each.end()


def test_it_waits_at_an_empty_queue_and_ends_at_once_when_stopped(
    queue: Queue, start: Start
) -> None:
    running = start()
    queue.tell("FIRST")
    assert running.ticket() == "FIRST"
    await_truth(lambda: queue.holds == 0)
    time.sleep(0.5)
    queue.tell("SECOND")
    assert running.ticket() == "SECOND"
    await_truth(lambda: queue.holds == 0)
    time.sleep(0.2)
    began = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - began < 10  # it does not wait for the end of its long poll


def test_it_leaves_what_it_does_not_understand_and_goes_on(queue: Queue, start: Start) -> None:
    queue.send("not JSON", "[]", '{"schema": ["suport.incident/2"]}', '{"schema": "other/1"}')
    queue.send('{"schema": "suport.incident/2"}', '{"schema": "suport.incident/2", "reference": 7}')
    running = start()
    queue.tell("UNDERSTOOD")
    assert running.ticket() == "UNDERSTOOD"
    await_truth(lambda: queue.holds == 6)
    assert running.process.poll() is None


TROUBLES: dict[str, Answer] = {
    "429": problem(429, "too-many-requests", Retry_After="1"),
    "503": problem(503, "unavailable", Retry_After="soon"),
    "502": answer(502, "<html>Bad gateway</html>"),
    "500": answer(500, "[]"),
    "NULL": answer(200, "null"),
    "NO-TEAM": problem(403, "no-team"),
    "WRONG-ADDRESS": problem(404, "no-such-page"),
    "CUT-OFF": cut_off,
    "READ-TIME-OUT": silent,
}


def test_it_asks_again_after_any_trouble_and_makes_one_ticket(
    queue: Queue, start: Start, api: Api
) -> None:
    running = start()
    for name, trouble in TROUBLES.items():
        api.answers = [trouble]
        began = time.monotonic()
        queue.tell(name)
        assert running.ticket() == name
        assert api.claims.count(name) >= 2
        assert name != "429" or time.monotonic() - began >= 1  # as `Retry-After` says
    await_truth(lambda: queue.holds == 0)


def test_it_deletes_the_message_about_an_incident_that_is_not_its_own(
    queue: Queue, start: Start, api: Api
) -> None:
    named = {
        "CLAIMED": problem(409, "claimed-by-another"),
        "RESOLVED": problem(409, "already-resolved"),
        "TRANSFERRED": problem(403, "other-team"),
        "ERASED": problem(404, "not-found"),
    }
    running = start()

    def is_settled(name: str) -> bool:
        return name in api.claims and queue.holds == 0

    for name, told in named.items():
        api.answers = [told]
        queue.tell(name)
        await_truth(partial(is_settled, name))
    queue.tell("OURS")
    assert running.ticket() == "OURS"
    assert api.claims == [*named, "OURS"]


def test_stopped_while_it_claims_it_stores_and_deletes_what_it_holds_and_leaves_the_rest(
    queue: Queue, start: Start, api: Api
) -> None:
    def slow(request: BaseHTTPRequestHandler) -> None:
        time.sleep(0.7)
        claimed(request)

    api.answers = [slow]
    queue.tell("HELD", "REST")
    running = start()
    assert api.asked.wait(30)
    assert running.stop() == 0
    assert running.ticket() == api.claims[0]
    assert len(api.claims) == 1
    assert queue.holds == 1


def test_stopped_while_the_service_is_down_it_gives_the_message_back_at_once(
    queue: Queue, start: Start, api: Api
) -> None:
    queue.client.set_queue_attributes(QueueUrl=queue.url, Attributes={"VisibilityTimeout": "300"})
    api.answers = [problem(503, "unavailable", Retry_After="7")] * 9
    queue.tell("GIVEN-BACK")
    running = start()
    assert api.asked.wait(30)
    time.sleep(0.3)
    assert running.stop() == 0
    assert queue.offers == 1


def test_a_message_comes_back_after_the_consumer_was_killed(
    queue: Queue, start: Start, api: Api
) -> None:
    api.answers = [silent]
    queue.tell("AGAIN")
    first = start()
    assert api.asked.wait(30)
    first.process.kill()
    assert start().ticket() == "AGAIN"
    await_truth(lambda: queue.holds == 0)
    assert api.claims == ["AGAIN", "AGAIN"]


def test_it_waits_for_a_queue_that_cannot_be_reached(api: Api) -> None:
    port = free_port()
    running = Running(f"http://127.0.0.1:{port}/123456789012/late", port, api)
    try:
        time.sleep(1)
        assert running.process.poll() is None
        with sqs_at(port) as server:
            await_truth(lambda: answers_at(port))
            client = client_at(port)
            Queue(client, "late").tell("REACHED")
            assert running.ticket() == "REACHED"
            client.close()
            server.kill()
    finally:
        running.end()
