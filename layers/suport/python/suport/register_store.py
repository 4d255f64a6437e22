"""The core of the register: reading, and changing an incident in one transaction with its entries.

Every item carries its expiry, and what has expired is not there: not to a read, and not to a
condition.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from suport import consent, desk_rules, retention
from suport.consent import Action, NothingToWithdraw, Scope
from suport.incident import Entry, Incident, Kind, Reason, Status, may_reopen
from suport.reference import Reference
from suport.register_items import (
    INCIDENT,
    Item,
    changed,
    entry_item,
    entry_of,
    epoch,
    incident_of,
    marshalled,
    new_entry,
    to_be_routed,
    unmarshalled,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS = 5


class NoSuchIncident(LookupError):
    """There is no incident with this reference, or it has expired."""


class ReopeningOver(Exception):
    """The incident was resolved longer ago than a citizen may come back to it."""


class Contended(Exception):
    """Others kept changing the incident; nothing was written, and a later attempt may succeed."""


class Draft:
    """What one transaction will write: new entries, and changes of the incident as it was seen."""

    def __init__(self, seen: Incident, now: datetime) -> None:
        self.seen = seen
        self.now = now
        self.entries: list[Entry] = []
        self.changes: dict[str, Any] = {}

    def add(self, kind: Kind, /, **content: Any) -> Entry:
        """Adds an entry that comes after all others of the incident, whatever the clocks say."""
        latest = self.entries[-1].id if self.entries else self.seen.last_entry
        self.entries.append(new_entry(kind, content, self.now, latest))
        return self.entries[-1]

    def set(self, **changes: Any) -> None:
        """Gives the incident's fields these values; None takes one away."""
        self.changes |= changes

    def queue(self, reason: Reason) -> None:
        """Has the incident put into its team's queue, nobody's; the stream brings it there."""
        self.set(status=Status.QUEUED, claimed_by=None, claimed_at=None)
        self.set(**to_be_routed(reason, self.now))

    def end_consent(self, scope: Scope, **noted: str) -> None:
        """Ends this consent and what falls with it, if it stands, each with an entry of its own."""
        remaining = dict(self.seen.consents)
        standing = frozenset(Scope(each) for each in remaining)
        for each in consent.changes(standing, scope, Action.WITHDRAW):
            given = {**remaining.pop(each)}
            del given["expires_at"]  # the withdrawal's own is another
            self.add(Kind.CONSENT, **given | {"action": Action.WITHDRAW} | noted)
            self.set(consents=remaining)

    def resolve(self, by: str, **noted: str) -> Entry:
        """Ends the help with the incident, and with it what was agreed to for it."""
        resolved = self.add(Kind.ACTION, action="resolved", by=by, **noted)
        self.set(
            status=Status.RESOLVED,
            resolved_at=self.now,
            route_reason=None,
            route_request=None,
            due_at=None,
            claimed_by=None,
            claimed_at=None,
        )
        self.end_consent(Scope.VIEW, by="service")  # control with it
        return resolved

    def reopen(self) -> None:
        """Has a resolved incident handled again, as its citizen asks.

        Raises
        ------
        ReopeningOver
        """
        if not may_reopen(self.seen, self.now):
            raise ReopeningOver
        self.add(Kind.ACTION, action="reopened", by="citizen")
        self.queue(Reason.REOPENED)
        self.set(resolved_at=None, rating=None)

    @property
    def kept_until(self) -> int:
        """When the incident expires once this is written, in epoch seconds."""
        expiries = [entry.expires_at for entry in self.entries if desk_rules.prolongs(entry)]
        return max([self.seen.expires_at, *expiries])

    @property
    def result(self) -> Incident:
        """The incident once this is written."""
        if not self.entries:
            return self.seen
        written = {"last_entry": self.entries[-1].id, "expires_at": self.kept_until}
        return replace(self.seen, **self.changes | written)


