"""Who acts at the desk: an operator, their teams and what else they may do.

There are two sources. A request that is signed names its operator by the ARN of the role and the
session: operators act in the role of their team, in a session under their own name; data protection
has a role of its own. The role's trust policy makes sure that nobody takes another's name
(`template.yaml`, the support teams). In the web desk, it is the session that began with a sign-in.
No field of a request ever says who sent it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from suport.domain.category import Category

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html; a role's path is not
# part of its session's ARN
_SESSION = re.compile(
    r"arn:[a-z-]+:sts::(?P<account>\d{12})"
    r":assumed-role/(?P<role>[\w+=,.@-]{1,64})/(?P<name>[\w+=,.@-]{2,64})",
    re.ASCII,
)


class NoTeam(Exception):
    """The operator is in no team."""


class NotDataProtection(Exception):
    """The caller does not act in the role of data protection."""


class NotSupervisor(Exception):
    """The operator is no supervisor."""


class Role(StrEnum):
    """What somebody may do at the web desk besides the work of a team."""

    SUPERVISOR = "supervisor"
    DATA_PROTECTION = "data-protection"
    EDITOR = "editor"  # of the known problems


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at the desk.

    teams: the categories that they work on; in the first they act where nothing else decides.
    """

    name: str
    teams: tuple[Category, ...] = ()
    roles: frozenset[Role] = frozenset()

    @property
    def team(self) -> Category:
        """The first of their teams.

        Raises
        ------
        NoTeam
        """
        if not self.teams:
            raise NoTeam
        return self.teams[0]

    def team_for(self, category: Category) -> Category:
        """The team in which they act on an incident of that category.

        If it is not among theirs, it is the first of theirs: the register then refuses, and records
        which team asked.

        Raises
        ------
        NoTeam
        """
        return category if category in self.teams else self.team


def operator_of(caller: str | None, roles: Mapping[Category, str], account: str) -> Operator:
    """The operator with that ARN.

    caller: `requestContext.identity.userArn`. roles: the name of each team's role. account: the
    number of the AWS account of the roles; in another account, anybody can give a role that name.

    Raises
    ------
    NoTeam
        If the ARN is not that of a session in a team's role.
    """
    for team, role in roles.items():
        if name := _name_in(role, caller, account):
            return Operator(name, (team,))
    raise NoTeam


def data_protection_officer(caller: str | None, role: str, account: str) -> str:
    """The name of the data-protection officer with that ARN; arguments as for `operator_of`.

    Raises
    ------
    NotDataProtection
        If the ARN is not that of a session in this role.
    """
    if name := _name_in(role, caller, account):
        return name
    raise NotDataProtection


def team_roles(variables: Mapping[str, str]) -> dict[Category, str]:
    """The name of each team's role, from a function's environment: `PAYMENT_TEAM_ROLE` and so on.

    Raises
    ------
    KeyError
        If a team has no role there.
    """
    return {team: variables[f"{team.upper()}_TEAM_ROLE"] for team in Category}


def _name_in(role: str, caller: str | None, account: str) -> str | None:
    """The name of the caller's session, if it is one in that role of that account."""
    session = _SESSION.fullmatch(caller or "")
    is_in_role = session and (session["account"], session["role"]) == (account, role)
    return session["name"] if session and is_in_role else None
