"""A batch of changes: how many calls follow it, and that each change is followed for itself."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from suport.domain.category import Category
from suport.domain.history import Done
from suport.domain.incident import Reason
from suport.domain.reference import Reference
from suport.register import contention
from suport.register.register import Register
from suport.runtime import aws
from tests.support.failures import FAILURES, Call, intercept
from tests.support.gateway import CONTEXT, Load
from tests.support.register import a_submission, whole_history

TEAMS = tuple(Category)
BATCH = 10  # as in the template
LAYERS = ("read time-out", "throttling", "parameters")
"""No answer; a refusal by AWS, and one by botocore, after which each call is made alone."""


class Stream:
    """The router, the register that it follows, and what it asks of AWS."""

    def __init__(self, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = load("route_incident")
        self.table: Any = aws.client("dynamodb")
        self.register = Register(self.table, "register")
        self.calls = Counter[str]()
        self._submitted = 0

        def call(own: Call, operation: str, request: dict[str, Any]) -> Any:
            self.calls[operation] += 1
            self.before_call(operation, request)
            return own(operation, request)

        self.before_call: Callable[[str, Any], None] = nothing
        monkeypatch.setattr(contention, "pause", lambda _: None)
        intercept(monkeypatch, call)

    def submit(self, category: Category = Category.FUNCTIONAL, **changes: Any) -> Reference:
        self._submitted += 1
        error = {"error": {"code": "190"}} if category is Category.PAYMENT else {}
        submission = a_submission(category=category, **error, **changes)
        key = f"the key of number {self._submitted}"
        return self.register.submit(submission, key, b"secret", datetime.now(UTC)).reference

    def batch(self) -> list[Reference]:
        """Ten incidents of all teams, whose citizens are to get mails."""
        return [self.submit(TEAMS[number % len(TEAMS)]) for number in range(BATCH)]

    def record(self, reference: Reference, number: int = 0) -> dict[str, Any]:
        """The change that made the incident what it is now, as the stream brings it."""
        return {
            "eventID": f"{reference}/{number}",
            "eventName": "INSERT",
            "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": {"reference": {"S": reference}, "entry": {"S": "incident"}},
                "NewImage": dict(self.table.items[reference]["incident"]),
                "SequenceNumber": f"{reference}/{number}",
            },
        }

    def deliver(self, records: Sequence[dict[str, Any]]) -> list[str]:
        """Brings the records to the router; returns the incidents whose record failed."""
        self.calls.clear()
        answer = self.app.handler({"Records": [*records]}, CONTEXT)
        return [each["itemIdentifier"].partition("/")[0] for each in answer["batchItemFailures"]]

    def follow(self, references: Sequence[Reference]) -> list[str]:
        return self.deliver([self.record(each) for each in references])

    def waits(self, reference: Reference) -> bool:
        """Whether the incident still has to be queued."""
        return self.register.incident(reference, datetime.now(UTC)).route_reason is not None

    def queued(self) -> Counter[str]:
        """How many messages about each incident the teams' queues have."""
        return Counter(each["reference"] for team in TEAMS for each in messages(team))

    def asked_for(self) -> Counter[str]:
        """How many requests for mails about each incident."""
        return Counter(each["reference"] for each in messages("mail"))


def nothing(_operation: str, _request: Any) -> None:
    """Happens before a call, unless a test has something else happen."""


