"""Values as DynamoDB's interface takes them and gives them back.

They are converted here: boto3 reads every number as a decimal, takes three times as long, and has
to be imported besides the botocore that calls DynamoDB.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

type Item = dict[str, Any]


def marshalled(values: Item) -> dict[str, Any]:
    """The values as DynamoDB's interface takes them.

    Raises
    ------
    TypeError
        If one is of a type that the register does not store, such as a float.
    """
    return {name: _typed(value) for name, value in values.items()}


def unmarshalled(item: Any) -> Item:
    """The values of an item as DynamoDB's interface gives it."""
    return {name: _plain(value) for name, value in item.items()}


def epoch(moment: datetime) -> int:
    """The moment in whole seconds, for comparison with expiries."""
    return int(moment.timestamp())


def _typed(value: Any) -> dict[str, Any]:
    match value:
        case str():
            return {"S": value}
        case bool():  # before int, of which it is one
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
    return _typed_collection(value)


def _typed_collection(value: Any) -> dict[str, Any]:
    match value:
        case Mapping():
            return {"M": {name: _typed(each) for name, each in value.items()}}
        case list() | tuple():
            return {"L": [_typed(each) for each in value]}
        case set() | frozenset() if value and all(isinstance(each, str) for each in value):
            return {"SS": sorted(value)}
    raise TypeError(type(value).__name__)


def _plain(value: Any) -> Any:
    [(kind, content)] = value.items()
    return _OF_KIND[kind](content)


def _number(text: str) -> int | Decimal:
    """Whole numbers as such, as all of the register's are."""
    try:
        return int(text)
    except ValueError:  # "1E+2", or no whole number
        number = Decimal(text)
        return int(number) if number == number.to_integral_value() else number


def _same(content: Any) -> Any:
    return content


_OF_KIND: dict[str, Callable[[Any], Any]] = {
    "S": _same,
    "N": _number,
    "BOOL": _same,
    "NULL": lambda _: None,
    "M": unmarshalled,
    "L": lambda content: [_plain(each) for each in content],
    "SS": set,
}
"""How a value is read, by the type that DynamoDB states with it."""
