"""What the template promises beyond what the linters check (`lint/template_rules.py`)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from local import ROOT
from suport.domain.category import Category
from suport.domain.working_hours import read_hours
from tests.support.template import (
    FUNCTIONS,
    RESOURCES,
    TEMPLATE,
    properties,
    resources,
    statements,
)
from tests.support.transformed import transformed

TEAMS = [category.capitalize() for category in Category]
QUEUES = [*TEAMS, "Mail"]
LIMITED_TO_NO_RESOURCE = {"cloudwatch:GetMetricStatistics", "ses:GetAccount"}
"""Actions that IAM can only allow on everything. Both only tell how the account does."""


def test_nothing_is_selected_that_is_not_there_while_parameters_are_empty() -> None:
    """LanguageExtensions selects also in what the stage does not make, and fails the deployment."""
    for number, parts in found("Fn::Select", TEMPLATE):
        separator, text = parts["Fn::Split"]
        whole = text["Fn::Sub"] if isinstance(text["Fn::Sub"], str) else text["Fn::Sub"][0]
        assert whole.count(separator) >= number, whole


def found(name: str, part: Any) -> Iterator[Any]:
    """What each intrinsic function of that name is given, in that part of the template."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == name:
                yield value
            yield from found(name, value)
    elif isinstance(part, list):
        for each in part:
            yield from found(name, each)


def test_no_loop_has_the_name_of_a_resource() -> None:
    loops = re.findall(
        r"^  Fn::ForEach::(\w+):$", (ROOT / "template.yaml").read_text(), re.MULTILINE
    )
    assert len(loops) > 3
    assert not {*loops} & {*RESOURCES}


def test_the_template_is_within_cloudformations_limits() -> None:
    whole = transformed("prod")
    assert len(whole["Resources"]) <= 450  # of 500
    assert len(json.dumps(whole)) <= 800_000  # of a million bytes


def test_every_permission_is_a_statement_on_one_resource() -> None:
    for role in resources("AWS::IAM::Role"):
        for statement in statements(role):
            if statement["Resource"] != "*" or statement["Action"] not in LIMITED_TO_NO_RESOURCE:
                assert isinstance(statement["Resource"], dict), role
            assert "*" not in str(statement["Action"]), role


def test_every_function_has_a_role_of_its_own_and_no_policy_of_aws() -> None:
    own = {"Fn::If": ["TracesRuns", [{"Ref": "TracesPolicy"}], {"Ref": "AWS::NoValue"}]}
    managed = {
        name
        for name, role in resources("AWS::IAM::Role").items()
        if role.get("ManagedPolicyArns", own) != own
    }
    assert managed == {"LogRole"}  # of API Gateway, which states that policy
    for name, function in FUNCTIONS.items():
        assert "Policies" not in function, name
        assert function["Role"] == {"Fn::GetAtt": f"{name}Role.Arn"}


def test_the_router_knows_the_queue_of_every_category_and_may_send_into_it() -> None:
    names = {f"{team}Queue" for team in TEAMS}
    environment = FUNCTIONS["RouteIncident"]["Environment"]["Variables"]
    sends = {
        statement["Resource"]["Fn::GetAtt"].removesuffix(".Arn")
        for statement in statements("RouteIncidentRole")
        if statement["Action"] == "sqs:SendMessage"
    }
    assert {f"{category.upper()}_QUEUE_URL" for category in Category} <= environment.keys()
    assert sends == names | {"MailQueue", "ErasuresQueue", "RoutingFailures"}
    assert names <= resources("AWS::SQS::Queue").keys()


def test_other_matters_go_to_the_team_that_the_operator_of_the_service_names() -> None:
    parameter = TEMPLATE["Parameters"]["OtherMattersTeam"]
    assert (parameter["AllowedValues"], parameter["Default"]) == (list(Category), "functional")
    for name in ("SubmitIncident", "WorkIncident"):
        environment = FUNCTIONS[name]["Environment"]["Variables"]
        assert environment["OTHER_MATTERS_TEAM"] == {"Ref": "OtherMattersTeam"}
        assert environment["CLOSED_DATES"] == {"Ref": "ClosedDates"}


