"""What the template promises about the support teams, and about the search for what is overdue."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from suport.domain.category import Category
from suport.runtime.metrics import Metric
from tests.support import who_may
from tests.support.template import FUNCTIONS, alarms, granted, properties, resources
from tests.support.transformed import routes

TEAMS = [category.capitalize() for category in Category]
API = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}"


def may_call(policy: str) -> set[tuple[str, str]]:
    """The method and the resource of each of the desk's addresses that the policy lets call."""
    stage = properties("Api")["StageName"]
    patterns = [statement["Resource"]["Fn::Sub"] for statement in statements_of(properties(policy))]
    return {
        (route.method, route.path)
        for route in routes("prod")
        if route.path.startswith("/v1/desk/")
        and any(fnmatchcase(f"{API}/{stage}/{route.method}{route.path}", each) for each in patterns)
    }


def statements_of(policy: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


# ------------------------------------------------------------------- the teams


@pytest.mark.parametrize("team", TEAMS)
def test_a_team_receives_from_its_own_queues_and_sends_to_none(team: str) -> None:
    receives = {"ReceiveMessage", "DeleteMessage", "GetQueueAttributes"}
    own = {
        (f"sqs:{action}", f"{team}Queue.Arn") for action in receives | {"ChangeMessageVisibility"}
    }
    dead = {(f"sqs:{action}", f"{team}DeadLetterQueue.Arn") for action in receives}
    assert granted(f"{team}TeamRole") == own | dead


def test_people_may_call_only_the_desks_addresses_of_this_stage() -> None:
    stage = properties("Api")["StageName"]
    for name in ("DeskPolicy", "DataProtectionPolicy"):
        for statement in statements_of(properties(name)):
            assert (statement["Effect"], statement["Action"]) == ("Allow", "execute-api:Invoke")
            address = statement["Resource"]["Fn::Sub"].removeprefix(f"{API}/{stage}/")
            assert address.partition("/")[2].startswith("v1/desk/")


def test_the_teams_may_call_all_that_work_incident_answers_and_data_protection_the_rest() -> None:
    policies = resources("AWS::IAM::Policy")
    assert policies["DeskPolicy"]["Roles"] == [{"Ref": f"{team}TeamRole"} for team in TEAMS]
    assert policies["DataProtectionPolicy"]["Roles"] == [{"Ref": "DataProtectionRole"}]
    calling = {name for name, policy in policies.items() if "execute-api" in str(policy)}
    assert calling == {"DeskPolicy", "DataProtectionPolicy"}
    looks = {("GET", "/v1/desk/viewed/{reference}")}
    every = {(each.method, each.path) for each in routes("prod") if "/v1/desk/" in each.path}
    proofs = {("GET", "/v1/desk/proofs/{month}")}
    assert may_call("DataProtectionPolicy") == looks | proofs
    assert may_call("DeskPolicy") == every - looks


def test_iam_lets_teams_and_data_protection_call_what_is_meant_for_them() -> None:
    for policy, column in (("DeskPolicy", "team"), ("DataProtectionPolicy", "officer")):
        meant = {
            tuple(address.split(":", 1))
            for address, row in who_may.BY_PROGRAMS.items()
            if row[column] != "403"
        }
        allowed = may_call(policy)
        on_an_incident = {each for each in allowed if "/incidents/{reference}" in each[1]}
        assert allowed - on_an_incident == meant
        assert bool(on_an_incident) is (column == "team")


def test_data_protection_may_do_nothing_but_ask_who_looked_and_what_was_erased() -> None:
    assert granted("DataProtectionRole") == set()
    for function in ("ShowLooks", "WorkIncident"):
        variables = FUNCTIONS[function]["Environment"]["Variables"]
        assert variables["DATA_PROTECTION_ROLE"] == {"Ref": "DataProtectionRole"}


def test_who_looked_is_read_in_the_register_alone_and_nothing_is_erased() -> None:
    rights = granted("ShowLooksRole")
    assert {resource for _, resource in rights} == {"Register.Arn"}
    assert not [action for action, _ in rights if "Delete" in action or "Scan" in action]


def test_the_answer_to_an_unsigned_request_names_both_of_its_possible_reasons() -> None:
    """API Gateway cannot distinguish an unsigned request from one to an unknown address."""
    answer = properties("Api")["GatewayResponses"]["MISSING_AUTHENTICATION_TOKEN"]
    problem = json.loads(answer["ResponseTemplates"]["application/json"])
    assert answer["StatusCode"] == problem["status"] == 403
    assert "signed" in problem["detail"]
    assert "address" in problem["detail"]


@pytest.mark.parametrize("function", ["WorkIncident", "ShareScreen"])
def test_the_function_knows_each_teams_role_by_its_name(function: str) -> None:
    variables = FUNCTIONS[function]["Environment"]["Variables"]
    roles = {name: value for name, value in variables.items() if name.endswith("_TEAM_ROLE")}
    assert roles == {f"{team.upper()}_TEAM_ROLE": {"Ref": f"{team}TeamRole"} for team in TEAMS}


def test_the_desk_may_read_files_but_neither_add_nor_erase_any() -> None:
    rights = granted("WorkIncidentRole")
    assert {each for each in rights if each[0].startswith("s3:")} == {
        ("s3:GetObject", "${Attachments.Arn}/*")
    }
    assert not [action for action, _ in rights if "Delete" in action or "Scan" in action]
    assert not [action for action, _ in rights if action.startswith("sqs:")]


# ------------------------------------------------------------------ the watcher


def test_the_watcher_looks_for_what_is_overdue_every_five_minutes() -> None:
    schedule = FUNCTIONS["WatchIncidents"]["Events"]["Schedule"]
    assert schedule["Type"] == "ScheduleV2"
    assert schedule["Properties"]["ScheduleExpression"] == "rate(5 minutes)"
    assert schedule["Properties"]["RoleArn"] == {"Fn::GetAtt": "WatchIncidentsScheduleRole.Arn"}
    assert schedule["Properties"]["OmitName"] is True
    assert FUNCTIONS["WatchIncidents"]["Timeout"] < 300


def test_the_schedule_starts_the_watcher_and_does_nothing_else() -> None:
    assert granted("WatchIncidentsScheduleRole") == {
        ("lambda:InvokeFunction", "WatchIncidents.Arn"),
        ("sqs:SendMessage", "WatchesMissed.Arn"),
    }


def test_a_watcher_that_fails_or_falls_silent_wakes_somebody() -> None:
    failed = alarms()["WatchFailed"]
    assert failed["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "WatchIncidents"}}]
    overdue, silent = alarms()["IncidentsOverdue"], alarms()["WatcherSilent"]
    assert overdue["MetricName"] == silent["MetricName"] == Metric.OVERDUE_INCIDENTS
    assert (overdue["Statistic"], overdue["Threshold"]) == ("Maximum", 1)
    # the watcher reports every time, even none
    assert (silent["Statistic"], silent["Threshold"]) == ("SampleCount", 1)
    assert silent["ComparisonOperator"] == "LessThanThreshold"
    assert silent["TreatMissingData"] == "breaching"
    assert overdue["TreatMissingData"] == "ignore"  # a silent watcher has woken nothing
