"""The simulated event source mapping does what Lambda's documentation says."""

from typing import Any

import pytest

from tests.support.event_source_mapping import EventSourceMapping, Record, matches

SETTINGS = {
    "StartingPosition": "TRIM_HORIZON",
    "BatchSize": 10,
    "MaximumRetryAttempts": 2,
    "BisectBatchOnFunctionError": True,
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
}
RECORDS: list[Record] = [
    {
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/s",
        "dynamodb": {"Keys": {"reference": {"S": "A"}}, "SequenceNumber": str(number)},
    }
    for number in range(25)
]


class Lambda:
    """A function that fails on one record, and what became of its batches."""

    def __init__(self, poison: str | None, *, raises: bool, names: str | None = None) -> None:
        self.batches: list[list[str]] = []
        self.done: list[str] = []
        self.discarded: list[dict[str, Any]] = []
        self._poison, self._raises, self._names = poison, raises, names

    def invoke(self, event: dict[str, Any]) -> Any:
        numbers = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
        self.batches.append(numbers)
        failed = self._poison in numbers
        if failed and self._raises:
            raise ValueError(self._poison)
        self.done += [number for number in numbers if number != self._poison]
        name = self._names or self._poison
        return {"batchItemFailures": [{"itemIdentifier": name}] if failed else []}

    def run(self, **settings: Any) -> None:
        properties = SETTINGS | settings
        EventSourceMapping(properties, [], self.invoke, self.discarded.append).deliver(RECORDS)


def test_records_come_in_order_in_batches_of_the_configured_size() -> None:
    function = Lambda(None, raises=False)
    function.run()
    assert [len(batch) for batch in function.batches] == [10, 10, 5]
    assert function.done == [str(number) for number in range(25)]


def test_the_batch_of_a_function_that_raises_is_cut_until_one_record_is_left() -> None:
    function = Lambda("13", raises=True)
    function.run()
    assert function.done == [str(number) for number in range(25) if number != 13]
    assert function.batches.count(["13"]) == 3  # once, and two retries
    (pointer,) = function.discarded
    assert pointer["DDBStreamBatchInfo"]["startSequenceNumber"] == "13"


def test_records_before_the_named_failure_are_not_delivered_again() -> None:
    function = Lambda("13", raises=False)
    function.run()
    assert all(function.done.count(str(number)) == 1 for number in range(13))
    assert function.batches[2][0] == "13"
    assert [each["DDBStreamBatchInfo"]["batchSize"] for each in function.discarded] == [1]


def test_a_failure_named_after_no_record_fails_the_whole_batch() -> None:
    function = Lambda("13", raises=False, names="no such record")
    function.run(BisectBatchOnFunctionError=False)
    assert function.batches.count([str(number) for number in range(10, 20)]) == 3
    assert [each["DDBStreamBatchInfo"]["batchSize"] for each in function.discarded] == [10]


def test_a_function_that_reports_no_failures_has_done_everything() -> None:
    function = Lambda("13", raises=False)
    function.run(FunctionResponseTypes=[])
    assert len(function.batches) == 3
    assert not function.discarded


@pytest.mark.parametrize(
    ("content", "passes"),
    [
        ({"kind": "incident", "reason": "x"}, True),
        ({"kind": "incident"}, False),
        ({"kind": "note", "reason": "x"}, False),
        (None, False),
    ],
)
def test_a_pattern_asks_for_every_field_that_it_names(content: Any, passes: bool) -> None:
    pattern = {"image": {"kind": ["incident", "case"], "reason": [{"exists": True}]}}
    assert matches(pattern, {"image": content}) is passes
