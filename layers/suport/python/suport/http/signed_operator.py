"""Who signed a request to the desk's API: an operator, in the role of a support team."""

import os

from suport.domain.category import Category
from suport.domain.operator_identity import Operator, operator_of, team_roles
from suport.domain.reference import Reference, parse_reference
from suport.http.request import Request

type AtDesk = tuple[Reference, str, Category]
"""An incident, and the operator's name and team in it: arguments of the register."""


def caller(request: Request) -> Operator:
    """The operator who signed the request.

    Raises
    ------
    NoTeam
        If the role that signed is not a team's.
    """
    return operator_of(request.caller, team_roles(os.environ), os.environ["ACCOUNT_ID"])


def at_desk(request: Request) -> AtDesk:
    """The incident in the address, and the operator who signed the request.

    Raises
    ------
    NoTeam, MisreadReference
    """
    operator = caller(request)
    return parse_reference(request.parameters["reference"]), operator.name, operator.team
