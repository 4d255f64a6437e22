"""The team's queue: what waits to be taken, kept from others while somebody looks at it.

A message only says that there is something to do; the register says what, and whose it is. So a
message is deleted once the register has the claim, and one that comes twice harms nothing.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from desk.aws import FAILURES, troubles
from desk.queue_message import understood

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

LONG_POLL_S = 20
_USUALLY_HELD_S = 300


@dataclass(frozen=True)
class Received:
    """One message, while it is ours. `content` is None where it is no message of the service."""

    id: str
    handle: str
    body: str
    content: dict[str, Any] | None
    times_seen: int
    """How often it was received, this time included (approximately, as SQS counts)."""
    sent_at: datetime


@dataclass(frozen=True)
class Depth:
    """How much is in a queue, approximately, as SQS counts."""

    waiting: int
    held: int
    """Received by somebody, and neither deleted nor given back."""


class TeamQueue:
    """A queue as its team may use it. Every method raises Unreached or NotAllowed."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    def receive(self, wait_s: int = LONG_POLL_S) -> Received | None:
        """The next message, or None where none came in that time.

        It is ours for the queue's own visibility timeout; `held` prolongs that.
        """
        found = self._received(1, WaitTimeSeconds=wait_s)
        return found[0] if found else None

    def receive_all(self, held_s: int) -> list[Received]:
        """Whatever is in the queue now; all of it is given back by itself after that time."""
        everything: dict[str, Received] = {}
        while some := self._received(10, WaitTimeSeconds=1, VisibilityTimeout=held_s):
            if all(message.id in everything for message in some):
                break  # round once
            everything |= {message.id: message for message in some}
        return list(everything.values())

    def delete(self, message: Received) -> None:
        """Takes the message out of the queue for good."""
        with troubles("The queue does not answer"):
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message.handle)

    def give_back(self, message: Received) -> None:
        """Lets others receive the message at once."""
        with troubles("The queue does not answer"):
            self._hold(message, 0)

    @contextmanager
    def held(self, message: Received) -> Iterator[None]:
        """Keeps the message from others for as long as the block takes."""
        over = threading.Event()

        def extend() -> None:
            held_s = _USUALLY_HELD_S
            # Where this fails, the next time may succeed; if none does, others get the message,
            # and the register lets one of them have the incident.
            with suppress(*FAILURES):
                held_s = self._visibility_timeout()
            while not over.wait(held_s / 3):
                with suppress(*FAILURES):
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
        with troubles("The queue does not answer"):
            attributes = self._sqs.get_queue_attributes(
                QueueUrl=self._url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )["Attributes"]
            return Depth(
                waiting=int(attributes["ApproximateNumberOfMessages"]),
                held=int(attributes["ApproximateNumberOfMessagesNotVisible"]),
            )

    def _visibility_timeout(self) -> int:
        answer = self._sqs.get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["VisibilityTimeout"]
        )
        return int(answer["Attributes"]["VisibilityTimeout"])

    def _received(self, most: int, **seconds: int) -> list[Received]:
        with troubles("The queue does not answer"):
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
        body=message["Body"],
        content=understood(message["Body"]),
        times_seen=int(attributes.get("ApproximateReceiveCount", 1)),
        sent_at=datetime.fromtimestamp(int(attributes.get("SentTimestamp", 0)) / 1000, UTC),
    )
