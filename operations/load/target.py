"""Where a run sends its requests, and what it can see there of each incident afterwards."""

import json
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from boto3.dynamodb.types import TypeDeserializer

from local import stack
from local.embedded_aws import EmbeddedAws
from operations.load.ledger import Accepted, Traces
from operations.smoke_test import Failed, Visitor, close

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

ACKNOWLEDGEMENT = "acknowledgement"
_CATEGORIES = ("functional", "payment", "signature")
_NOBODY_READS = (
    *(f"{category.upper()}_DEAD_LETTER_QUEUE_URL" for category in _CATEGORIES),
    "MAIL_DEAD_LETTER_QUEUE_URL",
    "MAIL_EVENTS_DEAD_LETTER_QUEUE_URL",
    "ROUTING_FAILURES_URL",
)
_plain = TypeDeserializer()


@dataclass(frozen=True)
class Astray:
    """What nobody waits for."""

    untold: tuple[str, ...] = ()
    """Incidents in the register whose references nobody was told."""
    messages: tuple[str, ...] = ()
    """The queues that nobody reads, and have messages."""


class Target(Protocol):
    """The service under load."""

    url: str
    how: str
    """Where the incidents are counted."""
    mail_domain: str
    """Whose mailboxes the citizens have; empty if they share one."""

    def traces(self, incidents: Iterable[Accepted]) -> dict[str, Traces]:
        """What is there now of each of these incidents, by its reference."""

    def astray(self, run: str, incidents: Iterable[Accepted]) -> Astray:
        """What that run has caused besides these incidents."""

    def finish(self, accepted: Iterable[Accepted]) -> str:
        """Ends the run's incidents; returns a sentence on what is left."""


class Remote:
    """A service at a URL. It shows each incident to who has its access code."""

    how = "as each incident's copy says that its citizen gets"

    def __init__(self, url: str, mail_domain: str = "") -> None:
        """The service at that address, without a trailing slash."""
        self.url = url
        self.mail_domain = mail_domain
        self._visitor = Visitor(url)

    def traces(self, incidents: Iterable[Accepted]) -> dict[str, Traces]:
        """What the citizens' copies of everything say."""
        return {each.reference: self._traces_of(each) for each in incidents}

    def _traces_of(self, incident: Accepted) -> Traces:
        answer = self._visitor.ask(
            f"/v1/incidents/{incident.reference}/export",
            *(HTTPStatus.OK, HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND),
            headers={"Authorization": f"Bearer {incident.code}"},
        )
        if answer.status != HTTPStatus.OK:
            return Traces()
        return traces_in(answer.json()["incident"]["history"], incident.category)

    def astray(self, run: str, incidents: Iterable[Accepted]) -> Astray:  # noqa: ARG002
        """Unknown: only who has its access code sees an incident, and nobody here sees a queue."""
        return Astray()

    def finish(self, accepted: Iterable[Accepted]) -> str:
        """Closes the incidents, as their citizens do."""
        left = []
        for each in accepted:
            try:
                close(self._visitor, {"reference": each.reference, "access_code": each.code})
            except Failed:
                left.append(each.reference)
        if left:
            return f"These incidents could not be closed: {', '.join(left)}."
        return "All incidents of the run are closed; they expire as all others do."


def traces_in(history: Iterable[Mapping[str, Any]], category: str) -> Traces:
    """What these entries of the copy of an incident in that category say of it."""
    told = list(history)
    actions = [each for each in told if each["kind"] == "action"]
    return Traces(
        registered=True,
        queues=tuple(category for each in actions if each["action"] == "queued"),
        mailed=sum(each["kind"] == "mail" and each["mail"] == ACKNOWLEDGEMENT for each in told),
        set_aside=any(
            each["action"] == "mail_set_aside" and each["mail"] == ACKNOWLEDGEMENT
            for each in actions
        ),
    )


