"""As whom an operator acts on an incident at the web desk."""

from suport.http.signed_operator import AtDesk
from suport.register.deployed import register
from suport.runtime import clock
from suport.web.desk.visit import DeskVisit


def acting_on(visit: DeskVisit) -> AtDesk:
    """The incident of the visit, and the operator in the team that the incident is with.

    Raises
    ------
    NoTeam, MisreadReference
    NoSuchIncident
    """
    reference, operator = visit.reference, visit.operator
    assert operator.team  # somebody in none does not even learn which incidents there are
    with_team = register().incident(reference, clock.now()).category
    return reference, operator.name, operator.team_for(with_team)
