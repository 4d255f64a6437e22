"""The functions' own code, each in its own environment, as the template gives it."""

import importlib.util
from functools import cache
from types import ModuleType
from typing import Any

from local import ROOT
from tests.chaos.aws import ACCOUNT, BUCKET_ADDRESS, REGION
from tests.support.template import FUNCTIONS, RESOURCES, TEMPLATE, snake

CONDITIONS = {"IsLocal"}
"""Those of the template that hold here."""
PARAMETERS = {"SupportToolName": "Mostra", "SupportToolUrl": "https://mostra.example.org/"}
TIMEOUTS = {
    snake(name): it.get("Timeout", TEMPLATE["Globals"]["Function"]["Timeout"])
    for name, it in FUNCTIONS.items()
}
"""How long each function may run, in seconds."""
ROUTES = {
    (each["Properties"]["Method"].upper(), each["Properties"]["Path"]): snake(name)
    for name, it in FUNCTIONS.items()
    for each in it["Events"].values()
    if each["Type"] == "Api"
}
"""Which function answers a method on a resource of the API."""


@cache
def loaded(name: str, process: int) -> ModuleType:
    """The function's module; each process has its own."""
    path = ROOT / "functions" / name / "app.py"
    spec = importlib.util.spec_from_file_location(f"{name}_of_process_{process}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def environment(name: str) -> dict[str, str]:
    """The environment variables of a function."""
    [own] = [it for logical_id, it in FUNCTIONS.items() if snake(logical_id) == name]
    of_all = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    stated = of_all | own.get("Environment", {}).get("Variables", {})
    return {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        **{variable: str(resolved(value)) for variable, value in stated.items()},
    }


def resolved(value: Any) -> Any:  # noqa: PLR0911  one for each form
    """What CloudFormation makes of a value of the template."""
    match value:
        case {"Ref": "AWS::AccountId"}:
            return ACCOUNT
        case {"Ref": "AWS::StackName"}:
            return "suport-chaos"
        case {"Ref": name} if name in TEMPLATE["Parameters"]:
            return PARAMETERS.get(name, TEMPLATE["Parameters"][name].get("Default", ""))
        case {"Ref": name}:
            return physical(name)
        case {"Fn::GetAtt": attribute}:
            return str(attribute).partition(".")[0]
        case {"Fn::If": [condition, one, other]}:
            return resolved(one if condition in CONDITIONS else other)
        case {"Fn::Sub": text}:
            return text.replace("${AWS::Region}", REGION)
    return value


def physical(name: str) -> str:
    """What a resource is called once it is deployed: here, mostly as in the template."""
    match RESOURCES[name]["Type"]:
        case "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
        case "AWS::S3::Bucket":
            return BUCKET_ADDRESS
    return name