@pytest.mark.parametrize(
    ("name", "fit", "unfit"),
    [
        (
            "DataProtectionOfficer",
            ["dpd@example.org", "https://example.org/dpd?x=1"],
            [
                "",
                "dpd@example",
                "http://example.org",
                "javascript:x",
                "https://a b",
                "a@b.c, d@e.f",
            ],
        ),
        (
            "RightsProcedureUrl",
            ["https://example.org/a/b"],
            ["", "http://example.org", 'https://"'],
        ),
        ("CompetenceDecree", ["", "Decret 1/2027, d'1 de gener"], ["<b>", "a\nb", "x" * 301]),
    ],
)
def test_the_privacy_page_gets_the_contacts_that_the_template_states(
    name: str, fit: list[str], unfit: list[str]
) -> None:
    parameter = TEMPLATE["Parameters"][name]
    is_fit = re.compile(parameter["AllowedPattern"], re.ASCII).fullmatch
    assert [each for each in [*fit, parameter["Default"]] if not is_fit(each)] == []
    assert [each for each in unfit if is_fit(each)] == []
    environment = FUNCTIONS["ShowHelp"]["Environment"]["Variables"]
    assert {"Ref": name} in environment.values()


HOURS = (
    "mon-fri 08:00-15:00",
    "mon-thu 08:00-14:00 15:30-18:45, fri 08:00-14:00,sat 09:15-13:00",
    "sun 00:00-24:00; signature mon-fri 08:00-20:00, sat 09:00-14:00;payment tue 10:00-11:59",
)
NO_HOURS = (
    *(
        "",
        "mon",
        "08:00-15:00",
        "mon-fri 8:00-15:00",
        "mon-fri 08:00-15:00,",
        "mon-fri 08:00-24:01",
    ),
    *("Mon-Fri 08:00-15:00", "mon-fri 08:00–15:00", "mon-fri 08:00-15:60", "tuesday 08:00-15:00"),
    *(
        "mon 08:00-15:00; sales tue 08:00-15:00",
        "mon 08:00-15:00 tue 08:00-15:00",
        "mon-fri closed",
    ),
)


def test_the_hours_of_the_teams_are_refused_at_deployment_if_they_cannot_be_read() -> None:
    parameter = TEMPLATE["Parameters"]["TeamHours"]
    is_fit = re.compile(parameter["AllowedPattern"], re.ASCII).fullmatch
    assert parameter["Default"] in HOURS
    for stated in HOURS:
        assert is_fit(stated), stated
        assert read_hours(stated).keys() == set(Category)
    assert [stated for stated in NO_HOURS if is_fit(stated)] == []


def test_who_gives_an_operator_time_knows_the_teams_hours_and_the_closed_dates() -> None:
    for name in ("WorkIncident", "ShowDesk", "WatchIncidents"):
        environment = FUNCTIONS[name]["Environment"]["Variables"]
        assert environment["TEAM_HOURS"] == {"Ref": "TeamHours"}
        assert environment["CLOSED_DATES"] == {"Ref": "ClosedDates"}


def test_the_register_erases_what_has_expired() -> None:
    register = properties("Register")
    assert register["TimeToLiveSpecification"]["AttributeName"] == "expires_at"
    assert register["BillingMode"] == "PAY_PER_REQUEST"
    assert register["SSESpecification"] == {"SSEEnabled": True}


def test_a_record_that_cannot_be_routed_is_retried_alone_and_then_set_aside() -> None:
    stream = FUNCTIONS["RouteIncident"]["Events"]["Stream"]["Properties"]
    assert stream["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"] is True
    assert 1 <= stream["MaximumRetryAttempts"] <= 10
    destination = stream["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": "RoutingFailures.Arn"}


def test_the_template_has_every_output_that_others_rely_on() -> None:
    relied_on = {"ApiUrl", "RegisterTable", *(f"{name}QueueUrl" for name in QUEUES)}
    relied_on |= {f"{name}DeadLetterQueueUrl" for name in (*QUEUES, "Arrivals", "Erasures")}
    assert relied_on | {"AttachmentsBucket"} <= TEMPLATE["Outputs"].keys()
    for team in TEAMS:
        output = TEMPLATE["Outputs"][f"{team}TeamRoleArn"]
        assert output["Value"] == {"Fn::GetAtt": f"{team}TeamRole.Arn"}
