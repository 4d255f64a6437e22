"""The template as CloudFormation gets it, transformed by SAM, for one stage."""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from local import ROOT, TOOLS
from tests.support import template

_NOTHING = {"Ref": "AWS::NoValue"}

type Resources = dict[str, dict[str, Any]]


@cache
def transformed(stage: str) -> dict[str, Any]:
    """The template that SAM gives to CloudFormation for that stage, made by SAM's own translator.

    The translator runs on another interpreter: it comes with the SAM CLI, whose packages exclude
    those of the functions.
    """
    command: list[str | Path] = [
        # -P: the folder's own modules, such as `html`, would hide those of the standard library
        *(TOOLS / "deploy/bin/python", "-P", ROOT / "tests/support/sam_transform.py"),
        json.dumps(template.parameters(Stage=stage)),
    ]
    printed = subprocess.run(  # noqa: S603  our own files
        command,
        input=json.dumps(template.TEMPLATE, default=str).encode(),
        env=os.environ | {"AWS_DEFAULT_REGION": template.PSEUDO["AWS::Region"]},
        check=True,
        capture_output=True,
    ).stdout
    found: dict[str, Any] = json.loads(printed)
    return found


def deployed(stage: str, **given: str) -> dict[str, Any]:
    """The template of that stage as it is carried out with these parameters: nothing is conditional
    any more."""
    values = template.parameters(Stage=stage, **given)
    found: dict[str, Any] = _decided(transformed(stage), values)
    found["Resources"] = {
        name: resource
        for name, resource in found["Resources"].items()
        if "Condition" not in resource or _holds(resource["Condition"], values)
    }
    return found


def _decided(part: Any, values: dict[str, str]) -> Any:
    """The part with each `If` replaced by the branch that is taken."""
    match part:
        case {"Fn::If": [condition, yes, no]}:
            return _decided(yes if _holds(condition, values) else no, values)
        case dict():
            decided = {name: _decided(each, values) for name, each in part.items()}
            return {name: each for name, each in decided.items() if each != _NOTHING}
        case list():
            return [each for each in (_decided(each, values) for each in part) if each != _NOTHING]
    return part


def _holds(condition: str, values: dict[str, str]) -> bool:
    return bool(template.evaluated({"Condition": condition}, values))


def resources(stage: str, kind: str) -> Resources:
    """The properties of every resource of that type, by its logical id."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in transformed(stage)["Resources"].items()
        if resource["Type"] == kind
    }


@dataclass(frozen=True, order=True)
class Route:
    """A route with its function: `GET /{language}/help`, answered by `ShowHelp`."""

    function: str
    method: str
    path: str


def routes(stage: str) -> set[Route]:
    """Every method and path of the API, with the function behind it."""
    (api,) = resources(stage, "AWS::ApiGateway::RestApi").values()
    return {
        Route(_invoked(operation), method.upper(), path)
        for path, operations in api["Body"]["paths"].items()
        for method, operation in operations.items()
    }


def _invoked(operation: dict[str, Any]) -> str:
    uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
    function = re.fullmatch(r"arn:aws:apigateway:.*/functions/\$\{(\w+)\.Arn\}/invocations", uri)
    assert function, uri
    return function[1]
