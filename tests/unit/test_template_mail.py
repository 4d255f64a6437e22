"""What the template promises of the mails to citizens."""

import json
from typing import Any

import pytest

from tests.integration.event_source_mapping import matches
from tests.template import FUNCTIONS, TEMPLATE, allowed

RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]


def properties(name: str) -> Any:
    return RESOURCES[name]["Properties"]


def patterns() -> list[dict[str, Any]]:
    stream = FUNCTIONS["RouteIncident"]["Events"]["Stream"]["Properties"]
    return [json.loads(each["Pattern"]) for each in stream["FilterCriteria"]["Filters"]]


def passes(event: str = "MODIFY", **image: str) -> bool:
    """Whether a change to an item with these attributes comes through the stream's filter."""
    attributes = {name: {"S": value} for name, value in image.items()}
    record = {"eventName": event, "dynamodb": {"NewImage": attributes}}
    return any(matches(pattern, record) for pattern in patterns())


def test_the_stream_has_no_more_filters_than_lambda_takes() -> None:
    assert len(patterns()) <= 5


@pytest.mark.parametrize("event", ["INSERT", "MODIFY"])
def test_an_incident_whose_citizen_is_owed_a_mail_comes_through_the_streams_filter(
    event: str,
) -> None:
    assert passes(event, kind="incident", mail_request="01KB0000000000000000000000")
    assert passes(event, kind="incident", route_reason="submitted")


def test_what_asks_for_nothing_does_not() -> None:
    assert not passes(kind="incident", status="claimed")
    for kind in ("message", "note", "action", "mail", "consent", "attachment", "rating"):
        assert not passes("INSERT", kind=kind), kind
        assert not passes("INSERT", kind=kind, mail_request="01KB0000000000000000000000"), kind
    assert not passes("REMOVE", kind="message")


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


OURS = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:"
SENDER = FUNCTIONS["NotifyCitizen"]["Environment"]["Variables"]["MAIL_FROM"]


def sending() -> list[tuple[str, dict[str, Any]]]:
    """Every statement about SES, with the role that has it."""
    return [
        (name, statement)
        for name, role in RESOURCES.items()
        if role["Type"] == "AWS::IAM::Role"
        for policy in role["Properties"].get("Policies", [])
        for statement in allowed(policy["PolicyDocument"])
        if "ses:" in str(statement["Action"])
    ]


def test_mail_is_sent_by_one_function_as_one_sender_only() -> None:
    assert {name for name, _ in sending()} == {"NotifyCitizenRole"}
    address, domain, configuration, _ = (statement for _, statement in sending())
    assert address["Resource"] == {"Fn::Sub": [OURS + "identity/${Sender}", {"Sender": SENDER}]}
    by_domain, named = domain["Resource"]["Fn::Sub"]
    assert by_domain == OURS + "identity/${Domain}"
    assert named == {"Domain": {"Fn::Select": [1, {"Fn::Split": ["@", SENDER]}]}}
    assert domain["Condition"] == {"StringEquals": {"ses:FromAddress": SENDER}}
    assert configuration["Resource"] == {"Fn::Sub": OURS + "configuration-set/${MailConfiguration}"}


def test_a_mail_with_headers_of_its_own_may_be_sent_wherever_a_plain_one_may() -> None:
    for _, statement in sending():
        assert statement["Action"] == ["ses:SendEmail", "ses:SendRawEmail"]


def test_any_identity_may_receive_in_the_sandbox_and_not_where_citizens_data_are() -> None:
    (policy,) = properties("NotifyCitizenRole")["Policies"]
    (switched,) = [
        statement["Fn::If"]
        for statement in policy["PolicyDocument"]["Statement"]
        if "Fn::If" in statement
    ]
    condition, with_citizens, sandbox = switched
    assert (condition, with_citizens) == ("HoldsCitizensData", {"Ref": "AWS::NoValue"})
    assert sandbox["Resource"] == {"Fn::Sub": OURS + "identity/*"}
    assert sandbox["Condition"] == {"StringEquals": {"ses:FromAddress": SENDER}}
    everywhere = [each for _, each in sending() if "identity/*" in str(each["Resource"])]
    assert everywhere == [sandbox]


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
