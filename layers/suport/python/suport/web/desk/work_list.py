"""The list that operators work from, and the next incident of their team's queue."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus

from suport.desk.deployed import team_queues
from suport.desk.take_next import ClaimUncertain, take_next
from suport.domain.desk_list import ListPage, Wanted
from suport.domain.incident import Category, Status
from suport.domain.language import Language
from suport.domain.procedures import UNLISTED, catalogue
from suport.domain.reference import MisreadReference, parse_reference
from suport.http import query
from suport.http.problem import FieldError, Problem
from suport.http.problems import about_requests
from suport.http.response import Response
from suport.register.deployed import register
from suport.runtime import clock
from suport.texts.message import N_
from suport.web.desk.pages.lists import ALL, FILTERS, IncidentList, View
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
    wanted = replace(
        wanted,
        mine=operator.name if view is View.MINE else None,
        ending=view is View.ENDING,
    )
    found = register().team_list(operator.teams, now, wanted, asked["page"] or None)
    page = IncidentList(
        frame=visit.frame,
        view=view,
        fields=asked,
        found=found if operator.teams else ListPage(()),
        tally=tally,
        procedures=procedure_names(visit.language),
        done=visit.query.get("done", ""),
        reference=just_recorded(visit),
        trouble=trouble,
    )
    return visit.page(page, trouble.status if trouble else HTTPStatus.OK)


def wanted_of(asked: Mapping[str, str]) -> Wanted:
    """What the filters in the address ask for.

    Raises
    ------
    Problem
        422 with every one that is wrong.
    """
    wrong: list[FieldError] = []
    days: dict[str, date] = {}
    state = asked["state"]
    if state and state not in {*Status, ALL}:
        wrong.append(FieldError("state", N_("Choose one of the states.")))
    for name in ("since", "until"):
        try:
            if asked[name]:
                days[name] = query.day(name, asked[name])
        except Problem as trouble:
            wrong += trouble.errors
    if len(days) == 2 and days["since"] > days["until"]:  # noqa: PLR2004  both
        wrong.append(FieldError("until", N_("Give a day that is not before the first one.")))
    if wrong:
        raise about_requests.wrong_questions(wrong)
    return Wanted(
        states=frozenset({Status(state)} if state in Status else ()),
        resolved=state == ALL,
        procedure=asked["procedure"] or None,
        since=days.get("since"),
        until=days.get("until"),
    )


def procedure_names(language: Language) -> dict[str, str]:
    """The procedures of the catalogue by their codes, in the order of their names."""
    named = {each.code: each.name_in(language)[0] for each in catalogue().search("", language)}
    return named | {UNLISTED: N_("Another procedure").in_(language)}


def just_recorded(visit: DeskVisit) -> str:
    """The reference of the call that the address says was just recorded; empty if it says none."""
    try:
        return parse_reference(visit.query.get("recorded", ""))
    except MisreadReference:
        return ""


def take(visit: DeskVisit) -> Response:
    """Takes the next incident from the team's queue."""
    stated = visit.form().get("team", "")
    if stated not in visit.operator.teams:
        raise about_requests.invalid([FieldError("team", N_("Choose one of your teams."))])
    team = Category(stated)
    try:
        found = take_next(team_queues()[team], register(), visit.operator.name, team, clock.now())
    except ClaimUncertain as uncertain:  # the incident's page tells who has it
        return lead_to(address("incident", {"reference": uncertain.reference}))
    if found.taken is None:
        done = "press-again" if found.more else "nothing-waits"
        return lead_to(address("list", {"view": View.TEAM, "done": done}))
    return lead_to(address("incident", {"reference": found.taken.reference, "done": "taken"}))
