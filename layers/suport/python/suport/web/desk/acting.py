"""As whom an operator acts on an incident at the web desk."""

from suport.domain.incident import Incident
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


def in_own_team(visit: DeskVisit) -> Incident:
    """The incident, if it is with a team of this operator; no look, because nothing is shown.

    Raises
    ------
    OtherTeam, NoTeam
    """
    acting, now = acting_on(visit), clock.now()
    incident = register().incident(acting[0], now)
    if incident.category not in visit.operator.teams:
        register().view(*acting, now)  # which refuses, and records it
    return incident
