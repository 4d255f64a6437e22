"""Values on their way to the register and back: as boto3 would convert them."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.category import Category
from suport.register.marshalling import marshalled, unmarshalled

LONGEST_NUMBER = 10**38 - 1  # DynamoDB's numbers have 38 digits
SCALARS = st.none() | st.booleans() | st.text() | st.integers(-LONGEST_NUMBER, LONGEST_NUMBER)
VALUES = st.recursive(
    SCALARS | st.frozensets(st.text(), min_size=1),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
)


@given(values=st.dictionaries(st.text(), VALUES))
def test_every_value_is_written_as_boto3_writes_it_and_read_as_it_was(
    values: dict[str, Any],
) -> None:
    written = marshalled(values)
    theirs = {name: TypeSerializer().serialize(value) for name, value in values.items()}
    assert _sorted(written) == _sorted(theirs)
    assert unmarshalled(theirs) == values


@pytest.mark.parametrize("stated", ["7", "-7", "7.0", "1E+2", "0.5", "-1.25E-3"])
def test_a_number_is_read_as_boto3_reads_it_and_a_whole_one_is_an_int(stated: str) -> None:
    number = unmarshalled({"n": {"N": stated}})["n"]
    assert number == TypeDeserializer().deserialize({"N": stated})
    assert isinstance(number, int if number == int(number) else Decimal)


def test_a_member_of_an_enum_is_written_as_its_word() -> None:
    assert marshalled({"category": Category.PAYMENT}) == {"category": {"S": "payment"}}


@pytest.mark.parametrize("value", [1.5, b"bytes", set(), object()])
def test_what_the_register_does_not_store_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        marshalled({"value": value})


def _sorted(written: Any) -> Any:
    """The same, with each set in one order."""
    if isinstance(written, dict):
        return {
            name: sorted(each) if name == "SS" and isinstance(each, list) else _sorted(each)
            for name, each in written.items()
        }
    return [_sorted(each) for each in written] if isinstance(written, list) else written
