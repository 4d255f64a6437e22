"""How AWS brings events to functions: each at least once, some twice, late, or after failures.

The settings are the template's. A stream keeps the order of one key's changes; a queue keeps none.
"""

import json
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.chaos.aws import ACCOUNT, REGION, Died, Queue
from tests.chaos.dynamodb import Written
from tests.support.event_source_mapping import matches
from tests.support.template import FUNCTIONS, resolved, resources, snake

if TYPE_CHECKING:
    from tests.chaos.world import World

type Delivery = Callable[["World", Random], None]

TWICE = 0.03
"""How often something is delivered once more although it was dealt with."""


@dataclass(eq=False)
class Record:
    """A change on the stream, and how often its delivery has failed."""

    event: dict[str, Any]
    at: datetime
    failures: int = 0


@dataclass(eq=False)
class Lane:
    """The changes of some keys, one batch of them at a time."""

    waiting: deque[Record] = field(default_factory=deque)
    not_before: datetime | None = None
    cut_to: int | None = None
    """How long a batch may be, since a longer one failed."""
    busy: bool = False


class StreamConsumer:
    """A function that follows the register's stream."""

    def __init__(self, function: str, stated: dict[str, Any]) -> None:
        self.function = function
        self.batch: int = stated["BatchSize"]
        self.retries: int = stated["MaximumRetryAttempts"]
        self.oldest = timedelta(seconds=stated["MaximumRecordAgeInSeconds"])
        self.patterns = [
            json.loads(each["Pattern"]) for each in stated["FilterCriteria"]["Filters"]
        ]
        self.lanes = [Lane() for _ in range(stated.get("ParallelizationFactor", 1))]
        self.dropped: list[Record] = []
        assert stated["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert stated["BisectBatchOnFunctionError"]

    def take(self, written: Written, sequence: int) -> None:
        """Takes a change, if the filter lets it through."""
        if written.table != "Register":
            return
        event = _event(written, sequence)
        if any(matches(each, event) for each in self.patterns):
            lane = zlib.crc32(str(written.key[0]).encode()) % len(self.lanes)
            self.lanes[lane].waiting.append(Record(event, written.at))

    def poison(self, chance: Random, now: datetime) -> None:
        """Has a change come that no function can read, among the others of a lane."""
        number = f"poison-{chance.getrandbits(32)}"
        change = {"Keys": {"reference": {"NULL": True}}, "SequenceNumber": number}
        waiting = chance.choice(self.lanes).waiting
        record = Record({"eventID": number, "eventName": "MODIFY", "dynamodb": change}, now)
        waiting.append(record)

    def ready(self, now: datetime) -> list[Delivery]:
        """A delivery for each lane that waits for one."""
        return [
            lambda world, chance, lane=lane: self._deliver(world, chance, lane)  # type: ignore[misc]
            for lane in self.lanes
            if lane.waiting and not lane.busy and (lane.not_before or now) <= now
        ]

    @property
    def owed(self) -> int:
        """How many changes it has not dealt with."""
        return sum(len(lane.waiting) for lane in self.lanes)

    def _deliver(self, world: "World", chance: Random, lane: Lane) -> None:
        size = min(chance.randint(1, self.batch), lane.cut_to or self.batch, len(lane.waiting))
        batch = [lane.waiting[number] for number in range(size)]
        lane.busy = True
        try:
            done = self._done(world, batch)
            for _ in range(done):
                lane.waiting.popleft()
            if done == len(batch):
                lane.cut_to = lane.not_before = None
                if chance.random() < TWICE:
                    self._done(world, batch)
                return
            first = batch[done]
            first.failures += 1
            lane.cut_to = max(1, (size - done) // 2)
            lane.not_before = world.now + timedelta(seconds=chance.randint(1, 60))
            too_old = world.now - first.at > self.oldest
            if too_old or (first.failures > self.retries and lane.cut_to == 1):
                self.dropped.append(lane.waiting.popleft())
                lane.cut_to = lane.not_before = None
        finally:
            lane.busy = False

    def _done(self, world: "World", batch: list[Record]) -> int:
        """How many of the batch, from its beginning, the function has dealt with."""
        try:
            answer = world.invoke(self.function, {"Records": [each.event for each in batch]})
        except (Died, Exception):  # noqa: BLE001  whatever it raises fails the batch
            return 0
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        numbers = [each.event["dynamodb"]["SequenceNumber"] for each in batch]
        assert failed <= set(numbers), "an unknown name fails the whole batch"
        return next((n for n, number in enumerate(numbers) if number in failed), len(batch))


class QueueConsumer:
    """A function that takes the messages of a queue."""

    def __init__(self, function: str, queue: str, stated: dict[str, Any]) -> None:
        self.function, self.queue = function, queue
        self.batch: int = stated["BatchSize"]
        scaling = resolved(stated.get("ScalingConfig", {}), {})
        self.most: int = scaling.get("MaximumConcurrency", 5)
        self.busy = 0
        assert stated["FunctionResponseTypes"] == ["ReportBatchItemFailures"]

    def ready(self, queue: Queue, now: datetime) -> list[Delivery]:
        """A delivery, if there are messages and the function has room for them."""
        if self.busy < self.most and queue.visible(now):
            return [self._deliver]
        return []

    def _deliver(self, world: "World", chance: Random) -> None:
        queue = world.queue(self.queue)
        waiting = queue.visible(world.now)
        batch = chance.sample(waiting, min(chance.randint(1, self.batch), len(waiting)))
        batch = [each for each in batch if queue.receive(each, world.now)]
        if not batch:
            return
        self.busy += 1
        try:
            records = [_message(queue, each.id, each.body, each.receives) for each in batch]
            answer = world.invoke(self.function, {"Records": records})
        except (Died, Exception):  # noqa: BLE001  all messages come again
            return
        finally:
            self.busy -= 1
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        assert failed <= {each.id for each in batch}, "an unknown name fails the whole batch"
        for each in batch:
            if each.id not in failed:
                queue.delete(each.id)
                if chance.random() < TWICE:
                    world.aws.put(queue, each.body)


def queues() -> dict[str, Queue]:
    """Every queue of the template, empty."""
    found = {}
    for name, stated in resources("AWS::SQS::Queue").items():
        redrive = stated.get("RedrivePolicy", {})
        found[name] = Queue(
            name,
            timedelta(seconds=stated["MessageRetentionPeriod"]),
            timedelta(seconds=stated.get("VisibilityTimeout", 30)),
            redrive.get("maxReceiveCount"),
        )
    return found


def stream_consumers() -> list[StreamConsumer]:
    """Every function of the template that follows the register's stream."""
    return [
        StreamConsumer(snake(name), each["Properties"])
        for name, it in FUNCTIONS.items()
        for each in it["Events"].values()
        if each["Type"] == "DynamoDB"
    ]


def queue_consumers() -> list[QueueConsumer]:
    """Every function of the template that takes the messages of a queue."""
    return [
        QueueConsumer(snake(name), _named(each["Properties"]["Queue"]), each["Properties"])
        for name, it in FUNCTIONS.items()
        for each in it["Events"].values()
        if each["Type"] == "SQS"
    ]


def _named(attribute: Any) -> str:
    return str(attribute["Fn::GetAtt"]).partition(".")[0]


def _message(queue: Queue, message_id: str, body: str, receives: int) -> dict[str, Any]:
    return {
        "messageId": message_id,
        "receiptHandle": message_id,
        "body": body,
        "attributes": {"ApproximateReceiveCount": str(receives)},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": queue.arn,
        "awsRegion": REGION,
    }


def _event(written: Written, sequence: int) -> dict[str, Any]:
    image = written.after or written.before
    assert image
    kind = {(True, False): "INSERT", (False, True): "REMOVE"}
    change = {
        "ApproximateCreationDateTime": written.at.timestamp(),
        "Keys": {name: image[name] for name in ("reference", "entry")},
        "SequenceNumber": str(sequence),
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "SizeBytes": 1,
    }
    if written.after is not None:
        change["NewImage"] = written.after
    if written.before is not None:
        change["OldImage"] = written.before
    event: dict[str, Any] = {
        "eventID": str(sequence),
        "eventName": kind.get((written.before is None, written.after is None), "MODIFY"),
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "eventSourceARN": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/Register/stream/2026",
        "dynamodb": change,
    }
    if written.by_ttl:
        event["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    return event
