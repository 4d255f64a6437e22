"""Who acts at the desk: an operator and their team, as IAM identifies the caller.

Operators act in the role of their team, in a session under their own name. The role's trust policy
makes sure that nobody takes another's name (`template.yaml`, the support teams). No field of a
request ever says who sent it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from suport.domain.incident import Category

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html; a role's path is not
# part of its session's ARN
_SESSION = re.compile(
    r"arn:[a-z-]+:sts::(?P<account>\d{12})"
    r":assumed-role/(?P<role>[\w+=,.@-]{1,64})/(?P<name>[\w+=,.@-]{2,64})",
    re.ASCII,
)


class NoTeam(Exception):
    """The caller does not act in the role of any team."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A person of a support team; `team` is the category that they work on."""

    name: str
    team: Category


def operator_of(caller: str | None, roles: Mapping[Category, str], account: str) -> Operator:
    """The operator with that ARN.

    caller: `requestContext.identity.userArn`. roles: the name of each team's role. account: the
    number of the AWS account of the roles; in another account, anybody can give a role that name.

    Raises
    ------
    NoTeam
        If the ARN is not that of a session in a team's role.
    """
    session = _SESSION.fullmatch(caller or "")
    if session and session["account"] == account:
        for team, role in roles.items():
            if session["role"] == role:
                return Operator(session["name"], team)
    raise NoTeam


def team_roles(variables: Mapping[str, str]) -> dict[Category, str]:
    """The name of each team's role, from a function's environment: `PAYMENT_TEAM_ROLE` and so on.

    Raises
    ------
    KeyError
        If a team has no role there.
    """
    return {team: variables[f"{team.upper()}_TEAM_ROLE"] for team in Category}
