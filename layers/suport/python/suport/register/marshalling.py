"""Values as DynamoDB's interface takes them and gives them back."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

type Item = dict[str, Any]

_TO_DYNAMODB, _FROM_DYNAMODB = TypeSerializer(), TypeDeserializer()


def marshalled(values: Item) -> dict[str, Any]:
    """The values as DynamoDB's interface takes them."""
    return {name: _TO_DYNAMODB.serialize(value) for name, value in values.items()}


def unmarshalled(item: Any) -> Item:
    """The values of an item as DynamoDB's interface gives it."""
    return {name: _plain(_FROM_DYNAMODB.deserialize(value)) for name, value in item.items()}


def epoch(moment: datetime) -> int:
    """The moment in whole seconds, for comparison with expiries."""
    return int(moment.timestamp())


def _plain(value: Any) -> Any:
    """Whole numbers as such, as all of the register's are; boto3 reads them as decimals."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    is_whole = isinstance(value, Decimal) and value == value.to_integral_value()
    return int(value) if is_whole else value
