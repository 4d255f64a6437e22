"""The tables of the stand-in for AWS: whole pages, quick queries, and the capacity that each costs.

DynamoDB counts in units: a read of 4 KB is half a unit, or one if it must be consistent; a write of
1 KB is one, two in a transaction, and as many again in each index whose item it changes.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.chaos import dynamodb
from tests.chaos.dynamodb import Answer, DynamoDB, Key, Table, Written
from tests.chaos.expressions import Item, condition, plain

_PAGE = 1024 * 1024  # bytes
_READ_UNIT, _WRITE_UNIT = 4096, 1024  # bytes
_SHORTEST = 1  # unit
_EQUALS = re.compile(r"(#?\w+)\s*=\s*(:\w+)")

type Place = tuple[str, str | None, Any]
"""A table, one of its indexes or None, and a partition of it."""


class Tables(DynamoDB):
    """All tables of the template. `units` are those consumed so far: read, written."""

    def __init__(self, now: Callable[[], datetime], on_change: Callable[[Written], None]) -> None:
        super().__init__(now, timedelta, on_change)
        self.read_units = 0.0
        self.write_units = 0.0
        self._partitions: defaultdict[Place, dict[Key, Item]] = defaultdict(dict)

    def put(self, name: str, item: Item) -> None:
        """Writes an item without a request."""
        table = self.tables[name]
        self._write(table, table.key(item), item)

    def _write(self, table: Table, key: Key, after: Item | None, *, by_ttl: bool = False) -> None:
        before = table.items.get(key)
        super()._write(table, key, after, by_ttl=by_ttl)
        table.journal.clear()  # nobody reads it, and it holds every item there ever was
        for index in (None, *table.indexes):
            for item in (before, after):
                if item is not None and (place := _place(table, index, item)):
                    if item is after:
                        self._partitions[place][key] = item
                    else:
                        self._partitions[place].pop(key, None)

    def _single(self, kind: str, asked: dict[str, Any]) -> Answer:
        table, key, before = self._meant(asked)
        answered = super()._single(kind, asked)
        self.write_units += _written(table, before, table.items.get(key))
        return answered

    def _TransactWriteItems(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        writes = [next(iter(each.values())) for each in asked["TransactItems"]]
        meant = [self._meant(write) for write in writes]
        answered = super()._TransactWriteItems(asked)
        for table, key, before in meant:
            self.write_units += 2 * _written(table, before, table.items.get(key))
        return answered

    def _BatchWriteItem(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        for name, writes in asked["RequestItems"].items():
            for write in writes:
                [(kind, what)] = write.items()
                stated = {"TableName": name} | what
                self._single("Put" if kind == "PutRequest" else "Delete", stated)
        return {"UnprocessedItems": {}}

    def _GetItem(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        found = self._table(asked).items.get(self._table(asked).key(asked["Key"]))
        self._count_read(asked, [size_of(found or {})])
        return {"Item": dynamodb._shown(asked, found)} if found is not None else {}

    def _BatchGetItem(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        answered: dict[str, list[Item]] = {}
        for name, each in asked["RequestItems"].items():
            table = self.tables[name]
            found = [table.items.get(table.key(key)) for key in each["Keys"]]
            for item in found:
                self._count_read(each, [size_of(item or {})])
            answered[name] = [dynamodb._shown(each, item) for item in found if item is not None]
        return {"Responses": answered, "UnprocessedKeys": {}}

    def _Query(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        table, index = self._table(asked), asked.get("IndexName")
        order = table.indexes[index][0] if index else table.schema
        names, values = dynamodb._names(asked), dynamodb._values(asked)
        equal = {
            names.get(name, name): values[value]
            for name, value in _EQUALS.findall(asked["KeyConditionExpression"])
        }
        items: Iterable[Item] = self._partitions[table.name, index, plain(equal[order[0]])].values()
        wanted = condition(asked["KeyConditionExpression"])
        if index:
            projection = table.indexes[index][1]
            keys = {*order, *table.schema}
            items = (dynamodb._in_index(item, keys, projection) for item in items)
        found = [item for item in items if wanted(item, names, values)]
        return self._page(asked, found, tuple(dict.fromkeys((*order, *table.schema))))

    def _page(self, asked: dict[str, Any], items: list[Item], keys: tuple[str, ...]) -> Answer:
        """Up to a megabyte of them, where the tests' DynamoDB gives a few."""
        place, forward = dynamodb._place(keys), asked.get("ScanIndexForward", True)
        items.sort(key=place, reverse=not forward)
        if start := asked.get("ExclusiveStartKey"):
            first = place(start)
            items = [
                each for each in items if (place(each) > first if forward else place(each) < first)
            ]
        looked_at = list(_fitting(items, asked.get("Limit", len(items))))
        self._count_read(asked, map(size_of, looked_at))
        names, values = dynamodb._names(asked), dynamodb._values(asked)
        filtered = asked.get("FilterExpression")
        holds = condition(filtered) if filtered else None
        found = [item for item in looked_at if holds is None or holds(item, names, values)]
        answer: Answer = {"Count": len(found), "ScannedCount": len(looked_at)}
        if asked.get("Select") != "COUNT":
            answer["Items"] = [dynamodb._shown(asked, item) for item in found]
        if looked_at and (len(looked_at) < len(items) or len(looked_at) == asked.get("Limit", -1)):
            answer["LastEvaluatedKey"] = {name: looked_at[-1][name] for name in keys}
        if asked.get("ReturnConsumedCapacity", "NONE") != "NONE":
            answer["ConsumedCapacity"] = {"TableName": asked["TableName"], "CapacityUnits": 0.5}
        return answer

    def _read(self, table: Table, asked: dict[str, Any]) -> dict[Key, Item]:
        del asked  # every read is consistent here
        return table.items

    def _count_read(self, asked: dict[str, Any], sizes: Iterable[int]) -> None:
        blocks = max(_SHORTEST, math.ceil(sum(sizes) / _READ_UNIT))
        self.read_units += blocks if asked.get("ConsistentRead") else blocks / 2


