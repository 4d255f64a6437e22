"""The functions' logs: they say what was done, and nothing about the person.

The `service` fixture checks the logs of all other tests in the same way.
"""

import json
from typing import Any

import pytest

from tests.support import logs
from tests.support.logs import Line
from tests.support.patience import await_truth
from tests.support.service import CONTACT, FORM, Service, submission

FUNCTIONS = {
    *("show_help", "submit_incident", "track_incident", "lookup_contact", "update_incident"),
    "correct_contact",
    *("record_consent", "route_incident", "notify_citizen"),
}
TOLD = {"incident recorded", "incident queued", "message recorded", "consent recorded"}
COUNTED = {"IncidentsSubmitted", "IncidentsQueued"}


@pytest.fixture(scope="module")
def lines(service: Service) -> list[Line]:
    """All lines, after the functions have done their work and met mistakes of a citizen."""
    receipt = service.routed()
    address, code = f"/v1/incidents/{receipt['reference']}", receipt["access_code"]
    service.get("/ca/incident")
    service.get("/v1/contact")
    service.get("/ca/lost-code")
    service.get("/ca/reply")
    service.get(address, code)
    service.post(f"{address}/messages", {"body": f"Sóc {CONTACT['name']}."}, code)
    notice = service.get("/v1/remote-support-notice?language=ca").json()
    consent = {"scope": "view", "action": "grant", "notice_sha256": notice["sha256"]}
    service.post(f"{address}/consents", consent, code)
    service.submit(submission(contact=CONTACT | {"shoe_size": "43"}))
    service.request("POST", "/v1/incidents", json.dumps(CONTACT).encode()[:-1], {})
    wrong = f"reference={receipt['reference']}&access_code={'0' * len(code)}".encode()
    service.request("POST", "/ca/track", wrong, {"Content-Type": FORM})
    service.settle()
    # lines reach their group after an invocation has ended
    await_truth(lambda: told(logs.lines(service)) >= TOLD)
    return logs.lines(service)


def told(lines: list[Line]) -> set[Any]:
    return {line.fields.get("message") for line in lines}


def test_each_function_writes_into_its_own_group(lines: list[Line]) -> None:
    assert {line.function for line in lines} >= FUNCTIONS


def test_the_logs_say_what_was_done(lines: list[Line]) -> None:
    assert told(lines) >= TOLD


def test_submissions_are_counted(lines: list[Line]) -> None:
    counted = {name for line in lines if "_aws" in line.fields for name in line.fields}
    assert counted >= COUNTED


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"level": "ERROR", "message": "no table"}', 'f failed: {"level": "ERROR"'),
        ("An error occurred (AccessDenied)", "f failed: An error"),
        (r'{"message": "S\u00f3c la Xisca Qzrvwbau\u00e7\u00e0"}', "f: bauçà"),
        ("called 971481726", "f: 971481726"),
        ("opened with 81D2Q0XH4Q3E", "f: 81D2Q0XH4Q3E"),
        ('{"level": "INFO", "reference": "GQNC-YQBY-1H8C"}', "f names an incident without need"),
    ],
)
def test_the_check_finds_failures_and_personal_data_in_a_log(text: str, found: str) -> None:
    complaints = logs.wrong([Line("f", "incident recorded"), Line("f", text)], {"81D2-Q0XH-4Q3E"})
    assert [each for each in complaints if each.startswith(found)]
    assert logs.wrong([Line("f", "incident recorded")], {"81D2-Q0XH-4Q3E"}) == []


@pytest.mark.usefixtures("lines")
def test_the_logs_have_no_failure_and_no_personal_data(service: Service) -> None:
    assert logs.complaints(service) == []
