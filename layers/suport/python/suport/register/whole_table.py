"""The register as it is stored, expired items included: what the retention audit asks of it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from suport.domain import retention
from suport.domain.attachment import FileId, State
from suport.domain.history import Kind, moment_of
from suport.domain.reference import Reference
from suport.domain.retention_run import SEGMENTS
from suport.register.items import INCIDENT, entry_of
from suport.register.marshalling import Item, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 250  # items of a request: some 80 KB, so that no single request takes a burst of capacity
READ_UNITS_A_SECOND = 200
"""Read at most. A partition of DynamoDB serves 3,000 units a second, and a segment lies in one: the
audit leaves nine tenths of it to citizens and teams, and still reads a million entries in minutes.
"""


class Pace:
    """Keeps what is read within so many units a second, on the average since the start."""

    def __init__(
        self,
        units_a_second: float = READ_UNITS_A_SECOND,
        *,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """now: seconds of a clock that only goes forward. wait: waits so many seconds."""
        self._rate, self._now, self._wait = units_a_second, now, wait
        self._started, self.units = now(), 0.0

    def spend(self, units: float) -> None:
        """Counts these units, and waits until they are within the pace."""
        self.units += units
        ahead = self.units / self._rate - (self._now() - self._started)
        if ahead > 0:
            self._wait(ahead)


_OF_INCIDENTS = frozenset({INCIDENT, *Kind})


@dataclass(frozen=True, slots=True)
class Stored:
    """One item as it is stored.

    expires_at: in epoch seconds; None if it has none, or something that is no date. seen: what the
    item has there, whatever it is.
    """

    reference: Reference
    entry: str
    expires_at: int | None
    seen: Any
    item: Item

    @property
    def recorded_at(self) -> datetime | None:
        """When it was recorded; None if that cannot be read."""
        return self._moment("recorded_at")

    @property
    def is_count(self) -> bool:
        """Whether it is a count of mails to an address, which belongs to no incident."""
        return self.item.get("kind") not in _OF_INCIDENTS

    @property
    def erased_at(self) -> datetime | None:
        """When the incident was erased for its citizen, if this is what that left of it."""
        return self._moment("erased_at")

    def keeps(self, entry: str) -> bool:
        """Whether the erasure of the incident has left that entry, as far as can be read."""
        kept = self.item.get("kept")
        return entry in kept if isinstance(kept, list) else True

    @property
    def by_person(self) -> bool:
        """Whether the entry keeps its incident, see `retention.prolongs`.

        One that cannot be read counts as a person's: it must not be there alone.
        """
        try:
            return retention.prolongs(entry_of(self.item))
        except (AttributeError, LookupError, TypeError, ValueError):
            return True

    def _moment(self, name: str) -> datetime | None:
        try:
            at = datetime.fromisoformat(self.item[name])
        except (LookupError, TypeError, ValueError):
            return None
        return at if at.tzinfo else None


@dataclass(frozen=True, slots=True)
class StoredIncident:
    """All that is stored of an incident: its own item, if there is one, and its entries."""

    reference: Reference
    incident: Stored | None
    entries: list[Stored]

    @property
    def kept_from(self) -> datetime | None:
        """When the incident's present six months began, or a later moment; None if unreadable.

        That is when a person last did something. The scan may have missed an entry of this very
        moment; if it has missed the incident's latest, its moment stands for all.
        """
        if self.incident is None:
            return None
        latest: Any = self.incident.item.get("last_entry")
        try:
            if latest not in {each.entry for each in self.entries}:
                return moment_of(latest)
        except (AttributeError, OverflowError, TypeError, ValueError):
            return None
        by_people = [each.recorded_at for each in self.entries if each.by_person]
        moments = [self.incident.recorded_at, *by_people]
        known = [moment for moment in moments if moment]
        return max(known) if len(known) == len(moments) else None


class WholeTable:
    """The register's table, read at a pace, in segments that together are all of it."""

    def __init__(self, client: "DynamoDBClient", table: str, pace: Pace) -> None:
        """The register in that table, reached with this client."""
        self._client, self._table, self._pace = client, table, pace

    def incidents(self, segment: int) -> Iterator[StoredIncident]:
        """Everything in one of the `SEGMENTS`, incident by incident.

        The items of an incident lie together. Only where its own item was not among them, the
        table is asked for it. Entries may be seen as they were a moment ago.
        """
        for name, items in groupby(self._scanned(segment), key=itemgetter("reference")):
            reference, found = Reference(name), [_stored(item) for item in items]
            entries = [each for each in found if each.entry != INCIDENT]
            own = [each for each in found if each.entry == INCIDENT]
            yield StoredIncident(reference, own[0] if own else self.incident(reference), entries)

    def incident(self, reference: Reference) -> Stored | None:
        """The incident's own item, even if it has expired."""
        answer = self._client.get_item(
            TableName=self._table,
            Key=marshalled({"reference": reference, "entry": INCIDENT}),
            ConsistentRead=True,
            ReturnConsumedCapacity="TOTAL",
        )
        self._spend(answer)
        return _stored(unmarshalled(answer["Item"])) if "Item" in answer else None

    def files(self, reference: Reference) -> dict[FileId, State]:
        """The files that the incident's item lists, even if they or the item have expired."""
        found = self.incident(reference)
        listed = found.item.get("files", {}) if found else {}
        return {FileId(file_id): State(file["state"]) for file_id, file in listed.items()}

    def correct_expiry(self, stored: Stored, in_time: Stored) -> bool:
        """Gives the item the expiry it should have; returns whether it was still as it was seen.

        in_time: the item with that expiry.
        """
        return self._correct(stored, {"expires_at": in_time.expires_at})

    def correct_list(self, stored: Stored, right: Item) -> bool:
        """Gives an incident's item what the teams' lists need of it, where it has something else.

        right: see `items.list_attributes`. The item is kept no longer than before. Returns whether
        it was changed.
        """
        wrong = {name: each for name, each in right.items() if stored.item.get(name) != each}
        return bool(wrong) and self._correct(stored, wrong | {"expires_at": stored.seen})

    def erase(self, stored: Stored) -> bool:
        """Deletes the item if its expiry is still as it was seen; returns whether it was there."""
        condition, values = "expires_at = :seen", {":seen": stored.seen}
        if "expires_at" not in stored.item:
            condition, values = "attribute_not_exists(expires_at)", {}
        told: Any = {"ExpressionAttributeValues": marshalled(values)} if values else {}
        try:
            answer = self._client.delete_item(
                TableName=self._table,
                Key=marshalled({"reference": stored.reference, "entry": stored.entry}),
                ConditionExpression=condition,
                ReturnValues="ALL_OLD",  # "has no expiry" also holds for what is not there
                **told,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return bool(answer.get("Attributes"))

    def _correct(self, stored: Stored, right: Item) -> bool:
        """Gives the item these values, None takes one away; returns whether it was as it was seen.

        Some value is not None.
        """
        seen = {
            name: stored.item[name] for name in ("expires_at", "last_entry") if name in stored.item
        }
        values = {name: each for name, each in right.items() if each is not None}
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
        if gone := right.keys() - values.keys():
            expression += " REMOVE " + ", ".join(f"#{name}" for name in sorted(gone))
        told = values | {f"seen_{name}": value for name, value in seen.items()}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=marshalled({"reference": stored.reference, "entry": stored.entry}),
                UpdateExpression=expression,
                ConditionExpression=" AND ".join(f"#{name} = :seen_{name}" for name in seen),
                ExpressionAttributeNames={f"#{name}": name for name in {*right, *seen}},
                ExpressionAttributeValues=marshalled(
                    {f":{name}": value for name, value in told.items()}
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _scanned(self, segment: int) -> Iterator[Item]:
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table,
            Segment=segment,
            TotalSegments=SEGMENTS,
            ReturnConsumedCapacity="TOTAL",
            PaginationConfig={"PageSize": PAGE},
        )
        for page in pages:
            self._spend(page)
            yield from map(unmarshalled, page["Items"])

    def _spend(self, answer: Any) -> None:
        self._pace.spend(answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0))


def _stored(item: Item) -> Stored:
    seen = item.get("expires_at")
    readable = isinstance(seen, int) and not isinstance(seen, bool)
    return Stored(
        reference=Reference(item["reference"]),
        entry=item["entry"],
        expires_at=seen if readable else None,
        seen=seen,
        item=item,
    )
