"""A lower layer fails for some records of a batch: the function names these, handles the others.

Each function gets one batch. It has an incident for every kind of failure, about which the first
call fails in that way; some incidents about which another call ends in a read time-out, perhaps
after its effect; and among them some about which no call fails. Of a call about several incidents,
AWS leaves out some of them.
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import boto3
import pytest

from suport.domain.attachment import FileId
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.files import file_store
from suport.mail import mail_queue
from suport.mail.mail_queue import delay
from suport.register.register import Register
from suport.runtime import aws
from tests.support.failures import FAILURES, PRIVATE, Call, intercept
from tests.support.gateway import CONTEXT, Load
from tests.support.metrics import metrics
from tests.support.register import a_submission

NO_MESSAGES = [
    "",
    "no JSON",
    "null",
    "[]",
    "7",
    '"text"',
    "{}",
    '{"Records": 7, "schema": "suport.mail/1"}',
    '{"schema": "suport.erasure/2", "reference": "0000-0000-0000"}',
    '{"schema": "suport.erasure/1", "reference": ""}',
    '{"schema": "suport.erasure/1", "reference": "0000-0000-0000", "file": "../x"}',
    '{"schema": "suport.mail/2", "reference": "0000-0000-0000", "kind": "acknowledgement"}',
    '{"schema": "suport.mail/2", "eventType": "Bounce"}',
]
"""Messages that no queue of the service ever gets."""


CALLS = 8
"""More than any function makes about one record."""

SOUND = (0, 9, -1)
"""The places in a batch of the records about which no call fails."""


JOINT = {"BatchGetItem": "Contended", "SendMessageBatch": "NotSent"}
"""The calls about several incidents, and what the log names where AWS left one of them out."""


@dataclass
class Fault:
    """What is wrong with the calls about one incident."""

    layer: str
    at: int | None
    """How many calls succeed before the fault; None if reading a file fails after its call."""
    calls: list[str] = field(default_factory=list)
    """The calls about the incident."""

    def leaves_out(self, operation: str) -> bool:
        """Whether AWS leaves the incident out of this call about several."""
        if self.calls[self.at or 0 :] == [operation]:
            return True  # it does so each time that the call is repeated
        self.calls.append(operation)
        return len(self.calls) - 1 == self.at

    @property
    def named(self) -> str:
        """What the log names as the failure."""
        met = self.calls[self.at or 0]
        return JOINT.get(met, type(self.failure).__name__)

    @property
    def was_met(self) -> bool:
        return len(self.calls) > (self.at or 0)

    @property
    def failure(self) -> Exception:
        return FAILURES[self.layer]()

    def read(self, most: int) -> bytes:
        """Reads a part of a file whose transfer breaks off."""
        assert most
        raise self.failure


class Faults(dict[str, Fault]):
    """AWS, where a call about some incidents fails; by their references."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mailed: list[str] = []
        """The addresses of the mails that were sent."""
        self.postponed: list[tuple[str, int]] = []
        """The handles of the messages that have to come again, and after how many seconds."""
        self._first = 0
        self._postponing = itertools.cycle([None, *FAILURES])

        def call(own: Call, operation: str, request: dict[str, Any]) -> Any:
            if operation == "ChangeMessageVisibility":
                return self.postpone(request)
            if operation in JOINT:
                return self.answered_in_part(own, operation, request)
            fault = next((each for about, each in self.items() if about in str(request)), None)
            if fault:
                fault.calls.append(operation)
                if len(fault.calls) - 1 == fault.at:
                    raise fault.failure
            if operation == "SendEmail":
                self.mailed += request["Destination"]["ToAddresses"]
                return {"MessageId": f"mail {len(self.mailed)}"}
            answer = own(operation, request)
            if fault and fault.at is None and operation == "GetObject":
                answer["Body"] = fault
            return answer

        intercept(monkeypatch, call)

    def answered_in_part(self, own: Call, operation: str, request: dict[str, Any]) -> Any:
        """The answer to a call about several incidents, some of which AWS leaves out."""
        left_out = {about for about in self if about in str(request)}
        left_out = {about for about in left_out if self[about].leaves_out(operation)}

        def is_left_out(each: Any) -> bool:
            return any(about in str(each) for about in left_out)

        if operation == "SendMessageBatch":
            entries = request["Entries"]
            taken = [each for each in entries if not is_left_out(each)]
            answer = own(operation, request | {"Entries": taken}) if taken else {}
            refused = [each["Id"] for each in entries if each not in taken]
            codes = {"Code": "InternalError", "SenderFault": False}
            return answer | {"Failed": [{"Id": each, **codes} for each in refused]}
        [(table, asked)] = request["RequestItems"].items()
        found = [each for each in asked["Keys"] if not is_left_out(each)]
        answer = {"Responses": {table: []}}
        if found:
            answer = own(operation, {"RequestItems": {table: asked | {"Keys": found}}})
        left = [each for each in asked["Keys"] if each not in found]
        return answer | {"UnprocessedKeys": {table: asked | {"Keys": left}} if left else {}}

    def postpone(self, request: dict[str, Any]) -> dict[str, Any]:
        """Postpones a message: a call that fails in every way in turn, and sometimes succeeds."""
        self.postponed.append((request["ReceiptHandle"], request["VisibilityTimeout"]))
        if layer := next(self._postponing):
            failure = FAILURES[layer]()
            raise failure
        return {}

    def meet(
        self, references: Sequence[Reference], *, joint: int = 0, in_files: bool = False
    ) -> None:
        """From now on, calls about these incidents fail, except about those at `SOUND`.

        joint: how many calls about several incidents come before those about one.
        """
        self._first = joint
        faults = [Fault(layer, joint) for layer in FAILURES]
        faults += [Fault("read time-out", at) for at in range(CALLS) if at != joint]
        if in_files:
            faults += [Fault(layer, None) for layer in FAILURES]
        sound = {references[number] for number in SOUND}
        unsound = [each for each in references if each not in sound]
        assert len(unsound) == len(faults)
        self |= dict(zip(unsound, faults, strict=True))

    def end(self) -> dict[Reference, Fault]:
        """The faults that calls have met, by incident; from now on, no call fails."""
        met = {Reference(about): fault for about, fault in self.items() if fault.was_met}
        kinds = {(fault.layer, fault.at) for fault in met.values()}
        assert kinds >= {(layer, self._first) for layer in FAILURES}
        assert ("read time-out", CALLS - 1) not in kinds  # each of the function's calls failed once
        self.clear()
        return met


