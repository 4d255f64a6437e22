"""Lambda's event source mapping for a DynamoDB stream, with what the embedded AWS leaves out.

It filters records, cuts them into batches for each lane, and gives them to the function. It cuts a
batch that fails where the function says, or in half, and tries again as often as the mapping
allows. After that a pointer to it goes to the failure destination. The settings are the template's:
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from itertools import batched
from typing import Any

type Record = dict[str, Any]
type Batch = tuple[Record, ...]
type Pattern = Mapping[str, Any]

_SUPPORTED = {
    *("Type", "Stream", "StartingPosition", "BatchSize", "ParallelizationFactor"),
    *("FunctionResponseTypes", "BisectBatchOnFunctionError", "MaximumRetryAttempts"),
    *("MaximumRecordAgeInSeconds", "DestinationConfig", "FilterCriteria"),
}


class EventSourceMapping:
    """One mapping; `deliver` takes records as they are in the stream.

    properties: those of the template's event, with references resolved. invoke: the function; it
    raises if the function does. discard: gets what would go to the failure destination.
    """

    def __init__(
        self,
        properties: Mapping[str, Any],
        patterns: list[Pattern],
        invoke: Callable[[dict[str, Any]], Any],
        discard: Callable[[dict[str, Any]], None],
    ) -> None:
        unknown = properties.keys() - _SUPPORTED
        assert not unknown, f"this does not know what {unknown} do"
        assert properties["StartingPosition"] == "TRIM_HORIZON"
        self._batch_size: int = properties.get("BatchSize", 100)
        self._lanes: int = properties.get("ParallelizationFactor", 1)
        self._retries: int = properties.get("MaximumRetryAttempts", -1)
        self._bisects: bool = properties.get("BisectBatchOnFunctionError", False)
        self._reports = "ReportBatchItemFailures" in properties.get("FunctionResponseTypes", [])
        assert self._retries >= 0, "without an end of retries, one bad record stops its shard"
        self._patterns = patterns
        self._invoke = invoke
        self._discard = discard

    def deliver(self, records: list[Record]) -> None:
        """Brings the records to the function, each lane in order, until all are done or discarded.

        All changes of one key go down the same lane.
        """
        passed = [record for record in records if self.passes(record)]
        for lane in range(self._lanes):
            own = [record for record in passed if self._lane(record) == lane]
            for batch in batched(own, self._batch_size, strict=False):
                self._process(batch)

    def passes(self, record: Record) -> bool:
        """Whether the filter lets the record through."""
        return not self._patterns or any(matches(each, record) for each in self._patterns)

    def _lane(self, record: Record) -> int:
        key = record["dynamodb"]["Keys"]["reference"]["S"]
        return zlib.crc32(key.encode()) % self._lanes

    def _process(self, batch: Batch) -> None:
        retries = self._retries
        while True:
            failed = self._first_failure(batch)
            if failed is None:
                return
            if failed > 0:  # the records before it are done, and the rest is a batch of its own
                self._process(batch[failed:])
                return
            if self._bisects and len(batch) > 1:  # a cut is no retry
                middle = len(batch) // 2
                self._process(batch[:middle])
                self._process(batch[middle:])
                return
            if retries == 0:
                self._discard(_pointer(batch, invocations=self._retries + 1))
                return
            retries -= 1

    def _first_failure(self, batch: Batch) -> int | None:
        """Where in the batch to continue; None if all of it is done."""
        try:
            answer = self._invoke({"Records": list(batch)})
        except Exception:  # noqa: BLE001  whatever the function raises fails the batch
            return 0
        if not self._reports:
            return None
        failures = (answer or {}).get("batchItemFailures") or []
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        named = [failure.get("itemIdentifier") for failure in failures]
        if any(number not in numbers for number in named):
            return 0  # an unknown name fails the whole batch
        return min((numbers.index(number) for number in named), default=None)


def matches(pattern: Pattern, content: Any) -> bool:
    """Whether content matches a filter pattern, for the kinds of patterns in this template."""
    for name, wanted in pattern.items():
        value = content.get(name) if isinstance(content, Mapping) else None
        if isinstance(wanted, Mapping):
            if not matches(wanted, value):
                return False
        elif not any(_is(value, rule) for rule in wanted):
            return False
    return True


def _is(value: Any, rule: Any) -> bool:
    if not isinstance(rule, Mapping):
        return bool(value == rule)
    assert rule.keys() == {"exists"}, f"this does not know the rule {rule}"
    return (value is not None) is bool(rule["exists"])


def _pointer(batch: Batch, invocations: int) -> dict[str, Any]:
    first, last = batch[0]["dynamodb"], batch[-1]["dynamodb"]
    return {
        "version": "1.0",
        "requestContext": {
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": invocations,
        },
        "DDBStreamBatchInfo": {
            "shardId": "shardId-00000001795467600123-0f1e2d3c",
            "startSequenceNumber": first["SequenceNumber"],
            "endSequenceNumber": last["SequenceNumber"],
            "batchSize": len(batch),
            "streamArn": batch[0]["eventSourceARN"],
        },
    }


def records_of(streams: Any, stream_arn: str) -> Iterator[Record]:
    """All records of a stream, as Lambda delivers them to functions."""
    shards = streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]
    for shard in shards:
        iterator = streams.get_shard_iterator(
            StreamArn=stream_arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator:
            page = streams.get_records(ShardIterator=iterator)
            if not page["Records"]:
                break
            for record in page["Records"]:
                change = record["dynamodb"]
                moment = change["ApproximateCreationDateTime"].timestamp()
                yield record | {
                    "eventSourceARN": stream_arn,
                    "dynamodb": change | {"ApproximateCreationDateTime": moment},
                }
            iterator = page.get("NextShardIterator")
