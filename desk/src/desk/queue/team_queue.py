"""The team's SQS queue: receives messages, and keeps them from others while an operator looks.

A message only says that there is something to do; the register says what, and who does it.
Therefore the desk deletes a message once the register has the claim, and one that comes twice does
no harm.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desk.errors import Trouble
from desk.queue.message import Received, understood
from desk.service.error_messages import FAILURES, explained

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_SILENT = "The queue does not answer"
_USUALLY_HELD_S = 300


@dataclass(frozen=True)
class Depth:
    """How many messages are in a queue, as SQS counts: approximately."""

    waiting: int
    held: int  # received by somebody, and neither deleted nor given back


class TeamQueue:
    """A queue as its team may use it. Every method raises Unreached or NotAllowed."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    def receive(self, wait_s: int) -> Received | None:
        """The next message, or None if none came in that time.

        The queue keeps the message from others for its visibility timeout; `held` prolongs that.
        """
        found = self._received(1, WaitTimeSeconds=wait_s)
        return found[0] if found else None

    def receive_all(self, held_s: int) -> list[Received]:
        """Everything in the queue now, kept from others for `held_s` seconds."""
        everything: dict[str, Received] = {}
        while some := self._received(10, WaitTimeSeconds=1, VisibilityTimeout=held_s):
            if all(message.id in everything for message in some):
                break  # all of them have come once
            everything |= {message.id: message for message in some}
        return list(everything.values())

    def delete(self, message: Received) -> None:
        """Takes the message out of the queue for good."""
        with explained(_SILENT):
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message.handle)

    def give_back(self, message: Received) -> None:
        """Lets others receive the message at once."""
        with explained(_SILENT):
            self._hold(message, 0)

    @contextmanager
    def held(self, message: Received) -> Iterator[None]:
        """Keeps the message from others as long as the block takes."""
        over = threading.Event()

        def extend() -> None:
            held_s = _USUALLY_HELD_S
            # If this fails, the next attempt may succeed. If none does, others get the message, and
            # the register gives the incident to one of them.
            with suppress(*FAILURES, Trouble):
                held_s = self._visibility_timeout()
            while not over.wait(held_s / 3):
                with suppress(*FAILURES, Trouble):
                    self._hold(message, held_s)

        extending = threading.Thread(target=extend, daemon=True, name="extends the visibility")
        extending.start()
        try:
            yield
        finally:
            over.set()
            extending.join()

    def depth(self) -> Depth:
        """How many messages there are."""
        with explained(_SILENT):
            waiting, held = self._attributes(
                "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
            )
            return Depth(waiting, held)

    def dead_letter_arn(self) -> str | None:
        """The queue that gets what nobody deals with; None if this one has none."""
        with explained(_SILENT):
            answer = self._sqs.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=["RedrivePolicy"]
            )
            policy = answer.get("Attributes", {}).get("RedrivePolicy")
            return str(json.loads(policy)["deadLetterTargetArn"]) if policy else None

    def _visibility_timeout(self) -> int:
        return self._attributes("VisibilityTimeout")[0]

    def _attributes(self, *names: "QueueAttributeNameType") -> list[int]:
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=names)
        return [int(answer["Attributes"][name]) for name in names]

    def _received(self, most: int, **seconds: int) -> list[Received]:
        with explained(_SILENT):
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=most,
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
                **seconds,  # type: ignore[arg-type]
            )
            return [_received(message) for message in answer.get("Messages", [])]

    def _hold(self, message: Received, seconds: int) -> None:
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message.handle, VisibilityTimeout=seconds
        )


def _received(message: "MessageTypeDef") -> Received:
    attributes = message.get("Attributes", {})
    return Received(
        id=message["MessageId"],
        handle=message["ReceiptHandle"],
        content=understood(message["Body"]),
        times_seen=int(attributes.get("ApproximateReceiveCount", 1)),
        sent_at=datetime.fromtimestamp(int(attributes.get("SentTimestamp", 0)) / 1000, UTC),
    )
