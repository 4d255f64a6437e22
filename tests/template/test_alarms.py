"""What the template promises about trouble: it leaves a trace, and somebody is woken."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from suport.domain.category import Category
from tests.support.template import (
    FUNCTIONS,
    RESOURCES,
    TEMPLATE,
    alarms,
    allowed,
    evaluated,
    of_function,
    parameters,
    properties,
    resources,
    statements,
    watched_metrics,
)
from tests.support.transformed import resources as transformed_resources
from tests.support.transformed import transformed

DAY = 24 * 3600
DELIVERING = [
    *("MailEventsSubscription", "ScanResults"),
    *("WatchIncidentsSchedule", "AuditRetentionBegin", "AuditRetentionGoOn"),
    *("CountFiguresSchedule", "RouteIncidentStream", "IndexIncidentsStream"),
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


def watched_queues() -> set[str]:
    return {
        named(dimension["Value"])
        for alarm in alarms().values()
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
        for dimension in alarm["Dimensions"]
    }


def test_these_tests_cover_every_delivery() -> None:
    assert [delivery.name for delivery in deliveries()] == DELIVERING


def test_a_queue_keeps_for_less_than_sqs_can_only_what_names_a_person() -> None:
    """What S3 and SES report names an address, of the connection or of the mail."""
    for name, queue in resources("AWS::SQS::Queue").items():
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
    said, _, where = alarm["AlarmDescription"].rpartition(". ")
    happened, _, to_do = said.partition(":")
    assert len(happened.split()) > 4
    assert len(to_do.split()) > 4
    assert where.startswith("docs/operations.md#")
    assert len(alarm["AlarmDescription"]) <= 1024
    for metric in watched_metrics(alarm):
        assert metric["Period"] * alarm["EvaluationPeriods"] <= DAY
        for dimension in metric.get("Dimensions", []):
            reference = dimension["Value"]
            if isinstance(reference, dict) and "AWS::" not in str(reference):
                assert named(reference) in TEMPLATE["Resources"]


# ----------------------------------------------------------------- each function


def of_functions(metric: str) -> dict[str, dict[str, Any]]:
    """The alarm on that metric of Lambda, by the function that it watches."""
    found = [
        (named(dimension["Value"]), alarm)
        for alarm in of_prod("AWS::CloudWatch::Alarm").values()
        if (alarm.get("Namespace"), alarm.get("MetricName")) == ("AWS/Lambda", metric)
        for dimension in alarm["Dimensions"]
        if dimension["Name"] == "FunctionName"
    ]
    assert len(found) == len(dict(found)), "a function has two alarms of that kind"
    return dict(found)


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_wakes_somebody_when_it_crashes_or_is_throttled(metric: str) -> None:
    watched = of_functions(metric)
    assert watched.keys() == FUNCTIONS.keys()
    for name, alarm in watched.items():
        assert alarm["Statistic"] == "Sum", name
        assert alarm["Threshold"] <= 5, name
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold", name


def test_slow_answers_wake_somebody_and_so_does_work_that_uses_half_of_its_time() -> None:
    watched = of_functions("Duration")
    # these use their time up and go on at the next start
    assert watched.keys() == FUNCTIONS.keys() - {"AuditRetention", "AnswerLinked"}
    for name, alarm in watched.items():
        answers = any(event["Type"] == "Api" for event in FUNCTIONS[name]["Events"].values())
        half = of_function(name, "Timeout") * 1000 / 2
        assert alarm["Threshold"] == (5000 if answers else half), name
        assert alarm["ExtendedStatistic"] == "p99", name
        assert alarm["ComparisonOperator"] == "GreaterThanThreshold", name


OF_HARM = {
    *(
        "AnswersKeepFailing",
        "IncidentsOverdue",
        "WatcherSilent",
        "IncidentsEnding",
        "MailsSetAside",
    ),
    *("RetentionBreached", "RetentionNotAudited"),
}
"""The alarms without which harm to citizens could last unseen."""


def test_all_alarms_can_be_left_out_but_those_on_harm_itself() -> None:
    conditions = {
        name: alarm.get("Condition")
        for name, alarm in RESOURCES.items()
        if alarm["Type"] == "AWS::CloudWatch::Alarm"
    }
    of_each = {name for name in conditions if name.endswith(("Crashed", "Throttled", "Slow"))}
    left_out = dict.fromkeys(conditions.keys() - OF_HARM, "WatchesEachCause")
    left_out |= dict.fromkeys(of_each, "WatchesEachFunction") | {"RequestsShutOut": "HasFirewall"}
    assert {name: each for name, each in conditions.items() if each} == left_out


@pytest.mark.parametrize("switch", ["AlarmsOfEachCause", "AlarmsOfEachFunction"])
def test_alarms_watch_every_cause_and_function_unless_a_stage_says_otherwise(switch: str) -> None:
    condition = {"Condition": switch.replace("AlarmsOf", "Watches")}
    assert evaluated(condition, parameters())
    assert not evaluated(condition, parameters(**{switch: "off"}))


# ----------------------------------------------------------------- queues and the stream


@pytest.mark.parametrize(
    ("name", "function"), [("StreamBehind", "RouteIncident"), ("IndexBehind", "IndexIncidents")]
)
def test_somebody_is_woken_while_the_stream_waits(name: str, function: str) -> None:
    alarm = alarms()[name]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("IteratorAge", "Maximum")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]
    stream = FUNCTIONS[function]["Events"]["Stream"]["Properties"]
    # a change is set aside when it is too old: nobody would learn of it in time
    assert alarm["Threshold"] < stream["MaximumRecordAgeInSeconds"] * 1000
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


@pytest.mark.parametrize("team", TEAMS)
def test_somebody_is_woken_when_no_operator_takes_an_incident_for_longer_than_a_weekend(
    team: str,
) -> None:
    alarm = of_prod("AWS::CloudWatch::Alarm")[f"{team}Waiting"]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("ApproximateAgeOfOldestMessage", "Maximum")
    assert named(alarm["Dimensions"][0]["Value"]) == f"{team}Queue"
    friday_evening_to_monday_noon = (2 * 24 + 16) * 3600
    kept = properties(f"{team}Queue")["MessageRetentionPeriod"]
    assert friday_evening_to_monday_noon < alarm["Threshold"] < kept


def test_somebody_is_woken_before_ses_reviews_the_account() -> None:
    """https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html"""
    reviewed = {"MailsBounce": ("Bounce", 0.05), "MailsComplainedAbout": ("Complaint", 0.001)}
    for name, (kind, rate) in reviewed.items():
        alarm = alarms()[name]
        assert alarm["MetricName"] == f"Reputation.{kind}Rate"
        assert "Dimensions" not in alarm  # the account's own rate, on which SES acts
        assert 0 < alarm["Threshold"] < rate


def test_the_topics_key_lets_those_publish_who_publish() -> None:
    """AWS's own key for SNS lets neither alarms nor SES in, and they fail without a sign."""
    (key,) = of_prod("AWS::KMS::Key").values()
    assert key["EnableKeyRotation"] is True
    by_account, by_services = key["KeyPolicy"]["Statement"]
    assert by_account["Principal"]["AWS"]["Fn::Sub"].endswith("${AWS::AccountId}:root")
    assert by_account["Action"] == "kms:*"
    assert set(by_services["Principal"]["Service"]) == {
        *("cloudwatch.amazonaws.com", "ses.amazonaws.com")
    }
    assert by_services["Action"] == ["kms:GenerateDataKey*", "kms:Decrypt"]
    assert {each["Effect"] for each in (by_account, by_services)} == {"Allow"}
    for topic in of_prod("AWS::SNS::Topic").values():
        assert topic["KmsMasterKeyId"]["Fn::If"][:2] == ["HoldsCitizensData", {"Ref": "TopicsKey"}]


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