class Incidents:
    """Incidents, each of a citizen of its own."""

    def __init__(self) -> None:
        self.register = Register(aws.client("dynamodb"), "register")

    def submit(self, number: int, at: datetime | None = None) -> Reference:
        submission = a_submission(description=PRIVATE, contact={"email": address(number)})
        key, submitted_at = f"{number:016}", at or datetime.now(UTC)
        return self.register.submit(submission, key, b"secret", submitted_at).reference

    def batch(self, *, files: bool = False, at: datetime | None = None) -> list[Reference]:
        """One incident for each failure, and those at `SOUND`."""
        size = len(FAILURES) * (2 if files else 1) + CALLS - 1 + len(SOUND)
        return [self.submit(number, at) for number in range(size)]

    def image(self, reference: Reference) -> Any:
        key: Any = {"reference": {"S": reference}, "entry": {"S": "incident"}}
        return aws.client("dynamodb").get_item(TableName="register", Key=key, ConsistentRead=True)[
            "Item"
        ]


def address(number: int) -> str:
    return f"citizen-{number}@example.org"


@pytest.fixture
def incidents(load: Load) -> Incidents:  # noqa: ARG001  it needs the table
    return Incidents()


@pytest.fixture
def faults(load: Load, monkeypatch: pytest.MonkeyPatch) -> Faults:  # noqa: ARG001  as above
    for name, value in {
        "MAIL_FROM": "suport@example.org",
        "MAIL_CONFIGURATION": "mails",
        "PUBLIC_URL": "https://suport.example.test",
    }.items():
        monkeypatch.setenv(name, value)
    return Faults(monkeypatch)


@pytest.fixture(autouse=True)
def _nothing_that_was_written_is_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level("INFO")
    yield
    logged = str([vars(record) for record in caplog.get_records("call")])
    assert PRIVATE not in logged
    assert "citizen-" not in logged


def messages(bodies: Mapping[Reference, Any]) -> list[dict[str, Any]]:
    """Messages of a queue, as Lambda delivers them, named after the incidents."""
    return [
        {
            "messageId": f"of {reference}",
            "receiptHandle": f"handle of {reference}",
            "body": body if isinstance(body, str) else json.dumps(body),
            "attributes": {"ApproximateReceiveCount": "3"},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:mail",
        }
        for reference, body in bodies.items()
    ]


def failed(app: ModuleType, records: Sequence[dict[str, Any]]) -> list[str]:
    """The records that the function names as failed."""
    answer = app.handler({"Records": records}, CONTEXT)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def logged(caplog: pytest.LogCaptureFixture, name: str) -> list[tuple[str, str]]:
    """What failed according to the log, and why."""
    records = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    return [(each[name], each["error"]) for each in records]


def kinds(met: Mapping[Reference, Fault], form: str = "{}") -> list[tuple[str, str]]:
    return [(form.format(about), fault.named) for about, fault in met.items()]


def test_a_change_that_fails_is_named_and_the_others_are_followed(
    load: Load, incidents: Incidents, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    references = incidents.batch()
    records = [
        {
            "eventID": reference,
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": {"reference": {"S": reference}, "entry": {"S": "incident"}},
                "NewImage": incidents.image(reference),
                "SequenceNumber": reference,
            },
        }
        for reference in references
    ]
    faults.meet(references, joint=3)  # the read, and a request to each of two queues
    named = failed(load("route_incident"), records)
    met = faults.end()
    assert named == list(met)
    assert logged(caplog, "reference") == kinds(met)
    for reference in set(references) - set(met):
        assert incidents.register.incident(reference, datetime.now(UTC)).route_reason is None


