"""Who may take a role: a trust policy of the template, evaluated as IAM does.

Only as much of IAM as these policies use; anything else fails here. See
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.support.template import PSEUDO, TEMPLATE, evaluated, parameters, properties

ACCOUNT = PSEUDO["AWS::AccountId"]
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
NOTHING = {"Ref": "AWS::NoValue"}


@dataclass(frozen=True)
class Caller:
    """Somebody who asks for a session in a role. keys: condition keys that describe them."""

    principal: str
    """The account's root for its users and roles; else the identity provider."""
    keys: Mapping[str, str] = field(default_factory=dict)
    action: str = "sts:AssumeRole"

    def named(self, name: str) -> "Caller":
        """The same, asking for a session of that name."""
        return Caller(self.principal, {**self.keys, "sts:RoleSessionName": name}, self.action)


def iam_user(name: str, *, mfa: bool | None = None) -> Caller:
    """A user of the account; mfa is None with keys that no second factor can go with."""
    keys = {"aws:username": name, "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:user/{name}"}
    if mfa is not None:
        keys["aws:MultiFactorAuthPresent"] = str(mfa).lower()
    return Caller(ROOT, keys)


def role_session(role: str, name: str, path: str = "") -> Caller:
    """A session of that name in a role of the account."""
    return Caller(
        ROOT,
        {
            "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/{path}{role}",
            "aws:userid": f"AROAEXAMPLEEXAMPLE123:{name}",
        },
    )


def statements(role: str, **given: str) -> list[dict[str, Any]]:
    """The statements of the role's trust policy, with these parameters."""
    values = parameters(**given)
    document = _resolved(properties(role)["AssumeRolePolicyDocument"], values)
    found: list[dict[str, Any]] = document["Statement"]
    return found


def trusts(role: str, caller: Caller, **given: str) -> bool:
    """Whether the role lets that caller have the session that they ask for."""
    name = caller.keys.get("sts:RoleSessionName", "as-asserted")
    if not re.fullmatch(r"[\w+=,.@-]{2,64}", name, re.ASCII):  # STS takes no other
        return False
    return any(_allows(each, caller) for each in statements(role, **given))


def _allows(statement: dict[str, Any], caller: Caller) -> bool:
    assert statement["Effect"] == "Allow"
    actions = statement["Action"]
    return (
        caller.action in (actions if isinstance(actions, list) else [actions])
        and caller.principal in statement["Principal"].values()
        and all(
            _holds(operator, key, expected, caller.keys)
            for operator, keys in statement["Condition"].items()
            for key, expected in keys.items()
        )
    )


def _holds(operator: str, key: str, expected: Any, keys: Mapping[str, str]) -> bool:
    actual = keys.get(key)
    if actual is None:  # no operator used here holds without the key
        return False
    return any(
        _matches(operator, actual, pattern)
        for each in (expected if isinstance(expected, list) else [expected])
        for pattern in [_substituted(each, keys)]
        if pattern is not None
    )


def _matches(operator: str, actual: str, expected: str) -> bool:
    match operator:
        case "StringEquals" | "Bool":
            return actual == expected
        case "StringLike" | "ArnLike" | "ArnEquals":
            return fnmatchcase(actual, expected)
    raise AssertionError(operator)


def _substituted(text: str, keys: Mapping[str, str]) -> str | None:
    """The text with its policy variables; None if one has no value, and nothing matches then."""
    if not set(re.findall(r"\$\{([\w:]+)\}", text)) <= keys.keys():
        return None
    return re.sub(r"\$\{([\w:]+)\}", lambda found: keys[found[1]], text)


def _resolved(value: Any, values: Mapping[str, str]) -> Any:  # noqa: PLR0911  one for each form
    """The value as CloudFormation gives it to IAM."""
    if isinstance(value, list):
        return [each for each in (_resolved(one, values) for one in value) if each != NOTHING]
    if not isinstance(value, dict):
        return value
    match value:
        case {"Fn::If": [condition, yes, no]}:
            holds = evaluated({"Condition": condition}, values)
            return _resolved(yes if holds else no, values)
        case {"Fn::Sub": str(text)}:
            known = PSEUDO | dict(values)
            return re.sub(r"\$\{([\w:]+)\}", lambda found: known[found[1]], text)
        case {"Ref": "AWS::NoValue"}:
            return NOTHING
        case {"Ref": str(name)}:
            is_list = TEMPLATE["Parameters"][name]["Type"] == "CommaDelimitedList"
            return values[name].split(",") if is_list else values[name]
    resolved = {name: _resolved(each, values) for name, each in value.items()}
    return {name: each for name, each in resolved.items() if each != NOTHING}
