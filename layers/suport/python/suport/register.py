"""The register: one table that holds every incident and every entry of its history.

Each question that the service asks of it is a method here. Every item carries its expiry, and
what has expired is not there: not to a read, and not to a condition.
"""

import secrets
import time
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from suport import consent, crockford, retention
from suport.consent import Action, NothingToWithdraw, Scope
from suport.incident import (
    MUST_BE_CLAIMED_WITHIN,
    MUST_BE_ROUTED_WITHIN,
    Category,
    Entry,
    Incident,
    Kind,
    Language,
    Reason,
    Status,
    reason_after_reply,
)
from suport.legal_time import utc_text
from suport.notice import Notice
from suport.reference import Reference, key_digest, reference_for

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from suport.submission import Submission

_INCIDENT = "incident"  # the entry key of the incident itself; those of its history are ULIDs
_SHARDS = 8  # over which the index of open incidents is spread
_ATTEMPTS = 5

type _Item = dict[str, Any]


class NoSuchIncident(LookupError):
    """There is no incident with this reference, or it has expired."""


class KeyReused(Exception):
    """The idempotency key has made an incident with other content."""


class Contended(Exception):
    """Others kept changing the incident; nothing was written, and a later attempt may succeed."""


class _Draft:
    """The entries and the new attributes of an incident that one transaction will write."""

    def __init__(self, incident: Incident, now: datetime) -> None:
        self.entries: list[Entry] = []
        self.attributes: _Item = {}
        self._last_entry = incident.last_entry
        self._now = now

    def add(self, kind: Kind, **content: Any) -> Entry:
        """Adds an entry that comes after all others of the incident, whatever the clocks say."""
        self._last_entry = _entry_id(self._now, after=self._last_entry)
        entry = Entry(
            id=self._last_entry,
            kind=kind,
            recorded_at=self._now,
            expires_at=retention.expires_at(self._now),
            content=content,
        )
        self.entries.append(entry)
        return entry

    def queue(self, reference: Reference, reason: Reason) -> None:
        """Has the incident put into its team's queue; the stream brings it there."""
        self.attributes |= {"status": Status.QUEUED} | _to_be_routed(reference, reason, self._now)