def test_a_mail_that_fails_is_named_and_postponed_and_the_others_are_sent(
    load: Load, incidents: Incidents, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    references = incidents.batch()
    kind = MailKind.ACKNOWLEDGEMENT
    asked = messages({each: mail_queue.mail_request(each, "incident", kind) for each in references})
    faults.meet(references, joint=1)
    named = failed(load("notify_citizen"), asked)
    met = faults.end()
    assert named == [f"of {each}" for each in met]
    assert logged(caplog, "message_id") == kinds(met, "of {}")
    assert faults.postponed == [(f"handle of {each}", delay(3)) for each in met]
    not_postponed = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(not_postponed) >= len(FAILURES)
    sound = [address(number) for number, each in enumerate(references) if each not in met]
    assert set(sound) <= set(faults.mailed)
    assert len(faults.mailed) == len(set(faults.mailed))


def test_an_incident_that_cannot_be_woken_is_counted_and_the_others_are_woken(
    load: Load,
    incidents: Incidents,
    faults: Faults,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    references = incidents.batch(at=datetime.now(UTC) - timedelta(hours=1))
    before = {each: incidents.image(each) for each in references}
    capsys.readouterr()
    faults.meet(references)
    load("watch_incidents").handler({"source": "aws.scheduler"}, CONTEXT)
    met = faults.end()
    assert metrics(capsys.readouterr().out)[-1] == ("OverdueIncidents", len(met), None)
    assert sorted(logged(caplog, "reference")) == sorted(kinds(met))
    for reference in set(references) - set(met):
        assert incidents.image(reference) != before[reference]


def put(references: Sequence[Reference]) -> dict[Reference, FileId]:
    """Puts a file of each incident into the store."""
    files = {reference: file_store.new_file_id() for reference in references}
    for named in files.items():
        boto3.client("s3").put_object(
            Bucket="attachments",
            Key=file_store.object_key(*named),
            Body=b"%PDF-1.7\n",
            ContentType="application/pdf",
        )
    return files


def arrival(reference: Reference, file_id: FileId) -> dict[str, Any]:
    """The store's message about a new file."""
    key = file_store.object_key(reference, file_id)
    return {"Records": [{"s3": {"bucket": {"name": "attachments"}, "object": {"key": key}}}]}


def test_a_file_that_cannot_be_checked_is_named_and_the_others_are_taken(
    load: Load, incidents: Incidents, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    references = incidents.batch(files=True)
    arrived = messages({named[0]: arrival(*named) for named in put(references).items()})
    faults.meet(references, in_files=True)
    named = failed(load("check_attachment"), arrived)
    met = faults.end()
    assert {fault.layer for fault in met.values() if fault.at is None} == set(FAILURES)
    assert named == [f"of {each}" for each in met]
    assert logged(caplog, "message_id") == kinds(met, "of {}")
    for reference in set(references) - set(met):
        assert incidents.register.incident(reference, datetime.now(UTC)).files


def test_a_file_that_cannot_be_erased_is_named_and_the_others_are_erased(
    load: Load, incidents: Incidents, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    references = incidents.batch()
    files = put(references)
    asked = messages({named[0]: file_store.erasure(*named) for named in files.items()})
    faults.meet(references)
    named = failed(load("erase_expired"), asked)
    met = faults.end()
    assert named == [f"of {each}" for each in met]
    assert logged(caplog, "message_id") == kinds(met, "of {}")
    left = boto3.client("s3").list_objects_v2(Bucket="attachments")["Contents"]
    kept = {file_store.object_key(each, files[each]) for each in met}
    assert {each["Key"] for each in left} == kept


@pytest.mark.parametrize("function", ["notify_citizen", "check_attachment", "route_incident"])
def test_an_empty_batch_is_no_failure(load: Load, function: str) -> None:
    assert failed(load(function), []) == []


@pytest.mark.parametrize("function", ["notify_citizen", "check_attachment", "erase_expired"])
def test_a_malformed_message_is_named_and_hides_no_other(
    load: Load, incidents: Incidents, faults: Faults, function: str
) -> None:
    reference = incidents.submit(0)
    file_id = put([reference])[reference]
    good = {
        "notify_citizen": mail_queue.mail_request(reference, "incident", MailKind.ACKNOWLEDGEMENT),
        "check_attachment": arrival(reference, file_id),
        "erase_expired": file_store.erasure(reference, file_id),
    }[function]
    bodies = {Reference(str(number)): body for number, body in enumerate(NO_MESSAGES)}
    named = failed(load(function), messages(bodies | {reference: good}))
    assert named == [f"of {number}" for number in bodies]
    assert len(faults) == 0
