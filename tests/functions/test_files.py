"""Files: from the store to the register, and from the register's stream to the store."""

import base64
import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from suport.domain.attachment import FileId
from suport.domain.history import Kind
from suport.domain.incident import Incident
from suport.domain.reference import Reference
from suport.files import arrivals, file_store
from suport.register.register import Register
from suport.runtime import aws, clock
from tests.support.event_source_mapping import matches
from tests.support.gateway import Load
from tests.support.register import submission_of, whole_history
from tests.support.template import FUNCTIONS

CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=1024,
    invoked_function_arn="arn:aws:lambda:eu-west-1:000000000000:function:test",
    aws_request_id="request",
)
PDF = b"%PDF-1.7\n" + b"x" * 5000


class IncidentWithFile:
    """An incident, and what lies in the store for it."""

    def __init__(self, load: Load) -> None:
        self.app = load("check_attachment")
        self.register = Register(aws.client("dynamodb"), "register")
        content = {
            "category": "functional",
            "description": "No puc annexar el document",
            "contact": {"email": "anna@example.org"},
        }
        submission = submission_of(content)
        made = self.register.submit(submission, "0123456789abcdef", b"secret", clock.now())
        self.reference = made.reference
        self.file = file_store.new_file_id()

    @property
    def key(self) -> str:
        return file_store.object_key(self.reference, self.file)

    @property
    def incident(self) -> Incident:
        return self.register.incident(self.reference, clock.now())

    @property
    def state(self) -> str | None:
        file = self.incident.files.get(self.file)
        return file.state if file else None

    def actions(self) -> list[dict[str, Any]]:
        history = whole_history(self.register, self.reference, clock.now())[1]
        return [entry.facts for entry in history if entry.kind is Kind.ACTION]

    def put(self, content: bytes, media_type: str = file_store.STORED_AS) -> str:
        """Puts content into the store; returns its version there."""
        put = boto3.client("s3").put_object(
            Bucket="attachments", Key=self.key, Body=content, ContentType=media_type
        )
        return put["ETag"].strip('"')

    def stored(self) -> bool:
        found = boto3.client("s3").list_objects_v2(Bucket="attachments", Prefix=self.key)
        return bool(found["KeyCount"])

    def tell(self, *messages: Any) -> list[str]:
        """Gives the function these messages; returns those that failed, by their number."""
        records = [
            {"messageId": str(number), "body": json.dumps(message), "eventSource": "aws:sqs"}
            for number, message in enumerate(messages)
        ]
        answer = self.app.handler({"Records": records}, CONTEXT)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def arrival(self) -> dict[str, Any]:
        return {
            "Records": [
                {
                    "eventSource": "aws:s3",
                    "eventName": "ObjectCreated:Post",
                    "s3": {"bucket": {"name": "attachments"}, "object": {"key": self.key}},
                }
            ]
        }

    def scan(self, result: str, version: str) -> dict[str, Any]:
        return {
            "source": "aws.guardduty",
            "detail-type": "GuardDuty Malware Protection Object Scan Result",
            "detail": {
                "scanStatus": "COMPLETED",
                "s3ObjectDetails": {
                    "bucketName": "attachments",
                    "objectKey": self.key,
                    "eTag": version,
                },
                "scanResultDetails": {"scanResultStatus": result, "threats": None},
            },
        }


@pytest.fixture
def citizen(load: Load) -> IncidentWithFile:
    return IncidentWithFile(load)


@pytest.fixture
def scanned(monkeypatch: pytest.MonkeyPatch, citizen: IncidentWithFile) -> IncidentWithFile:
    """Where files are scanned."""
    monkeypatch.setenv("MALWARE_SCANNING", "on")
    return citizen


def test_a_file_is_marked_as_not_scanned_where_scanning_is_off(citizen: IncidentWithFile) -> None:
    version = citizen.put(PDF)
    assert citizen.tell(citizen.arrival()) == []
    file = citizen.incident.files[citizen.file]
    assert file.state == "unscanned"
    assert (file.type, file.bytes) == ("application/pdf", len(PDF))
    assert file.version == version
    assert citizen.stored()


@pytest.mark.parametrize(
    ("content", "recognised"),
    [
        (b"\n" * 1000 + PDF, "application/pdf"),
        ("Error SAF_09\r\n".encode("utf-16"), "text/plain"),
        (b"<AFIRMA><CONTENT>" + b"QUJD" * 3000 + b"</ds:Signature></AFIRMA>", "application/xml"),
        (b"<AFIRMA><CONTENT>" + b"QUJD" * 3000 + b"</CONTENT></AFIRMA>", "text/plain"),
        (b"MZ\x90\x00\x03\x00", "program"),
        (b"", "empty"),
        (PDF + bytes(10 * 1024 * 1024), "too_large"),
    ],
    ids=["pdf", "utf-16", "signed at its end", "not signed", "program", "empty", "too large"],
)
def test_a_file_is_what_its_content_is_whatever_it_was_declared_as(
    citizen: IncidentWithFile, content: bytes, recognised: str
) -> None:
    citizen.put(content, "image/png")
    assert citizen.tell(citizen.arrival()) == []
    if known := citizen.incident.files.get(citizen.file):
        assert (known.type, known.bytes) == (recognised, len(content))
    else:
        assert [entry["reason"] for entry in citizen.actions()] == [recognised]
    assert citizen.stored() is bool(known)