def size_of(item: Item) -> int:
    """The bytes that DynamoDB counts for an item."""
    return sum(len(name.encode()) + _size_of(value) for name, value in item.items())


def _size_of(attribute: dict[str, Any]) -> int:
    [(kind, value)] = attribute.items()
    match kind:
        case "S":
            size = len(value.encode())
        case "N":
            size = (len(value.strip("-").replace(".", "")) + 1) // 2 + 1
        case "B":
            size = len(value) * 3 // 4
        case "M":
            size = 3 + sum(1 + len(name.encode()) + _size_of(it) for name, it in value.items())
        case "L":
            size = 3 + sum(1 + _size_of(each) for each in value)
        case "SS":
            size = sum(len(each.encode()) for each in value)
        case _:  # a truth value or nothing
            size = 1
    return size


def _place(table: Table, index: str | None, item: Item) -> Place | None:
    order = table.indexes[index][0] if index else table.schema
    if item.keys() < set(order) or any(name not in item for name in order):
        return None
    return table.name, index, plain(item[order[0]])


def _fitting(items: list[Item], most: int) -> Iterator[Item]:
    left = _PAGE
    for item in items[:most]:
        if (left := left - size_of(item)) < 0:
            return
        yield item


def _written(table: Table, before: Item | None, after: Item | None) -> float:
    units = _blocks(max(size_of(before or {}), size_of(after or {})))
    for order, projection in table.indexes.values():
        keys = {*order, *table.schema}
        old, new = (
            dynamodb._in_index(item, keys, projection)
            if item is not None and item.keys() >= set(order)
            else None
            for item in (before, after)
        )
        if old == new:
            continue
        moved = old and new and any(old[name] != new[name] for name in order)
        if moved:  # it is deleted in one place and put into another
            units += _blocks(size_of(old or {})) + _blocks(size_of(new or {}))
        else:
            units += _blocks(max(size_of(old or {}), size_of(new or {})))
    return units


def _blocks(byte_count: int) -> int:
    return max(_SHORTEST, math.ceil(byte_count / _WRITE_UNIT))
