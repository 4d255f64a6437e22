"""The register's table in this process: exactly as much of DynamoDB as the register uses.

It is a thousand times faster than moto, and lets a model run long. `Compared` sends each request to
moto as well and compares the answers. An expression that the register does not use fails here.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zlib import crc32

from botocore.exceptions import ClientError

from suport.domain.reference import Reference
from tests.support.template import TEMPLATE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, dict[str, Any]]

NAME = "register"
TOMBSTONES = "tombstones"
MOST_GOT = 100  # items, by one request
PAGE = 3  # items; few, to spread the answer to any query over several pages
_PROPERTIES = TEMPLATE["Resources"]["Register"]["Properties"]
_TERM = re.compile(
    r"attribute_not_exists\((?P<absent>\S+)\)|(?P<name>\S+) (?P<is>[=<>]+) (?P<value>:\w+)"
    r"|begins_with\((?P<whole>#\w+), (?P<beginning>:\w+)\)"
    r"|(?P<one>#\w+) IN \((?P<of>[:\w, ]+)\)"
)
_AND, _OR = (re.compile(rf" {word} (?![^()]*\))") for word in ("AND", "OR"))
"""What is between terms, outside of brackets."""
_ASSIGNED = re.compile(r"(#\w+) = (?:(if_not_exists)\(#\w+, )?(:\w+)")
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: one == other,
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
}


class ConditionalCheckFailedException(ClientError):
    pass


class TransactionCanceledException(ClientError):
    pass


class TransactionConflictException(ClientError):
    pass


@dataclass(frozen=True, eq=False)
class Change:
    """A record of the stream: the incident's item after the change, and before it."""

    reference: Reference
    image: Item
    image_before: Item | None


