"""How the desk takes telephone calls: what the caller says is kept, and becomes one incident."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace

from suport.desk.deployed import drafts
from suport.desk.drafts import CALL as ABOUT_CALL
from suport.desk.drafts import LONGEST, DraftTooLong, new_call
from suport.domain.incident import Incident
from suport.domain.operator_acts import AlreadyResolved, ClaimedByAnother
from suport.domain.operator_identity import NoTeam, Operator
from suport.http.bodies.reading import FIT_KEY, read_fields
from suport.http.bodies.submission import SubmissionBody
from suport.http.problem import Problem
from suport.http.problems import about_pages, about_requests, at_desk
from suport.http.response import Response
from suport.register.deployed import register
from suport.register.errors import Erased, KeyReused
from suport.runtime import aws, clock, settings
from suport.runtime.metrics import Metric, count
from suport.web.desk.pages.phone_call import CALL, CHOICES, KEY, WORDS, BegunCall, PhoneCallPage
from suport.web.desk.visit import DeskVisit
from suport.web.incident_steps import with_procedure
from suport.web.questions import CHOICE, settled
from suport.web.site_map import address
from suport.web.visit import lead_to

_CALL_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
_OF_THE_PAGE = {CALL, KEY, "take", "step", "form"}
"""The fields that say nothing about the incident."""


def show(visit: DeskVisit) -> Response:
    """A call to write down: another one, or the one that the address names."""
    call = visit.query.get(CALL, "")
    kept = drafts().calls(_taker(visit).name, clock.now()).get(call)
    typed = {**(kept.fields if kept else {}), CALL: call}
    page = page_of(visit, typed)
    return visit.page(replace(page, is_kept=kept is not None, done=visit.query.get("done", "")))


def answer(visit: DeskVisit) -> Response:
    """What the pressed button asks for: to record the call or, before, to keep or drop it."""
    fields, step = visit.form(), visit.form().get("step", "")
    if step == "drop":
        drafts().drop(_taker(visit).name, ABOUT_CALL, fields.get(CALL, ""))
        return lead_to(address("new", {"done": "call-dropped"}))
    if step == "draft":
        return lead_to(address("new", {CALL: keep(visit), "done": "draft-kept"}))
    if step == "search":
        return search(visit)
    if step:
        raise about_requests.unknown_step()
    return record(visit)


def keep(visit: DeskVisit) -> str:
    """Keeps what is written down so far. Returns the id of the call.

    Raises
    ------
    Problem
        413 if it is too long.
    """
    fields, name = visit.form(), _taker(visit).name
    call = _call_in(fields)
    kept = {each: fields[each] for each in (*WORDS, *CHOICES, KEY) if fields.get(each)}
    if not any(each in kept for each in (*WORDS, "category", "topic")):
        drafts().drop(name, ABOUT_CALL, call)
        return call
    try:
        drafts().keep(name, ABOUT_CALL, call, kept, clock.now())
    except DraftTooLong:
        raise at_desk.draft_too_long(LONGEST) from None
    return call


def search(visit: DeskVisit) -> Response:
    """The page with the procedures that have the words in their names."""
    from suport.web.procedure_search import (  # noqa: PLC0415  few search without a script
        procedure_search,
    )

    keep(visit)
    fields = visit.form()
    words = fields.get("procedure.name", "").strip()
    page = page_of(visit, fields)
    if words:
        found = procedure_search().find(words, visit.language)
        page = replace(page, found=found.items, instead=found.instead, partly=found.partly)
    return visit.page(page)


def record(visit: DeskVisit) -> Response:
    """Makes an incident of the call: one, however often the form is sent."""
    fields = visit.form()
    key, operator = fields.get(KEY, ""), _taker(visit)
    if not FIT_KEY.fullmatch(key):
        raise about_pages.page_expired()
    stated = {name: value for name, value in fields.items() if name not in _OF_THE_PAGE}
    named = with_procedure(settled(stated), visit.language)
    body = read_fields(SubmissionBody, named, visit.language)
    submission = body.submission(settings.other_matters_team())
    acting = replace(operator, teams=(operator.team_for(submission.category),))
    try:
        incident = register().take_phone_call(
            *(submission, acting, key, aws.service_secret(), clock.now()),
            closed_dates=settings.closed_dates(),
        )
    except KeyReused as reused:
        raise at_desk.recorded_already(reused.reference) from None
    except Erased:
        drafts().drop(operator.name, ABOUT_CALL, fields.get(CALL, ""))
        raise
    count(Metric.INCIDENTS_SUBMITTED, category=incident.category)
    taken = bool(fields.get("take")) and _take(incident, operator)
    drafts().drop(operator.name, ABOUT_CALL, fields.get(CALL, ""))
    if incident.category not in operator.teams:
        asked = {"done": "recorded", "about": incident.reference}
        return lead_to(address("list", asked))
    done = "recorded-taken" if taken else "recorded"
    return lead_to(address("incident", {"reference": incident.reference, "done": done}))


def page_of(
    visit: DeskVisit, typed: Mapping[str, str], trouble: Problem | None = None
) -> PhoneCallPage:
    """The page with what was typed; besides, the operator's other calls that are not recorded."""
    call, key = _call_in(typed), typed.get(KEY, "")
    begun = drafts().calls(visit.operator.name, clock.now())
    return PhoneCallPage(
        frame=replace(visit.frame, here=address("new", {CALL: call})),
        fields=_with_choice(typed),
        trouble=trouble,
        call=call,
        key=key if FIT_KEY.fullmatch(key) else secrets.token_urlsafe(),
        begun=[BegunCall(each, begun[each].changed_at) for each in begun if each != call],
    )


def _taker(visit: DeskVisit) -> Operator:
    """Who takes the call.

    Raises
    ------
    NoTeam
        If the operator is of no team.
    """
    if not visit.operator.teams:
        raise NoTeam
    return visit.operator


def _take(incident: Incident, operator: Operator) -> bool:
    """Claims the incident at once, before it is queued, if it is the own team's."""
    if incident.category not in operator.teams:
        return False
    try:
        register().claim(incident.reference, operator.name, incident.category, clock.now())
    except (AlreadyResolved, ClaimedByAnother):
        return False  # the form came again, late
    return True


def _call_in(fields: Mapping[str, str]) -> str:
    """The id of the call; another one, if the form has none."""
    stated = fields.get(CALL, "")
    return stated if _CALL_ID.fullmatch(stated) else new_call()


def _with_choice(typed: Mapping[str, str]) -> Mapping[str, str]:
    """The fields, with the procedure that was chosen among those found."""
    return settled(typed) if typed.get(CHOICE) else typed