def test_a_file_is_quarantined_until_its_scan_found_nothing(scanned: IncidentWithFile) -> None:
    version = scanned.put(PDF)
    scanned.tell(scanned.arrival())
    assert scanned.state == "quarantined"
    assert scanned.tell(scanned.scan("NO_THREATS_FOUND", version)) == []
    assert scanned.state == "clean"


@pytest.mark.parametrize("result", ["UNSUPPORTED", "ACCESS_DENIED", "FAILED", "SOMETHING_NEW"])
def test_a_file_that_could_not_be_scanned_stays_closed(
    scanned: IncidentWithFile, result: str
) -> None:
    version = scanned.put(PDF)
    scanned.tell(scanned.arrival(), scanned.scan(result, version))
    assert scanned.state == "unscannable"
    assert scanned.stored()


def test_an_infected_file_is_recorded_and_erased(scanned: IncidentWithFile) -> None:
    version = scanned.put(PDF)
    assert scanned.tell(scanned.arrival(), scanned.scan("THREATS_FOUND", version)) == []
    assert scanned.state == "infected"
    assert not scanned.stored()


@pytest.mark.parametrize(
    ("result", "state"), [("NO_THREATS_FOUND", "clean"), ("THREATS_FOUND", "infected")]
)
def test_a_scan_that_is_told_of_before_the_arrival_counts(
    scanned: IncidentWithFile, result: str, state: str
) -> None:
    version = scanned.put(PDF)
    assert scanned.tell(scanned.scan(result, version), scanned.arrival()) == []
    assert scanned.state == state


def test_a_wrong_file_is_erased_and_its_scan_changes_nothing(scanned: IncidentWithFile) -> None:
    version = scanned.put(b"MZ\x90\x00")
    messages = scanned.arrival(), scanned.scan("NO_THREATS_FOUND", version)
    assert scanned.tell(*messages, *messages) == []
    assert not scanned.stored()
    assert scanned.state is None
    assert [entry["reason"] for entry in scanned.actions()] == ["program"]


@pytest.mark.parametrize("result", ["NO_THREATS_FOUND", "THREATS_FOUND"])
def test_what_is_put_in_a_files_place_is_erased_whatever_its_scan_found(
    scanned: IncidentWithFile, result: str
) -> None:
    version = scanned.put(PDF)
    scanned.tell(scanned.arrival(), scanned.scan("NO_THREATS_FOUND", version))
    other = scanned.put(PDF + b"another")
    assert scanned.tell(scanned.scan(result, other), scanned.arrival()) == []
    assert scanned.state == "replaced"
    assert not scanned.stored()