def rate(alarm: dict[str, Any], failed: int, requests: int) -> float:
    """What the alarm calculates, as CloudWatch does; no value, here -1, where nobody asked."""
    if alarm.get("Statistic") == "Average":
        return failed / requests if requests else -1
    (expression,) = [each["Expression"] for each in alarm["Metrics"] if "Expression" in each]
    known = {"IF": lambda true, yes, no: yes if true else no}
    try:
        return float(eval(expression, known, {"failed": failed, "requests": requests}))  # noqa: S307
    except ZeroDivisionError:
        return -1


def rings(failed: list[int], requests: list[int]) -> bool:
    """Whether an alarm on failed answers rings; the lists count those of twelve five minutes."""
    (api,) = transformed_resources("prod", "AWS::ApiGateway::RestApi").values()
    watching = [alarms()[name] for name in ("AnswersFailed", "AnswersKeepFailing")]
    for alarm, watched in zip(watching, ({"5XXError", "Count"}, {"5XXError"}), strict=True):
        assert {each["MetricName"] for each in watched_metrics(alarm)} == watched
        for metric in watched_metrics(alarm):
            assert {each["Name"]: each["Value"] for each in metric["Dimensions"]} == {
                "ApiName": api["Name"],
                "Stage": TEMPLATE["Resources"]["Api"]["Properties"]["StageName"],
            }
            assert metric["Period"] == 300
        assert alarm["TreatMissingData"] == "notBreaching"
    return any(
        sum(
            rate(alarm, *each) >= alarm["Threshold"]
            for each in zip(failed[start : start + periods], requests[start:], strict=False)
        )
        >= alarm.get("DatapointsToAlarm", periods)
        for alarm in watching
        for periods in [alarm["EvaluationPeriods"]]
        for start in range(len(failed) - periods + 1)
    )


@pytest.mark.parametrize(
    ("failed", "requests", "rung"),
    [
        ([0] * 12, [50] * 12, False),
        ([0] * 12, [0] * 12, False),
        ([0] * 5 + [1] + [0] * 6, [1] * 12, False),  # only one
        ([0] * 5 + [4] + [0] * 6, [10] * 12, False),
        ([0] * 5 + [5] + [0] * 6, [10] * 12, True),  # an outage
        ([0] * 5 + [50] + [0] * 6, [1000] * 12, True),
        ([0] * 5 + [50] + [0] * 6, [1100] * 12, False),  # fewer than 5 %
        ([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], [1] * 12, False),
        ([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1], [1] * 12, True),  # at night, every request fails
        ([3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 3], [1000] * 12, False),  # by day, fewer than 1 %
        ([12, 0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 12], [1000] * 12, True),
    ],
)
def test_failed_answers_wake_somebody_unless_they_are_few_and_soon_over(
    failed: list[int], requests: list[int], rung: bool
) -> None:
    assert rings(failed, requests) is rung
