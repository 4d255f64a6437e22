"""The logs of the service's functions, and the texts that must never be in them."""

import json
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from mypy_boto3_logs import CloudWatchLogsClient

from suport.domain.reference import MisreadReference, parse_reference
from tests.support.service import Service

FAILED = ("AccessDenied", "not authorized", "request failed", "Traceback", "ERROR", "timed out")
TRACES = (
    *("qzrvwb", "bauçà", "48 17 26", "971481726", "00000000T", "example.test", "shoe_size"),
    "Sóc ",
)
"""Traces of the person in the tests' contact data, and of other people."""
ROUTINE = ("INFO", "DEBUG")
_REFERENCE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}\b")


@dataclass(frozen=True)
class Line:
    """One line of a log."""

    function: str
    text: str

    @property
    def fields(self) -> dict[str, object]:
        """The fields of a line in JSON; empty for any other."""
        return json.loads(self.text) if self.text.startswith("{") else {}

    @property
    def readable(self) -> str:
        """The line as it is, and again without the escapes of JSON."""
        return self.text + json.dumps(self.fields, ensure_ascii=False)


def lines(service: Service) -> list[Line]:
    """All lines of the logs so far."""
    logs: CloudWatchLogsClient = service.aws.client("logs")
    pages = logs.get_paginator("filter_log_events")
    found = [
        Line(group["logGroupName"].rpartition("/")[2], event["message"])
        for group in logs.describe_log_groups(logGroupNamePrefix="/suport/")["logGroups"]
        for page in pages.paginate(logGroupName=group["logGroupName"])
        for event in page["events"]
    ]
    logs.close()
    return found


def complaints(service: Service) -> list[str]:
    """The faults of the logs so far, and of the names of the metrics."""
    cloudwatch = service.aws.client("cloudwatch")
    metrics = Line("a metric", repr(cloudwatch.list_metrics()["Metrics"]))
    cloudwatch.close()
    return wrong([*lines(service), metrics], service.private)


def wrong(written: Sequence[Line], private: Collection[str]) -> list[str]:
    """Each failure in the lines, and each text in them that belongs to a citizen alone."""
    # a value as short as an error's code could be in a line by chance
    words = {each for each in private if len(each) >= 9}
    words |= {re.sub(r"[ -]", "", each) for each in words}
    everything = "\n".join(line.readable for line in written)
    told = {each for each in (*words, *TRACES) if each in everything}
    failed = [line for line in written if any(sign in line.text for sign in FAILED)]
    naming = [line for line in written if line.fields.get("level") in ROUTINE and _named(line)]
    return [
        *(f"{line.function} failed: {line.text[:1000]}" for line in failed),
        *(f"{line.function}: {each[:60]}" for line in written for each in _in(line, told)),
        *(f"{line.function} names an incident without need: {line.text}" for line in naming),
    ]


def _named(line: Line) -> bool:
    """Whether the line has the reference of an incident, which its check character tells."""
    for name, value in line.fields.items():
        for each in [] if name.endswith("_id") else _REFERENCE.findall(str(value)):
            with suppress(MisreadReference):
                parse_reference(each)
                return True
    return False


def _in(line: Line, words: Collection[str]) -> set[str]:
    return {each for each in words if each in line.readable}
