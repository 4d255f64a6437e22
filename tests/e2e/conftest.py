"""The whole service, built and deployed by the production tools into the embedded AWS.

Roles are enforced, so that a missing permission fails a test. All tests share one deployment;
each submits incidents of its own and looks only at these.
"""

import http.client
import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from boto3.dynamodb.types import TypeDeserializer
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_sqs import SQSClient

from local import stack
from local.embedded_aws import EmbeddedAws

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
CATEGORIES = ("functional", "payment", "signature")
DESCRIPTION = "No puc enviar la sol·licitud: el botó no respon."

# Nothing of this may appear in a queue or a log; none of it occurs there by chance.
CONTACT = {
    "name": "Xisca Qzrvwbauçà",
    "email": "xisca.qzrvwb@example.test",
    "phone": "+34 971 48 17 26",
    "nif": "00000000T",
    "availability": "dimarts de 16.20 a 17.40",
}

_ANSWER_S = 60.0  # two processors start a worker for each function that is busy
_ROUTED_S = 60.0
_plain = TypeDeserializer()


@dataclass(frozen=True)
class Answer:
    """What the service answered to one request."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()

    @property
    def wrong_fields(self) -> list[str]:
        """The fields that a problem names."""
        return [error["field"] for error in self.json()["errors"]]


class Inbox:
    """The three categories' queues, emptied as a team would; nothing taken is forgotten."""

    def __init__(self, sqs: SQSClient, queues: Mapping[str, str]) -> None:
        self._sqs = sqs
        self._queues = queues
        self.taken: list[tuple[str, dict[str, Any]]] = []
        """Each message with the category of the queue that it came from."""

    def of(self, reference: str) -> list[tuple[str, dict[str, Any]]]:
        """All messages about that incident so far."""
        return [each for each in self.taken if each[1]["reference"] == reference]

    def await_message(self, reference: str) -> tuple[str, dict[str, Any]]:
        """The first message about that incident, and the category of its queue."""
        self.await_all({reference})
        assert self.of(reference), f"no queue got {reference} within {_ROUTED_S:.0f} s"
        return self.of(reference)[0]

    def await_all(self, references: Collection[str]) -> None:
        """Takes messages until all these incidents came, or the time is up."""
        deadline = time.monotonic() + _ROUTED_S
        while set(references) - {message["reference"] for _, message in self.taken}:
            if time.monotonic() > deadline:
                return
            if not self._take():
                time.sleep(0.1)

    def watch(self, seconds: float) -> None:
        """Takes whatever comes in that time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self._take():
                time.sleep(0.1)

    def _take(self) -> int:
        count = 0
        for category, url in self._queues.items():
            messages = self._sqs.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0
            ).get("Messages", [])
            for message in messages:
                self.taken.append((category, json.loads(message["Body"])))
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            count += len(messages)
        return count


@dataclass
class Service:
    """The deployed service, as citizens, teams and the register's keepers see it."""

    aws: EmbeddedAws
    environment: Mapping[str, str]
    dynamodb: DynamoDBClient
    sqs: SQSClient
    inbox: Inbox
    private: set[str] = field(default_factory=set)
    """What was sent or given out and belongs to the citizen alone."""

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request over a connection of its own; redirects are not followed."""
        url = urlsplit(self.environment["API_URL"])
        connection = http.client.HTTPConnection(url.netloc, timeout=_ANSWER_S)
        try:
            connection.request(method, url.path + path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, code: str | None = None, **headers: str) -> Answer:
        """GET, with the access code where one is given."""
        return self.request("GET", path, headers=headers | _bearer(code))

    def post(self, path: str, content: Any, code: str | None = None, **headers: str) -> Answer:
        """POST of JSON, with the access code where one is given."""
        body = json.dumps(content, ensure_ascii=False).encode()
        sent = {"Content-Type": JSON} | headers | _bearer(code)
        return self.request("POST", path, body, sent)

    def post_form(self, path: str, fields: Mapping[str, str]) -> Answer:
        """POST as a browser sends a form."""
        self.private.update(
            value for name, value in fields.items() if name.startswith(("contact.", "desc"))
        )
        return self.request("POST", path, urlencode(fields).encode(), {"Content-Type": FORM})

    def submit(self, submission: Mapping[str, Any], key: str | None = None) -> Answer:
        """Submits an incident over the JSON API."""
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.post("/v1/incidents", submission, **headers)
        self.private.update(submission.get("contact", {}).values())
        self.private.add(str(submission["description"]))
        if answer.status == http.client.CREATED:
            self.private.add(answer.json()["access_code"])
        return answer

    def submitted(self, **changes: Any) -> dict[str, Any]:
        """The receipt of a new incident."""
        answer = self.submit(submission(**changes))
        assert answer.status == http.client.CREATED, answer.text
        receipt: dict[str, Any] = answer.json()
        return receipt

    def routed(self, **changes: Any) -> dict[str, Any]:
        """The receipt of a new incident that its team has received."""
        receipt = self.submitted(**changes)
        self.inbox.await_message(receipt["reference"])
        self.await_status(receipt["reference"], "queued")
        return receipt

    def await_status(self, reference: str, status: str) -> None:
        """Waits until the incident stands so."""
        await_truth(lambda: self.incident(reference)["status"] == status)

    def incident(self, reference: str) -> dict[str, Any]:
        """The incident's own item in the register."""
        return next(item for item in self.items(reference) if item["entry"] == "incident")

    def items(self, reference: str) -> list[dict[str, Any]]:
        """All that the register holds about the incident."""
        return [item for item in self.register() if item["reference"] == reference]

    def register(self) -> list[dict[str, Any]]:
        """All items of the register."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.environment["REGISTER_TABLE"], ConsistentRead=True
        )
        return [
            {name: _plain.deserialize(value) for name, value in item.items()}
            for page in pages
            for item in page["Items"]
        ]

    def waiting(self, queue: str) -> int:
        """How many messages are in a queue, by its output's name, in flight or not."""
        attributes = self.sqs.get_queue_attributes(
            QueueUrl=self.environment[queue], AttributeNames=["All"]
        )["Attributes"]
        shown = attributes["ApproximateNumberOfMessages"]
        return int(shown) + int(attributes["ApproximateNumberOfMessagesNotVisible"])


