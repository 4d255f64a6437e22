"""From the register's stream to the queues, through Lambda's event source mapping."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.register.register import Register
from tests.integration.service import Service, service
from tests.support import template
from tests.support.event_source_mapping import EventSourceMapping, Record, records_of
from tests.support.sample_events import sample, with_body, with_headers

QUEUES = {"functional": "FunctionalQueue", "payment": "PaymentQueue", "signature": "SignatureQueue"}
POISON = "0000-0000-0000"
_, STREAM = template.EVENTS["route_incident.stream"]


@pytest.fixture
def running(_built: None) -> Iterator[Service]:
    """A service for each test: these tests look at everything in the queues."""
    with service() as started:
        yield started


def test_only_the_poisoned_record_of_a_batch_fails(running: Service) -> None:
    before = running.submit("before-the-poisoned-one", category="functional")["reference"]
    _put_poison(running)
    after = running.submit("after-the-poisoned-one", category="signature")["reference"]
    records = _stream(running)
    answer = running.answer("route_incident.stream", {"Records": records})
    poisoned = records[1]["dynamodb"]["SequenceNumber"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": poisoned}]}
    assert _queued(running) == [("FunctionalQueue", before), ("SignatureQueue", after)]


def test_a_batch_with_only_a_poisoned_record_fails_without_a_crash(running: Service) -> None:
    _put_poison(running)
    (record,) = _stream(running)
    answer = running.answer("route_incident.stream", {"Records": [record]})
    number = record["dynamodb"]["SequenceNumber"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": number}]}
    image = record["dynamodb"]["NewImage"]
    printed = running.function("RouteIncident").printed()
    assert image["description"]["S"] not in printed
    assert image["contact"]["M"]["email"]["S"] not in printed


def test_the_filter_passes_only_incidents_that_need_queueing_or_a_mail(running: Service) -> None:
    made = running.submit(sample("submit_incident.json")["headers"]["Idempotency-Key"])
    running.answer("route_incident.stream", {"Records": _stream(running)})
    register = Register(running.aws.dynamodb, running.aws.known["Register"])
    settled = (Reference(made["reference"]), "incident", MailKind.ACKNOWLEDGEMENT, "an id")
    register.record_mail(*settled, datetime.now(UTC))
    running.answer("track_incident.message", sample("track_incident.message"))
    running.answer("record_consent.consent", _current_consent(running))
    running.aws.dynamodb.delete_item(
        TableName=running.aws.known["Register"],
        Key=sample("route_incident.stream")["Records"][0]["dynamodb"]["Keys"],
    )
    mapping = _mapping(running)
    fate = [(_kind(record), mapping.passes(record)) for record in _stream(running)]
    assert Counter(fate) == {
        ("INSERT incident", True): 1,
        ("INSERT action", False): 1,
        ("INSERT message", False): 1,
        ("INSERT consent", False): 1,
        ("INSERT mail", False): 1,
        ("MODIFY incident", True): 1,  # queued, while its mail is owed
        ("MODIFY incident", False): 3,  # the mail is settled; then the message and the consent
        ("REMOVE", False): 1,
    }
    assert mapping.passes(sample("route_incident.stream")["Records"][0])


def test_one_poisoned_incident_among_twenty_delays_none_and_is_reported_once(
    running: Service,
) -> None:
    categories = ("functional", "payment", "signature")
    good = {}
    for number in range(20):
        if number == 7:
            _put_poison(running)
        category = categories[number % 3]
        submitted = running.submit(f"one-of-twenty-incidents-{number}", category=category)
        good[submitted["reference"]] = QUEUES[category]
    _mapping(running).deliver(_stream(running))

    assert sorted(_queued(running)) == sorted((queue, ref) for ref, queue in good.items())
    (failure,) = running.aws.messages("RoutingFailures")
    poisoned = next(record for record in _stream(running) if _reference(record) == POISON)
    pointer = failure["DDBStreamBatchInfo"]
    assert pointer["batchSize"] == 1
    assert pointer["startSequenceNumber"] == poisoned["dynamodb"]["SequenceNumber"]
    assert failure["requestContext"]["approximateInvokeCount"] == 11  # one call and ten retries
    assert "contact" not in json.dumps(failure)


def test_a_stream_that_is_delivered_twice_queues_nothing_twice(running: Service) -> None:
    submitted = running.submit("delivered-more-than-once", category="payment")
    _mapping(running).deliver(_stream(running) * 2)
    assert _queued(running) == [("PaymentQueue", submitted["reference"])]
    assert running.aws.messages("RoutingFailures") == []


def test_each_event_that_owes_a_mail_asks_for_one_mail(running: Service) -> None:
    reference = Reference(running.submit("who-is-told-of-all-that-happens")["reference"])
    register = Register(running.aws.dynamodb, running.aws.known["Register"])
    team = ("aina", register.incident(reference, datetime.now(UTC)).category)
    register.claim(reference, *team, datetime.now(UTC))
    register.reply(reference, *team, "Provau-ho", datetime.now(UTC))
    register.reply(reference, *team, "Quin navegador?", datetime.now(UTC), ask=True)
    register.add_citizen_message(reference, "Firefox", datetime.now(UTC))
    register.claim(reference, *team, datetime.now(UTC))
    register.resolve(reference, *team, "Ja funciona", datetime.now(UTC))
    register.reopen(reference, datetime.now(UTC))
    register.resolve_by_citizen(reference, datetime.now(UTC))
    _mapping(running).deliver(_stream(running))
    asked = running.aws.messages("MailQueue")
    assert Counter(each["kind"] for each in asked) == Counter(
        ["acknowledgement", "reply", "question", "solution", "closing"]
    )
    assert {each["reference"] for each in asked} == {reference}
    assert all(each.keys() == {"schema", "reference", "entry", "kind"} for each in asked)
    assert running.aws.messages("RoutingFailures") == []


def test_an_incidents_messages_are_queued_in_the_order_of_its_events(running: Service) -> None:
    running.submit(sample("submit_incident.json")["headers"]["Idempotency-Key"])
    mapping = _mapping(running)
    seen = _stream(running)
    mapping.deliver(seen)
    running.aws.dynamodb.update_item(
        TableName=running.aws.known["Register"],
        Key=sample("route_incident.stream")["Records"][0]["dynamodb"]["Keys"],
        UpdateExpression="SET #status = :waiting",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":waiting": {"S": "waiting"}},
    )
    running.answer("track_incident.message", sample("track_incident.message"))
    mapping.deliver(_stream(running)[len(seen) :])
    messages = running.aws.messages("PaymentQueue")
    assert [message["reason"] for message in messages] == ["submitted", "citizen_replied"]
    assert running.aws.messages("RoutingFailures") == []


def _mapping(running: Service) -> EventSourceMapping:
    """The template's mapping, with the artifact, and the failure queue that the template names."""
    properties: dict[str, Any] = template.resolved(STREAM["Properties"], running.aws.known)
    destination = properties["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == running.aws.known["RoutingFailures.Arn"]
    return EventSourceMapping(
        properties,
        [json.loads(each["Pattern"]) for each in properties["FilterCriteria"]["Filters"]],
        invoke=running.function("RouteIncident").invoke,
        discard=lambda pointer: _send(running, "RoutingFailures", pointer),
    )


def _send(running: Service, queue: str, content: Any) -> None:
    running.aws.sqs.send_message(QueueUrl=running.aws.known[queue], MessageBody=json.dumps(content))


def _stream(running: Service) -> list[Record]:
    return list(records_of(running.aws.streams, running.aws.known["Register.StreamArn"]))


def _put_poison(running: Service) -> None:
    """An incident of a category that no version of the service has."""
    item = dict(sample("route_incident.stream")["Records"][0]["dynamodb"]["NewImage"])
    running.aws.put_incident(item | {"reference": {"S": POISON}, "category": {"S": "nonsense"}})


def _queued(running: Service) -> list[tuple[str, str]]:
    """The messages in the teams' queues, as queue and reference; removes them."""
    return [
        (queue, message["reference"])
        for queue in QUEUES.values()
        for message in running.aws.messages(queue)
    ]


def _current_consent(running: Service) -> Record:
    """The sample consent to today's notice."""
    event = sample("record_consent.consent")
    notice = running.answer(
        "show_help.remote_support_notice", sample("show_help.remote_support_notice")
    )
    body = {"scope": "view", "action": "grant", "language": "ca"}
    sha256 = json.loads(notice["body"])["sha256"]
    return with_body(with_headers(event, {}), json.dumps(body | {"notice_sha256": sha256}))


def _kind(record: Record) -> str:
    image = record["dynamodb"].get("NewImage")
    return f"{record['eventName']} {image['kind']['S']}" if image else record["eventName"]


def _reference(record: Record) -> str:
    reference: str = record["dynamodb"]["Keys"]["reference"]["S"]
    return reference
