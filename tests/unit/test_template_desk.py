"""What the template promises of the support teams, and of the search for what is overdue."""

import json
from typing import Any

import pytest

from suport.domain.incident import Category
from suport.runtime.metrics import Metric
from tests.template import EVENTS, FUNCTIONS, TEMPLATE, resources

RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]
TEAMS = [category.capitalize() for category in Category]
ACCOUNT = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
API = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}"


def statements(role: str) -> list[dict[str, Any]]:
    (policy,) = RESOURCES[role]["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def granted(role: str) -> set[tuple[str, str]]:
    """Every action with what it is allowed on, beyond logs."""
    return {
        (action, str(*statement["Resource"].values()))
        for statement in statements(role)
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
        if not action.startswith("logs:")
    }


def trust(team: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = RESOURCES[f"{team}TeamRole"]["Properties"][
        "AssumeRolePolicyDocument"
    ]["Statement"]
    return found


# ------------------------------------------------------------------- the teams


@pytest.mark.parametrize("team", TEAMS)
def test_a_team_takes_from_its_own_queues_and_puts_into_none(team: str) -> None:
    takes = {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}
    own = {(f"sqs:{action}", f"{team}Queue.Arn") for action in takes | {"ChangeMessageVisibility"}}
    dead = {(f"sqs:{action}", f"{team}DeadLetterQueue.Arn") for action in takes}
    assert granted(f"{team}TeamRole") == own | dead


def test_the_teams_call_the_desks_addresses_of_this_stage_and_no_other() -> None:
    policies = resources("AWS::IAM::Policy")
    policy = policies.pop("DeskPolicy")
    assert not policies
    (statement,) = policy["PolicyDocument"]["Statement"]
    stage = RESOURCES["Api"]["Properties"]["StageName"]
    assert statement == {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": {"Fn::Sub": f"{API}/{stage}/*/v1/desk/*"},
    }
    assert policy["Roles"] == [{"Ref": f"{team}TeamRole"} for team in TEAMS]


def test_every_address_of_the_desk_asks_for_a_signature_and_no_other_does() -> None:
    for name, (function, event) in EVENTS.items():
        if event["Type"] != "Api":
            continue
        of_the_desk = event["Properties"]["Path"].startswith("/v1/desk/")
        assert of_the_desk == (function == "WorkIncident"), name
        signed = {"Authorizer": "AWS_IAM", "InvokeRole": "NONE"} if of_the_desk else None
        assert event["Properties"].get("Auth") == signed, name


def test_who_does_not_sign_is_told_403() -> None:
    """API Gateway does not tell an unsigned request from an unknown address."""
    answer = RESOURCES["Api"]["Properties"]["GatewayResponses"]["MISSING_AUTHENTICATION_TOKEN"]
    told = json.loads(answer["ResponseTemplates"]["application/json"])
    assert answer["StatusCode"] == told["status"] == 403
    assert "signed" in told["detail"]
    assert "address" in told["detail"]


def test_the_function_knows_each_teams_role_by_its_name() -> None:
    variables = FUNCTIONS["WorkIncident"]["Environment"]["Variables"]
    roles = {name: value for name, value in variables.items() if name.endswith("_TEAM_ROLE")}
    assert roles == {f"{team.upper()}_TEAM_ROLE": {"Ref": f"{team}TeamRole"} for team in TEAMS}


@pytest.mark.parametrize("team", TEAMS)
def test_somebody_vouches_for_an_operators_name(team: str) -> None:
    """A user gets a session under the user's own name; or the identity provider states it."""
    switch, provider, users = trust(team)[0]["Fn::If"]
    assert switch == "OperatorsSignInElsewhere"
    assert users == {
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}},
    }
    assert provider["Principal"] == {"Federated": {"Ref": "OperatorsFrom"}}
    assert provider["Action"] == "sts:AssumeRoleWithSAML"
    assert provider["Condition"]["StringEquals"].keys() == {"SAML:aud"}


@pytest.mark.parametrize("team", TEAMS)
def test_where_citizens_data_are_nobody_chooses_a_name(team: str) -> None:
    """On this machine the account's own key does; in AWS no root user can assume a role."""
    assert len(trust(team)) == 2
    switch, local, elsewhere = trust(team)[1]["Fn::If"]
    assert (switch, elsewhere) == ("IsLocal", {"Ref": "AWS::NoValue"})
    assert TEMPLATE["Conditions"]["IsLocal"] == {"Fn::Equals": [{"Ref": "Stage"}, "local"]}
    assert local["Condition"] == {"ArnEquals": {"aws:PrincipalArn": ACCOUNT}}


def test_operators_find_their_roles() -> None:
    for team in TEAMS:
        output = TEMPLATE["Outputs"][f"{team}TeamRoleArn"]
        assert output["Value"] == {"Fn::GetAtt": f"{team}TeamRole.Arn"}


def test_the_desk_reads_files_and_can_neither_put_nor_erase_any() -> None:
    rights = granted("WorkIncidentRole")
    assert {each for each in rights if each[0].startswith("s3:")} == {
        ("s3:GetObject", "${Attachments.Arn}/*")
    }
    assert not [action for action, _ in rights if "Delete" in action or "Scan" in action]
    assert not [action for action, _ in rights if action.startswith("sqs:")]


# ------------------------------------------------------------------ the watcher


def test_what_is_overdue_is_looked_for_every_five_minutes() -> None:
    schedule = FUNCTIONS["WatchIncidents"]["Events"]["Schedule"]
    assert schedule["Type"] == "ScheduleV2"
    properties = schedule["Properties"]
    assert properties["ScheduleExpression"] == "rate(5 minutes)"
    assert properties["RoleArn"] == {"Fn::GetAtt": "WatchIncidentsScheduleRole.Arn"}
    assert properties["OmitName"] is True
    assert FUNCTIONS["WatchIncidents"]["Timeout"] < 300


def test_the_schedule_starts_the_watcher_and_does_nothing_else() -> None:
    assert granted("WatchIncidentsScheduleRole") == {
        ("lambda:InvokeFunction", "WatchIncidents.Arn"),
        ("sqs:SendMessage", "WatchesMissed.Arn"),
    }


def test_a_watch_that_cannot_start_lands_in_a_queue_that_wakes_somebody() -> None:
    properties = FUNCTIONS["WatchIncidents"]["Events"]["Schedule"]["Properties"]
    assert properties["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": "WatchesMissed.Arn"}}
    assert RESOURCES["WatchesMissed"]["Properties"]["SqsManagedSseEnabled"] is True
    alarm = RESOURCES["WatchesNotStarted"]["Properties"]
    assert alarm["Dimensions"][0]["Value"] == {"Fn::GetAtt": "WatchesMissed.QueueName"}
    assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]


def test_a_watcher_that_fails_or_falls_silent_wakes_somebody() -> None:
    failed = RESOURCES["WatchFailed"]["Properties"]
    assert failed["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "WatchIncidents"}}]
    overdue = RESOURCES["IncidentsOverdue"]["Properties"]
    assert overdue["MetricName"] == Metric.OVERDUE_INCIDENTS
    assert overdue["Threshold"] == 1
    assert overdue["TreatMissingData"] == "breaching"  # it tells every time, even of none
    for alarm in (failed, overdue):
        assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]
