"""What the template promises of the mails to citizens."""

import json
from typing import Any

import pytest

from tests.integration.event_source_mapping import matches
from tests.template import FUNCTIONS, TEMPLATE

RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]


def properties(name: str) -> Any:
    return RESOURCES[name]["Properties"]


def patterns() -> list[dict[str, Any]]:
    stream = FUNCTIONS["RouteIncident"]["Events"]["Stream"]["Properties"]
    return [json.loads(each["Pattern"]) for each in stream["FilterCriteria"]["Filters"]]


def passes(kind: str, /, event: str = "INSERT", **content: str) -> bool:
    """Whether an entry with this content comes through the stream's filter."""
    image = {
        "kind": {"S": kind},
        "content": {"M": {name: {"S": value} for name, value in content.items()}},
    }
    record = {"eventName": event, "dynamodb": {"NewImage": image}}
    return any(matches(pattern, record) for pattern in patterns())


def test_the_stream_has_no_more_filters_than_lambda_takes() -> None:
    assert len(patterns()) <= 5


@pytest.mark.parametrize("by", ["operator", "service", "citizen"])
def test_what_citizens_are_told_comes_through_the_streams_filter(by: str) -> None:
    assert passes("action", action="resolved", by=by)
    assert passes("message", by=by) is (by == "operator")


def test_what_citizens_are_not_told_does_not() -> None:
    assert not passes("note", by="operator")
    assert not passes("mail", kind="reply")
    for action in ("viewed", "queued", "claimed", "asked", "undeliverable", "reopened"):
        assert not passes("action", action=action, by="operator")
    assert not passes("message", event="MODIFY", by="operator")
    assert not passes("acknowledgements")


@pytest.mark.parametrize("name", ["Mail", "MailEvents"])
def test_what_cannot_be_handled_is_tried_again_alone_and_then_wakes_somebody(name: str) -> None:
    queue, dead = properties(f"{name}Queue"), properties(f"{name}DeadLetterQueue")
    target = queue["RedrivePolicy"]["deadLetterTargetArn"]
    assert target == {"Fn::GetAtt": f"{name}DeadLetterQueue.Arn"}
    for each in (queue, dead):
        assert each["SqsManagedSseEnabled"] is True
    assert queue["VisibilityTimeout"] >= 6 * FUNCTIONS["NotifyCitizen"]["Timeout"]
    source = FUNCTIONS["NotifyCitizen"]["Events"][name]
    assert source["Type"] == "SQS"
    assert source["Properties"]["Queue"] == {"Fn::GetAtt": f"{name}Queue.Arn"}
    assert source["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    (dimension,) = properties(f"{name}DeadLetters")["Dimensions"]
    assert dimension["Value"] == {"Fn::GetAtt": f"{name}DeadLetterQueue.QueueName"}
    assert properties(f"{name}DeadLetters")["AlarmActions"] == [{"Ref": "Alarms"}]


def test_mail_is_sent_by_one_function_as_one_sender_only() -> None:
    sending = [
        (name, statement)
        for name, role in RESOURCES.items()
        if role["Type"] == "AWS::IAM::Role"
        for policy in role["Properties"].get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
        if "ses:" in str(statement["Action"])
    ]
    assert {name for name, _ in sending} == {"NotifyCitizenRole"}
    assert {statement["Action"] for _, statement in sending} == {"ses:SendEmail"}
    ours = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:"
    address, domain, configuration = (statement for _, statement in sending)
    assert address["Resource"] == {"Fn::Sub": ours + "identity/${MailFrom}"}
    assert domain["Resource"]["Fn::Sub"][0] == ours + "identity/${Domain}"
    assert domain["Condition"] == {"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}}
    assert configuration["Resource"] == {"Fn::Sub": ours + "configuration-set/${MailConfiguration}"}


def test_mails_are_not_tracked_and_travel_encrypted() -> None:
    destination = properties("MailEventsDestination")["EventDestination"]
    assert destination["MatchingEventTypes"] == ["bounce", "complaint"]
    assert "TrackingOptions" not in properties("MailConfiguration")
    assert properties("MailConfiguration")["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}


def test_what_comes_back_takes_the_one_way_to_the_function() -> None:
    destination = properties("MailEventsDestination")
    assert destination["ConfigurationSetName"] == {"Ref": "MailConfiguration"}
    assert destination["EventDestination"]["SnsDestination"] == {
        "TopicARN": {"Ref": "MailEventsTopic"}
    }
    (by_ses,) = properties("MailEventsTopicPolicy")["PolicyDocument"]["Statement"]
    assert by_ses["Principal"] == {"Service": "ses.amazonaws.com"}
    assert by_ses["Condition"]["StringEquals"] == {"AWS:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "${MailConfiguration}" in str(by_ses["Condition"]["ArnEquals"])
    (by_topic,) = properties("MailEventsQueuePolicy")["PolicyDocument"]["Statement"]
    assert by_topic["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Ref": "MailEventsTopic"}}}
    subscription = properties("MailEventsSubscription")
    assert subscription["RawMessageDelivery"] is True
    assert subscription["Endpoint"] == {"Fn::GetAtt": "MailEventsQueue.Arn"}


def test_the_links_lead_to_the_api_unless_another_address_is_given() -> None:
    url = FUNCTIONS["NotifyCitizen"]["Environment"]["Variables"]["PUBLIC_URL"]["Fn::If"]
    assert url == ["HasPublicUrl", {"Ref": "PublicUrl"}, TEMPLATE["Outputs"]["ApiUrl"]["Value"]]
    assert TEMPLATE["Parameters"]["PublicUrl"]["Default"] == ""