def test_a_refusal_erases_nothing_that_the_same_form_has_brought_since(
    citizen: IncidentWithFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen.put(b"MZ\x90\x00")
    erase = arrivals.erase

    def late(*given: Any) -> None:
        monkeypatch.setattr(arrivals, "erase", erase)
        citizen.put(PDF)
        assert citizen.tell(citizen.arrival()) == []
        erase(*given)

    monkeypatch.setattr(arrivals, "erase", late)
    assert citizen.tell(citizen.arrival()) == []
    assert citizen.state == "unscanned"
    assert citizen.stored()


def test_an_infected_file_takes_nothing_else_with_it(scanned: IncidentWithFile) -> None:
    infected = scanned.put(PDF)
    scanned.put(PDF + b"another")
    assert scanned.tell(scanned.scan("THREATS_FOUND", infected), scanned.arrival()) == []
    assert scanned.state == "quarantined"
    assert scanned.stored()


def test_a_refusal_whose_erasure_failed_is_made_good_by_the_next_attempt(
    citizen: IncidentWithFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen.put(b"MZ\x90\x00")
    with monkeypatch.context() as broken:
        broken.setattr(arrivals, "erase", lambda *_: 1 / 0)
        assert citizen.tell(citizen.arrival()) == ["0"]
    assert citizen.stored()
    assert citizen.tell(citizen.arrival()) == []
    assert not citizen.stored()
    assert len(citizen.actions()) == 1


def test_a_file_for_no_incident_is_erased(citizen: IncidentWithFile) -> None:
    citizen.reference = Reference("0000-0000-0000")
    citizen.put(PDF)
    assert citizen.tell(citizen.arrival()) == []
    assert not citizen.stored()


def test_of_several_messages_only_the_failed_one_comes_again(citizen: IncidentWithFile) -> None:
    citizen.put(PDF)
    assert citizen.tell({"Records": [{}]}, citizen.arrival()) == ["0"]
    assert citizen.state == "unscanned"


def test_what_is_nobodys_file_is_left_alone(citizen: IncidentWithFile) -> None:
    test_event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "attachments"}
    own = citizen.arrival()
    own["Records"][0]["s3"]["object"]["key"] = "malware-protection-resource-validation-object"
    boto3.client("s3").put_object(
        Bucket="attachments", Key="malware-protection-resource-validation-object", Body=b"x"
    )
    assert citizen.tell(test_event, own, citizen.arrival()) == []
    assert boto3.client("s3").list_objects_v2(Bucket="attachments")["KeyCount"] == 1
    assert citizen.incident.files == {}


def test_no_log_quotes_a_message_that_failed(
    citizen: IncidentWithFile, caplog: pytest.LogCaptureFixture
) -> None:
    assert citizen.tell({"Records": "Xisca"}) == ["0"]
    (record,) = caplog.records
    assert record.getMessage() == "file not checked"
    assert "Xisca" not in str(vars(record))


def test_the_entry_of_a_file_that_leaves_the_register_takes_the_file_with_it(
    citizen: IncidentWithFile, load: Load
) -> None:
    citizen.put(PDF)
    citizen.tell(citizen.arrival())
    removed = stream_record("REMOVE", citizen.reference, citizen.file)
    answer = load("route_incident").handler({"Records": [removed]}, CONTEXT)
    assert answer == {"batchItemFailures": []}
    (message,) = taken_from("erasures")
    assert message == {
        "schema": "suport.erasure/1",
        "reference": citizen.reference,
        "file": citizen.file,
    }
    erase = load("erase_expired")
    record = {"messageId": "1", "body": json.dumps(message), "eventSource": "aws:sqs"}
    for _ in range(2):
        assert erase.handler({"Records": [record]}, CONTEXT) == {"batchItemFailures": []}
        assert not citizen.stored()


def test_a_file_that_its_citizen_removed_is_erased_even_while_it_is_scanned(
    scanned: IncidentWithFile,
) -> None:
    version = scanned.put(PDF)
    scanned.tell(scanned.arrival())
    scanned.register.remove_file(scanned.reference, scanned.file, clock.now())
    assert scanned.tell(scanned.scan("NO_THREATS_FOUND", version)) == []
    scanned.put(PDF)  # by the same form
    assert scanned.tell(scanned.arrival()) == []
    assert (scanned.state, scanned.stored()) == ("removed", False)
    assert [each["action"] for each in scanned.actions()] == ["file_removed"]


def test_the_entry_of_a_removal_has_the_file_erased(citizen: IncidentWithFile, load: Load) -> None:
    citizen.put(PDF)
    citizen.tell(citizen.arrival())
    citizen.register.remove_file(citizen.reference, citizen.file, clock.now())
    table: Any = aws.client("dynamodb")
    (image,) = [
        item for item in table.items[citizen.reference].values() if item["kind"] == {"S": "action"}
    ]
    record = stream_record("INSERT", citizen.reference, citizen.file)
    del record["dynamodb"]["OldImage"]
    record["dynamodb"]["NewImage"] = image
    patterns = [
        json.loads(each["Pattern"])
        for each in FUNCTIONS["RouteIncident"]["Events"]["Stream"]["Properties"]["FilterCriteria"][
            "Filters"
        ]
    ]
    assert [matches(each, record) for each in patterns].count(True) == 1
    load("route_incident").handler({"Records": [record]}, CONTEXT)
    (message,) = taken_from("erasures")
    assert message == file_store.erasure(citizen.reference, citizen.file)


def test_of_several_erasures_only_the_failed_one_comes_again(
    citizen: IncidentWithFile, load: Load
) -> None:
    citizen.put(PDF)
    good = json.dumps(file_store.erasure(citizen.reference, citizen.file))
    records = [
        {"messageId": name, "body": body, "eventSource": "aws:sqs"}
        for name, body in {"bad": "{}", "good": good}.items()
    ]
    answer = load("erase_expired").handler({"Records": records}, CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "bad"}]}
    assert not citizen.stored()


def taken_from(queue: str) -> list[Any]:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    return [json.loads(each["Body"]) for each in sqs.receive_message(QueueUrl=url)["Messages"]]


def stream_record(name: str, reference: Reference, file: FileId) -> dict[str, Any]:
    keys = {"reference": {"S": reference}, "entry": {"S": "01M853AR7V2QG01MJESSWCHBJS"}}
    content = {"M": {"file": {"S": file}, "bytes": {"N": "5009"}}}
    return {
        "eventID": base64.b64encode(file.encode()).decode(),
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
        "dynamodb": {
            "Keys": keys,
            "OldImage": keys | {"kind": {"S": "attachment"}, "content": content},
            "SequenceNumber": "100000000005391461882",
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }
