"""The template as it stands in the repository, with CloudFormation's short forms understood."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from local import ROOT


class _Loader(yaml.SafeLoader):
    """Reads `!Ref x` as `{"Ref": x}` and `!GetAtt a.b` as `{"Fn::GetAtt": "a.b"}`."""


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_form)

TEMPLATE: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), _Loader)  # noqa: S506


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of that type, by its logical id."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == kind
    }


FUNCTIONS = resources("AWS::Serverless::Function")
LAYERS = tuple(layer["Ref"] for layer in TEMPLATE["Globals"]["Function"]["Layers"])


def resolved(value: Any, known: Mapping[str, str]) -> Any:
    """The value with references replaced by what they name: `known`, else a parameter's default."""
    if isinstance(value, list):
        return [resolved(each, known) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Fn::If"} and value["Fn::If"][0] in known:
        return resolved(value["Fn::If"][1 if known[value["Fn::If"][0]] else 2], known)
    if value.keys() == {"Ref"} or value.keys() == {"Fn::GetAtt"}:
        (name,) = value.values()
        return known[name] if name in known else TEMPLATE["Parameters"][name]["Default"]
    return {name: resolved(each, known) for name, each in value.items()}


def of_function(logical_id: str, name: str) -> Any:
    """A property of a function, its own or that of all."""
    return FUNCTIONS[logical_id].get(name, TEMPLATE["Globals"]["Function"].get(name))


def variables(logical_id: str, known: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that the template gives to a function."""
    shared = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    own = FUNCTIONS[logical_id]["Environment"]["Variables"]
    return {name: str(resolved(value, known)) for name, value in (shared | own).items()}


def snake(name: str) -> str:
    """A logical id as files are named: `ShowHelp` is `show_help`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


EVENTS = {
    f"{snake(logical_id)}.{snake(event)}": (logical_id, definition)
    for logical_id, properties in FUNCTIONS.items()
    for event, definition in properties["Events"].items()
}
"""Every way in which a function is invoked: the name of its sample, the function, the event."""
