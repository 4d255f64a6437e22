"""The items of one owner, in the tables whose keys are `owner` and `item`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from suport.register.marshalling import Item, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def items_of(
    client: "DynamoDBClient", table: str, owner: str, beginning: str = ""
) -> Iterator[Item]:
    """All of them as they are now, expired ones included; only those whose name begins so."""
    condition, values = "#owner = :owner", {":owner": owner}
    names = {"#owner": "owner"}
    if beginning:
        condition += " AND begins_with(#item, :beginning)"
        values[":beginning"], names["#item"] = beginning, "item"
    pages = client.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression=condition,
        ExpressionAttributeNames=names,
        ExpressionAttributeValues=marshalled(values),
        ConsistentRead=True,  # what was just kept, ended or withdrawn is so
    )
    for page in pages:
        yield from map(unmarshalled, page["Items"])
