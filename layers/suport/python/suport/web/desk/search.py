"""The search of the desk: by what an incident is like, or by the person whom it is about.

Only incidents of the operator's own teams are found. A person's data come in a form and never in an
address. Each incident that they find records that it was searched for; that somebody searched is
kept for data protection even if nothing was found.
"""

from collections.abc import Mapping
from dataclasses import replace

from aws_lambda_powertools import Logger

from suport.desk.deployed import person_searches
from suport.domain import crockford
from suport.domain.category import Category
from suport.domain.desk_list import ListedIncident, ListPage
from suport.domain.legal_time import first_after, start_of
from suport.domain.operator_acts import OtherTeam
from suport.domain.operator_identity import Operator
from suport.domain.reference import MisreadReference, Reference, parse_reference
from suport.domain.search_terms import LONGEST_PART, Asked, PersonFact
from suport.http.bodies.person import PersonBody
from suport.http.bodies.reading import read_fields
from suport.http.list_filters import ALL, FILTERS, wanted_of
from suport.http.problem import FieldError, Problem
from suport.http.problems import about_requests
from suport.http.response import Response
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.register.other_tables import search_index
from suport.runtime import clock
from suport.texts.message import N_
from suport.web.desk.pages.search import ASKED, SearchPage
from suport.web.desk.visit import DeskVisit
from suport.web.desk.work_list import procedure_names

logger = Logger()


def show(visit: DeskVisit) -> Response:
    """What is found by reference, procedure, state, days and team; nothing, if nothing is asked."""
    operator = visit.operator
    assert operator.team  # somebody in none has no incidents to find
    asked = {name: visit.query.get(name, "").strip() for name in (*ASKED, "page")}
    if not any(asked[name] for name in ASKED):
        return visit.page(page_of(visit, asked))
    try:
        wanted = asked_for(asked, operator)
    except Problem as wrong:
        page = replace(page_of(visit, asked), trouble=wrong)
        return visit.page(page, wrong.status)
    now = clock.now()
    part = search_index().find(wanted, now, asked["page"] or None)
    # The index may lag a moment behind: what it found is asked for once more.
    rows = tuple(each for each in register().rows(part.references, now) if wanted.admits(each))
    return visit.page(replace(page_of(visit, asked), found=ListPage(rows, part.next)))


def search_person(visit: DeskVisit) -> Response:
    """The incidents of a person; each of them records the look, and the desk the search."""
    assert visit.operator.team  # as above
    stated = {"person": visit.form().get("person", "")}
    fact, value = read_fields(PersonBody, stated, visit.language).fact
    found, more = found_by(visit.operator, fact, value)
    person_searches().note(visit.operator.name, fact, value, len(found), clock.now())
    logger.info("person searched", fact=fact, found=len(found))
    page = replace(page_of(visit, stated), found=ListPage(tuple(found)), by_person=True, more=more)
    return visit.page(page)


def found_by(operator: Operator, fact: PersonFact, value: str) -> tuple[list[ListedIncident], bool]:
    """The person's latest incidents in the operator's teams, with a look at each.

    The latest comes first. Returns also whether there are earlier ones.
    """
    now = clock.now()
    told = search_index().of_person(operator.teams, fact, value, now)
    found = []
    for row in register().rows(told.references, now):
        if row.category not in operator.teams:  # it has just been passed on
            continue
        try:
            register().find(row.reference, operator.name, row.category, now)
        except (NoSuchIncident, OtherTeam):
            continue
        found.append(row)
    return found, told.more


def page_of(visit: DeskVisit, fields: Mapping[str, str]) -> SearchPage:
    """The page without anything found."""
    return SearchPage(frame=visit.frame, fields=fields, procedures=procedure_names(visit.language))


def page_again(visit: DeskVisit, trouble: Problem) -> SearchPage:
    """The page with the person's data that were typed, and what is wrong with them."""
    return replace(page_of(visit, visit.typed), trouble=trouble)


def asked_for(asked: Mapping[str, str], operator: Operator) -> Asked:
    """What the address asks for.

    Raises
    ------
    Problem
        422 with everything that is wrong.
    """
    wrong: list[FieldError] = []
    part, teams = "", frozenset(operator.teams)
    try:
        part = part_of_reference(asked["reference"])
    except MisreadReference:
        message = N_("Enter a reference or a part of it, such as its last 4 letters and numbers.")
        wrong.append(FieldError("reference", message))
    if asked["team"]:
        teams &= {Category(asked["team"])} if asked["team"] in Category else frozenset()
        if not teams:
            wrong.append(FieldError("team", N_("Choose one of your teams.")))
    try:
        filters = wanted_of({name: asked[name] for name in FILTERS})
    except Problem as trouble:
        raise about_requests.wrong_questions([*wrong, *trouble.errors]) from None
    if wrong:
        raise about_requests.wrong_questions(wrong)
    return Asked(
        teams=teams,
        reference=part,
        procedures=frozenset({filters.procedure} if filters.procedure else ()),
        states=frozenset() if asked["state"] == ALL else filters.states,
        since=start_of(filters.since) if filters.since else None,
        before=first_after(filters.until) if filters.until else None,
    )


def part_of_reference(stated: str) -> str:
    """The part of a reference that was typed, or the whole one that a text contains.

    Raises
    ------
    MisreadReference
        If it can be no part of any.
    """
    try:
        return compact(parse_reference(stated))
    except MisreadReference:
        part = crockford.normalise(stated)
    if len(part) > LONGEST_PART or not set(part) <= set(crockford.ALPHABET):
        raise MisreadReference(stated)
    if stated and not part:
        raise MisreadReference(stated)
    return part


def compact(reference: Reference) -> str:
    """The reference without hyphens."""
    return reference.replace("-", "")
