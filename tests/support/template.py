"""The template as it is in the repository, with CloudFormation's short forms written out."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from operations.template import read

LOOP = "Fn::ForEach::"


def _without_loops(template: dict[str, Any]) -> dict[str, Any]:
    """The template with each loop of its resources replaced by the resources that it makes."""
    made: dict[str, Any] = {}
    for name, resource in template["Resources"].items():
        if not name.startswith(LOOP):
            made[name] = resource
            continue
        variable, values, fragment = resource
        for value in values:
            for new, each in _turn(fragment, variable, value, template["Mappings"]).items():
                assert new not in made, new
                made[new] = each
    return template | {"Resources": made}


def _turn(part: Any, variable: str, value: str, mappings: dict[str, Any]) -> Any:
    """What one turn of a loop makes of a part of its fragment."""
    if isinstance(part, str):
        return part.replace(f"${{{variable}}}", value)
    if isinstance(part, list):
        return [_turn(each, variable, value, mappings) for each in part]
    if not isinstance(part, dict):
        return part
    return _known(
        {
            _turn(name, variable, value, mappings): _turn(each, variable, value, mappings)
            for name, each in part.items()
        },
        {variable: value},
        mappings,
    )


def _known(part: dict[str, Any], values: dict[str, str], mappings: dict[str, Any]) -> Any:
    """The part itself, or what it says now that the loop's variable has a value."""
    match part:
        case {"Ref": str(name)} if name in values:
            return values[name]
        case {"Fn::Sub": str(text)} if "${" not in text:
            return text
        case {"Fn::GetAtt": [str(resource), attribute]}:
            return {"Fn::GetAtt": f"{resource}.{attribute}"}
        case {"Fn::FindInMap": [mapping, key, second]}:
            return mappings[mapping][key][second]
    return part


TEMPLATE: dict[str, Any] = _without_loops(read())
RESOURCES: dict[str, dict[str, Any]] = TEMPLATE["Resources"]


def properties(logical_id: str) -> dict[str, Any]:
    """The properties of one resource."""
    found: dict[str, Any] = RESOURCES[logical_id]["Properties"]
    return found


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of that type, by its logical id."""
    return {
        logical_id: resource.get("Properties", {})
        for logical_id, resource in RESOURCES.items()
        if resource["Type"] == kind
    }


PSEUDO = {
    "AWS::AccountId": "123456789012",  # moto's, and that of the sample events
    "AWS::Region": "eu-west-1",
    "AWS::Partition": "aws",
    "AWS::StackName": "suport-test",
}
"""The values of the pseudo parameters in tests."""


def alternatives(value: Any) -> list[Any]:
    """Every value that it can become: both branches of an `If`, without `AWS::NoValue`."""
    if not isinstance(value, dict) or value.keys() != {"Fn::If"}:
        return [] if value == {"Ref": "AWS::NoValue"} else [value]
    return [each for branch in value["Fn::If"][1:] for each in alternatives(branch)]


def allowed(policy: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every statement of a policy document, even those that only some stages have."""
    return [each for statement in policy["Statement"] for each in alternatives(statement)]


def statements(role: str) -> list[dict[str, Any]]:
    """Every statement of a role's policies, even those that only some stages have."""
    return [
        statement
        for policy in properties(role).get("Policies", [])
        for statement in allowed(policy["PolicyDocument"])
    ]


def granted(role: str) -> set[tuple[str, str]]:
    """Every action that a role may take, with the resource, except writing to its own log."""
    return {
        (action, resource if isinstance(resource, str) else str(*resource.values()))
        for statement in statements(role)
        for actions, resource in [(statement["Action"], statement["Resource"])]
        for action in (actions if isinstance(actions, list) else [actions])
        if not action.startswith("logs:")
    }


def alarms() -> dict[str, dict[str, Any]]:
    """The properties of every alarm, by its logical id."""
    return resources("AWS::CloudWatch::Alarm")


