"""The register: one table that holds every incident and every entry of its history.

Each question that the service asks of it is a method here. Every item carries its expiry, and
what has expired is not there: not to a read, and not to a condition.
"""

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from suport import attachment, consent, crockford, retention
from suport.attachment import File, FileId, Refusal, State
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
    Topic,
    may_reopen,
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


class ReopeningOver(Exception):
    """The incident was resolved longer ago than a citizen may come back to it."""


class NotResolved(Exception):
    """The incident is rated although it is not resolved."""


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

    def end_consents(self, incident: Incident, scopes: Iterable[Scope], **noted: str) -> None:
        """Ends these of the consents that stand, each with an entry of its own."""
        remaining = dict(incident.consents)
        for scope in scopes:
            given = {**remaining.pop(scope)}
            del given["expires_at"]  # the withdrawal's own is another
            self.add(Kind.CONSENT, **given | {"action": Action.WITHDRAW} | noted)
            self.attributes["consents"] = remaining

    def reopen(self, incident: Incident) -> None:
        """Has a resolved incident handled again, as its citizen asks.

        Raises
        ------
        ReopeningOver
        """
        if not may_reopen(incident, self._now):
            raise ReopeningOver
        self.add(Kind.ACTION, action="reopened", by="citizen")
        self.queue(incident.reference, Reason.REOPENED)
        self.attributes |= {"resolved_at": None, "rating": None}


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

    def add_citizen_message(
        self, reference: Reference, body: str, now: datetime, key: str | None = None
    ) -> Entry:
        """Adds the citizen's message; where nobody would look at it, the incident is queued anew.

        The same text with the same key as the latest message with a key adds nothing: the entry
        that stands is returned.

        Raises
        ------
        NoSuchIncident, ReopeningOver, Contended
        """
        digest = key and hashlib.sha256(f"{key}\n{body}".encode()).hexdigest()
        standing: list[Entry] = []

        def add(current: Incident, draft: _Draft) -> None:
            standing[:] = self._keyed_message(current, digest, now)
            if standing:
                return
            reason = reason_after_reply(current.status)
            if reason is Reason.REOPENED:
                draft.reopen(current)
            elif reason:
                draft.queue(reference, reason)
            message = draft.add(Kind.MESSAGE, by="citizen", body=body)
            if digest:
                draft.attributes["keyed_message"] = {"entry": message.id, "digest": digest}

        return (self._change(reference, now, add) or standing)[-1]

    def _keyed_message(self, incident: Incident, digest: str | None, now: datetime) -> list[Entry]:
        """The latest message with a key, if it is this one and still kept."""
        if digest is None or incident.keyed_message.get("digest") != digest:
            return []
        try:
            return [_entry(self._item(incident.reference, incident.keyed_message["entry"], now))]
        except NoSuchIncident:
            return []

    def resolve_by_citizen(self, reference: Reference, now: datetime) -> None:
        """Records that the citizen needs no more help; what was agreed to for it ends.

        Nothing is recorded where the incident is resolved already.

        Raises
        ------
        NoSuchIncident, Contended
        """

        def resolve(current: Incident, draft: _Draft) -> None:
            if current.status is Status.RESOLVED:
                return
            draft.add(Kind.ACTION, action="resolved", by="citizen")
            draft.attributes = {
                "status": Status.RESOLVED,
                "resolved_at": utc_text(now),
                "route_reason": None,
                "due_at": None,
                "due_shard": None,
            }
            standing = frozenset(Scope(each) for each in current.consents)
            ending = consent.changes(standing, Scope.VIEW, Action.WITHDRAW)  # control with it
            draft.end_consents(current, ending, by="service")

        self._change(reference, now, resolve)

    def reopen(self, reference: Reference, now: datetime) -> None:
        """Puts a resolved incident back into its team's queue, as its citizen asks.

        Nothing is recorded where the incident is not resolved.

        Raises
        ------
        NoSuchIncident, ReopeningOver, Contended
        """

        def reopen(current: Incident, draft: _Draft) -> None:
            if current.status is Status.RESOLVED:
                draft.reopen(current)

        self._change(reference, now, reopen)

    def rate(self, reference: Reference, score: int, comment: str | None, now: datetime) -> None:
        """Records how the citizen rates the help with a resolved incident, from 1 to 5.

        Nothing is recorded where the latest rating of this resolution says the same.

        Raises
        ------
        NoSuchIncident, NotResolved, Contended
        """
        content = {"score": score, "comment": comment}

        def rate(current: Incident, draft: _Draft) -> None:
            if current.status is not Status.RESOLVED:
                raise NotResolved
            if current.rating != score or self._latest_rating(reference, now) != content:
                draft.add(Kind.RATING, **content)
                draft.attributes = {"rating": score}

        self._change(reference, now, rate)

    def _latest_rating(self, reference: Reference, now: datetime) -> dict[str, Any] | None:
        entries = self.history(reference, now)[1]
        ratings = [entry.content for entry in entries if entry.kind is Kind.RATING]
        return ratings[-1] if ratings else None

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
            standing = frozenset(Scope(each) for each in current.consents)
            draft.end_consents(current, consent.changes(standing, scope, Action.WITHDRAW))

        entries = self._change(reference, now, withdraw)
        return entries[-1] if entries else self._last_withdrawal(reference, scope, now)

    def _last_withdrawal(self, reference: Reference, scope: Scope, now: datetime) -> Entry:
        for entry in reversed(self.history(reference, now)[1]):
            if entry.kind is Kind.CONSENT and entry.content["scope"] == scope:
                return entry
        raise NothingToWithdraw

    def add_file(
        self, reference: Reference, file: File, state: State, now: datetime
    ) -> Refusal | None:
        """Adds a file that arrived in the store, or records why it is refused.

        Whoever gets a refusal erases what arrived. To be told of a file again adds nothing. Where
        the incident waits for its citizen, it is queued anew.

        Raises
        ------
        NoSuchIncident, Contended
        """
        refused: list[Refusal | None] = []

        def add(current: Incident, draft: _Draft) -> None:
            refused[:] = [attachment.refusal(file, current.files, current.status)]
            if refused[0]:
                self._refuse(current, draft, file, refused[0], now)
            elif file.id not in current.files:
                about = {
                    "type": file.media_type,
                    "bytes": file.size,
                    "version": file.version,
                    "state": state,
                }
                entry = draft.add(Kind.ATTACHMENT, file=file.id, **about)
                added = about | {"added_at": utc_text(now), "expires_at": entry.expires_at}
                draft.attributes["files"] = current.files | {file.id: added}
                if reason := reason_after_reply(current.status):
                    draft.queue(reference, reason)

        self._change(reference, now, add)
        return refused[0]

    def refuse_file(self, reference: Reference, file: File, reason: Refusal, now: datetime) -> None:
        """Records that what arrived as this file is no file that is taken; once for each content.

        Raises
        ------
        NoSuchIncident, Contended
        """
        self._change(
            reference, now, lambda current, draft: self._refuse(current, draft, file, reason, now)
        )

    def _refuse(
        self, current: Incident, draft: _Draft, file: File, reason: Refusal, now: datetime
    ) -> None:
        known = current.files.get(file.id)
        refused = {"action": "file_refused", "file": file.id, "version": file.version}
        if known:
            if known["state"] in {State.INFECTED, State.REPLACED}:
                return
            replaced = known | {"state": State.REPLACED}  # in the store; both are erased
            draft.attributes["files"] = current.files | {file.id: replaced}
        elif any(
            refused.items() <= entry.content.items()
            for entry in self.history(current.reference, now)[1]
        ):
            return
        draft.add(Kind.ACTION, **refused, reason=reason, by="service")

    def record_scan(
        self, reference: Reference, file_id: FileId, version: str, state: State, now: datetime
    ) -> None:
        """Records what the scan of that content found; nothing where no such file was added.

        Raises
        ------
        NoSuchIncident, Contended
        """

        def record(current: Incident, draft: _Draft) -> None:
            file = current.files.get(file_id)
            if file is None or file["version"] != version:
                return
            found = attachment.after_scan(State(file["state"]), state)
            if found != file["state"]:
                draft.add(
                    Kind.ACTION, action="file_scanned", file=file_id, state=found, by="service"
                )
                draft.attributes["files"] = current.files | {file_id: file | {"state": found}}

        self._change(reference, now, record)

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
    route_reason, resolved_at = item.get("route_reason"), item.get("resolved_at")
    topic = item.get("topic")
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
        context=item.get("context", {}),
        topic=Topic(topic) if topic else None,
        resolved_at=datetime.fromisoformat(resolved_at) if resolved_at else None,
        rating=item.get("rating"),
        keyed_message=item.get("keyed_message", {}),
        files=_visible_files(item.get("files", {}), now),
    )


def _visible_consents(consents: dict[str, _Item], now: datetime) -> dict[str, _Item]:
    """Those that stand: a consent expires as its entry does, and control goes with view."""
    visible = {
        scope: given
        for scope, given in consents.items()
        if retention.is_visible(int(given["expires_at"]), now)
    }
    return visible if Scope.VIEW in visible else {}


def _visible_files(files: dict[str, _Item], now: datetime) -> dict[str, _Item]:
    """Those that are kept, the first one first: a file expires as its entry does."""
    visible = [
        (file_id, file)
        for file_id, file in files.items()
        if retention.is_visible(file["expires_at"], now)
    ]
    return dict(sorted(visible, key=lambda each: (each[1]["added_at"], each[0])))


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
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, Decimal) else value


_TO_DYNAMODB, _FROM_DYNAMODB = TypeSerializer(), TypeDeserializer()
