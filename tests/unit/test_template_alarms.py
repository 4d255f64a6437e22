"""What the template promises of trouble: that it is kept, and that somebody is woken."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.template import TEMPLATE, alarms, allowed, resources
from tests.transformed import resources as transformed_resources
from tests.transformed import transformed

DAY = 24 * 3600
DELIVERING = [
    *("MailEventsSubscription", "ScanResults"),
    *("WatchIncidentsSchedule", "RouteIncidentStream"),
]


@dataclass(frozen=True)
class Delivery:
    """One way on which AWS delivers something, and the queue for what it cannot deliver."""

    name: str
    sender: str
    """The topic or rule that sends into the queue, or the role in which a service does."""
    queue: str
    service: str | None = None
    """The service whose topic or rule it is."""


def of_prod(kind: str) -> dict[str, dict[str, Any]]:
    return transformed_resources("prod", kind)


def named(reference: dict[str, Any]) -> str:
    """The logical id of what a reference names, in any of its forms."""
    ((_, name),) = reference.items()
    return str(name[0] if isinstance(name, list) else name).partition(".")[0]


def deliveries() -> Iterator[Delivery]:
    """Every subscription, rule target, schedule and stream of the template as it is deployed."""
    for name, subscription in of_prod("AWS::SNS::Subscription").items():
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
        if "StartingPosition" in mapping:  # of a stream; queues have a redrive of their own
            function = of_prod("AWS::Lambda::Function")[named(mapping["FunctionName"])]
            failed = mapping["DestinationConfig"]["OnFailure"]["Destination"]
            yield Delivery(name, named(function["Role"]), named(failed))


def queues_of_functions() -> dict[str, str]:
    """Every queue that a function handles, with the queue for what is not handled."""
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


def test_everything_that_delivers_is_known_here() -> None:
    assert [delivery.name for delivery in deliveries()] == DELIVERING
    assert queues_of_functions().keys() == {
        *("ArrivalsQueue", "MailQueue", "MailEventsQueue", "ErasuresQueue")
    }


def test_what_cannot_be_delivered_or_handled_wakes_somebody() -> None:
    kept = {delivery.queue for delivery in deliveries()} | set(queues_of_functions().values())
    assert kept <= watched_queues()
    for queue in kept:
        assert resources("AWS::SQS::Queue")[queue]["MessageRetentionPeriod"] == 14 * DAY, queue


@pytest.mark.parametrize("name", DELIVERING)
def test_the_queue_for_what_cannot_be_delivered_lets_its_sender_in(name: str) -> None:
    """Else AWS drops it without a word."""
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
        (policy,) = resources("AWS::IAM::Role")[delivery.sender]["Policies"]
        (statement,) = [
            statement
            for statement in allowed(policy["PolicyDocument"])
            if statement["Resource"] == {"Fn::GetAtt": f"{delivery.queue}.Arn"}
        ]
    assert statement["Effect"] == "Allow"
    assert statement["Action"] == "sqs:SendMessage"
    assert named(statement["Resource"]) == delivery.queue


def test_the_policy_for_a_rule_is_there_whenever_the_rule_is() -> None:
    found = transformed("prod")["Resources"]
    assert found["ArrivalsDeadLetterQueuePolicy"]["Condition"] == found["ScanResults"]["Condition"]


@pytest.mark.parametrize("name", alarms())
def test_an_alarm_wakes_somebody_and_tells_in_a_sentence_what_to_do(name: str) -> None:
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
def test_what_the_service_gives_up_or_is_about_to_lose_wakes_somebody(
    name: str, metric: str, at_least: int, seconds: int
) -> None:
    alarm = alarms()[name]
    assert alarm["MetricName"] == metric
    assert (alarm["Statistic"], alarm["Period"]) == ("Sum", seconds)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (at_least, 1)
    assert alarm["TreatMissingData"] == "notBreaching"


# ------------------------------------------------------------------- what citizens feel


def rings(failed: list[int]) -> bool:
    """Whether an alarm on failed answers rings: `failed` in each of twelve five minutes."""
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
        ([0] * 5 + [1] + [0] * 6, False),  # one alone
        ([0] * 5 + [4] + [0] * 6, False),
        ([0] * 5 + [5] + [0] * 6, True),  # an outage
        ([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], False),
        ([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1], True),  # whatever is asked at night fails
    ],
)
def test_failed_answers_wake_somebody_unless_they_are_few_and_soon_over(
    failed: list[int],
    rung: bool,
) -> None:
    assert rings(failed) is rung
