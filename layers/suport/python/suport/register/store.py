"""The core of the register: reading, and changing an incident in one transaction with its entries.

Every item carries its expiry, and what has expired is not there: not to a read, and not to a
condition.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from suport.domain import consent, desk_rules, owed_mail, retention
from suport.domain.consent import Action, NothingToWithdraw, Scope
from suport.domain.history import LONGEST_HISTORY_PART, Entry, HistoryPart, Kind
from suport.domain.incident import Incident, Reason, Status, may_reopen
from suport.domain.owed_mail import MailKind, OwedMail, SetAside
from suport.domain.reference import Reference
from suport.register.items import (
    INCIDENT,
    Item,
    always_changed,
    changed,
    entry_id,
    entry_item,
    entry_of,
    epoch,
    incident_of,
    marshalled,
    new_entry,
    to_be_routed,
    unmarshalled,
    written,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ATTEMPTS = 5
TOLD_AS_CHANGED = {
    *("status", "category", "claimed_by", "last_written"),
    *("files", "mail_trouble", "ending_told"),
}
"""What a team follows: changes of these move `changed_at`, as does a mail that is set aside."""


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

    def act_as_service(self, action: str, **about: Any) -> Entry:
        """Adds what the service did by itself."""
        return self.add(Kind.ACTION, action=action, **about, by="service")

    def set(self, **changes: Any) -> None:
        """Gives the incident's fields these values; None takes one away."""
        self.changes |= changes

    def queue(self, reason: Reason) -> None:
        """Has the incident put into its team's queue, nobody's; the stream brings it there."""
        self.set(status=Status.QUEUED, claimed_by=None, claimed_at=None)
        self.set(**to_be_routed(reason, self.now))

    def citizen_writes(self, entry: Entry) -> None:
        """Marks that this message or file of the citizen is new to the team."""
        self.set(last_written=written(self.now, "citizen"), citizen_wrote=entry.id)
        self.set(unread=self.seen.unread + 1)

    def operator_sees(self, operator: str) -> None:
        """Marks that nothing of the citizen is new to the operator who has it, or to the team."""
        if self.seen.unread and self.result.claimed_by in {None, operator}:
            self.set(unread=0)

    @property
    def mails(self) -> dict[str, OwedMail]:
        """The mails that are owed once this is written."""
        mails: dict[str, OwedMail] = self.changes.get("mails", self.seen.mails)
        return mails

    def owe_mail(self, kind: MailKind, entry: str, words: Entry | None = None) -> None:
        """Owes the citizen the mail about this entry, where mail reaches them at all."""
        if "email" in self.seen.contact and self.seen.mail_trouble is None:
            quoted = words.id if words else None
            mail = owed_mail.owed(kind, entry_id(self.now), self.now, quoted)
            self.set(mails=self.mails | {entry: mail})

    def change_mail(self, entry: str, mail: OwedMail) -> None:
        """Keeps how far that owed mail is."""
        if mail != self.mails[entry]:
            self.set(mails=self.mails | {entry: mail})

    def settle_mail(self, entry: str) -> None:
        """Owes that mail no longer."""
        self.set(mails={name: mail for name, mail in self.mails.items() if name != entry})

    def set_mail_aside(self, entry: str, reason: SetAside) -> None:
        """Gives up sending that mail, for everybody to see."""
        kind = self.mails[entry].kind
        self.act_as_service("mail_set_aside", **{"for": entry, "kind": kind, "reason": reason})
        self.settle_mail(entry)
        self.set(changed_at=self.now)
        if kind is MailKind.QUESTION:
            self.wait_no_longer()

    def wait_no_longer(self) -> None:
        """Has a team look for another way to a citizen whose answer it waits for in vain."""
        if self.result.status is Status.WAITING:
            self.queue(Reason.REQUEUED)

    def end_consent(self, scope: Scope, **noted: str) -> None:
        """Ends this consent and what falls with it, if it stands, each with an entry of its own."""
        remaining = dict(self.seen.consents)
        standing = frozenset(Scope(each) for each in remaining)
        for each in consent.changes(standing, scope, Action.WITHDRAW):
            given = {**remaining.pop(each)}
            del given["expires_at"]  # the withdrawal's own is another
            self.add(Kind.CONSENT, **given | {"action": Action.WITHDRAW} | noted)
            self.set(consents=remaining)

    def resolve(self, by: str, words: Entry | None = None, **noted: str) -> Entry:
        """Ends the help with the incident, and with it what was agreed to for it.

        words: the operator's last message, which the mail about the solution quotes.
        """
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
        self.owe_mail(
            MailKind.SOLUTION if by == "operator" else MailKind.CLOSING, resolved.id, words
        )
        self.end_consent(Scope.VIEW, by="service")  # control with it
        return resolved

    def reopen(self) -> Entry:
        """Has a resolved incident handled again, as its citizen asks.

        Raises
        ------
        ReopeningOver
        """
        if not may_reopen(self.seen, self.now):
            raise ReopeningOver
        reopened = self.add(Kind.ACTION, action="reopened", by="citizen")
        self.queue(Reason.REOPENED)
        self.set(resolved_at=None, rating=None)
        return reopened

    @property
    def kept_until(self) -> int:
        """When the incident expires once this is written, in epoch seconds."""
        expiries = [entry.expires_at for entry in self.entries if desk_rules.prolongs(entry)]
        return max([self.seen.expires_at, *expiries])

    @property
    def result(self) -> Incident:
        """The incident once this is written."""
        if not self.entries and not self.changes:
            return self.seen
        follows: dict[str, Any] = {
            "revision": self.seen.revision + 1,
            "expires_at": self.kept_until,
        }
        if self.entries:
            follows["last_entry"] = self.entries[-1].id
        if self.changes.keys() & TOLD_AS_CHANGED:
            follows["changed_at"] = self.now
        return replace(self.seen, **self.changes | follows)


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

    def history(
        self,
        reference: Reference,
        now: datetime,
        *,
        before: str | None = None,
        shown: Callable[[Entry], bool] = lambda _: True,
    ) -> tuple[Incident, HistoryPart]:
        """The incident as it stands and the latest entries of its history, the newest first.

        before: only entries older than the one of this id. shown: those that count.

        Raises
        ------
        NoSuchIncident
        """
        items = self._items(reference, now, before)
        if before is None:
            first = next(items, None)
            if first is None or first["entry"] != INCIDENT:  # ULIDs begin with a digit
                raise NoSuchIncident(reference)
            incident = incident_of(first, now)
        else:
            incident = self.incident(reference, now)
        entries = filter(shown, map(entry_of, items))
        part = tuple(islice(entries, LONGEST_HISTORY_PART))
        more = next(entries, None)
        return incident, HistoryPart(part, part[-1].id if more else None)

    def entries(self, reference: Reference, now: datetime) -> Iterator[Entry]:
        """The entries of an incident's history, the newest first, read as far as they are used."""
        for item in self._items(reference, now, INCIDENT):
            yield entry_of(item)

    def entry(self, reference: Reference, entry: str, now: datetime) -> Entry | None:
        """The entry of that id, while it is kept."""
        try:
            return entry_of(self._item(reference, entry, now))
        except NoSuchIncident:
            return None

    def _items(self, reference: Reference, now: datetime, before: str | None) -> Iterator[Item]:
        """The items of an incident, from the end: its own, then its entries; or those before."""
        condition, values = "#reference = :reference", {":reference": reference, ":now": epoch(now)}
        if before is not None:
            condition += " AND #entry < :before"
            values[":before"] = before
        return self._query(
            ConsistentRead=True,
            ScanIndexForward=False,
            PaginationConfig={"PageSize": 2 * LONGEST_HISTORY_PART},
            KeyConditionExpression=condition,
            FilterExpression="expires_at > :now",
            ExpressionAttributeNames={"#reference": "reference"}
            | ({"#entry": "entry"} if before is not None else {}),
            ExpressionAttributeValues=values,
        )

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
        """Reads the incident, lets `decide` draft what to write, and writes all of it or nothing.

        If somebody else changes the incident in between, it is read and decided again. Where
        nothing was drafted, nothing is written.
        """
        for attempt in range(ATTEMPTS):
            pause(attempt)
            current = self.incident(reference, now)
            draft = Draft(current, now)
            decide(current, draft)
            if not (draft.entries or draft.changes) or self._write(draft):
                return draft
        raise Contended

    def _write(self, draft: Draft) -> bool:
        """Whether all of it was written; none of it is if the incident is not as it was seen."""
        attributes = changed(draft.seen, draft.changes) | always_changed(draft.result)
        kept = {name: value for name, value in attributes.items() if value is not None}
        removed = attributes.keys() - kept.keys()
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        if removed:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
        values = {f":{name}": value for name, value in kept.items()}
        key = {"reference": draft.seen.reference}
        unchanged, seen = "#revision = :seen", {":seen": draft.seen.revision}
        if not draft.seen.revision:  # an item from before changes were counted
            unchanged, seen = "attribute_not_exists(#revision)", {}
        update: Any = {
            "TableName": self._table,
            "Key": marshalled(key | {"entry": INCIDENT}),
            "UpdateExpression": expression,
            "ConditionExpression": f"{unchanged} AND #expires_at > :now",
            "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
            "ExpressionAttributeValues": marshalled(values | seen | {":now": epoch(draft.now)}),
        }
        puts = [
            {"TableName": self._table, "Item": marshalled(key | entry_item(entry))}
            for entry in draft.entries
        ]
        items: list[Any] = [{"Update": update}, *({"Put": put} for put in puts)]
        refusals = self._client.exceptions
        try:
            if puts:
                self._client.transact_write_items(TransactItems=items)
            else:
                self._client.update_item(**update)
        except refusals.TransactionCanceledException as refusal:
            reasons = {reason.get("Code") for reason in refusal.response["CancellationReasons"]}
            if reasons <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                return False
            raise
        except (refusals.ConditionalCheckFailedException, refusals.TransactionConflictException):
            return False
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
        for entry in self.entries(reference, now):
            if entry.kind is Kind.CONSENT and entry.content["scope"] == scope:
                return entry
        raise NothingToWithdraw

    def _keyed(
        self, reference: Reference, keyed: Mapping[str, str], digest: str | None, now: datetime
    ) -> Entry | None:
        """The entry of this request, if it is one of the latest that came with a key, and kept."""
        if digest is None or digest not in keyed:
            return None
        return self.entry(reference, keyed[digest], now)


def pause(attempt: int) -> None:
    """Before another attempt, so that those who collided go on at different moments."""
    if attempt:
        time.sleep(secrets.randbelow(20 << attempt) / 1000)
