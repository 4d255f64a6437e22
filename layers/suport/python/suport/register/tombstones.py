"""The table of tombstones: what an older copy of the register must not bring back.

It outlives every copy of the register, see `domain.tombstone`.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from suport.domain import retention
from suport.domain.category import Category
from suport.domain.incident import Actor
from suport.domain.legal_time import utc_text
from suport.domain.reference import Reference
from suport.domain.tombstone import Tombstone, What, digest_of
from suport.register.marshalling import Item, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Tombstones:
    """One DynamoDB table, with the key `digest` + `act`."""

    def __init__(self, client: "DynamoDBClient", table: str, secret: Callable[[], bytes]) -> None:
        """The table of that name, reached with this client.

        secret: gives the service's secret, from which the digests are derived.
        """
        self._client = client
        self._name = table
        self.secret = secret

    def put(self, tombstone: Tombstone) -> Any:
        """The part of a transaction that writes this tombstone."""
        return {"Put": {"TableName": self._name, "Item": marshalled(tombstone_item(tombstone))}}

    def of(self, reference: Reference, now: datetime) -> tuple[Tombstone, ...]:
        """The tombstones of an incident that are still kept, the oldest first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="digest = :digest",
            ExpressionAttributeValues=marshalled({":digest": digest_of(self.secret(), reference)}),
        )
        found = [tombstone_of(unmarshalled(item)) for page in pages for item in page["Items"]]
        return tuple(each for each in found if retention.is_visible(each.expires_at, now))


def tombstone_item(tombstone: Tombstone) -> Item:
    """The item of a tombstone."""
    values = {field.name: getattr(tombstone, field.name) for field in fields(tombstone)}
    known = {name: value for name, value in values.items() if value is not None}
    return known | {
        "at": utc_text(tombstone.at),
        "kept": list(tombstone.kept),
        "fields": list(tombstone.fields),
    }


def tombstone_of(item: Item) -> Tombstone:
    """The tombstone that this item holds."""
    return Tombstone(
        **item
        | {
            "what": What(item["what"]),
            "by": Actor(item["by"]),
            "at": datetime.fromisoformat(item["at"]),
            "kept": tuple(item["kept"]),
            "fields": tuple(item["fields"]),
            "team": Category(item["team"]) if "team" in item else None,
        }
    )
