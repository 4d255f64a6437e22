"""What the template promises beyond what the linters check."""

from typing import Any

import pytest

from suport.domain.incident import Category
from suport.domain.language import Language
from suport.texts.notice import Subject, current
from tests.template import allowed

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def resources(template: dict[str, Any]) -> Resources:
    found: Resources = template["Resources"]
    return found


def of_type(resources: Resources, kind: str) -> Resources:
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def statements(resources: Resources) -> list[tuple[str, dict[str, Any]]]:
    return [
        (name, statement)
        for name, role in of_type(resources, "AWS::IAM::Role").items()
        for policy in role["Properties"]["Policies"]
        for statement in allowed(policy["PolicyDocument"])
    ]


def test_every_permission_is_a_statement_on_one_resource(resources: Resources) -> None:
    for name, statement in statements(resources):
        assert isinstance(statement["Resource"], dict), name
        assert "*" not in str(statement["Action"]), name


def test_no_role_takes_a_managed_policy(resources: Resources) -> None:
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        assert "ManagedPolicyArns" not in role["Properties"], name
    for name, function in of_type(resources, "AWS::Serverless::Function").items():
        assert "Policies" not in function["Properties"], name
        assert function["Properties"]["Role"] == {"Fn::GetAtt": f"{name}Role.Arn"}


def test_categories_queues_permissions_and_environment_agree(resources: Resources) -> None:
    names = {f"{category.capitalize()}Queue" for category in Category}
    environment = resources["RouteIncident"]["Properties"]["Environment"]["Variables"]
    sends = {
        statement["Resource"]["Fn::GetAtt"].removesuffix(".Arn")
        for name, statement in statements(resources)
        if name == "RouteIncidentRole" and statement["Action"] == "sqs:SendMessage"
    }
    assert {f"{category.upper()}_QUEUE_URL" for category in Category} <= environment.keys()
    assert sends == names | {"MailQueue", "ErasuresQueue", "RoutingFailures"}
    assert names <= of_type(resources, "AWS::SQS::Queue").keys()


@pytest.mark.parametrize("name", ["Functional", "Payment", "Signature", "Mail"])
def test_each_queue_keeps_messages_safe_and_has_its_own_dead_letter_queue(
    resources: Resources, name: str
) -> None:
    queue = resources[f"{name}Queue"]["Properties"]
    dead = resources[f"{name}DeadLetterQueue"]["Properties"]
    target = queue["RedrivePolicy"]["deadLetterTargetArn"]
    assert target == {"Fn::GetAtt": f"{name}DeadLetterQueue.Arn"}
    for each in (queue, dead):
        assert each["SqsManagedSseEnabled"] is True
        assert each["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queue["ReceiveMessageWaitTimeSeconds"] == 20


def test_the_register_erases_by_its_expiry_and_can_be_restored(resources: Resources) -> None:
    register = resources["Register"]["Properties"]
    ttl = {"AttributeName": "expires_at", "Enabled": True}
    assert register["TimeToLiveSpecification"] == ttl
    assert register["BillingMode"] == "PAY_PER_REQUEST"
    assert register["SSESpecification"] == {"SSEEnabled": True}
    assert register["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


def test_the_privacy_notice_states_how_long_the_register_can_be_restored(
    template: dict[str, Any],
) -> None:
    days = str(template["Parameters"]["RecoveryDays"]["Default"])
    for language in Language:
        assert days in current(Subject.PRIVACY, language).text


def test_a_record_that_cannot_be_routed_lands_in_a_queue_that_wakes_somebody(
    resources: Resources,
) -> None:
    stream = resources["RouteIncident"]["Properties"]["Events"]["Stream"]["Properties"]
    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"] is True
    assert 1 <= stream["MaximumRetryAttempts"] <= 10
    destination = stream["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": "RoutingFailures.Arn"}
    watched = {
        dimension["Value"].get("Fn::GetAtt")
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
        for dimension in alarm["Properties"].get("Dimensions", [])
        if isinstance(dimension["Value"], dict)
    }
    dead = {f"{category.capitalize()}DeadLetterQueue.QueueName" for category in Category}
    assert dead | {"RoutingFailures.QueueName"} <= watched


def test_each_function_writes_to_a_log_group_of_its_own_that_forgets(resources: Resources) -> None:
    for name, function in of_type(resources, "AWS::Serverless::Function").items():
        assert function["Properties"]["LoggingConfig"] == {"LogGroup": {"Ref": f"{name}Log"}}
        assert resources[f"{name}Log"]["Properties"]["RetentionInDays"] <= 30


def test_the_outputs_are_those_relied_on_from_outside(template: dict[str, Any]) -> None:
    queues = [f"{name}Queue" for name in ("Functional", "Payment", "Signature", "Mail")]
    relied_on = {"ApiUrl", "RegisterTable", *(f"{queue}Url" for queue in queues)}
    relied_on |= {f"{queue.removesuffix('Queue')}DeadLetterQueueUrl" for queue in queues}
    assert relied_on <= template["Outputs"].keys()
