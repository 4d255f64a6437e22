"""What the template promises about the stream's filter, and about the mails to citizens."""

import json
from typing import Any

import pytest

from tests.support.event_source_mapping import matches
from tests.support.template import (
    FUNCTIONS,
    TEMPLATE,
    properties,
    resolved,
    resources,
    statements,
)

OURS = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:"
SENDER = FUNCTIONS["NotifyCitizen"]["Environment"]["Variables"]["MAIL_FROM"]


def patterns() -> list[dict[str, Any]]:
    stream = FUNCTIONS["RouteIncident"]["Events"]["Stream"]["Properties"]
    return [json.loads(each["Pattern"]) for each in stream["FilterCriteria"]["Filters"]]


def passes(event: str = "MODIFY", **image: str) -> bool:
    """Whether the stream's filter lets a change through to an item with these attributes."""
    attributes = {name: {"S": value} for name, value in image.items()}
    record = {"eventName": event, "dynamodb": {"NewImage": attributes}}
    return any(matches(pattern, record) for pattern in patterns())


def test_the_stream_has_no_more_filters_than_lambda_takes() -> None:
    assert len(patterns()) <= 5


@pytest.mark.parametrize("event", ["INSERT", "MODIFY"])
def test_an_incident_that_needs_queueing_or_a_mail_passes_the_streams_filter(event: str) -> None:
    assert passes(event, kind="incident", mail_request="01KB0000000000000000000000")
    assert passes(event, kind="incident", route_reason="submitted")


def test_the_removed_entry_of_a_file_passes_the_streams_filter() -> None:
    removal = {"eventName": ["REMOVE"], "dynamodb": {"OldImage": {"kind": {"S": ["attachment"]}}}}
    assert removal in patterns()


def test_a_change_that_asks_for_nothing_does_not_pass_the_streams_filter() -> None:
    assert not passes(kind="incident", status="claimed")
    for kind in ("message", "note", "action", "mail", "consent", "attachment", "rating"):
        assert not passes("INSERT", kind=kind), kind
        assert not passes("INSERT", kind=kind, mail_request="01KB0000000000000000000000"), kind
    assert not passes("REMOVE", kind="message")


def sending(role: str) -> list[dict[str, Any]]:
    """The statements in a role's policies that let it send."""
    return [statement for statement in statements(role) if "ses:Send" in str(statement["Action"])]


def test_only_one_function_sends_mail_and_only_as_one_sender() -> None:
    assert [role for role in resources("AWS::IAM::Role") if sending(role)] == ["NotifyCitizenRole"]
    address, domain, configuration, _ = sending("NotifyCitizenRole")
    assert address["Resource"] == {"Fn::Sub": [OURS + "identity/${Sender}", {"Sender": SENDER}]}
    by_domain, named = domain["Resource"]["Fn::Sub"]
    assert by_domain == OURS + "identity/${Domain}"
    assert named == {
        "Domain": {
            "Fn::Select": [1, {"Fn::Split": ["@", {"Fn::Sub": ["${Sender}@", {"Sender": SENDER}]}]}]
        }
    }
    assert domain["Condition"] == {"StringEquals": {"ses:FromAddress": SENDER}}
    assert configuration["Resource"] == {"Fn::Sub": OURS + "configuration-set/${MailConfiguration}"}


def test_a_mail_with_its_own_headers_may_be_sent_wherever_a_plain_one_may() -> None:
    for statement in sending("NotifyCitizenRole"):
        assert statement["Action"] == ["ses:SendEmail", "ses:SendRawEmail"]


def test_in_the_sandbox_any_identity_may_receive_mail_but_not_in_a_stage_with_citizens() -> None:
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
    mails = sending("NotifyCitizenRole")
    assert [each for each in mails if "identity/*" in str(each["Resource"])] == [sandbox]


def test_mails_are_not_tracked_and_travel_encrypted() -> None:
    destination = properties("MailEventsDestination")["EventDestination"]
    assert destination["MatchingEventTypes"] == ["bounce", "complaint"]
    assert "TrackingOptions" not in properties("MailConfiguration")
    assert properties("MailConfiguration")["DeliveryOptions"] == {"TlsPolicy": "REQUIRE"}


def test_bounces_and_complaints_reach_the_function_by_only_one_path() -> None:
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


def test_the_links_lead_to_the_domain_or_else_to_the_api() -> None:
    url = FUNCTIONS["NotifyCitizen"]["Environment"]["Variables"]["PUBLIC_URL"]
    assert url == TEMPLATE["Outputs"]["ApiUrl"]["Value"]
    assert resolved(url, {"HasDomain": "yes", "DomainName": "ajuda.caib.es"}) == (
        "https://ajuda.caib.es"
    )
    own = resolved(url, {"Api": "abc123", "AWS::URLSuffix": "amazonaws.com"})
    assert own == "https://abc123.execute-api.eu-west-1.amazonaws.com/suport"