class Register:
    """The register in one DynamoDB table. All moments are aware."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def submit(
        self, submission: "Submission", idempotency_key: str, secret: bytes, now: datetime
    ) -> Incident:
        """Records a new incident with one conditional write, or finds the one that the key made.

        Raises
        ------
        KeyReused
            If the key made an incident with other content.
        """
        key, content = key_digest(secret, idempotency_key), submission.fingerprint()
        for attempt in range(_ATTEMPTS):
            reference = reference_for(secret, idempotency_key, attempt)
            item = _submitted(submission, reference, now) | {"key": key, "content": content}
            standing = self._put_unless_there(item, now)
            if standing is None:
                return _incident(item, now)
            if standing["key"] == key:
                if standing["content"] != content:
                    raise KeyReused
                return _incident(standing, now)
        raise Contended

    def incident(self, reference: Reference, now: datetime) -> Incident:
        """The incident as it stands.

        Raises
        ------
        NoSuchIncident
        """
        return _incident(self._item(reference, _INCIDENT, now), now)

    def history(self, reference: Reference, now: datetime) -> tuple[Incident, list[Entry]]:
        """The incident as it stands and the entries of its history, oldest first.

        Raises
        ------
        NoSuchIncident
        """
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="#reference = :reference",
            FilterExpression="expires_at > :now",
            ExpressionAttributeNames={"#reference": "reference"},
            ExpressionAttributeValues=_marshalled({":reference": reference, ":now": _epoch(now)}),
        )
        items = [_unmarshalled(item) for page in pages for item in page["Items"]]
        if not items or items[-1]["entry"] != _INCIDENT:  # ULIDs begin with a digit
            raise NoSuchIncident(reference)
        return _incident(items[-1], now), [_entry(item) for item in items[:-1]]

    def mark_queued(self, routed: Incident, now: datetime) -> None:
        """Records that the incident, as routed, was put into its team's queue.

        Nothing is recorded where it has been marked already, or has meanwhile to go elsewhere:
        that change brings its own record to the stream.

        Raises
        ------
        NoSuchIncident, Contended
        """

        def mark(current: Incident, draft: _Draft) -> None:
            if (current.route_reason, current.category) != (routed.route_reason, routed.category):
                return
            draft.add(Kind.ACTION, action="queued", reason=routed.route_reason, by="service")
            draft.attributes = {"route_reason": None}
            if current.status in {Status.RECEIVED, Status.QUEUED}:  # else it was claimed at once
                draft.attributes |= {
                    "status": Status.QUEUED,
                    "due_at": utc_text(now + MUST_BE_CLAIMED_WITHIN),
                }

        self._change(routed.reference, now, mark)

    def add_citizen_message(self, reference: Reference, body: str, now: datetime) -> Entry:
        """Adds the citizen's message; where nobody would look at it, the incident is queued anew.

        Raises
        ------
        NoSuchIncident, Contended
        """

        def add(current: Incident, draft: _Draft) -> None:
            draft.add(Kind.MESSAGE, by="citizen", body=body)
            if reason := reason_after_reply(current.status):
                draft.queue(reference, reason)

        return self._change(reference, now, add)[-1]

    def grant_consent(
        self, reference: Reference, scope: Scope, notice: Notice, now: datetime
    ) -> Entry:
        """Records that the citizen agrees, having read that notice; returns the consent's entry.

        Raises
        ------
        NoSuchIncident, ControlNeedsView, Contended
        """
        standing: list[Entry] = []

        def grant(current: Incident, draft: _Draft) -> None:
            standing_scopes = frozenset(Scope(each) for each in current.consents)
            if scope in standing_scopes:
                if current.consents[scope]["notice"] == notice.identity():
                    standing.append(_standing(current, scope))
                else:  # another text is agreed to: that is a consent of its own
                    standing_scopes -= {scope}
            for each in consent.changes(standing_scopes, scope, Action.GRANT):
                entry = draft.add(
                    Kind.CONSENT,
                    scope=each,
                    action=Action.GRANT,
                    notice=notice.identity(),
                    given_at=utc_text(now),
                )
                given = entry.content | {"record": entry.id, "expires_at": entry.expires_at}
                draft.attributes["consents"] = current.consents | {each: given}

        return (self._change(reference, now, grant) or standing)[-1]

    def withdraw_consent(self, reference: Reference, scope: Scope, now: datetime) -> Entry:
        """Records that the citizen takes a consent back; returns the withdrawal's entry.

        Raises
        ------
        NoSuchIncident, NothingToWithdraw, Contended
        """

        def withdraw(current: Incident, draft: _Draft) -> None:
            remaining = dict(current.consents)
            scopes = frozenset(Scope(each) for each in remaining)
            for each in consent.changes(scopes, scope, Action.WITHDRAW):
                given = remaining.pop(each)
                del given["expires_at"]  # the withdrawal's own is another
                draft.add(Kind.CONSENT, **given | {"action": Action.WITHDRAW})
                draft.attributes["consents"] = remaining

        entries = self._change(reference, now, withdraw)
        return entries[-1] if entries else self._last_withdrawal(reference, scope, now)

    def _last_withdrawal(self, reference: Reference, scope: Scope, now: datetime) -> Entry:
        for entry in reversed(self.history(reference, now)[1]):
            if entry.kind is Kind.CONSENT and entry.content["scope"] == scope:
                return entry
        raise NothingToWithdraw

    def _change(
        self, reference: Reference, now: datetime, decide: Callable[[Incident, _Draft], None]
    ) -> list[Entry]:
        """Reads the incident, lets `decide` draft what to write, and writes it as one transaction.

        Whoever is overtaken by somebody else's change reads and decides anew.
        """
        for attempt in range(_ATTEMPTS):
            _pause(attempt)
            current = self.incident(reference, now)
            draft = _Draft(current, now)
            decide(current, draft)
            if not draft.entries or self._write(current, draft, now):
                return draft.entries
        raise Contended

    def _write(self, seen: Incident, draft: _Draft, now: datetime) -> bool:
        """Whether all of it was written; none of it is if the incident is not as it was seen."""
        last = draft.entries[-1]
        attributes = draft.attributes | {
            "last_entry": last.id,
            "expires_at": max(seen.expires_at, last.expires_at),
        }
        kept = {name: value for name, value in attributes.items() if value is not None}
        removed = attributes.keys() - kept.keys()
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        if removed:
            expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
        values = {f":{name}": value for name, value in kept.items()}
        key = {"reference": seen.reference}
        update = {
            "TableName": self._table,
            "Key": _marshalled(key | {"entry": _INCIDENT}),
            "UpdateExpression": expression,
            "ConditionExpression": "#last_entry = :seen AND #expires_at > :now",
            "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
            "ExpressionAttributeValues": _marshalled(
                values | {":seen": seen.last_entry, ":now": _epoch(now)}
            ),
        }
        puts = [
            {"TableName": self._table, "Item": _marshalled(key | _entry_item(entry))}
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

    def _put_unless_there(self, item: _Item, now: datetime) -> _Item | None:
        """Writes a new incident; returns the one that stands there already, if one does."""
        for attempt in range(_ATTEMPTS):
            _pause(attempt)
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=_marshalled(item),
                    ConditionExpression="attribute_not_exists(expires_at) OR expires_at <= :now",
                    ExpressionAttributeValues=_marshalled({":now": _epoch(now)}),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException as refusal:
                response: Any = refusal.response  # its type lacks what ALL_OLD adds
                return _unmarshalled(response["Item"])
            except self._client.exceptions.TransactionConflictException:
                continue  # a retry met the transaction that records the first attempt's queueing
            return None
        raise Contended

    def _item(self, reference: Reference, entry: str, now: datetime) -> _Item:
        answer = self._client.get_item(
            TableName=self._table,
            Key=_marshalled({"reference": reference, "entry": entry}),
            ConsistentRead=True,
        )
        item = _unmarshalled(answer.get("Item", {}))
        if not item or not retention.is_visible(item["expires_at"], now):
            raise NoSuchIncident(reference)
        return item


def _submitted(submission: "Submission", reference: Reference, now: datetime) -> _Item:
    """The item of a new incident, still to be put into its team's queue."""
    return {
        "reference": reference,
        "entry": _INCIDENT,
        "kind": Kind.INCIDENT,
        "recorded_at": utc_text(now),
        "expires_at": retention.expires_at(now),
        "last_entry": _entry_id(now),
        "status": Status.RECEIVED,
        **_to_be_routed(reference, Reason.SUBMITTED, now),
        **submission.model_dump(mode="json", exclude_none=True),
    }


