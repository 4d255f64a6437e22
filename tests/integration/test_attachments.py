"""The built functions of citizens' files, with their sample events."""

import json
from typing import Any

import pytest

from tests.integration.service import Service
from tests.support import template
from tests.support.event_source_mapping import matches
from tests.support.sample_events import sample

CONTENT = b"%PDF-1.7\n%%EOF\n"
REMOVED = sample("route_incident.stream")["Records"][1]["dynamodb"]
FILE = REMOVED["OldImage"]["content"]["M"]
KEY = f"{REMOVED['Keys']['reference']['S']}/{FILE['file']['S']}"


@pytest.fixture(scope="module")
def stored(running: Service) -> Service:
    """A service with the incident and the file of the sample events."""
    answer = running.answer("submit_incident.json", sample("submit_incident.json"))
    assert answer["statusCode"] == 201
    running.aws.s3.put_object(
        Bucket=running.aws.known["Attachments"],
        Key=KEY,
        Body=CONTENT,
        ContentType=FILE["type"]["S"],
    )
    return running


def test_the_sample_arrival_and_its_scan_bring_the_file_into_the_register(stored: Service) -> None:
    for _ in range(2):
        answer = stored.answer("check_attachment.arrivals", sample("check_attachment.arrivals"))
        assert answer == {"batchItemFailures": []}
    files = _files(stored)
    assert files.keys() == {FILE["file"]["S"]}
    file = files[FILE["file"]["S"]]
    assert file["state"] == {"S": "clean"}
    for name in ("type", "bytes", "version"):
        assert file[name] == FILE[name]


def test_the_sample_removal_is_an_entry_as_the_register_keeps_it(stored: Service) -> None:
    stored.answer("check_attachment.arrivals", sample("check_attachment.arrivals"))
    (entry,) = [item for item in _history(stored) if item["kind"] == {"S": "attachment"}]
    moments = {"entry", "recorded_at", "expires_at"}
    assert entry.keys() == REMOVED["OldImage"].keys()
    for name in entry.keys() - moments:
        assert entry[name] == REMOVED["OldImage"][name]


def test_the_sample_removal_leads_to_the_sample_erasure_and_to_an_empty_store(
    stored: Service,
) -> None:
    removal = sample("route_incident.stream")["Records"][1]
    _, stream = template.EVENTS["route_incident.stream"]
    filters = stream["Properties"]["FilterCriteria"]["Filters"]
    matching = [each for each in filters if matches(json.loads(each["Pattern"]), removal)]
    assert [json.loads(each["Pattern"])["eventName"] for each in matching] == [["REMOVE"]]
    stored.answer("route_incident.stream", {"Records": [removal]})
    erasures = sample("erase_expired.erasures")
    sent = [json.loads(record["body"]) for record in erasures["Records"]]
    assert stored.aws.messages("ErasuresQueue") == sent
    answer = stored.answer("erase_expired.erasures", erasures)
    assert answer == {"batchItemFailures": []}
    bucket = stored.aws.known["Attachments"]
    assert stored.aws.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def _history(running: Service) -> list[dict[str, Any]]:
    return running.aws.dynamodb.scan(TableName=running.aws.known["Register"])["Items"]


def _files(running: Service) -> dict[str, Any]:
    (incident,) = [item for item in _history(running) if item["entry"] == {"S": "incident"}]
    files: dict[str, Any] = incident["files"]["M"]
    return {name: file["M"] for name, file in files.items()}
