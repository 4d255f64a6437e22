"""The known problem that an incident is linked to: operators of its team link it, or undo that."""

from collections.abc import Sequence

from suport.domain.incident import Incident
from suport.domain.known_problem import KnownProblem
from suport.http.problem import FieldError
from suport.http.problems import about_requests
from suport.http.response import Response
from suport.register import other_tables
from suport.register.deployed import register
from suport.register.known_problems import NoSuchProblem
from suport.register.other_tables import known_problems
from suport.runtime import clock
from suport.texts.message import N_
from suport.web.desk.acting import in_own_team
from suport.web.desk.visit import DeskVisit
from suport.web.site_map import address
from suport.web.visit import lead_to


def open_problems() -> Sequence[KnownProblem]:
    """All known problems that are open; none where they cannot be read: the desk works without."""
    return other_tables.open_problems(clock.now())


def offered_for(incident: Incident, problems: Sequence[KnownProblem]) -> list[KnownProblem]:
    """Those of the incident's category that it can be linked to, the likeliest first."""
    error = incident.error.get("code")
    procedure = incident.procedure.get("code")
    of_category = [each for each in problems if each.touches(incident.category)]
    return sorted(
        of_category,
        key=lambda each: (
            not each.touches(incident.category, procedure, error),
            -each.since.timestamp(),
        ),
    )


def linked_to(incident: Incident, problems: Sequence[KnownProblem]) -> KnownProblem | None:
    """The known problem that the incident is linked to, if it is still kept.

    problems: those that are known already.
    """
    if incident.known_problem is None:
        return None
    for problem in problems:
        if problem.id == incident.known_problem:
            return problem
    try:
        return known_problems().get(incident.known_problem, clock.now())
    except NoSuchProblem:
        return None


def link(visit: DeskVisit) -> Response:
    """Links the incident to an open known problem of its category."""
    reference, operator, now = visit.reference, visit.operator, clock.now()
    category = in_own_team(visit).category
    stated = visit.form().get("problem", "")
    found = [each for each in open_problems() if each.id == stated and each.touches(category)]
    if not found:
        message = N_("Choose one of the open known problems.")
        raise about_requests.invalid([FieldError("problem", message)])
    register().link_problem(reference, operator.name, operator.team_for(category), stated, now)
    return lead_to(address("incident", {"reference": reference, "done": "linked"}))


def unlink(visit: DeskVisit) -> Response:
    """Undoes the link: the team deals with the incident by itself."""
    reference, operator, now = visit.reference, visit.operator, clock.now()
    assert operator.team  # as above
    category = register().incident(reference, now).category
    seen, team = visit.form().get("problem", ""), operator.team_for(category)
    register().unlink_problem(reference, operator.name, team, seen, now)
    return lead_to(address("incident", {"reference": reference, "done": "unlinked"}))