class Store:
    """The register's table. All moments are aware."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def incident(self, reference: Reference, now: datetime) -> Incident:
        """The incident as it stands.

        Raises
        ------
        NoSuchIncident
        """
        return incident_of(self._item(reference, INCIDENT, now), now)

    def history(self, reference: Reference, now: datetime) -> tuple[Incident, list[Entry]]:
        """The incident as it stands and the entries of its history, oldest first.

        Raises
        ------
        NoSuchIncident
        """
        items = list(
            self._query(
                ConsistentRead=True,
                KeyConditionExpression="#reference = :reference",
                FilterExpression="expires_at > :now",
                ExpressionAttributeNames={"#reference": "reference"},
                ExpressionAttributeValues={":reference": reference, ":now": epoch(now)},
            )
        )
        if not items or items[-1]["entry"] != INCIDENT:  # ULIDs begin with a digit
            raise NoSuchIncident(reference)
        return incident_of(items[-1], now), [entry_of(item) for item in items[:-1]]

    def _query(self, *, ExpressionAttributeValues: Item, **asked: Any) -> Iterator[Item]:  # noqa: N803
        """The items that a query finds, on all its pages."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ExpressionAttributeValues=marshalled(ExpressionAttributeValues),
            **asked,
        )
        for page in pages:
            yield from map(unmarshalled, page["Items"])

    def _change(
        self, reference: Reference, now: datetime, decide: Callable[[Incident, Draft], None]
    ) -> Draft:
        """Reads the incident, lets `decide` draft what to write, and writes it as one transaction.

        Whoever is overtaken by somebody else's change reads and decides anew. Where nothing was
        drafted, nothing is written.
        """
        for attempt in range(ATTEMPTS):
            pause(attempt)
            current = self.incident(reference, now)
            draft = Draft(current, now)
            decide(current, draft)
            if not draft.entries or self._write(draft):
                return draft
        raise Contended

    def _write(self, draft: Draft) -> bool:
        """Whether all of it was written; none of it is if the incident is not as it was seen."""
        attributes = changed(draft.seen, draft.changes) | {
            "last_entry": draft.entries[-1].id,
            "expires_at": draft.kept_until,
        }
        kept = {name: value for name, value in attributes.items() if value is not None}
        removed = attributes.keys() - kept.keys()
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        if removed:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
        values = {f":{name}": value for name, value in kept.items()}
        key = {"reference": draft.seen.reference}
        update = {
            "TableName": self._table,
            "Key": marshalled(key | {"entry": INCIDENT}),
            "UpdateExpression": expression,
            "ConditionExpression": "#last_entry = :seen AND #expires_at > :now",
            "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
            "ExpressionAttributeValues": marshalled(
                values | {":seen": draft.seen.last_entry, ":now": epoch(draft.now)}
            ),
        }
        puts = [
            {"TableName": self._table, "Item": marshalled(key | entry_item(entry))}
            for entry in draft.entries
        ]
        items: list[Any] = [{"Update": update}, *({"Put": put} for put in puts)]
        try:
            self._client.transact_write_items(TransactItems=items)
        except self._client.exceptions.TransactionCanceledException as refusal:
            reasons = {reason.get("Code") for reason in refusal.response["CancellationReasons"]}
            if reasons <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                return False
            raise
        return True

    def _item(self, reference: Reference, entry: str, now: datetime) -> Item:
        answer = self._client.get_item(
            TableName=self._table,
            Key=marshalled({"reference": reference, "entry": entry}),
            ConsistentRead=True,
        )
        item = unmarshalled(answer.get("Item", {}))
        if not item or not retention.is_visible(item["expires_at"], now):
            raise NoSuchIncident(reference)
        return item

    def _last_withdrawal(self, reference: Reference, scope: Scope, now: datetime) -> Entry:
        for entry in reversed(self.history(reference, now)[1]):
            if entry.kind is Kind.CONSENT and entry.content["scope"] == scope:
                return entry
        raise NothingToWithdraw

    def _keyed(
        self, reference: Reference, keyed: Mapping[str, str], digest: str | None, now: datetime
    ) -> Entry | None:
        """The entry of this request, if it is one of the latest that came with a key, and kept."""
        if digest is None or digest not in keyed:
            return None
        try:
            return entry_of(self._item(reference, keyed[digest], now))
        except NoSuchIncident:
            return None


def pause(attempt: int) -> None:
    """Before another attempt, so that those who collided go on at different moments."""
    if attempt:
        time.sleep(secrets.randbelow(20 << attempt) / 1000)
