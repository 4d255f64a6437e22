"""What a supervisor took from an operator in the last day, so that it does not just vanish.

The keys in the desk's table are `owner`, `taken-away/` and a digest of the operator's name, and
`item`, the incident's reference. Nothing of the incident is in it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from suport.domain.history import Done, Kind
from suport.domain.legal_time import utc_text
from suport.domain.operator_acts import Holder
from suport.domain.reference import Reference
from suport.domain.retention import is_visible
from suport.register.marshalling import epoch, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TOLD_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class TakenAway:
    """That an incident went from the operator to somebody else; `told` as a history tells it."""

    reference: Reference
    at: datetime
    told: dict[str, Any]


class TakenAwayIncidents:
    """What supervisors took from operators, in one DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Those in the table of that name, reached with this client."""
        self._client, self._table = client, table

    def note(
        self, reference: Reference, had: Holder, to: Holder, supervisor: str, now: datetime
    ) -> None:
        """Notes that the operator who had the incident has it no longer; once more is the same."""
        if had.operator is None:
            return
        moved = {"from": had.team, "to": to.team} if to.team is not had.team else {}
        told = {
            "operator": supervisor,
            **({"colleague": to.operator} if to.operator else {}),
            **moved,
        }
        item = {
            "owner": _owner(had.operator),
            "item": reference,
            "at": utc_text(now),
            "told": told,
            "expires_at": epoch(now + TOLD_FOR),
        }
        self._client.put_item(TableName=self._table, Item=marshalled(item))

    def of(self, operator: str, now: datetime) -> list[TakenAway]:
        """What was taken from that operator in the last day, the latest first."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues=marshalled({":owner": _owner(operator)}),
        )
        what = {"kind": Kind.ACTION, "action": Done.REASSIGNED}
        found = [
            TakenAway(
                Reference(item["item"]), datetime.fromisoformat(item["at"]), what | item["told"]
            )
            for item in map(unmarshalled, answer["Items"])
            if is_visible(item["expires_at"], now)
        ]
        return sorted(found, key=lambda each: each.at, reverse=True)


def _owner(name: str) -> str:
    return f"taken-away/{hashlib.sha256(name.encode(errors='replace')).hexdigest()}"
