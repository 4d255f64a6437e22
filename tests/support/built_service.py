"""The service without its API Gateway: the functions as they were built, and the AWS they use."""

import base64
import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from tests.support import artifact, template
from tests.support.artifact import Function
from tests.support.sample_events import Event, sample, with_body, with_headers

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client

SECRET = "the-secret-of-the-sample-events-known-to-everybody-and-to-no-stage"
"""The references and access codes in `events` are derived from it."""

LOGIN = {"username": "comanda", "password": "only-tests-know-this"}
"""Comanda's, as the samples send it."""

PUBLIC_URL = "https://suport.example.test"
"""The address to which links in mails lead."""


class Account(Protocol):
    """An AWS account with the template's tables, queues, buckets and secrets, at its `endpoint`.

    `known` has the values of the template's references.
    """

    endpoint: str
    known: dict[str, str]
    dynamodb: "DynamoDBClient"
    s3: "S3Client"


@dataclass
class BuiltService:
    """The built functions, each started at its first invocation."""

    aws: Account
    _running: ExitStack
    _functions: dict[str, Function] = field(default_factory=dict)

    def function(self, logical_id: str) -> Function:
        """The function of that logical id, warm after its first invocation."""
        if logical_id not in self._functions:
            self._functions[logical_id] = self._running.enter_context(
                artifact.running(logical_id, self.variables(logical_id))
            )
        return self._functions[logical_id]

    def variables(self, logical_id: str) -> dict[str, str]:
        """The function's environment, which leads it to this account."""
        stated = template.variables(logical_id, self.aws.known)
        return stated | {"AWS_ENDPOINT_URL": self.aws.endpoint}

    def answer(self, name: str, event: Event) -> Any:
        """The answer of the sample event's function to this event."""
        return self.function(template.EVENTS[name][0]).invoke(event)

    def submit(self, key: str, **changes: Any) -> dict[str, Any]:
        """The receipt of the sample submission, with these changes, under this key."""
        event = with_headers(sample("submit_incident.json"), {"Idempotency-Key": key})
        body = json.loads(base64.b64decode(event["body"]))
        answer = self.answer("submit_incident.json", with_body(event, json.dumps(body | changes)))
        assert answer["statusCode"] == 201, answer
        receipt: dict[str, Any] = json.loads(answer["body"])
        return receipt