class Embedded:
    """The service on an embedded AWS, whose register, queues and mails nobody else uses."""

    how = "in the register, in the queues and among the mails that SES got"
    mail_domain = "example.test"

    def __init__(self, aws: EmbeddedAws, environment: Mapping[str, str]) -> None:
        """The service that was deployed there, by the variables of `stack.environment`."""
        self.url = environment["API_URL"]
        self._aws = aws
        self._register = environment["REGISTER_TABLE"]
        self._dynamodb: DynamoDBClient = aws.client("dynamodb")
        self._sqs: SQSClient = aws.client("sqs")
        self._environment = environment
        self._queued: dict[str, list[str]] = {}

    def traces(self, incidents: Iterable[Accepted]) -> dict[str, Traces]:
        """What is there, each place asked by itself."""
        self._take_messages()
        sent = self._sent()
        return {each.reference: self._traces_of(each, sent) for each in incidents}

    def _traces_of(self, incident: Accepted, sent: set[str]) -> Traces:
        items = self._items(
            KeyConditionExpression="#reference = :reference",
            ExpressionAttributeNames={"#reference": "reference"},
            ExpressionAttributeValues={":reference": {"S": incident.reference}},
        )
        noted = [
            item["content"] | {"entry": item["kind"]}
            for item in items
            if item["kind"] in {"mail", "action"} and item["content"].get("kind") == ACKNOWLEDGEMENT
        ]
        return Traces(
            registered=any(item["entry"] == "incident" for item in items),
            queues=tuple(self._queued.get(incident.reference, ())),
            mailed=sum(each["entry"] == "mail" and each["message_id"] in sent for each in noted),
            set_aside=any(each.get("action") == "mail_set_aside" for each in noted),
        )

    def astray(self, run: str, incidents: Iterable[Accepted]) -> Astray:
        """The words of an incident name its run."""
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._register,
            FilterExpression="#entry = :incident AND contains(#description, :run)",
            ExpressionAttributeNames={"#entry": "entry", "#description": "description"},
            ExpressionAttributeValues={":incident": {"S": "incident"}, ":run": {"S": run}},
            ConsistentRead=True,
        )
        there = {item["reference"]["S"] for page in pages for item in page["Items"]}
        untold = sorted(there - {each.reference for each in incidents})
        return Astray(tuple(untold), tuple(filter(self._has_messages, _NOBODY_READS)))

    def finish(self, accepted: Iterable[Accepted]) -> str:  # noqa: ARG002
        """Nothing is left to do."""
        return "The embedded AWS forgets everything."

    def _items(self, **query: Any) -> list[dict[str, Any]]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._register, ConsistentRead=True, **query
        )
        return [
            {name: _plain.deserialize(value) for name, value in item.items()}
            for page in pages
            for item in page["Items"]
        ]

    def _take_messages(self) -> None:
        for category in _CATEGORIES:
            queue = self._environment[f"{category.upper()}_QUEUE_URL"]
            while messages := self._sqs.receive_message(
                QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=0
            ).get("Messages"):
                for each in messages:
                    reference = json.loads(each["Body"])["reference"]
                    self._queued.setdefault(reference, []).append(category)
                    self._sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])

    def _has_messages(self, queue: str) -> bool:
        shown = self._sqs.get_queue_attributes(
            QueueUrl=self._environment[queue], AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        return shown["ApproximateNumberOfMessages"] != "0"

    def _sent(self) -> set[str]:
        """The ids of all mails that SES got."""
        url = f"{self._aws.endpoint}/_ministack/ses/messages"
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
            found = json.load(answer)["messages"]
        return {each["MessageId"] for account in found.values() for each in account}


@contextmanager
def embedded() -> Iterator[Embedded]:
    """The service, deployed into an embedded AWS of its own for the length of a `with` block."""
    print("Building and deploying the service on this machine …", flush=True)
    with EmbeddedAws.started() as aws:
        yield Embedded(aws, stack.environment(aws, stack.deploy(aws, stack.build())))
