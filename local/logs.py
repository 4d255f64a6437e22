"""The functions' logs, as lines for people."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import IO, Any

from botocore.exceptions import BotoCoreError

from local.embedded_aws import EmbeddedAws

_REST_S = 0.5
# Lines reach their log group when an invocation ends: those of a later one may come first.
_LATE_MS = 10_000

# What Powertools writes into every line, besides what the function has to say.
_ROUTINE = {
    *("level", "message", "timestamp", "service", "location", "cold_start", "xray_trace_id"),
    *("function_name", "function_arn", "function_request_id", "function_memory_size"),
    *("exception", "exception_name", "stack_trace"),
}
_PLATFORM = re.compile(r"(START|END|REPORT|INIT_START) ")
_WORKER_PATH = re.compile(r'[^"=\s]*/ministack-lambda-[^/]+/(?:code|layer_\d+/python)/')


def follow(aws: EmbeddedAws, stack: str, since: float, output: IO[str]) -> Iterator[list[str]]:
    """What the stack's functions log from `since` (epoch seconds) on, as it comes.

    Yields the new lines at most twice a second, sometimes none: also when nobody reads `output` any
    more. Ends when the embedded AWS does. While no function runs, it waits and asks nothing.
    """
    names = _function_names(aws, stack)
    width = max(map(len, names.values()), default=0)
    logs = aws.client("logs")
    start_ms = int(since * 1000)
    shown: dict[str, Counter[tuple[str, int, str]]] = {group: Counter() for group in names}
    while aws.alive:
        now_ms = int(time.time() * 1000)
        unanswered = False
        new: list[tuple[datetime, str]] = []
        for group, name in names.items():
            try:
                events = logs.filter_log_events(logGroupName=group, startTime=start_ms)["events"]
            except logs.exceptions.ResourceNotFoundException:
                continue  # not invoked yet
            except BotoCoreError:
                unanswered = True  # the embedded AWS is ending, or too busy to answer
                continue
            seen: Counter[tuple[str, int, str]] = Counter()
            for event in events:
                key = (event["logStreamName"], event["timestamp"], event["message"])
                seen[key] += 1
                if seen[key] > shown[group][key]:
                    new += _readable(event["message"], event["timestamp"], name.ljust(width))
            shown[group] = seen
        yield [line for _, line in sorted(new, key=lambda dated: dated[0])]
        start_ms = max(start_ms, now_ms - _LATE_MS)
        time.sleep(_REST_S)
        if not unanswered:
            aws.await_logs(output)


def _readable(message: str, timestamp_ms: int, name: str) -> Iterator[tuple[datetime, str]]:
    """The dated lines to show for a logged one: none for metrics and for the platform's lines."""
    at = datetime.fromtimestamp(timestamp_ms / 1000).astimezone()
    try:
        record = json.loads(message)
    except ValueError:
        record = None
    if not isinstance(record, dict) or "message" not in record:
        is_metric = isinstance(record, dict) and "_aws" in record
        if message.strip() and not is_metric and not _PLATFORM.match(message):
            yield at, f"{at:%H:%M:%S} {name}  {_WORKER_PATH.sub('', message.rstrip())}"
        return
    with suppress(KeyError, ValueError):  # the line's moment; the event's is the invocation's end
        at = datetime.fromisoformat(record["timestamp"].replace(",", ".")).astimezone()
    details = [f"{key}={_value(value)}" for key, value in record.items() if key not in _ROUTINE]
    if record.get("cold_start"):
        details.append("(cold start)")
    level, said = str(record.get("level", "")).ljust(7), str(record["message"])
    line = f"{at:%H:%M:%S} {name}  {level} {said}  {' '.join(details)}".rstrip()
    yield at, _WORKER_PATH.sub("", line)
    for line in str(record.get("exception", "")).splitlines():
        yield at, f"         {' ' * len(name)}  {_WORKER_PATH.sub('', line)}"


def _value(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"\S+", value):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _function_names(aws: EmbeddedAws, stack: str) -> dict[str, str]:
    """The functions' names, as in the project's folders, by their log groups."""
    resources = aws.client("cloudformation").describe_stack_resources(StackName=stack)
    functions = aws.client("lambda")
    names = {}
    for resource in resources["StackResources"]:
        if resource["ResourceType"] == "AWS::Lambda::Function":
            function = resource["PhysicalResourceId"]
            settings = functions.get_function_configuration(FunctionName=function)
            group = settings.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{function}")
            words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", resource["LogicalResourceId"])
            names[group] = words.lower().removesuffix("_function")
    return names
