"""Who acts at the desk: an operator and their team, as IAM tells of the caller.

Operators act in the role of their team; the name of the session is theirs. The role's trust policy
sees to it that nobody takes another's name (`template.yaml`, the support teams), and no field of a
request is ever asked who sent it.
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
    """The caller acts in the role of none of the teams."""


@dataclass(frozen=True, slots=True)
class Operator:
    """A person of a support team; `team` is the category that they work on."""

    name: str
    team: Category


def operator_of(caller: str | None, roles: Mapping[Category, str], account: str) -> Operator:
    """The operator whose ARN that is.

    caller: `requestContext.identity.userArn`. roles: the name of each team's role. account: the
    number of the AWS account that the roles are in; anybody can give a role in an account of their
    own the same name.

    Raises
    ------
    NoTeam
        If it is no session, or one of a role that is no team's.
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
        If a team has none.
    """
    return {team: variables[f"{team.upper()}_TEAM_ROLE"] for team in Category}
