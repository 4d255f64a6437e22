"""What the watcher sees of the service: what CloudWatch has counted, and what AWS answers to it.

The counts of the parts are those that Lambda and API Gateway keep anyway, without charge, and the
failures that functions report themselves. They are read with GetMetricStatistics, of which a
million calls a month are free; GetMetricData is charged from the first. A function that had nothing
to do costs one call, and none where nothing but the watcher ran in the whole account: that is most
of the day.
"""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from suport.domain.health import Counts, Integration, Part
from suport.runtime import aws
from suport.runtime.metrics import Metric

PERIOD = timedelta(minutes=5)
LONGEST = timedelta(hours=1)
"""What happened before is not counted any more if the watcher was silent for longer."""
SETTLED_AFTER = timedelta(minutes=1)
"""Until then CloudWatch may not have all counts of a minute."""

STAGE = "suport"  # of the API, see the template


@dataclass(frozen=True, slots=True)
class Watched:
    """A part of the service as it is deployed: its functions, and the queues for what failed."""

    functions: tuple[str, ...]
    dead_letters: tuple[str, ...]


def watched() -> Mapping[Part, Watched]:
    """The parts, as the template names them (`WATCHED`)."""
    stated: Mapping[str, Mapping[str, list[str]]] = json.loads(os.environ["WATCHED"])
    return {
        Part(part): Watched(tuple(of["functions"]), tuple(of["dead_letters"]))
        for part, of in stated.items()
    }


def period(since: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """From when to when to count: whole minutes, none of them twice."""
    end = (now - SETTLED_AFTER).replace(second=0, microsecond=0)
    start = end - PERIOD if since is None else max(since, end - LONGEST)
    return start, max(start, end)  # a clock may have been set back


def parts(start: datetime, end: datetime) -> dict[Part, Counts]:
    """What every part was asked for in that time.

    A batch counts as one, and as failed if any of it has to come again.
    """
    asleep = _only_the_watcher_ran(start, end)
    counted = {
        part: sum((_of_function(name, start, end) for name in of.functions if not asleep), Counts())
        for part, of in watched().items()
    }
    api = [("ApiName", os.environ["API_NAME"]), ("Stage", STAGE)]
    asked, time_ms = _spent("AWS/ApiGateway", "Latency", api, start, end)
    failed = _sum("AWS/ApiGateway", "5XXError", api, start, end) if asked else 0
    return counted | {Part.API: _counts(asked, failed, time_ms)}


def dead_letters() -> tuple[dict[Part, int], Counts]:
    """How many messages nobody could handle, by the part they are for; and how SQS answered."""
    found: dict[Part, int] = {}
    calls = Counts()
    for part, of in watched().items():
        for url in of.dead_letters:
            if not calls.failed:  # else each queue would take as long to fail
                calls += _outcome(partial(_count_waiting, url, part, found))
    return found, calls


def integrations() -> dict[Integration, Counts]:
    """How the services of AWS answer a question that changes nothing; SQS: see `dead_letters`."""
    return {
        Integration.SES: _outcome(_may_send),
        Integration.S3: _outcome(
            lambda: aws.client("s3").get_bucket_location(Bucket=os.environ["ATTACHMENTS_BUCKET"])
        ),
        Integration.SECRETS: _outcome(
            lambda: aws.client("secretsmanager").describe_secret(SecretId=os.environ["SECRET_ARN"])
        ),
    }


@contextmanager
def counted(into: list[Counts]) -> Iterator[None]:
    """Adds what is done within to these counts: as failed if it raises."""
    begun = time.monotonic()
    done = False
    try:
        yield
        done = True
    finally:
        time_ms = round((time.monotonic() - begun) * 1000)
        into.append(Counts(int(done), int(not done), time_ms))


def _outcome(call: Callable[[], Any]) -> Counts:
    """What a call counts as. That it failed is all that is to be known."""
    counts: list[Counts] = []
    with suppress(Exception), counted(counts):
        call()
    return counts[0]


def _may_send() -> None:
    """SES also answers when it has stopped sending for this account, after too many bounces."""
    if not aws.client("sesv2").get_account().get("SendingEnabled"):
        raise PermissionError


def _count_waiting(url: str, part: Part, found: dict[Part, int]) -> None:
    told = aws.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    found[part] = found.get(part, 0) + int(told["Attributes"]["ApproximateNumberOfMessages"])


def _of_function(name: str, start: datetime, end: datetime) -> Counts:
    of = [("FunctionName", name)]
    asked, time_ms = _spent("AWS/Lambda", "Duration", of, start, end)
    if not asked:
        return Counts()
    own = os.environ["POWERTOOLS_METRICS_NAMESPACE"]
    failed = _sum("AWS/Lambda", "Errors", of, start, end)
    failed += _sum(own, Metric.FAILURES, [("function", name)], start, end)
    return _counts(asked, failed, time_ms)


def _only_the_watcher_ran(start: datetime, end: datetime) -> bool:
    """Whether all runs of the account were this watcher's; another stage has one of its own."""
    own = [("FunctionName", os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "unknown"))]
    runs = _sum("AWS/Lambda", "Invocations", own, start, end)
    return runs > 0 and runs == _sum("AWS/Lambda", "Invocations", [], start, end)


def _counts(asked: int, failed: int, time_ms: int) -> Counts:
    failed = min(failed, asked)
    return Counts(asked - failed, failed, time_ms)


def _spent(*metric: Any) -> tuple[int, int]:
    """How often that was measured, and the sum."""
    points = _points(*metric)
    return (
        round(sum(each["SampleCount"] for each in points)),
        round(sum(each["Sum"] for each in points)),
    )


def _sum(*metric: Any) -> int:
    return _spent(*metric)[1]


def _points(
    namespace: str, metric: str, dimensions: list[tuple[str, str]], start: datetime, end: datetime
) -> list[Any]:
    if start == end:
        return []
    answer = aws.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions],
        StartTime=start,
        EndTime=end,
        Period=60,
        Statistics=["SampleCount", "Sum"],
    )
    points: list[Any] = answer["Datapoints"]
    return points
