"""DynamoDB in this process, with the template's tables, asked as over its wire.

It has what the service relies on: conditions, transactions that a repeated token does not repeat,
pages, indexes and reads that lag behind, what `TransactionConflict` means, streams. A test replays
to moto what a schedule asked of it, and compares the answers.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zlib import crc32

from tests.chaos.expressions import Item, condition, plain, projected, update
from tests.support.template import resources

type Key = tuple[Any, ...]
type Answer = dict[str, Any]
type LeftOut = Callable[[int], set[int]]

PAGE = 4
"""Items; few, to spread most answers over several pages."""
TOKENS_KEPT = timedelta(minutes=10)
LARGEST_ITEM = 400 * 1024


class Refused(Exception):
    """What DynamoDB answers instead, by its code."""

    def __init__(self, code: str, **told: Any) -> None:
        super().__init__(code)
        self.code = code
        self.told = told


@dataclass(frozen=True)
class Written:
    """One change of an item: when, and the item before and after it."""

    table: str
    at: datetime
    key: Key
    before: Item | None
    after: Item | None
    by_ttl: bool = False


@dataclass
class Table:
    """A table's items by their keys, and its journal."""

    name: str
    schema: tuple[str, ...]
    indexes: dict[str, tuple[tuple[str, ...], dict[str, Any]]]
    ttl: str | None
    items: dict[Key, Item] = field(default_factory=dict)
    journal: list[Written] = field(default_factory=list)

    def key(self, item: Item) -> Key:
        return tuple(plain(item[name]) for name in self.schema)

    def as_of(self, moment: datetime) -> dict[Key, Item]:
        """The items as they were then."""
        items = dict(self.items)
        for written in reversed(self.journal):
            if written.at <= moment:
                break
            if written.before is None:
                items.pop(written.key, None)
            else:
                items[written.key] = written.before
        return items


