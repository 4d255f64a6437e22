"""A raised `RegisterGeneration` replaces the register, and everything follows the new table."""

import json
import re
import subprocess
from typing import Any

from local import ROOT
from tests.support.template import (
    FUNCTIONS,
    PSEUDO,
    TEMPLATE,
    evaluated,
    granted,
    parameters,
    properties,
    resolved,
)
from tests.support.transformed import transformed


def table_name(generation: int) -> str:
    """The name that the template gives to the register; empty if CloudFormation makes one up."""
    values = parameters(RegisterGeneration=str(generation))
    known = {
        **values,
        "AWS::NoValue": "",
        "IsFirstRegister": "yes" if evaluated({"Condition": "IsFirstRegister"}, values) else "",
    }
    return str(resolved(properties("Register")["TableName"], known))


def test_each_generation_is_another_table_and_of_no_other_stack() -> None:
    """A changed name is what makes CloudFormation replace a table."""
    names = [table_name(generation) for generation in (1, 2, 3, 17)]
    assert len(set(names)) == len(names)
    assert all(each.startswith(PSEUDO["AWS::StackName"]) for each in names[1:])


def test_the_first_table_has_no_name_that_a_failed_deployment_could_have_taken() -> None:
    assert TEMPLATE["Parameters"]["RegisterGeneration"]["Default"] == 1
    assert table_name(1) == ""


def test_the_replaced_table_is_kept_for_whoever_restores() -> None:
    register = transformed("prod")["Resources"]["Register"]
    assert register["UpdateReplacePolicy"] == register["DeletionPolicy"] == "Retain"


def test_nothing_but_its_name_depends_on_the_generation() -> None:
    """A new register has the settings of the one before."""
    settings = {
        name: value
        for name, value in properties("Register").items()
        if "Generation" in json.dumps(value) or "IsFirstRegister" in json.dumps(value)
    }
    assert settings.keys() == {"TableName"}


def test_all_that_works_with_the_register_refers_to_it_and_not_to_a_name() -> None:
    deployed = transformed("prod")
    stream = deployed["Resources"]["RouteIncidentStream"]["Properties"]["EventSourceArn"]
    assert stream == {"Fn::GetAtt": ["Register", "StreamArn"]}
    assert deployed["Outputs"]["RegisterTable"]["Value"] == {"Ref": "Register"}
    others: dict[str, Any] = {
        logical_id: resource
        for logical_id, resource in deployed["Resources"].items()
        if logical_id != "Register"
    }
    assert "-register" not in json.dumps(others)
    for logical_id, resource in others.items():
        variables = resource.get("Properties", {}).get("Environment", {}).get("Variables", {})
        assert variables.get("REGISTER_TABLE", {"Ref": "Register"}) == {"Ref": "Register"}, (
            logical_id
        )


def test_whatever_compares_the_store_of_files_with_the_register_rests_until_it_is_complete() -> (
    None
):
    """In an incomplete register, every earlier file looks as if nobody knew it."""
    for function, made in FUNCTIONS.items():
        may = {action for action, _ in granted(f"{function}Role")}
        if may >= {"dynamodb:Scan", "s3:DeleteObject"}:
            for event in made["Events"].values():
                assert event["Properties"]["State"] == {
                    "Fn::If": ["RegisterIsComplete", "ENABLED", "DISABLED"]
                }, function


def test_the_register_awaits_a_copy_only_when_a_deployment_says_so() -> None:
    assert parameters()["RegisterAwaitsCopy"] == "off"
    shared = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    assert shared["REGISTER_AWAITS_COPY"] == {"Ref": "RegisterAwaitsCopy"}
    for setting, says in (
        ("REGISTER=2", {"Generation": "2", "AwaitsCopy": "on"}),
        ("AWAITS_COPY=off", {"AwaitsCopy": "off"}),
        ("REGISTER=", {}),  # as every other deployment: CloudFormation remembers both
    ):
        printed = subprocess.run(  # noqa: S603  it only prints its commands
            ["/usr/bin/env", "make", "-n", "deploy-built", "STAGE=dev", setting],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        assert dict(re.findall(r"\bRegister(\w+)=(\w+)", printed)) == says
