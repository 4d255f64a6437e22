"""The table of the search index in this process: as much of DynamoDB as the index uses.

It counts requests, and ends a page where DynamoDB does: after a megabyte of what a query looks at,
not of what it finds.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from decimal import Decimal
from typing import Any
from zlib import crc32

from tests.support.table import MOST_GOT, Item, holds_term

NAME = "search_index"
MEGABYTE = 1_048_576
_BETWEEN = "term = :term AND place BETWEEN :first AND :last"
_CHECKED = {"TableName", "KeyConditionExpression", "FilterExpression", "ProjectionExpression"}
_CHECKED |= {"ExpressionAttributeValues", "ScanIndexForward", "Limit", "ExclusiveStartKey"}


class IndexTable:
    """Items by term and place. requests: the names of the operations that were asked for."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Item]] = defaultdict(dict)
        self.places: dict[str, list[str]] = defaultdict(list)
        self.requests: list[str] = []
        self.refuses = 0  # how many of the next writes are left unprocessed

    def all_items(self) -> list[Item]:
        return [item for places in self.items.values() for item in places.values()]

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> Any:  # noqa: N803
        self.requests.append("batch_write_item")
        [(name, writes)] = RequestItems.items()
        assert 0 < len(writes) <= 25
        keys = [_key(next(iter(next(iter(each.values())).values()))) for each in writes]
        assert len(set(keys)) == len(keys), "DynamoDB refuses two writes of one item"
        left = writes[: self.refuses]
        self.refuses = 0
        for write in writes[len(left) :]:
            if "PutRequest" in write:
                self.put(write["PutRequest"]["Item"])
            else:
                self.delete(*_key(write["DeleteRequest"]["Key"]))
        return {"UnprocessedItems": {name: left} if left else {}}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> Any:  # noqa: N803
        self.requests.append("batch_get_item")
        [(name, asked)] = RequestItems.items()
        assert 0 < len(asked["Keys"]) <= MOST_GOT
        found = (self.items[term].get(place) for term, place in map(_key, asked["Keys"]))
        return {"Responses": {name: list(filter(None, found))}}

    def put(self, item: Item) -> None:
        term, place = _key(item)
        if place not in self.items[term]:
            insort(self.places[term], place)
        self.items[term][place] = item

    def delete(self, term: str, place: str) -> None:
        if self.items[term].pop(place, None):
            self.places[term].remove(place)

    def query(self, **asked: Any) -> Any:
        self.requests.append("query")
        assert asked.keys() <= _CHECKED
        values = asked["ExpressionAttributeValues"]
        term = values[":term"]["S"]
        places = self.places[term]
        if asked["KeyConditionExpression"] == _BETWEEN:
            first, last = values[":first"]["S"], values[":last"]["S"]
            assert first, "no key is empty"
            assert first <= last, "DynamoDB refuses a range that ends before it begins"
            places = places[bisect_left(places, first) : bisect_right(places, last)]
        else:
            assert asked["KeyConditionExpression"] == "term = :term"
        forward = asked.get("ScanIndexForward", True)
        if start := asked.get("ExclusiveStartKey"):
            after = start["place"]["S"]
            places = [each for each in places if (each > after if forward else each < after)]
        return self._page(term, places if forward else places[::-1], asked)

    def scan(self, **asked: Any) -> Any:
        """A page of a segment, three items at a time. All of one term are in one segment."""
        self.requests.append("scan")
        segment, segments = asked.get("Segment", 0), asked.get("TotalSegments", 1)
        keys = sorted(
            key
            for key in map(_key, self.all_items())
            if crc32(key[0].encode()) % segments == segment
        )
        if start := asked.get("ExclusiveStartKey"):
            keys = [each for each in keys if each > _key(start)]
        found = [self.items[term][place] for term, place in keys[:3]]
        more = {"LastEvaluatedKey": _key_of(found[-1])} if len(keys) > len(found) else {}
        return {"Items": found, **more}

    def _page(self, term: str, places: list[str], asked: dict[str, Any]) -> Any:
        size = 0
        found: list[Item] = []
        for looked_at, place in enumerate(places, 1):
            item = self.items[term][place]
            size += size_of(item)
            if _admits(asked["FilterExpression"], asked["ExpressionAttributeValues"], item):
                found.append(item)
            if looked_at == asked.get("Limit") or size >= MEGABYTE:
                more = looked_at < len(places) or looked_at == asked.get("Limit")
                return {"Items": found} | ({"LastEvaluatedKey": _key_of(item)} if more else {})
        return {"Items": found}


def size_of(item: Item) -> int:
    """How many bytes DynamoDB counts for an item."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: dict[str, Any]) -> int:
    [(kind, stated)] = value.items()
    if kind == "N":
        digits = len(Decimal(stated).normalize().as_tuple().digits)
        return (digits + 1) // 2 + 1
    return len(stated.encode())


def _key(item: Item) -> tuple[str, str]:
    return item["term"]["S"], item["place"]["S"]


def _key_of(item: Item) -> Item:
    return {name: item[name] for name in ("term", "place")}


def _admits(expression: str, values: Item, item: Item) -> bool:
    return all(_holds(each, values, item) for each in expression.split(" AND "))


def _holds(term: str, values: Item, item: Item) -> bool:
    if term.startswith("contains("):
        name, value = term.removeprefix("contains(").removesuffix(")").split(", ")
        return name in item and values[value]["S"] in item[name]["S"]
    name, _, rest = term.partition(" IN ")
    if rest:
        assert name not in {"term", "place"}, "DynamoDB filters by no key"
        return item.get(name) in [values[each] for each in rest[1:-1].split(", ")]
    return holds_term(term, {"ExpressionAttributeValues": values}, item)