def _to_be_routed(reference: Reference, reason: Reason, now: datetime) -> _Item:
    return {
        "route_reason": reason,
        "due_at": utc_text(now + MUST_BE_ROUTED_WITHIN),
        "due_shard": crockford.decode(reference[0]) % _SHARDS,
    }


def _incident(item: _Item, now: datetime) -> Incident:
    route_reason = item.get("route_reason")
    return Incident(
        reference=item["reference"],
        category=Category(item["category"]),
        status=Status(item["status"]),
        language=Language(item["language"]),
        submitted_at=datetime.fromisoformat(item["recorded_at"]),
        expires_at=item["expires_at"],
        last_entry=item["last_entry"],
        description=item["description"],
        route_reason=Reason(route_reason) if route_reason else None,
        error=item.get("error", {}),
        procedure=item.get("procedure", {}),
        contact=item["contact"],
        consents=_visible_consents(item.get("consents", {}), now),
        privacy_notice=item.get("privacy_notice"),
    )


def _visible_consents(consents: dict[str, _Item], now: datetime) -> dict[str, _Item]:
    """Those that stand: a consent expires as its entry does, and control goes with view."""
    visible = {
        scope: given
        for scope, given in consents.items()
        if retention.is_visible(int(given["expires_at"]), now)
    }
    return visible if Scope.VIEW in visible else {}


def _entry_item(entry: Entry) -> _Item:
    return {
        "entry": entry.id,
        "kind": entry.kind,
        "recorded_at": utc_text(entry.recorded_at),
        "expires_at": entry.expires_at,
        "content": entry.content,
    }


def _entry(item: _Item) -> Entry:
    return Entry(
        id=item["entry"],
        kind=Kind(item["kind"]),
        recorded_at=datetime.fromisoformat(item["recorded_at"]),
        expires_at=item["expires_at"],
        content=item["content"],
    )


def _entry_id(now: datetime, after: str | None = None) -> str:
    """A ULID of that moment, made the direct successor of `after` where it would not follow it."""
    number = int(now.timestamp() * 1000) << 80 | secrets.randbits(80)
    return crockford.encode(max(number, crockford.decode(after) + 1 if after else 0), 26)


def _standing(incident: Incident, scope: Scope) -> Entry:
    """The entry by which a standing consent was given."""
    content = incident.consents[scope]
    given_at = datetime.fromisoformat(content["given_at"])
    return Entry(
        id=content["record"],
        kind=Kind.CONSENT,
        recorded_at=given_at,
        expires_at=retention.expires_at(given_at),
        content=content,
    )


def _pause(attempt: int) -> None:
    """Before another attempt, so that those who collided go on at different moments."""
    if attempt:
        time.sleep(secrets.randbelow(20 << attempt) / 1000)


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())


def _marshalled(values: _Item) -> dict[str, Any]:
    return {name: _TO_DYNAMODB.serialize(value) for name, value in values.items()}


def _unmarshalled(item: Any) -> _Item:
    return {name: _plain(_FROM_DYNAMODB.deserialize(value)) for name, value in item.items()}


def _plain(value: Any) -> Any:
    """The numbers of the register are whole; boto3 reads them as decimals."""
    return int(value) if isinstance(value, Decimal) else value


_TO_DYNAMODB, _FROM_DYNAMODB = TypeSerializer(), TypeDeserializer()
