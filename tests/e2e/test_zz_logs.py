"""What the functions wrote down while all the other tests ran (hence the name of this file)."""

import json
import re
import time
from dataclasses import dataclass

import pytest
from mypy_boto3_logs import CloudWatchLogsClient

from tests.e2e.conftest import CONTACT, FORM, Service, submission

FUNCTIONS = (
    *("show_help", "submit_incident", "track_incident", "lookup_contact", "record_consent"),
    "route_incident",
)


@dataclass(frozen=True)
class Line:
    """One line of a log."""

    function: str
    text: str


def readable(line: Line) -> str:
    """The line as it stands, and without the escapes of JSON."""
    if not line.text.startswith("{"):
        return line.text
    return line.text + json.dumps(json.loads(line.text), ensure_ascii=False)


@pytest.fixture(scope="module")
def lines(service: Service) -> list[Line]:
    """All lines, once each function has worked and met a mistake of the citizen's."""
    receipt = service.routed()
    address, code = f"/v1/incidents/{receipt['reference']}", receipt["access_code"]
    service.get("/ca/incident")
    service.get("/v1/contact")
    service.get(address, code)
    service.post(f"{address}/messages", {"body": f"Sóc {CONTACT['name']}."}, code)
    notice = service.get("/v1/remote-support-notice?language=ca").json()
    consent = {"scope": "view", "action": "grant", "notice_sha256": notice["sha256"]}
    service.post(f"{address}/consents", consent, code)
    service.submit(submission(contact=CONTACT | {"shoe_size": "43"}))
    service.request("POST", "/v1/incidents", json.dumps(CONTACT).encode()[:-1], {})
    wrong = f"reference={receipt['reference']}x&access_code={code}".encode()
    service.request("POST", "/ca/track", wrong, {"Content-Type": FORM})
    time.sleep(2)  # lines reach their group when an invocation has ended
    logs: CloudWatchLogsClient = service.aws.client("logs")
    pages = logs.get_paginator("filter_log_events")
    found = [
        Line(function, event["message"])
        for function in FUNCTIONS
        for page in pages.paginate(logGroupName=f"/suport/suport-local/{function}")
        for event in page["events"]
    ]
    logs.close()
    return found


def test_each_function_writes_into_its_own_group(lines: list[Line]) -> None:
    assert {line.function for line in lines} == set(FUNCTIONS)


@pytest.mark.parametrize(
    "sign",
    ["AccessDenied", "not authorized", "request failed", "Traceback", "ERROR", "Task timed out"],
)
def test_nothing_failed(lines: list[Line], sign: str) -> None:
    assert [line for line in lines if sign in line.text] == []


def test_what_was_done_is_told(lines: list[Line]) -> None:
    told = {json.loads(line.text).get("message") for line in lines if line.text.startswith("{")}
    assert told >= {
        "incident recorded",
        "incident queued",
        "message recorded",
        "consent recorded",
    }


def test_submissions_are_counted(lines: list[Line]) -> None:
    counted = {
        name
        for line in lines
        if line.text.startswith("{") and "_aws" in line.text
        for name in json.loads(line.text)
    }
    assert counted >= {"IncidentsSubmitted", "IncidentsQueued"}


def test_no_personal_data_are_written_down(service: Service, lines: list[Line]) -> None:
    # values as short as a code of an error could stand in a line by chance
    private = {each for each in service.private if len(each) >= 9}
    private |= {re.sub(r"[ -]", "", each) for each in private}
    written = "\n".join(readable(line) for line in lines)
    assert sorted(each[:60] for each in private if each in written) == []


@pytest.mark.parametrize(
    "trace",
    ["qzrvwb", "bauçà", "48 17 26", "971481726", "00000000T", "example.test", "shoe_size", "Sóc "],
)
def test_no_trace_of_the_person_is_written_down(lines: list[Line], trace: str) -> None:
    assert [line for line in lines if trace in readable(line)] == []


def test_no_personal_data_are_in_a_metric(service: Service, lines: list[Line]) -> None:
    cloudwatch = service.aws.client("cloudwatch")
    metrics = repr(cloudwatch.list_metrics()["Metrics"]) + str(len(lines))
    cloudwatch.close()
    assert [each for each in service.private if len(each) >= 9 and each in metrics] == []