class Page(HTMLParser):
    """A page as far as the tests look at it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.values: dict[str, str] = {}
        """What stands in each field, by its name."""
        self.texts: dict[str, str] = {}
        """What is written in each element that has an id."""
        self._open: list[str] = []
        self._textarea: str | None = None
        self.feed(html)
        self.close()

    @property
    def language(self) -> str | None:
        return next(attributes.get("lang") for tag, attributes in self.tags if tag == "html")

    @property
    def ids(self) -> set[str]:
        return {attributes["id"] for _, attributes in self.tags if "id" in attributes}

    @property
    def links(self) -> set[str]:
        return {attributes["href"] for tag, attributes in self.tags if tag == "a"}

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.tags.append((tag, attributes))
        self._open.append(attributes.get("id", ""))
        if tag == "textarea":
            self._textarea = attributes["name"]
            self.values[self._textarea] = ""
        elif tag == "input" and (attributes.get("type") != "radio" or "checked" in attributes):
            self.values[attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            # HTML drops the line break right after the tag
            self.values[self._textarea] = self.values[self._textarea].removeprefix("\n")
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] += data
        elif self._open and self._open[-1]:
            self.texts.setdefault(self._open[-1], data)


def submission(**changes: Any) -> dict[str, Any]:
    """A correct submission, with these fields replaced, or left out where None."""
    fields = {
        "category": "functional",
        "description": DESCRIPTION,
        "contact": CONTACT,
        "language": "ca",
    } | changes
    return {name: value for name, value in fields.items() if value is not None}


def await_truth(condition: Callable[[], bool], within_s: float = _ROUTED_S) -> None:
    """Waits until it holds; fails when the time is up."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)


def _bearer(code: str | None) -> dict[str, str]:
    return {} if code is None else {"Authorization": f"Bearer {code}"}


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """The service, deployed once for all tests."""
    with EmbeddedAws.started(enforce_iam=True) as aws:
        environment = stack.environment(aws, stack.deploy(aws, stack.build()))
        dynamodb: DynamoDBClient = aws.client("dynamodb")
        sqs: SQSClient = aws.client("sqs")
        queues = {name: environment[f"{name.upper()}_QUEUE_URL"] for name in CATEGORIES}
        yield Service(aws, environment, dynamodb, sqs, Inbox(sqs, queues))
        dynamodb.close()
        sqs.close()
