"""Counts what each act of one incident asks of AWS, by running the functions in this process.

The AWS is that of the chaos tests, without any fault. What it is asked is counted at the wire. The
capacity units follow DynamoDB's rules: one for each KB written and each 4 KB read, half of it where
a read need not be consistent, twice as much in a transaction. Each index that an item is in counts
as one unit more.
"""

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

from suport.runtime import aws as service_aws
from tests.chaos import dynamodb, functions
from tests.chaos.aws import ACCOUNT
from tests.chaos.expressions import Item
from tests.chaos.world import World, running
from tests.support.service import submission
from tests.support.template import FUNCTIONS

FILE = Path(__file__).parent / "calls.json"
TEAM = "functional"
KINDS = {
    "sqs": "queue",
    "sesv2": "mail",
    "secrets-manager": "secret",
    "s3": "store",
    "cloudwatch": "statistics",
}
FREE = {"GetAccount"}
A_WATCH = "a watch that finds nothing"
A_WATCH_FOR_COMANDA = "a watch that finds nothing, and records the state"
AN_AUDIT = "a night's audit"
AFTER_THE_AUDIT = "a start after the audit"
A_COUNT = "a night's count"
WITHOUT_AN_INCIDENT = {A_WATCH, A_WATCH_FOR_COMANDA, AN_AUDIT, AFTER_THE_AUDIT, A_COUNT}
_MANY = 10_000


@dataclass
class Counts:
    """What an act asks of AWS: calls by their names, and what is paid for by its kind."""

    calls: Counter[str] = field(default_factory=Counter)
    paid: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def told(self) -> dict[str, dict[str, float]]:
        """As it is written to the file."""
        return {"calls": dict(sorted(self.calls.items())), "paid": dict(sorted(self.paid.items()))}


class Steady(Random):
    """Chances under which nothing happens that happens only sometimes."""

    def random(self) -> float:
        return 0.999

    def randint(self, _least: int, most: int) -> int:
        return most


class Meter:
    """Counts all that a world's functions do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._now = Counts()
        self._transaction = False
        self._own_invoke = world.invoke
        world.aws.fate = self._fate
        world.observers.append(self._written)
        world.faults.rate = 0
        vars(world)["invoke"] = self._invoke

    def of(self, act: Callable[[], Any]) -> Counts:
        """What is counted while `act` runs."""
        counted = self._now = Counts()
        act()
        self._now = Counts()  # what happens in between is nobody's
        return counted

    def asked(self, service: str, operation: str) -> None:
        """Counts a call."""
        self._now.calls[f"{service}:{operation}"] += 1
        if service in KINDS and operation not in FREE:
            self._now.paid[KINDS[service]] += 1

    def _invoke(self, function: str, event: Any) -> Any:
        self._now.paid["run"] += 1
        if isinstance(event, dict):
            records = event.get("Records", [{}])
            if "httpMethod" in event:
                self._now.paid["api"] += 1
            elif records[0].get("eventSource") == "aws:sqs":
                self._now.paid["queue"] += 2  # Lambda takes the batch, and deletes it
        return self._own_invoke(function, event)

    def _fate(self, service: str, operation: str, effect: Callable[[], Any]) -> Any:
        self.asked(service, operation)
        before = self._world.aws.dynamodb.requests = []
        self._transaction = operation.startswith("Transact")
        answered = effect()
        for name, wanted, got in before:
            self._now.paid["read_unit"] += _read_units(name, wanted, got)
        return answered

    def _written(self, written: dynamodb.Written) -> None:
        table = self._world.aws.dynamodb.tables[written.table]
        images = [each for each in (written.before, written.after) if each]
        units = max(math.ceil(_size(each) / 1024) for each in images)
        indexes = sum(
            any(all(key in image for key in keys) for image in images)
            for keys, _ in table.indexes.values()
        )
        self._now.paid["write_unit"] += units * (2 if self._transaction else 1) + indexes


def _read_units(operation: str, asked: dict[str, Any], answered: Any) -> float:
    if isinstance(answered, dynamodb.Refused):
        return 0
    match operation:
        case "GetItem":
            return _read([answered["Item"]] if "Item" in answered else [], asked)
        case "Query" | "Scan":
            return _read(answered["Items"], asked, together=True)
        case "BatchGetItem":
            return sum(
                _read(items, asked["RequestItems"][table])
                for table, items in answered["Responses"].items()
            )
        case "TransactGetItems":
            items = [each["Item"] for each in answered["Responses"] if "Item" in each]
            return 2 * _read(items, {"ConsistentRead": True})
    return 0


def _read(items: list[Item], asked: dict[str, Any], *, together: bool = False) -> float:
    sizes = [sum(map(_size, items))] if together else [_size(each) for each in items]
    units = sum(max(1, math.ceil(size / 4096)) for size in sizes or [0])
    return units if asked.get("ConsistentRead") else units / 2


def _size(item: Item) -> int:
    """Names and values in bytes, much as DynamoDB counts them."""
    return sum(len(name) + len(json.dumps(value).encode()) - 8 for name, value in item.items())


def count() -> dict[str, Counts]:
    """What each act in the life of one incident asks of AWS, and what a watch and a night do."""
    world = World(1, lambda _kind, _chance: None)
    with (
        running(world),
        mock.patch.object(dynamodb, "PAGE", _MANY),
        mock.patch.dict(functions.environment("watch_incidents"), WATCHED=_watched()),
        _cloudwatch_idle() as meters,
    ):
        meters.append(Meter(world))
        return dict(_life(world, meters[0]))


def _watched() -> str:
    """What the watcher looks at, with the queues' own addresses."""
    stated: str = FUNCTIONS["WatchIncidents"]["Environment"]["Variables"]["WATCHED"]["Fn::Sub"]
    return re.sub(r"\$\{(\w+)\}", lambda name: functions.physical(name[1]), stated)