class DynamoDB:
    """All tables of the template, by their logical ids.

    now: the present moment. lag: by how much the next read that need not be consistent is late.
    requests: each request with its answer or refusal, once somebody sets it to a list.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        lag: Callable[[], timedelta],
        on_change: Callable[[Written], None],
    ) -> None:
        self.tables = {name: _table(name, it) for name, it in resources(_KIND).items()}
        self.now, self.lag, self.on_change = now, lag, on_change
        self.requests: list[tuple[str, dict[str, Any], Any]] | None = None
        self._answered: dict[str, tuple[datetime, str]] = {}
        self._left_out: LeftOut | None = None

    def answer(
        self, operation: str, asked: dict[str, Any], left_out: LeftOut | None = None
    ) -> Answer:
        """The answer to one request, both as on the wire.

        left_out: which of so many items a request about several is not answered for.

        Raises
        ------
        Refused
        """
        self._left_out = left_out
        act = getattr(self, f"_{operation}")
        answered: Answer | Refused
        try:
            answered = act(asked)
        except Refused as refused:
            answered = refused
        if self.requests is not None:
            self.requests.append((operation, asked, answered))
        if isinstance(answered, Refused):
            raise answered
        return answered

    def items(self, table: str) -> Iterator[Item]:
        """Every item of a table."""
        return iter(list(self.tables[table].items.values()))

    def expire(self, table: str, chance: Callable[[], bool]) -> None:
        """Deletes, as TTL does within some days, what is past its time and has bad luck."""
        found, now = self.tables[table], Decimal(self.now().timestamp())
        if found.ttl is None:
            return
        for item in list(found.items.values()):
            past = item.get(found.ttl)
            if past and plain(past) < now and chance():
                self._write(found, found.key(item), None, by_ttl=True)

    def _write(self, table: Table, key: Key, after: Item | None, *, by_ttl: bool = False) -> None:
        before = table.items.get(key)
        if before == after:
            return
        if after is None:
            del table.items[key]
        else:
            assert len(json.dumps(after)) < 2 * LARGEST_ITEM, "DynamoDB takes no larger item"
            table.items[key] = after
        written = Written(table.name, self.now(), key, before, after, by_ttl)
        table.journal.append(written)
        self.on_change(written)

    def _GetItem(self, asked: dict[str, Any]) -> Answer:  # noqa: N802  DynamoDB's name, as below
        table = self._table(asked)
        items = self._read(table, asked)
        found = items.get(table.key(asked["Key"]))
        return {"Item": _shown(asked, found)} if found is not None else {}

    def _PutItem(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        return self._single("Put", asked)

    def _UpdateItem(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        return self._single("Update", asked)

    def _DeleteItem(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        return self._single("Delete", asked)

    def _single(self, kind: str, asked: dict[str, Any]) -> Answer:
        table, key, before = self._meant(asked)
        if not _allows(asked, before):
            raise Refused("ConditionalCheckFailedException", **_told(asked, before))
        after = self._after(kind, asked, before)
        self._write(table, key, after)
        match asked.get("ReturnValues", "NONE"):
            case "ALL_OLD":
                return {"Attributes": before} if before is not None else {}
            case "ALL_NEW":
                return {"Attributes": after}
            case "NONE":
                return {}
        raise AssertionError(asked["ReturnValues"])

    def _TransactWriteItems(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        token, content = asked["ClientRequestToken"], json.dumps(asked, sort_keys=True)
        before = self._answered.get(token)
        if before and before[0] > self.now() - TOKENS_KEPT:
            if before[1] != content:
                raise Refused("IdempotentParameterMismatchException")
            return {}
        writes = [next(iter(each.items())) for each in asked["TransactItems"]]
        meant = [self._meant(write) for _, write in writes]
        assert len({(table.name, key) for table, key, _ in meant}) == len(meant) <= 100
        held = [
            _allows(write, item) for (_, write), (_, _, item) in zip(writes, meant, strict=True)
        ]
        if not all(held):
            reasons = [
                {"Code": "None"}
                if one
                else {"Code": "ConditionalCheckFailed", **_told(write, item)}
                for one, (_, write), (_, _, item) in zip(held, writes, meant, strict=True)
            ]
            raise Refused("TransactionCanceledException", CancellationReasons=reasons)
        for (kind, write), (table, key, item) in zip(writes, meant, strict=True):
            if kind != "ConditionCheck":
                self._write(table, key, self._after(kind, write, item))
        self._answered[token] = (self.now(), content)
        return {}

    def _BatchGetItem(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        """Answers for some of what it is asked, as it may."""
        found: dict[str, list[Item]] = {}
        left: dict[str, Any] = {}
        for name, each in asked["RequestItems"].items():
            assert 0 < len(each["Keys"]) <= 100
            table, (keys, rest) = self.tables[name], self._parts(each["Keys"])
            items = self._read(table, each)
            some = [items.get(table.key(key)) for key in keys]
            found[name] = [_shown(each, item) for item in some if item is not None]
            if rest:
                left[name] = each | {"Keys": rest}
        return {"Responses": found, "UnprocessedKeys": left}

    def _BatchWriteItem(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        """Writes some of what it is asked to, as it may."""
        left: dict[str, Any] = {}
        for name, writes in asked["RequestItems"].items():
            assert 0 < len(writes) <= 25
            table, (some, rest) = self.tables[name], self._parts(writes)
            for write in some:
                [(kind, what)] = write.items()
                item = what["Item"] if kind == "PutRequest" else None
                self._write(table, table.key(what.get("Item") or what["Key"]), item)
            if rest:
                left[name] = rest
        return {"UnprocessedItems": left}

    def _parts[Wanted](self, all_of_it: list[Wanted]) -> tuple[list[Wanted], list[Wanted]]:
        """What is done of it, and what is left: more than one is never done at once."""
        many = len(all_of_it)
        left = self._left_out(many) if self._left_out else set(range((many + 1) // 2, many))
        numbered = list(enumerate(all_of_it))
        return (
            [each for number, each in numbered if number not in left],
            [each for number, each in numbered if number in left],
        )

    def _Query(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        table = self._table(asked)
        items = list(self._read(table, asked).values())
        order = table.schema
        if index := asked.get("IndexName"):
            order, projection = table.indexes[index]
            items = [
                _in_index(item, {*order, *table.schema}, projection)
                for item in items
                if item.keys() >= set(order)
            ]
        names, values = _names(asked), _values(asked)
        wanted = condition(asked["KeyConditionExpression"])
        items = [item for item in items if wanted(item, names, values)]
        return self._page(asked, items, (*order, *table.schema))

    def _Scan(self, asked: dict[str, Any]) -> Answer:  # noqa: N802
        table = self._table(asked)
        segment, segments = asked.get("Segment", 0), asked.get("TotalSegments", 1)
        items = [
            item
            for item in self._read(table, asked).values()
            if crc32(str(plain(item[table.schema[0]])).encode()) % segments == segment
        ]
        return self._page(asked, items, table.schema)

    def _page(self, asked: dict[str, Any], items: list[Item], keys: tuple[str, ...]) -> Answer:
        place, forward = _place(keys), asked.get("ScanIndexForward", True)
        items.sort(key=place, reverse=not forward)
        if start := asked.get("ExclusiveStartKey"):
            first = place(start)
            items = [
                each for each in items if (place(each) > first if forward else place(each) < first)
            ]
        size = min(PAGE, asked.get("Limit", PAGE))
        looked_at, filtered = items[:size], asked.get("FilterExpression")
        holds = condition(filtered) if filtered else None
        found = [
            item
            for item in looked_at
            if holds is None or holds(item, _names(asked), _values(asked))
        ]
        answer: Answer = {"Count": len(found), "ScannedCount": len(looked_at)}
        if asked.get("Select") != "COUNT":
            answer["Items"] = [_shown(asked, item) for item in found]
        if len(looked_at) == size and len(items) > size:
            answer["LastEvaluatedKey"] = {name: looked_at[-1][name] for name in keys}
        if asked.get("ReturnConsumedCapacity", "NONE") != "NONE":
            answer["ConsumedCapacity"] = {"TableName": asked["TableName"], "CapacityUnits": 0.5}
        return answer

    def _read(self, table: Table, asked: dict[str, Any]) -> dict[Key, Item]:
        if asked.get("ConsistentRead"):
            assert "IndexName" not in asked, "DynamoDB reads no index consistently"
            return table.items
        return table.as_of(self.now() - self.lag())

    def _meant(self, write: dict[str, Any]) -> tuple[Table, Key, Item | None]:
        table = self._table(write)
        key = table.key(write.get("Item") or write["Key"])
        return table, key, table.items.get(key)

    def _after(self, kind: str, write: dict[str, Any], before: Item | None) -> Item | None:
        if kind == "Put":
            item: Item = write["Item"]
            return item
        if kind == "Delete":
            return None
        after, seen = dict(before or write["Key"]), before or {}
        for act in update(write["UpdateExpression"]):
            act(seen, after, _names(write), _values(write))
        return after

    def _table(self, asked: dict[str, Any]) -> Table:
        if asked["TableName"] not in self.tables:
            raise Refused("ResourceNotFoundException")
        return self.tables[asked["TableName"]]


_KIND = "AWS::DynamoDB::Table"


def _table(name: str, stated: dict[str, Any]) -> Table:
    indexes = {
        each["IndexName"]: (_schema(each), each["Projection"])
        for each in stated.get("GlobalSecondaryIndexes", [])
    }
    ttl = stated.get("TimeToLiveSpecification", {}).get("AttributeName")
    return Table(name, _schema(stated), indexes, ttl)


def _schema(stated: dict[str, Any]) -> tuple[str, ...]:
    return tuple(each["AttributeName"] for each in stated["KeySchema"])


def _place(names: tuple[str, ...]) -> Callable[[Item], Any]:
    return lambda item: [plain(item[name]) for name in names]


def _in_index(item: Item, keys: set[str], projection: dict[str, Any]) -> Item:
    if projection["ProjectionType"] == "ALL":
        return item
    kept = keys | set(projection.get("NonKeyAttributes", ()))
    return {name: value for name, value in item.items() if name in kept}


def _names(asked: dict[str, Any]) -> dict[str, str]:
    names: dict[str, str] = asked.get("ExpressionAttributeNames", {})
    return names


def _values(asked: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = asked.get("ExpressionAttributeValues", {})
    return values


def _shown(asked: dict[str, Any], item: Item) -> Item:
    wanted = asked.get("ProjectionExpression")
    return projected(wanted, item, _names(asked)) if wanted else item


def _allows(write: dict[str, Any], item: Item | None) -> bool:
    stated = write.get("ConditionExpression")
    return stated is None or condition(stated)(item or {}, _names(write), _values(write))


def _told(write: dict[str, Any], item: Item | None) -> dict[str, Any]:
    wanted = write.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    return {"Item": item} if wanted and item is not None else {}