def messages(queue: str) -> list[dict[str, Any]]:
    """What is in a queue; it stays there."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    found = []
    while received := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += received
    for each in found:
        handle = each["ReceiptHandle"]
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    return [json.loads(each["Body"]) for each in found]


@pytest.fixture
def stream(load: Load, monkeypatch: pytest.MonkeyPatch) -> Stream:
    return Stream(load, monkeypatch)


def test_ten_submissions_are_followed_with_fifteen_calls(stream: Stream) -> None:
    references = stream.batch()
    assert stream.follow(references) == []
    assert stream.calls == {"BatchGetItem": 1, "SendMessageBatch": 4, "TransactWriteItems": 10}
    assert stream.queued() == stream.asked_for() == dict.fromkeys(references, 1)
    assert not any(map(stream.waits, references))


def test_a_batch_that_comes_again_queues_nothing_twice(stream: Stream) -> None:
    records = [stream.record(each) for each in stream.batch()]
    stream.deliver(records)
    queued = stream.queued()
    assert stream.deliver(records) == []
    assert stream.calls == {"BatchGetItem": 1, "SendMessageBatch": 1}  # for the mails
    assert stream.queued() == queued


def test_several_changes_of_an_incident_in_a_batch_queue_it_once(stream: Stream) -> None:
    reference = stream.submit()
    submitted = stream.record(reference)
    stream.register.add_citizen_message(reference, "Encara no va", datetime.now(UTC))
    assert stream.deliver([submitted, stream.record(reference, 1)]) == []
    assert stream.queued() == stream.asked_for() == {reference: 1}


def test_all_changes_of_an_incident_that_could_not_be_queued_come_again(stream: Stream) -> None:
    reference, other = stream.submit(), stream.submit(Category.SIGNATURE)

    def fail(operation: str, request: Any) -> None:
        if operation == "TransactWriteItems" and reference in str(request):
            failure = FAILURES["read time-out"]()
            raise failure

    stream.before_call = fail
    records = [stream.record(reference), stream.record(other), stream.record(reference, 1)]
    assert stream.deliver(records) == [reference, reference]
    assert stream.queued() == {reference: 1, other: 1}
    stream.before_call = nothing
    assert stream.deliver(records) == []
    assert stream.queued() == {reference: 2, other: 1}  # a doubled message harms nothing


@pytest.mark.parametrize("layer", LAYERS)
def test_a_queue_that_is_away_fails_only_what_was_for_it(stream: Stream, layer: str) -> None:
    references = stream.batch()
    payments = references[1 :: len(TEAMS)]

    def fail(operation: str, request: Any) -> None:
        if operation == "SendMessageBatch" and request["QueueUrl"].endswith("payment"):
            failure = FAILURES[layer]()
            raise failure

    stream.before_call = fail
    records = [stream.record(each) for each in references]
    assert stream.deliver(records) == payments
    assert stream.asked_for() == dict.fromkeys(references, 1)
    assert [each for each in references if stream.waits(each)] == payments
    stream.before_call = nothing
    assert stream.deliver(records) == []
    assert stream.queued() == dict.fromkeys(references, 1)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_register_that_is_away_holds_no_mail_back(stream: Stream, layer: str) -> None:
    references = stream.batch()

    def fail(operation: str, _: Any) -> None:
        if operation == "BatchGetItem":
            failure = FAILURES[layer]()
            raise failure

    stream.before_call = fail
    assert stream.follow(references) == references
    assert stream.asked_for() == dict.fromkeys(references, 1)
    assert stream.queued() == {}


def test_a_key_that_no_table_takes_hides_no_other_change(stream: Stream) -> None:
    """A real stream has no such key; a test event of somebody may."""
    references = [stream.submit(), stream.submit()]
    records = [stream.record(each) for each in references]
    poison = stream.record(references[0], 1)
    poison["dynamodb"]["Keys"]["reference"] = {"S": ""}

    def fail(operation: str, request: Any) -> None:
        if operation == "BatchGetItem" and "{'S': ''}" in str(request):
            told: Any = {
                "Error": {"Code": "ValidationException"},
                "ResponseMetadata": {"HTTPStatusCode": 400},
            }
            raise ClientError(told, operation)

    stream.before_call = fail
    poison["dynamodb"]["SequenceNumber"] = "poison"
    assert stream.deliver([records[0], poison, records[1]]) == ["poison"]
    assert stream.queued() == dict.fromkeys(references, 1)


def test_an_incident_that_changes_while_its_message_is_sent_is_marked_as_it_then_is(
    stream: Stream,
) -> None:
    reference = stream.submit()
    now = datetime.now(UTC)

    def writes() -> None:
        stream.register.add_citizen_message(reference, "Encara no va", now)

    stream.table.meanwhile.append(writes)
    assert stream.follow([reference]) == []
    incident, history = whole_history(stream.register, reference, now)
    assert incident.route_reason is None
    assert incident.unread == 2  # the submission and the message
    assert history[-1].facts == {"action": Done.QUEUED, "by": "service", "reason": "submitted"}


def test_an_incident_that_its_team_took_and_gave_back_meanwhile_is_queued_again(
    stream: Stream,
) -> None:
    reference = stream.submit()
    now = datetime.now(UTC)

    def is_taken() -> None:
        stream.register.claim(reference, "aina", Category.FUNCTIONAL, now)
        stream.register.release(reference, "aina", Category.FUNCTIONAL, now)

    stream.table.meanwhile.append(is_taken)
    assert stream.follow([reference]) == []
    incident = stream.register.incident(reference, now)
    assert incident.route_reason is Reason.REQUEUED
    assert stream.follow([reference]) == []
    assert stream.queued() == {reference: 2}


def test_incidents_that_are_gone_are_no_failure_and_hide_no_other(stream: Stream) -> None:
    expired, erased, there = stream.submit(), stream.submit(), stream.submit()
    records = [stream.record(each) for each in (expired, erased, there)]
    stream.table.items.pop(expired)
    ended = datetime.now(UTC) - timedelta(days=1)
    stream.table.items[erased]["incident"]["expires_at"] = {"N": str(int(ended.timestamp()))}
    assert stream.deliver(records) == []
    assert stream.queued() == {there: 1}


def test_erasures_are_asked_for_with_one_call(stream: Stream) -> None:
    records = []
    for number in range(BATCH):
        reference = stream.submit()
        record = stream.record(reference)
        record["dynamodb"]["OldImage"] = {
            "kind": {"S": "attachment"},
            "content": {"M": {"file": {"S": f"{number:026}"}}},
        }
        del record["dynamodb"]["NewImage"]
        records.append({**record, "eventName": "REMOVE"})
    assert stream.deliver(records) == []
    assert stream.calls == {"SendMessageBatch": 1}
    assert sorted(each["file"] for each in messages("erasures")) == [
        f"{number:026}" for number in range(BATCH)
    ]