def watched_metrics(alarm: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each metric that an alarm watches, by itself or in a calculation: with its `Namespace`,
    `MetricName`, `Dimensions` and `Period`."""
    if "Metrics" not in alarm:
        return [dict(alarm)]
    stats = [each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each]
    return [each["Metric"] | {"Period": each["Period"]} for each in stats]


STARTED: dict[str, Any] = {"Job": {"Type": "Invoke", "Properties": {}}}
"""The events of a function that nothing but another function starts."""

FUNCTIONS = {
    logical_id: {"Events": STARTED} | properties
    for logical_id, properties in resources("AWS::Serverless::Function").items()
}
LAYERS = tuple(layer["Ref"] for layer in TEMPLATE["Globals"]["Function"]["Layers"])


def parameters(**given: str) -> dict[str, str]:
    """The value of every parameter: the given one, or else its default; the stage is `local`."""
    defaults = {
        name: str(parameter["Default"])
        for name, parameter in TEMPLATE["Parameters"].items()
        if "Default" in parameter
    }
    return {"Stage": "local"} | defaults | given


_OPERATIONS: dict[str, Callable[[list[Any]], Any]] = {
    "Fn::Equals": lambda operands: operands[0] == operands[1],
    "Fn::Contains": lambda operands: operands[1] in operands[0],
    "Fn::Not": lambda operands: not operands[0],
    "Fn::And": all,
    "Fn::Or": any,
    "Fn::Join": lambda operands: operands[0].join(operands[1]),
}


def evaluated(expression: Any, values: Mapping[str, str]) -> Any:
    """The value of a condition, or of a part of a rule, with these parameters."""
    if isinstance(expression, str):
        return expression
    if isinstance(expression, list):
        return [evaluated(each, values) for each in expression]
    ((function, operand),) = expression.items()
    if function == "Ref":
        return values[operand]
    if function == "Condition":
        return evaluated(TEMPLATE["Conditions"][operand], values)
    return _OPERATIONS[function](evaluated(operand, values))


def refusals(stage: str, **given: str) -> list[str]:
    """Why CloudFormation does not deploy the template with these parameters; empty if it does."""
    values = parameters(Stage=stage, **given)
    said = []
    for name, parameter in TEMPLATE["Parameters"].items():
        pattern = parameter.get("AllowedPattern", ".*")
        if not re.fullmatch(pattern, values[name]):
            said.append(parameter["ConstraintDescription"])
        assert values[name] in parameter.get("AllowedValues", [values[name]]), name
    for rule in TEMPLATE["Rules"].values():
        if evaluated(rule["RuleCondition"], values):
            said += [
                each["AssertDescription"]
                for each in rule["Assertions"]
                if not evaluated(each["Assert"], values)
            ]
    return said


def resolved(value: Any, known: Mapping[str, str]) -> Any:
    """The value with each reference replaced by what is `known`, or by a parameter's default."""
    if isinstance(value, list):
        return [resolved(each, known) for each in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Fn::If"}:
        condition, yes, no = value["Fn::If"]
        holds = known.get(condition, evaluated({"Condition": condition}, parameters()))
        return resolved(yes if holds else no, known)
    if value.keys() == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        return re.sub(r"\$\{([\w:.]+)\}", lambda name: _named(name[1], known), value["Fn::Sub"])
    if value.keys() == {"Ref"} or value.keys() == {"Fn::GetAtt"}:
        (name,) = value.values()
        return _named(name, known)
    return {name: resolved(each, known) for name, each in value.items()}


def _named(name: str, known: Mapping[str, str]) -> str:
    return (PSEUDO | parameters() | dict(known))[name]


def of_function(logical_id: str, name: str) -> Any:
    """A property of a function: its own, or else the one that all functions share."""
    return FUNCTIONS[logical_id].get(name, TEMPLATE["Globals"]["Function"].get(name))


def variables(logical_id: str, known: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that the template gives to a function."""
    shared = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    own = FUNCTIONS[logical_id]["Environment"]["Variables"]
    return {name: str(resolved(value, known)) for name, value in (shared | own).items()}


def snake(name: str) -> str:
    """A logical id as a file's name: `ShowHelp` is `show_help`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


EVENTS = {
    f"{snake(logical_id)}.{snake(event)}": (logical_id, definition)
    for logical_id, properties in FUNCTIONS.items()
    for event, definition in properties["Events"].items()
}
"""Every way to invoke a function: the function and the event, by the name of the sample."""


def made_with(**given: str) -> set[str]:
    """The resources that a production stage has with these parameters only."""
    return _conditional(**given) - _conditional()


def _conditional(**given: str) -> set[str]:
    values = parameters(Stage="prod", **given)
    return {
        name
        for name, resource in RESOURCES.items()
        if "Condition" in resource and evaluated({"Condition": resource["Condition"]}, values)
    }