class Table:
    """Items by their keys, and the stream of incidents that need queueing or a mail.

    Each write first runs the acts in `meanwhile`: those of other writers between this writer's
    read and its write.
    """

    class exceptions:  # noqa: N801  as a client has it
        ConditionalCheckFailedException = ConditionalCheckFailedException
        TransactionCanceledException = TransactionCanceledException
        TransactionConflictException = TransactionConflictException

    def __init__(self, **beside: Any) -> None:
        """beside: other tables of the same account, by their names."""
        self.beside = beside
        self.items: dict[str, dict[str, Item]] = {}
        self.tombstones: list[Item] = []
        self.stream: list[Change] = []
        self.meanwhile: list[Callable[[], None]] = []

    def get_item(self, **asked: Any) -> Any:
        return self._answer("get_item", asked)

    def put_item(self, **asked: Any) -> Any:
        self.let_others_go_first()
        return self._answer("put_item", asked)

    def update_item(self, **asked: Any) -> Any:
        self.let_others_go_first()
        return self._answer("update_item", asked)

    def transact_write_items(self, **asked: Any) -> Any:
        self.let_others_go_first()
        return self._answer("transact_write_items", asked)

    def delete_item(self, **asked: Any) -> Any:
        """Only the audit deletes; and tests, without a condition."""
        self.let_others_go_first()
        return self._answer("delete_item", asked)

    def batch_get_item(self, **asked: Any) -> Any:
        return self._answer("batch_get_item", asked)

    def batch_write_item(self, **asked: Any) -> Any:
        """Only the search index, a table beside, is written in batches."""
        return self._answer("batch_write_item", asked)

    def query(self, **asked: Any) -> Any:
        """A part of what a query finds: that among the first items, as many as the limit says."""
        limit = asked.pop("Limit", None)
        found = self._answer("query", asked)
        if isinstance(found, dict):  # of a table beside
            return found
        unfiltered = {name: each for name, each in asked.items() if name != "FilterExpression"}
        there = self._query(**unfiltered)
        looked_at, kept = there[:limit], {_key(each) for each in found}
        part: dict[str, Any] = {"Items": [each for each in looked_at if _key(each) in kept]}
        if len(looked_at) < len(there):
            schema = _index(asked["IndexName"])["KeySchema"]
            keys = ("reference", "entry", *(each["AttributeName"] for each in schema))
            part["LastEvaluatedKey"] = {name: looked_at[-1][name] for name in keys}
        return part | {"Count": len(part["Items"]), "ScannedCount": len(looked_at)}

    def scan(self, *, TableName: str, **asked: Any) -> Any:  # noqa: N803
        """For tests, and the tables beside: the audit asks for all pages of a segment."""
        if TableName in self.beside:
            return self.beside[TableName].scan(TableName=TableName, **asked)
        return {"Items": [item for entries in self.items.values() for item in entries.values()]}

    def get_paginator(self, name: str) -> Any:
        assert name in {"query", "scan"}
        return self if name == "query" else Scan(self)

    def paginate(self, **asked: Any) -> Iterator[Any]:
        found = self._answer("query", asked)
        if isinstance(found, dict):  # of a table beside
            found = found["Items"]
        for start in range(0, max(len(found), 1), PAGE):
            part = found[start : start + PAGE]
            counts_only = asked.get("Select") == "COUNT"
            yield {"Count": len(part)} | ({} if counts_only else {"Items": part})

    def let_others_go_first(self) -> None:
        while self.meanwhile:
            self.meanwhile.pop()()

    def _answer(self, name: str, asked: dict[str, Any]) -> Any:
        of = _table_of(asked)
        if other := self.beside.get(of):
            return getattr(other, name)(**asked)
        if of not in {NAME, TOMBSTONES}:
            told: Any = {"Error": {"Code": "ResourceNotFoundException"}}
            raise ClientError(told, operation(name))
        return getattr(self, f"_{name}")(**asked)

    def _get_item(self, **asked: Any) -> Any:
        assert asked["ConsistentRead"]
        item = self._at(asked["Key"])
        return {"Item": item} if item else {}

    def _batch_get_item(self, *, RequestItems: dict[str, Any]) -> Any:  # noqa: N803
        [(name, asked)] = RequestItems.items()
        assert asked["ConsistentRead"]
        assert 0 < len(asked["Keys"]) <= MOST_GOT
        found = [item for key in asked["Keys"] if (item := self._at(key))]
        if "ProjectionExpression" in asked:
            names = asked["ExpressionAttributeNames"]
            kept = {names[each] for each in asked["ProjectionExpression"].split(", ")}
            found = [{each: item[each] for each in item.keys() & kept} for item in found]
        return {"Responses": {name: found}, "UnprocessedKeys": {}}

    def _put_item(self, **put: Any) -> Any:
        if reason := self._refusal(put):
            told: Any = {"Error": {"Code": "ConditionalCheckFailedException"}} | reason
            raise ConditionalCheckFailedException(told, "PutItem")
        self._put(put["Item"])
        return {}

    def _update_item(self, **update: Any) -> Any:
        if reason := self._refusal(update):
            told: Any = {"Error": {"Code": "ConditionalCheckFailedException"}} | reason
            raise ConditionalCheckFailedException(told, "UpdateItem")
        self._put(self._updated(update))
        return {}

    def _delete_item(self, **asked: Any) -> Any:
        if self._refusal(asked):
            told: Any = {"Error": {"Code": "ConditionalCheckFailedException"}}
            raise ConditionalCheckFailedException(told, "DeleteItem")
        key = asked["Key"]
        gone = self.items.get(key["reference"]["S"], {}).pop(key["entry"]["S"], None)
        return {"Attributes": gone} if gone else {}

    def _scan(self, **asked: Any) -> list[Item]:
        """The items of a segment; those of an incident lie together, in order."""
        return [
            entries[name]
            for reference, entries in self.items.items()
            if crc32(reference.encode()) % asked["TotalSegments"] == asked["Segment"]
            for name in sorted(entries)
        ]

    def _transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> Any:  # noqa: N803
        writes = [next(iter(write.items())) for write in TransactItems]
        reasons = [self._refusal_of_any(write) for _, write in writes]
        if any(reasons):
            told: list[Any] = [
                {"Code": "ConditionalCheckFailed"} | reason
                if reason is not None
                else {"Code": "None"}
                for reason in reasons
            ]
            raise TransactionCanceledException(
                {
                    "Error": {"Code": "TransactionCanceledException"},
                    "CancellationReasons": told,
                },
                "TransactWriteItems",
            )
        for kind, write in writes:
            if other := self.beside.get(write["TableName"]):
                other.written(kind, write)
            elif write["TableName"] == TOMBSTONES:
                self.tombstones.append(write["Item"])
            else:
                self._put(write["Item"] if kind == "Put" else self._updated(write))
        return {}

    def _query(self, **asked: Any) -> list[Item]:
        if asked["TableName"] == TOMBSTONES:
            return [
                item
                for item in self.tombstones
                if _holds(asked["KeyConditionExpression"], asked, item)
            ]
        index = asked.get("IndexName")
        found = [
            item
            for entries in self.items.values()
            for item in entries.values()
            if _holds(asked["KeyConditionExpression"], asked, item)
        ]
        order = "entry"
        if index:
            definition = _index(index)
            keys = [each["AttributeName"] for each in definition["KeySchema"]]
            order = keys[1]
            kept = {*keys, "reference", "entry", *definition["Projection"]["NonKeyAttributes"]}
            found = [
                {name: value for name, value in item.items() if name in kept}
                for item in found
                if item.keys() >= set(keys)
            ]
        backwards = not asked.get("ScanIndexForward", True)
        found.sort(key=lambda item: _value(item[order]), reverse=backwards)
        condition = asked.get("FilterExpression")
        return [item for item in found if condition is None or _holds(condition, asked, item)]

    def _at(self, key: Item) -> Item | None:
        return self.items.get(key["reference"]["S"], {}).get(key["entry"]["S"])

    def _put(self, item: Item) -> None:
        reference = Reference(item["reference"]["S"])
        before = self._at(item)
        self.items.setdefault(reference, {})[item["entry"]["S"]] = item
        if item["kind"]["S"] == "incident" and item.keys() & {"route_reason", "mail_request"}:
            self.stream.append(Change(reference, item, before))

    def _refusal_of_any(self, write: dict[str, Any]) -> dict[str, Any] | None:
        """Why a write of a transaction is refused, whichever table it is for."""
        if other := self.beside.get(write["TableName"]):
            return None if other.allows(write) else {"Message": "refused"}
        return self._refusal(write)

    def _refusal(self, write: dict[str, Any]) -> dict[str, Any] | None:
        condition = write.get("ConditionExpression")
        if write["TableName"] == TOMBSTONES:
            assert condition is None
            return None
        standing = self._at(write["Key"] if "Key" in write else write["Item"])
        if condition is None or _holds(condition, write, standing or {}):
            return None
        told = write.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
        return {"Item": standing} if told else {"Message": "refused"}

    def _updated(self, update: dict[str, Any]) -> Item:
        names, values = update["ExpressionAttributeNames"], update["ExpressionAttributeValues"]
        item = {**(self._at(update["Key"]) or update["Key"])}
        assignments, _, removed = update["UpdateExpression"].partition(" REMOVE ")
        for assignment in assignments.removeprefix("SET ").split(", "):
            name, value = assignment.split(" = ")
            item[names[name]] = values[value]
        for name in filter(None, removed.split(", ")):
            item.pop(names[name], None)
        return item


