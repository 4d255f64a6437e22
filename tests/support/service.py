"""The deployed service, as tests use it: over HTTP, and through its register and queues."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import urlencode

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from mypy_boto3_dynamodb import DynamoDBClient
from mypy_boto3_sqs import SQSClient

from local.embedded_aws import EmbeddedAws
from tests.support.patience import PATIENCE_S, await_truth
from tests.support.queues import Inbox

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
RECORDED_CONTACT = CONTACT | {"dial": "+34971481726"}

_plain, _marshalled = TypeDeserializer(), TypeSerializer()


@dataclass(frozen=True)
class Answer:
    """The service's answer to one request."""

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
    def cookie(self) -> str:
        """The `Cookie` header with which a browser returns the cookie; empty if there is none."""
        return (self.headers["Set-Cookie"] or "").partition(";")[0]

    @property
    def wrong_fields(self) -> list[str]:
        """The fields that a problem names."""
        return [error["field"] for error in self.json()["errors"]]


def answered(
    method: str,
    url: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The answer to one request as given, over its own connection, without following redirects.

    As in a browser, what follows a `#` in the address stays here.
    """
    host, slash, path = url.partition("#")[0].removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=PATIENCE_S)
    try:
        connection.request(method, slash + path, body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


@dataclass
class Service:
    """The deployed service, as citizens, teams and the maintainers of the register see it."""

    aws: EmbeddedAws
    environment: Mapping[str, str]
    dynamodb: DynamoDBClient
    sqs: SQSClient
    inbox: Inbox
    private: set[str] = field(default_factory=set)
    """Texts from or for a citizen that nobody else may see."""
    typed_into_addresses: set[str] = field(default_factory=set)
    """Marks of addresses that tests made up, with texts in them that also are in forms."""

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request to the API."""
        return answered(method, self.environment["API_URL"] + path, body, headers)

    def get(self, path: str, code: str | None = None, **headers: str) -> Answer:
        """GET, with the access code if given."""
        return self.request("GET", path, headers=headers | _bearer(code))

    def post(self, path: str, content: Any, code: str | None = None, **headers: str) -> Answer:
        """POST of JSON, with the access code if given."""
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
        """Waits until the incident has that status."""
        await_truth(lambda: self.incident(reference)["status"] == status)

    def settle(self) -> str:
        """Takes every message that is on its way to a team, and waits for every mail.

        It reports an incident. The service reads the register's changes in order: once the message
        about this incident has come, all earlier messages have been sent. Returns its reference.
        """
        last = str(self.routed(contact={"phone": CONTACT["phone"]})["reference"])
        while self.inbox.take():
            pass
        await_truth(lambda: self.waiting("MAIL_QUEUE_URL") == 0)
        return last

    def incident(self, reference: str) -> dict[str, Any]:
        """The incident's own item in the register."""
        found = self.dynamodb.get_item(
            TableName=self.environment["REGISTER_TABLE"],
            Key={"reference": {"S": reference}, "entry": {"S": "incident"}},
            ConsistentRead=True,
        )
        return _plain_item(found["Item"])

    def change_incident(self, reference: str, **attributes: Any) -> None:
        """Sets these attributes of the incident in the register; None removes one."""
        self.change_entry(reference, "incident", **attributes)

    def change_entry(self, reference: str, entry: str, **attributes: Any) -> None:
        """Sets these attributes of an entry in the register; None removes one."""
        kept = {name: value for name, value in attributes.items() if value is not None}
        removed = attributes.keys() - kept.keys()
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        if removed:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
        self.dynamodb.update_item(
            TableName=self.environment["REGISTER_TABLE"],
            Key={"reference": {"S": reference}, "entry": {"S": entry}},
            UpdateExpression=expression,
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues=_attributes({f":{name}": kept[name] for name in kept}),
        )

    def add_entry(self, reference: str, **attributes: Any) -> None:
        """Writes an entry of the incident to the register, without the service."""
        self.dynamodb.put_item(
            TableName=self.environment["REGISTER_TABLE"],
            Item=_attributes({"reference": reference} | attributes),
        )

    def items(self, reference: str) -> list[dict[str, Any]]:
        """All items of the incident in the register, in the order of the entries' names."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.environment["REGISTER_TABLE"],
            KeyConditionExpression="#reference = :reference",
            ExpressionAttributeNames={"#reference": "reference"},
            ExpressionAttributeValues={":reference": {"S": reference}},
            ConsistentRead=True,
        )
        return [_plain_item(item) for page in pages for item in page["Items"]]

    def incidents(self, description: str) -> list[dict[str, Any]]:
        """The incidents with that description."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.environment["REGISTER_TABLE"],
            FilterExpression="description = :description",
            ExpressionAttributeValues={":description": {"S": description}},
            ConsistentRead=True,
        )
        return [_plain_item(item) for page in pages for item in page["Items"]]

    def register(self) -> list[dict[str, Any]]:
        """All items of the register."""
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=self.environment["REGISTER_TABLE"], ConsistentRead=True
        )
        return [_plain_item(item) for page in pages for item in page["Items"]]

    def actions(self, reference: str) -> list[dict[str, Any]]:
        """The actions on the incident, oldest first."""
        return [item["content"] for item in self.items(reference) if item["kind"] == "action"]

    def waiting(self, queue: str) -> int:
        """The number of messages in a queue, in flight or not; `queue` is the stack's output."""
        attributes = self.sqs.get_queue_attributes(
            QueueUrl=self.environment[queue], AttributeNames=["All"]
        )["Attributes"]
        shown = attributes["ApproximateNumberOfMessages"]
        return int(shown) + int(attributes["ApproximateNumberOfMessagesNotVisible"])


def submission(**changes: Any) -> dict[str, Any]:
    """A correct submission, with these fields replaced, or left out if None."""
    fields = {
        "category": "functional",
        "description": DESCRIPTION,
        "contact": CONTACT,
        "language": "ca",
    } | changes
    return {name: value for name, value in fields.items() if value is not None}


def _attributes(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _marshalled.serialize(value) for name, value in values.items()}


def _plain_item(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain.deserialize(value) for name, value in item.items()}


def _bearer(code: str | None) -> dict[str, str]:
    return {} if code is None else {"Authorization": f"Bearer {code}"}
