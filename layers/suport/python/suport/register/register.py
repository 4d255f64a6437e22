"""The register: one table that holds every incident and every entry of its history.

Each question that the service asks of it is a method here. Every item carries its expiry, and
what has expired is not there: not to a read, and not to a condition. What citizens, operators and
the service itself do with an incident stands in a module each, over the same small core.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from suport.domain.desk_rules import AlreadyResolved, ClaimedByAnother, NotClaimed, OtherTeam, Wake
from suport.domain.history import Entry, Kind
from suport.domain.incident import Incident, Origin, TooManyMessages
from suport.domain.reference import Reference, key_digest, reference_for
from suport.register.items import (
    Item,
    entry_id,
    entry_item,
    epoch,
    incident_of,
    marshalled,
    new_entry,
    submitted,
    unmarshalled,
)
from suport.register.register_citizens import CitizensRegister, NotResolved
from suport.register.register_desk import ChangedMeanwhile, DeskRegister, NoSuchFile
from suport.register.register_mail import MailRegister
from suport.register.register_service import FollowedUp, OpenIncident, ServiceRegister
from suport.register.store import ATTEMPTS, Contended, NoSuchIncident, ReopeningOver, pause

if TYPE_CHECKING:
    from suport.http.submission import Submission

__all__ = [
    "AlreadyResolved",
    "ChangedMeanwhile",
    "ClaimedByAnother",
    "Contended",
    "FollowedUp",
    "KeyReused",
    "NoSuchFile",
    "NoSuchIncident",
    "NotClaimed",
    "NotResolved",
    "OpenIncident",
    "OtherTeam",
    "Register",
    "ReopeningOver",
    "TooManyMessages",
    "Wake",
]


class KeyReused(Exception):
    """The idempotency key has made an incident with other content: `reference` names it."""

    def __init__(self, reference: Reference) -> None:
        super().__init__(reference)
        self.reference = reference


class Register(CitizensRegister, DeskRegister, ServiceRegister, MailRegister):
    """The register in one DynamoDB table. All moments are aware."""

    def submit(
        self, submission: "Submission", idempotency_key: str, secret: bytes, now: datetime
    ) -> Incident:
        """Records a new incident with one conditional write, or finds the one that the key made.

        Raises
        ------
        KeyReused
            If the key made an incident with other content.
        """
        return self._submit(submission, idempotency_key, secret, now)

    def take_phone_call(
        self,
        submission: "Submission",
        operator: str,
        idempotency_key: str,
        secret: bytes,
        now: datetime,
    ) -> Incident:
        """Records what a citizen told by phone as `submit` does, and who wrote it down.

        Raises
        ------
        KeyReused
            If the key made an incident with other content.
        """
        content = {"action": "phoned", "by": "operator", "operator": operator}
        return self._submit(
            submission, idempotency_key, secret, now, new_entry(Kind.ACTION, content, now, None)
        )

    def _submit(
        self,
        submission: "Submission",
        idempotency_key: str,
        secret: bytes,
        now: datetime,
        call: Entry | None = None,
    ) -> Incident:
        key, content = key_digest(secret, idempotency_key), submission.fingerprint()
        origin, last_entry = (Origin.PHONE, call.id) if call else (Origin.WEB, entry_id(now))
        for attempt in range(ATTEMPTS):
            reference = reference_for(secret, idempotency_key, attempt)
            item = submitted(submission, reference, origin, last_entry, now)
            item |= {"key": key, "content": content}
            standing = self._put_unless_there(item, call, now)
            if standing is None:
                return incident_of(item, now)
            if standing["key"] == key:
                if standing.get("content") != content:
                    raise KeyReused(Reference(standing["reference"]))
                return incident_of(standing, now)
        raise Contended

    def _put_unless_there(self, item: Item, call: Entry | None, now: datetime) -> Item | None:
        """Writes a new incident; returns the one that stands there already, if one does."""
        put: Any = {
            "TableName": self._table,
            "Item": marshalled(item),
            "ConditionExpression": "attribute_not_exists(expires_at) OR expires_at <= :now",
            "ExpressionAttributeValues": marshalled({":now": epoch(now)}),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        for attempt in range(ATTEMPTS):
            pause(attempt)
            try:
                if call is None:
                    self._client.put_item(**put)
                else:
                    taken = marshalled({"reference": item["reference"]} | entry_item(call))
                    writes: Any = [{"Put": put}, {"Put": {"TableName": self._table, "Item": taken}}]
                    self._client.transact_write_items(TransactItems=writes)
            except self._client.exceptions.ConditionalCheckFailedException as refusal:
                response: Any = refusal.response  # its type lacks what ALL_OLD adds
                return unmarshalled(response["Item"])
            except self._client.exceptions.TransactionConflictException:
                continue  # a retry met the transaction that records the first attempt's queueing
            except self._client.exceptions.TransactionCanceledException as refusal:
                reason: Any = refusal.response["CancellationReasons"][0]
                if reason["Code"] == "ConditionalCheckFailed":
                    return unmarshalled(reason["Item"])
                if reason["Code"] == "TransactionConflict":
                    continue
                raise
            return None
        raise Contended