@dataclass(frozen=True)
class Scan:
    """All pages of a scan."""

    table: Table

    def paginate(self, **asked: Any) -> Iterator[Any]:
        found = self.table._answer("scan", asked)
        for start in range(0, max(len(found), 1), PAGE):
            page = found[start : start + PAGE]
            yield {"Items": page, "ConsumedCapacity": {"CapacityUnits": 0.5}}


@dataclass
class PlainTable:
    """Another table, with these keys: items that are put and read as a whole, and counts."""

    keys: tuple[str, str]
    items: dict[tuple[str, str], Item] = field(default_factory=dict)

    def get_item(self, **asked: Any) -> Any:
        item = self.items.get(self._key(asked["Key"]))
        return {"Item": item} if item else {}

    def put_item(self, **asked: Any) -> Any:
        if not self.allows(asked):
            told: Any = {"Error": {"Code": "ConditionalCheckFailedException"}}
            raise ConditionalCheckFailedException(told, "PutItem")
        self.written("Put", asked)
        return {}

    def update_item(self, **asked: Any) -> Any:
        if not self.allows(asked):
            told: Any = {"Error": {"Code": "ConditionalCheckFailedException"}}
            raise ConditionalCheckFailedException(told, "UpdateItem")
        item = dict(self.items.get(self._key(asked["Key"]), asked["Key"]))
        names, values = asked["ExpressionAttributeNames"], asked["ExpressionAttributeValues"]
        how, _, what = asked["UpdateExpression"].partition(" ")
        if how == "ADD":
            name, value = what.split()
            before = int(item.get(names[name], {"N": "0"})["N"])
            item[names[name]] = {"N": str(before + int(values[value]["N"]))}
        else:
            for name, once, value in _ASSIGNED.findall(what):
                if not (once and names[name] in item):
                    item[names[name]] = values[value]
        self.items[self._key(asked["Key"])] = item
        return {"Attributes": item} if asked.get("ReturnValues") == "ALL_NEW" else {}

    def delete_item(self, **asked: Any) -> Any:
        self.items.pop(self._key(asked["Key"]), None)
        return {}

    def transact_write_items(self, *, TransactItems: list[dict[str, Any]]) -> Any:  # noqa: N803
        writes = [next(iter(write.items())) for write in TransactItems]
        held = [self.allows(write) for _, write in writes]
        if not all(held):
            told: Any = {
                "Error": {"Code": "TransactionCanceledException"},
                "CancellationReasons": [
                    {"Code": "None" if each else "ConditionalCheckFailed"} for each in held
                ],
            }
            raise TransactionCanceledException(told, "TransactWriteItems")
        for kind, write in writes:
            self.written(kind, write)
        return {}

    def allows(self, write: dict[str, Any]) -> bool:
        """Whether the condition of a write holds, if it has one."""
        condition = write.get("ConditionExpression")
        standing = self.items.get(self._key(write.get("Item") or write["Key"]), {})
        return condition is None or _holds(condition, write, standing)

    def written(self, kind: str, write: dict[str, Any]) -> None:
        """Writes what a transaction writes to this table, a whole item or none."""
        if kind == "Put":
            self.items[self._key(write["Item"])] = write["Item"]
        else:
            assert kind == "Delete"
            self.items.pop(self._key(write["Key"]), None)

    def query(self, **asked: Any) -> Any:
        found = [
            item
            for _, item in sorted(self.items.items())
            if _holds(asked["KeyConditionExpression"], asked, item)
        ]
        return {"Items": found}

    def _key(self, item: Item) -> tuple[str, str]:
        first, second = self.keys
        return item[first]["S"], item[second]["S"]


