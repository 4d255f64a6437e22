"""The register's table: consistent reads, queries over all pages, and one write for each change.

Every item carries its expiry. Once that has passed, neither a read nor a condition finds the item.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from suport.domain import retention, tombstone
from suport.domain.change import Change
from suport.domain.erasure import Erasure
from suport.register.contention import attempts
from suport.register.errors import Contended
from suport.register.items import (
    INCIDENT,
    changed_attributes,
    entry_item,
    is_erased,
    remains_of,
    set_aside_place,
)
from suport.register.marshalling import Item, epoch, marshalled, unmarshalled
from suport.register.tombstones import Tombstones

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Stretch(NamedTuple):
    """A part of what a query may find: the items found in it, and how many it had altogether.

    ended_at: the keys of its last one, if more may follow.
    """

    items: list[Item]
    looked_at: int
    ended_at: Item | None


class Table:
    """One DynamoDB table. All moments are aware."""

    def __init__(
        self, client: "DynamoDBClient", name: str, tombstones: Tombstones | None = None
    ) -> None:
        """The table of that name, reached with this client; `tombstones` are in another one."""
        self._client = client
        self._name = name
        self._tombstones = tombstones

    def item(self, reference: str, entry: str, now: datetime) -> Item | None:
        """The item under that key, while it is kept; as in a query, none without an expiry is."""
        answer = self._client.get_item(
            TableName=self._name,
            Key=marshalled({"reference": reference, "entry": entry}),
            ConsistentRead=True,
        )
        item = unmarshalled(answer.get("Item", {}))
        return item if _is_kept(item, now) else None

    def query(self, now: datetime, **asked: Any) -> Iterator[Item]:
        """The items that a query finds on all its pages and that are still kept.

        asked: as the client takes it, except the values, which are plain Python values under names
        without colons: `values={"shard": 3}`. `names`: what stands for the names with a sign.
        `more`: what else the items must fulfil.
        """
        for page in self._pages(now, asked):
            yield from map(unmarshalled, page["Items"])

    def count(self, now: datetime, **asked: Any) -> int:
        """How many items `query` would find; no item is read from the answer."""
        return sum(page["Count"] for page in self._pages(now, asked | {"Select": "COUNT"}))

    def stretch(self, now: datetime, limit: int, **asked: Any) -> Stretch:
        """What `query` finds among the first items, of which it looks at no more than the limit."""
        answer = self._client.query(Limit=limit, **self._query(now, asked))
        ended_at = answer.get("LastEvaluatedKey")
        return Stretch(
            [*map(unmarshalled, answer["Items"])],
            answer["ScannedCount"],
            unmarshalled(ended_at) if ended_at else None,
        )

    def _pages(self, now: datetime, asked: Item) -> Iterator[Any]:
        yield from self._client.get_paginator("query").paginate(**self._query(now, asked))

    def _query(self, now: datetime, asked: Item) -> Any:
        """The query as the client takes it; see `query`."""
        own = dict(asked)
        values = {f":{name}": value for name, value in own.pop("values").items()}
        kept, more = "expires_at > :now", own.pop("more", None)
        if names := own.pop("names", None):
            own["ExpressionAttributeNames"] = names
        return {
            "TableName": self._name,
            "FilterExpression": f"{kept} AND {more}" if more else kept,
            "ExpressionAttributeValues": marshalled(values | {":now": epoch(now)}),
            **own,
        }

    def items_of(
        self, references: Sequence[str], entry: str, attributes: Collection[str], now: datetime
    ) -> dict[str, Item]:
        """The items under that entry of up to 100 references, while they are kept, in one request.

        attributes: those that are read of each. The item of a reference that has none is not there.

        Raises
        ------
        Contended
        """
        names = {f"#{name}": name for name in attributes}
        shown = {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}
        found, left = self._read_together(references, entry, now, shown)
        if left:
            raise Contended
        return found

    def whole_items_of(
        self, references: Sequence[str], entry: str, now: datetime
    ) -> tuple[dict[str, Item], set[str]]:
        """The items under that entry, whole, likewise; and the references that were not read.

        DynamoDB leaves some unread while it has more to do than it can.
        """
        return self._read_together(references, entry, now, {})

    def _read_together(
        self, references: Sequence[str], entry: str, now: datetime, shown: dict[str, Any]
    ) -> tuple[dict[str, Item], set[str]]:
        keys = [marshalled({"reference": each, "entry": entry}) for each in references]
        found: dict[str, Item] = {}
        for _ in attempts():
            asked: Any = {"Keys": keys, "ConsistentRead": True, **shown}
            answer = self._client.batch_get_item(RequestItems={self._name: asked})
            for item in map(unmarshalled, answer["Responses"].get(self._name, [])):
                if _is_kept(item, now):
                    found[item["reference"]] = item
            left: Any = answer.get("UnprocessedKeys", {}).get(self._name, {})
            keys = left.get("Keys", [])
            if not keys:
                break
        return found, {unmarshalled(each)["reference"] for each in keys}

    def write(self, change: Change | None, beside: Sequence[Any] = ()) -> bool:
        """Writes the change if the incident is still as it was seen; returns whether it did.

        The tombstone that the change leaves is part of the same transaction, and so are the writes
        `beside` it, to other tables. Where nothing changes, these are written alone.
        """
        if change is None or (change.is_empty and beside):
            return self._transact([*beside])
        reference = change.seen.reference
        update = self._update(change)
        puts: list[Any] = [
            {
                "Put": {
                    "TableName": self._name,
                    "Item": marshalled(
                        entry_item(reference, entry)
                        | set_aside_place(change.result.category, entry)
                    ),
                }
            }
            for entry in change.entries
        ]
        if tombstone.leaves_one(change):
            assert self._tombstones, "this function needs TOMBSTONES_TABLE"
            puts.append(self._tombstones.put(tombstone.left_by(change, self._tombstones.secret())))
        if puts or beside:
            return self._transact([{"Update": update}, *puts, *beside])
        refusals = self._client.exceptions
        try:
            self._client.update_item(**update)
        except (refusals.ConditionalCheckFailedException, refusals.TransactionConflictException):
            return False
        return True

    def erase(self, erasure: Erasure) -> bool:
        """Leaves of the incident only what `remains_of` says, if it is still as it was seen.

        From then on nobody sees it any more. Its entries are still there, see `delete_entries`. The
        tombstone is part of the same transaction. Returns whether it was written.
        """
        assert self._tombstones, "this function needs TOMBSTONES_TABLE"
        unchanged, seen = _unchanged(erasure.seen.revision)
        put: Any = {
            "TableName": self._name,
            "Item": marshalled(remains_of(erasure)),
            "ConditionExpression": f"{unchanged} AND #expires_at > :now",
            "ExpressionAttributeNames": {"#revision": "revision", "#expires_at": "expires_at"},
            "ExpressionAttributeValues": marshalled(seen | {":now": epoch(erasure.at)}),
        }
        buried = self._tombstones.put(erasure.tombstone(self._tombstones.secret()))
        return self._transact([{"Put": put}, buried])

    def remains(self, reference: str) -> Item | None:
        """What an erasure has left in place of the incident; None if it was not erased."""
        answer = self._client.get_item(
            TableName=self._name,
            Key=marshalled({"reference": reference, "entry": INCIDENT}),
            ConsistentRead=True,
        )
        item = unmarshalled(answer.get("Item", {}))
        return item if is_erased(item) else None

    def delete_entries(self, reference: str, kept: Collection[str]) -> None:
        """Deletes every item of that reference but these, expired ones included."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="#reference = :reference",
            ExpressionAttributeNames={"#reference": "reference"},
            ExpressionAttributeValues=marshalled({":reference": reference}),
        )
        found = [unmarshalled(item)["entry"] for page in pages for item in page["Items"]]
        for entry in (entry for entry in found if entry not in kept):
            key = marshalled({"reference": reference, "entry": entry})
            self._client.delete_item(TableName=self._name, Key=key)

    def _transact(self, writes: Any) -> bool:
        """Writes all of it or nothing; returns whether all conditions held."""
        refusals = self._client.exceptions
        try:
            self._client.transact_write_items(TransactItems=writes)
        except refusals.TransactionCanceledException as refusal:
            reasons = {reason.get("Code") for reason in refusal.response["CancellationReasons"]}
            if reasons <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                return False
            raise
        except refusals.TransactionConflictException:
            return False
        return True

    def put_unless_there(self, item: Item, others: Sequence[Item], now: datetime) -> Item | None:
        """Writes an item and these others, unless it is there already; then returns what is there.

        Raises
        ------
        Contended
        """
        put: Any = {
            "TableName": self._name,
            "Item": marshalled(item),
            "ConditionExpression": "attribute_not_exists(expires_at) OR expires_at <= :now",
            "ExpressionAttributeValues": marshalled({":now": epoch(now)}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        puts = [{"Put": {"TableName": self._name, "Item": marshalled(each)}} for each in others]
        refusals = self._client.exceptions
        for _ in attempts():
            try:
                if puts:
                    writes: Any = [{"Put": put}, *puts]
                    self._client.transact_write_items(TransactItems=writes)
                else:
                    self._client.put_item(**put)
            except refusals.ConditionalCheckFailedException as refusal:
                response: Any = refusal.response  # its type lacks what ALL_OLD adds
                return unmarshalled(response["Item"])
            except refusals.TransactionConflictException:
                continue  # a retry met the transaction that marks the incident as queued
            except refusals.TransactionCanceledException as refusal:
                reason: Any = refusal.response["CancellationReasons"][0]
                if reason["Code"] == "ConditionalCheckFailed":
                    return unmarshalled(reason["Item"])
                if reason["Code"] == "TransactionConflict":
                    continue
                raise
            return None
        raise Contended

    def _update(self, change: Change) -> Any:
        attributes = changed_attributes(change)
        kept = {name: value for name, value in attributes.items() if value is not None}
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        if removed := attributes.keys() - kept.keys():
            expression += " REMOVE " + ", ".join(f"#{name}" for name in sorted(removed))
        values = {f":{name}": value for name, value in kept.items()}
        unchanged, seen = _unchanged(change.seen.revision)
        return {
            "TableName": self._name,
            "Key": marshalled({"reference": change.seen.reference, "entry": INCIDENT}),
            "UpdateExpression": expression,
            "ConditionExpression": f"{unchanged} AND #expires_at > :now",
            "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
            "ExpressionAttributeValues": marshalled(values | seen | {":now": epoch(change.now)}),
        }


def _is_kept(item: Item, now: datetime) -> bool:
    ends = item.get("expires_at")
    return isinstance(ends, int) and retention.is_visible(ends, now)


def _unchanged(revision: int) -> tuple[str, Item]:
    """The condition that the incident still has that revision, and its values."""
    if not revision:  # the item is older than the counting of changes
        return "attribute_not_exists(#revision)", {}
    return "#revision = :seen", {":seen": revision}