def _life(world: World, meter: Meter) -> Iterator[tuple[str, Counts]]:
    chance = Steady(1)
    sent = {"number": 1}
    receipts: list[Any] = []

    def submit() -> None:
        key = f"key-of-incident-{sent['number']}"
        content = json.dumps(submission()).encode()
        answer = world.request(
            "POST", "/v1/incidents", body=content, content_type=_JSON, idempotency_key=key
        )
        assert answer.ok, answer.body
        receipts.append(answer.json())

    def settle() -> None:
        world.settle(chance)

    def desk(act: str, content: dict[str, Any], key: str) -> None:
        caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/{TEAM.capitalize()}TeamRole/neus"
        answer = world.request(
            "POST",
            f"/v1/desk/incidents/{receipts[0]['reference']}/{act}",
            body=json.dumps(content).encode(),
            caller=caller,
            content_type=_JSON,
            idempotency_key=key,
        )
        assert answer.ok, answer.body

    def track() -> None:
        code = f"Bearer {receipts[0]['access_code']}"
        answer = world.request(
            "GET", f"/v1/incidents/{receipts[0]['reference']}", authorization=code
        )
        assert answer.ok, answer.body

    _warm(world)
    yield "the help page", meter.of(lambda: world.request("GET", "/ca/help"))
    yield "the form", meter.of(lambda: world.request("GET", "/ca/incident"))
    submit()  # another citizen's: the function has read its secret
    settle()
    receipts.clear()
    sent["number"] = 2
    world.wait(timedelta(minutes=2))
    yield "a submission", meter.of(submit)
    yield "routed, indexed, acknowledged", meter.of(settle)
    track()
    yield "a look by the citizen", meter.of(track)
    desk_calls = meter.of(lambda: desk("claim", {}, "key-of-the-claim"))
    desk_calls.paid["queue"] += 2  # the desk takes the message, and deletes it
    yield "taken by an operator", desk_calls
    yield "its stream", meter.of(settle)
    answer = {"body": "Ja ho hem arreglat."}
    yield "an answer", meter.of(lambda: desk("messages", answer, "key-of-the-answer"))
    yield "its stream and mail", meter.of(settle)
    yield "resolved", meter.of(lambda: desk("resolve", {}, "key-of-the-resolution"))
    yield "the last stream and mail", meter.of(settle)
    world.wait(timedelta(minutes=5))
    watch = functions.environment("watch_incidents")
    for name, asks in ((A_WATCH, "off"), (A_WATCH_FOR_COMANDA, "on")):
        with mock.patch.dict(watch, COMANDA=asks):
            world.invoke("watch_incidents", {})
            world.wait(timedelta(minutes=5))
            yield name, meter.of(lambda: world.invoke("watch_incidents", {}))
    world.wait(timedelta(days=1))
    for name, function in (
        (AN_AUDIT, "audit_retention"),
        (AFTER_THE_AUDIT, "audit_retention"),
        (A_COUNT, "count_figures"),
    ):
        yield name, meter.of(lambda function=function: world.invoke(function, {}))  # type: ignore[misc]


_JSON = "application/json"


def _warm(world: World) -> None:
    """Has the functions read what they read once in a process."""
    for path in ("/ca/help", "/ca/incident"):
        world.request("GET", path)


@contextmanager
def _cloudwatch_idle() -> Iterator[list[Meter]]:
    """A CloudWatch that knows of one run of the watcher, and of nothing else."""
    meters: list[Meter] = []
    own = service_aws.client

    class CloudWatch:
        def get_metric_statistics(self, **asked: Any) -> Any:
            meters[0].asked("cloudwatch", "GetMetricStatistics")
            runs = 1.0 if asked["MetricName"] == "Invocations" else 0.0
            return {"Datapoints": [{"SampleCount": runs, "Sum": runs}]}

    def client(service: str) -> Any:
        return CloudWatch() if service == "cloudwatch" else own(service)  # type: ignore[call-overload]

    client.cache_clear = own.cache_clear  # type: ignore[attr-defined]
    with mock.patch.object(service_aws, "client", client):
        yield meters
