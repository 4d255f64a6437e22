"""The queues that the teams read."""

import json
import time
from collections.abc import Collection, Mapping
from typing import Any

from mypy_boto3_sqs import SQSClient

from tests.support.patience import PATIENCE_S

Told = tuple[str, dict[str, Any]]
"""The category of a queue, and the content of one of its messages."""


class Inbox:
    """The three categories' queues, emptied as by a team; keeps all messages that it takes."""

    def __init__(self, sqs: SQSClient, queues: Mapping[str, str]) -> None:
        self._sqs = sqs
        self._queues = queues
        self.taken: list[Told] = []

    def of(self, reference: str) -> list[Told]:
        """All messages about that incident so far."""
        return [each for each in self.taken if each[1]["reference"] == reference]

    def await_message(self, reference: str) -> Told:
        """The first message about that incident."""
        self.await_all({reference})
        assert self.of(reference), f"no queue got {reference} within {PATIENCE_S:.0f} s"
        return self.of(reference)[0]

    def await_all(self, references: Collection[str]) -> None:
        """Takes messages until all these incidents have come, or the time is up."""
        deadline = time.monotonic() + PATIENCE_S
        while set(references) - {message["reference"] for _, message in self.taken}:
            if time.monotonic() > deadline:
                return
            if not self.take():
                time.sleep(0.05)

    def take(self) -> int:
        """Takes the messages that are there now. Returns their number."""
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
