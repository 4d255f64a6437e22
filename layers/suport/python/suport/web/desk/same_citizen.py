"""Other incidents of the same citizen, and one answer for several of them.

They are found by keyed digests of the contact data, for an operator who sees these anyway. What is
shown of the others is what a list shows. An operator has some of them answered together with the
one that they work on: a job then does with each what the operator does with that one.
"""

from aws_lambda_powertools import Logger

from suport.domain.group_answer import owner_of
from suport.domain.incident import Incident, Status
from suport.domain.operator_acts import must_have_claimed
from suport.domain.operator_identity import Operator
from suport.domain.reference import parse_reference
from suport.domain.search_terms import person_facts, share_a_fact
from suport.http.problem import FieldError, Problem
from suport.http.problems import about_requests
from suport.http.response import Response
from suport.register.deployed import register
from suport.register.other_tables import known_problems, search_index
from suport.runtime import clock
from suport.runtime.logged_failure import facts
from suport.texts.message import N_
from suport.web.desk.acting import in_own_team
from suport.web.desk.pages.incident import OtherIncidents
from suport.web.desk.visit import DeskVisit
from suport.web.site_map import address
from suport.web.visit import lead_to

OF_ANOTHER = N_(
    "These two incidents cannot be answered together. They have no NIF, email address or phone "
    "number in common."
)

logger = Logger()


def others_of(incident: Incident, operator: Operator) -> OtherIncidents | None:
    """The other incidents of its citizen, as far as the operator's teams have them.

    None if nobody can tell now: the index may be away, and the incident must be answered all the
    same.
    """
    now, reference, index = clock.now(), incident.reference, search_index()
    try:
        followers = index.followers(reference, now)
        told = [
            index.of_person(operator.teams, *each, now)
            for each in sorted(person_facts(incident.contact))
        ]
        found = {reference for each in told for reference in each.references}
        rows = register().rows(sorted({*found, *followers} - {reference}), now)
        followed = [each for each in rows if each.answered_with == reference]
        jobs = known_problems().jobs_of(owner_of(None, reference), now) if followed else []
    except Exception as failure:  # noqa: BLE001  see above
        logger.warning("other incidents not found", **facts(failure))
        return None
    rows = [each for each in rows if each.category in operator.teams]
    return OtherIncidents(
        rows=sorted(rows, key=lambda each: each.submitted_at, reverse=True),
        followers=frozenset(each.reference for each in followed),
        free=frozenset(
            each.reference
            for each in rows
            if each.category is incident.category
            and each.status is not Status.RESOLVED
            and each.claimed_by in {None, operator.name}
            and each.answered_with is None
        ),
        more=any(each.more for each in told),
        jobs=sorted(jobs, key=lambda each: each.begun_at, reverse=True),
    )


def follow(visit: DeskVisit) -> Response:
    """Has another incident of the citizen answered together with the one on the page."""
    leader, operator, now = visit.reference, visit.operator, clock.now()
    leads = in_own_team(visit)
    team = leads.category
    must_have_claimed(leads, operator.name)
    follower = parse_reference(visit.form().get("follower", ""))
    follows = register().incident(follower, now)
    if follows.category is not team:
        # Nothing is told of it, not even whether it is of the same person or leads others.
        register().view(follower, operator.name, team, now)  # which refuses, and records it
    if search_index().followers(follower, now):
        raise cannot_follow()
    if not share_a_fact(leads.contact, follows.contact):
        raise about_requests.invalid([FieldError("related", OF_ANOTHER)])
    try:
        register().follow(follower, operator.name, team, leader, now)
    except ValueError:
        raise cannot_follow() from None
    return lead_to(address("incident", {"reference": leader, "done": "followed"}))


def cannot_follow() -> Problem:
    """The one incident cannot be answered together with the other."""
    message = N_(
        "These two incidents cannot be answered together. Both must be with one team, and neither "
        "may be answered together with a third one."
    )
    return about_requests.invalid([FieldError("related", message)])


def unfollow(visit: DeskVisit) -> Response:
    """Has an incident answered by itself again."""
    follower, now = parse_reference(visit.form().get("follower", "")), clock.now()
    assert visit.operator.team  # as for every act on an incident
    team = visit.operator.team_for(register().incident(follower, now).category)
    register().unfollow(follower, visit.operator.name, team, now)
    return lead_to(address("incident", {"reference": visit.reference, "done": "unfollowed"}))