class Compared(Table):
    """The same table beside one in moto, which gets the same requests; the two must agree."""

    def __init__(self, moto: "DynamoDBClient", name: str) -> None:
        super().__init__()
        self._moto: Any = moto
        self._name = name
        moto.create_table(
            TableName=name,
            **{
                each: _PROPERTIES[each]
                for each in (
                    *("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"),
                    "BillingMode",
                )
            },
        )

    def _answer(self, name: str, asked: dict[str, Any]) -> Any:
        theirs, their_refusal = _outcome(lambda: self._ask_moto(name, self._addressed(asked)))
        ours, our_refusal = _outcome(lambda: super(Compared, self)._answer(name, asked))
        assert _refused(our_refusal) == _refused(their_refusal), name
        if our_refusal:
            raise our_refusal
        if name == "get_item":
            assert ours.get("Item") == theirs.get("Item")
        if name == "batch_get_item":
            [found], [own] = theirs["Responses"].values(), ours["Responses"].values()
            assert sorted(map(_text, found)) == sorted(map(_text, own))
        if name == "query":
            found = [item for page in theirs for item in page["Items"]]
            if "IndexName" in asked:  # incidents due at the same moment may come in any order
                assert sorted(map(_text, found)) == sorted(map(_text, ours))
            else:
                assert found == ours
        return ours

    def _ask_moto(self, name: str, asked: dict[str, Any]) -> Any:
        if name == "query":
            return list(self._moto.get_paginator(name).paginate(**asked))
        return getattr(self._moto, name)(**asked)

    def _addressed(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The request with this table's own name: moto has the tables of many runs."""
        if "RequestItems" in asked:
            [batch] = asked["RequestItems"].values()
            return {"RequestItems": {self._name: batch}}
        if "TransactItems" not in asked:
            return asked | {"TableName": self._name}
        return {
            "TransactItems": [
                {kind: write | {"TableName": self._name} for kind, write in each.items()}
                for each in asked["TransactItems"]
            ]
        }


def _table_of(asked: dict[str, Any]) -> str:
    """The table that a request is for; that of the register for a transaction over several."""
    if "TransactItems" in asked:
        tables = {write["TableName"] for each in asked["TransactItems"] for write in each.values()}
        return next(iter(tables)) if len(tables) == 1 else NAME
    return str(asked.get("TableName") or next(iter(asked.get("RequestItems", [NAME]))))


def operation(name: str) -> str:
    """DynamoDB's name of the operation behind a client's method: `put_item` is `PutItem`."""
    return "".join(word.capitalize() for word in name.split("_"))


def _outcome(call: Callable[[], Any]) -> tuple[Any, ClientError | None]:
    try:
        return call(), None
    except ClientError as refusal:
        return None, refusal


def _refused(refusal: ClientError | None) -> Any:
    """The parts of a refusal that the register reads."""
    if refusal is None:
        return None
    response: Any = refusal.response
    reasons = response.get("CancellationReasons", [])
    return (
        *(response["Error"]["Code"], response.get("Item")),
        [(reason["Code"], reason.get("Item")) for reason in reasons],
    )


def _key(item: Item) -> tuple[str, str]:
    return item["reference"]["S"], item["entry"]["S"]


def _text(item: Item) -> str:
    return json.dumps(item, sort_keys=True)


def _index(name: str) -> Any:
    [found] = [each for each in _PROPERTIES["GlobalSecondaryIndexes"] if each["IndexName"] == name]
    return found


def _holds(expression: str, asked: dict[str, Any], item: Item) -> bool:
    return any(
        all(holds_term(term, asked, item) for term in _AND.split(each))
        for each in _OR.split(expression)
    )


def holds_term(term: str, asked: dict[str, Any], item: Item) -> bool:
    """Whether one comparison of an expression holds for the item."""
    names = asked.get("ExpressionAttributeNames", {})
    values = asked.get("ExpressionAttributeValues", {})
    if term.startswith("("):
        return _holds(term[1:-1], asked, item)
    parsed = _TERM.fullmatch(term)
    assert parsed, f"not an expression of the register: {term}"
    if absent := parsed["absent"]:
        return names.get(absent, absent) not in item
    if whole := parsed["whole"]:
        found: str = item[names[whole]]["S"]
        return found.startswith(values[parsed["beginning"]]["S"])
    if one := parsed["one"]:
        return item.get(names[one]) in [values[each] for each in parsed["of"].split(", ")]
    attribute = item.get(names.get(parsed["name"], parsed["name"]))
    value = values[parsed["value"]]
    if attribute is None or attribute.keys() != value.keys():  # other types never compare
        return False
    return _COMPARED[parsed["is"]](_value(attribute), _value(value))


def _value(attribute: dict[str, Any]) -> Any:
    [(kind, value)] = attribute.items()
    return Decimal(value) if kind == "N" else value
