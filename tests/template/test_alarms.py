"""What the template promises about trouble: it leaves a trace, and somebody is woken."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from suport.domain.incident import Category
from tests.support.template import (
    FUNCTIONS,
    TEMPLATE,
    alarms,
    allowed,
    of_function,
    properties,
    resources,
    statements,
)
from tests.support.transformed import resources as transformed_resources
from tests.support.transformed import transformed

DAY = 24 * 3600
DELIVERING = [
    *("MailEventsSubscription", "ScanResults"),
    *("WatchIncidentsSchedule", "AuditRetentionBegin", "AuditRetentionGoOn"),
    *("CountFiguresSchedule", "RouteIncidentStream"),
]
TEAMS = [category.capitalize() for category in Category]
HANDLING = {
    "Mail": "NotifyCitizen",
    "MailEvents": "NotifyCitizen",
    "Arrivals": "CheckAttachment",
    "Erasures": "EraseExpired",
}
"""The function that handles each queue; people handle those of the teams."""


@dataclass(frozen=True)
class Delivery:
    """One way in which AWS delivers something, and the queue for what it cannot deliver."""

    name: str
    sender: str
    """The topic or rule that sends to the queue, or the role in which a service sends."""
    queue: str
    service: str | None = None
    """The service that owns the topic or rule."""


def of_prod(kind: str) -> dict[str, dict[str, Any]]:
    return transformed_resources("prod", kind)


def named(reference: dict[str, Any]) -> str:
    """The logical id of the resource that a reference names, in any form of reference."""
    ((_, name),) = reference.items()
    return str(name[0] if isinstance(name, list) else name).partition(".")[0]


def deliveries() -> Iterator[Delivery]:
    """Every subscription, rule target, schedule and stream of the template as deployed."""
    for name, subscription in of_prod("AWS::SNS::Subscription").items():
        if subscription["Protocol"] == "email":
            continue  # an alarm also stays to be seen in CloudWatch
        queue = named(subscription["RedrivePolicy"]["deadLetterTargetArn"])
        yield Delivery(name, named(subscription["TopicArn"]), queue, "sns.amazonaws.com")
    for name, rule in of_prod("AWS::Events::Rule").items():
        for target in rule["Targets"]:
            queue = named(target["DeadLetterConfig"]["Arn"])
            yield Delivery(name, name, queue, "events.amazonaws.com")
    for name, schedule in of_prod("AWS::Scheduler::Schedule").items():
        target = schedule["Target"]
        yield Delivery(name, named(target["RoleArn"]), named(target["DeadLetterConfig"]["Arn"]))
    for name, mapping in of_prod("AWS::Lambda::EventSourceMapping").items():
        if "StartingPosition" in mapping:  # a stream's; queues have a redrive of their own
            function = of_prod("AWS::Lambda::Function")[named(mapping["FunctionName"])]
            failed = mapping["DestinationConfig"]["OnFailure"]["Destination"]
            yield Delivery(name, named(function["Role"]), named(failed))


def queues_of_functions() -> dict[str, str]:
    """Every queue that a function handles, with the queue for messages that it cannot handle."""
    queues = resources("AWS::SQS::Queue")
    return {
        queue: named(queues[queue]["RedrivePolicy"]["deadLetterTargetArn"])
        for mapping in of_prod("AWS::Lambda::EventSourceMapping").values()
        if "StartingPosition" not in mapping
        for queue in [named(mapping["EventSourceArn"])]
    }


def watched_queues() -> set[str]:
    return {
        named(dimension["Value"])
        for alarm in alarms().values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        for dimension in alarm["Dimensions"]
    }


def test_these_tests_cover_every_delivery_and_every_queue_of_a_function() -> None:
    assert [delivery.name for delivery in deliveries()] == DELIVERING
    assert queues_of_functions().keys() == {f"{name}Queue" for name in HANDLING}


def test_a_message_that_cannot_be_delivered_or_handled_wakes_somebody() -> None:
    kept = {delivery.queue for delivery in deliveries()} | set(queues_of_functions().values())
    assert kept <= watched_queues()


def test_every_queue_is_encrypted_and_only_what_names_a_person_is_kept_for_less_than_sqs_can() -> (
    None
):
    """What S3 and SES report names an address, of the connection or of the mail."""
    for name, queue in resources("AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"] is True, name
        naming = name.startswith(("Arrivals", "MailEvents"))
        assert queue["MessageRetentionPeriod"] == (4 if naming else 14) * DAY, name


@pytest.mark.parametrize("name", [*TEAMS, *HANDLING])
def test_a_queue_has_a_dead_letter_queue_of_its_own_that_wakes_somebody(name: str) -> None:
    queue = properties(f"{name}Queue")
    dead = f"{name}DeadLetterQueue"
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {"Fn::GetAtt": f"{dead}.Arn"}
    assert queue["ReceiveMessageWaitTimeSeconds"] == 20
    (dimension,) = alarms()[f"{name}DeadLetters"]["Dimensions"]
    assert dimension["Value"] == {"Fn::GetAtt": f"{dead}.QueueName"}
    assert dead in watched_queues()


@pytest.mark.parametrize(("name", "function"), HANDLING.items())
def test_a_message_that_a_function_cannot_handle_is_tried_again_alone(
    name: str, function: str
) -> None:
    timeout = of_function(function, "Timeout")
    assert properties(f"{name}Queue")["VisibilityTimeout"] >= 6 * timeout
    source = FUNCTIONS[function]["Events"][name]
    assert source["Type"] == "SQS"
    assert source["Properties"]["Queue"] == {"Fn::GetAtt": f"{name}Queue.Arn"}
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("name", DELIVERING)
def test_a_queue_for_undelivered_messages_lets_its_sender_in(name: str) -> None:
    """Otherwise AWS silently drops the message."""
    (delivery,) = [each for each in deliveries() if each.name == name]
    if delivery.service:
        (statement,) = [
            statement
            for policy in resources("AWS::SQS::QueuePolicy").values()
            for statement in allowed(policy["PolicyDocument"])
            if policy["Queues"] == [{"Ref": delivery.queue}]
            and statement["Principal"] == {"Service": delivery.service}
        ]
        assert named(statement["Condition"]["ArnEquals"]["aws:SourceArn"]) == delivery.sender
    else:
        (statement,) = [
            statement
            for statement in statements(delivery.sender)
            if statement["Resource"] == {"Fn::GetAtt": f"{delivery.queue}.Arn"}
        ]
    assert statement["Effect"] == "Allow"
    assert statement["Action"] == "sqs:SendMessage"
    assert named(statement["Resource"]) == delivery.queue


def test_in_every_stage_with_a_rule_its_queue_lets_it_in() -> None:
    found = transformed("prod")["Resources"]
    assert found["ArrivalsDeadLetterQueuePolicy"]["Condition"] == found["ScanResults"]["Condition"]


@pytest.mark.parametrize("name", alarms())
def test_an_alarm_wakes_somebody_and_says_in_one_sentence_what_to_do(name: str) -> None:
    alarm = alarms()[name]
    assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]
    said = alarm["AlarmDescription"]
    happened, _, to_do = said.partition(":")
    assert len(happened.split()) > 4
    assert len(to_do.split()) > 4
    assert not said.endswith(".")
    assert len(said) <= 1024
    assert alarm["Period"] * alarm["EvaluationPeriods"] <= DAY
    for dimension in alarm.get("Dimensions", []):
        reference = dimension["Value"]
        if isinstance(reference, dict) and not str(reference).startswith("{'Ref': 'AWS::"):
            assert named(reference) in TEMPLATE["Resources"]


@pytest.mark.parametrize(
    ("name", "metric", "at_least", "seconds"),
    [
        ("MailsSetAside", "MailsSetAside", 1, 300),
        ("AddressesRejected", "AddressesRejected", 3, 3600),
        ("FilesNotScanned", "FilesNotScanned", 1, 300),
        ("IncidentsEnding", "IncidentsEnding", 1, DAY),
    ],
)
def test_somebody_is_woken_when_the_service_gives_up_something_or_is_about_to_lose_it(
    name: str, metric: str, at_least: int, seconds: int
) -> None:
    alarm = alarms()[name]
    assert alarm["MetricName"] == metric
    assert (alarm["Statistic"], alarm["Period"]) == ("Sum", seconds)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (at_least, 1)
    assert alarm["TreatMissingData"] == "notBreaching"


# ----------------------------------------------------------------- what citizens notice


def rings(failed: list[int]) -> bool:
    """Whether an alarm on failed answers rings; `failed` counts those of twelve five minutes."""
    (api,) = transformed_resources("prod", "AWS::ApiGateway::RestApi").values()
    watching = [alarm for alarm in alarms().values() if alarm["MetricName"] == "5XXError"]
    for alarm in watching:
        assert {each["Name"]: each["Value"] for each in alarm["Dimensions"]} == {
            "ApiName": api["Name"],
            "Stage": TEMPLATE["Resources"]["Api"]["Properties"]["StageName"],
        }
        assert (alarm["Statistic"], alarm["Period"]) == ("Sum", 300)
    return any(
        sum(number >= alarm["Threshold"] for number in failed[start : start + periods])
        >= alarm.get("DatapointsToAlarm", periods)
        for alarm in watching
        for periods in [alarm["EvaluationPeriods"]]
        for start in range(len(failed) - periods + 1)
    )


@pytest.mark.parametrize(
    ("failed", "rung"),
    [
        ([0] * 12, False),
        ([0] * 5 + [1] + [0] * 6, False),  # only one
        ([0] * 5 + [4] + [0] * 6, False),
        ([0] * 5 + [5] + [0] * 6, True),  # an outage
        ([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], False),
        ([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1], True),  # at night, every request fails
    ],
)
def test_failed_answers_wake_somebody_unless_they_are_few_and_soon_over(
    failed: list[int],
    rung: bool,
) -> None:
    assert rings(failed) is rung
