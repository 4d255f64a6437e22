"""A team's SQS queue, from which the web desk receives on behalf of the team's operators.

A message only says that there is something to do; the register says what, and who does it. The
command line has the same rules (`desk.queue`), and both may work on one queue.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from suport.domain.category import Category
from suport.domain.reference import MisreadReference, Reference, parse_reference

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

SCHEMAS = ("suport.incident/2", "suport.incident/1")
"""What the service sends, and what it sent: a message of the former schema may still wait."""

_WAIT_S = 1  # asks all servers of SQS, and an operator waits for the page
# A message that a function has received and not dealt with, because it was ended, comes back soon.
# No function of the API runs for longer.
_HELD_S = 60


@dataclass(frozen=True, slots=True)
class Received:
    """A message that nobody else gets for a minute.

    reference: the incident that it is about; None if it is no message of the service.
    """

    handle: str
    reference: Reference | None


class TeamQueue:
    """The queue of one team. Every method raises what the client raises."""

    def __init__(self, client: "SQSClient", url: str, team: Category) -> None:
        """The queue with that address, reached with this client."""
        self.team = team
        self._client, self._url = client, url

    def receive(self) -> Received | None:
        """The next message, or None if none comes within a second."""
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=_WAIT_S,
            VisibilityTimeout=_HELD_S,
        )
        for message in answer.get("Messages", []):
            return Received(message["ReceiptHandle"], reference_in(message["Body"]))
        return None

    def delete(self, message: Received) -> None:
        """Takes the message out of the queue for good."""
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.handle)

    def give_back(self, message: Received) -> None:
        """Lets others receive the message at once."""
        self._client.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message.handle, VisibilityTimeout=0
        )


def reference_in(body: str) -> Reference | None:
    """The incident that a message is about; None if it is no message of the service."""
    try:
        content = json.loads(body)
        if isinstance(content, dict) and content.get("schema") in SCHEMAS:
            return parse_reference(content["reference"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, MisreadReference):
        return None
    return None
