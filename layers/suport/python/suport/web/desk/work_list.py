"""The list that operators work from, and the next incident of their team's queue."""

from http import HTTPStatus

from suport.desk.deployed import taken_away, team_queues
from suport.desk.take_next import ClaimUncertain, take_next
from suport.domain.category import Category
from suport.domain.desk_list import ListPage, Wanted
from suport.domain.language import Language
from suport.domain.procedures import UNLISTED, catalogue
from suport.domain.reference import MisreadReference, parse_reference
from suport.http.list_filters import FILTERS, View, seen_by, wanted_of
from suport.http.problem import FieldError, Problem
from suport.http.problems import about_requests
from suport.http.response import Response
from suport.register.deployed import register
from suport.runtime import clock
from suport.texts.message import N_
from suport.web.desk.linked_problem import open_problems
from suport.web.desk.pages.lists import IncidentList
from suport.web.desk.visit import DeskVisit
from suport.web.site_map import address
from suport.web.visit import lead_to


def show(visit: DeskVisit) -> Response:
    """The incidents to work on; a filter that is wrong is named, and the list shown without it."""
    operator, now = visit.operator, clock.now()
    if not operator.teams and (other := next(iter(visit.frame.places))) != "keys":
        return lead_to(other)
    tally = register().team_tally(operator.teams, now, operator.name)
    stated = visit.query.get("view", "")
    view = View(stated) if stated in View else (View.MINE if tally.mine else View.TEAM)
    asked = {name: visit.query.get(name, "").strip() for name in (*FILTERS, "page")}
    trouble = None
    try:
        wanted = wanted_of(asked)
    except Problem as wrong:
        wanted, trouble = Wanted(), wrong
    # as the fields for days take them
    days = {"since": wanted.since, "until": wanted.until}
    asked |= {name: day.isoformat() for name, day in days.items() if day}
    wanted = seen_by(wanted, view, operator.name)
    found = register().team_list(operator.teams, now, wanted, asked["page"] or None)
    page = IncidentList(
        frame=visit.frame,
        view=view,
        fields=asked,
        found=found if operator.teams else ListPage(()),
        tally=tally,
        taken_away=taken_away().of(operator.name, now),
        procedures=procedure_names(visit.language),
        done=visit.query.get("done", ""),
        reference=just_changed(visit),
        trouble=trouble,
    )
    return visit.page(page, trouble.status if trouble else HTTPStatus.OK)


def procedure_names(language: Language) -> dict[str, str]:
    """The procedures of the catalogue by their codes, in the order of their names."""
    named = {each.code: each.name_in(language)[0] for each in catalogue().alphabetical(language)}
    return named | {UNLISTED: N_("Another procedure").in_(language)}


def just_changed(visit: DeskVisit) -> str:
    """The incident that the address says something was just done with; empty if it says none."""
    try:
        return parse_reference(visit.query.get("about", ""))
    except MisreadReference:
        return ""


def take(visit: DeskVisit) -> Response:
    """Takes the next incident from the team's queue."""
    stated = visit.form().get("team", "")
    if stated not in visit.operator.teams:
        raise about_requests.invalid([FieldError("team", N_("Choose one of your teams."))])
    team = Category(stated)
    try:
        found = take_next(
            *(team_queues()[team], register(), visit.operator.name, team, clock.now()),
            open_problems=lambda: {each.id for each in open_problems()},
        )
    except ClaimUncertain as uncertain:  # the incident's page tells who has it
        return lead_to(address("incident", {"reference": uncertain.reference}))
    if found.taken is None:
        done = "press-again" if found.more else "nothing-waits"
        return lead_to(address("list", {"view": View.TEAM, "done": done}))
    return lead_to(address("incident", {"reference": found.taken.reference, "done": "taken"}))
