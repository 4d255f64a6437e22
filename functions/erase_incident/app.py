"""Erases an incident because its citizen asks: confirmed by mail, or by an operator at the desk."""

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from suport.domain import erasure
from suport.domain.access_code import confirms, opens
from suport.domain.change import may_be_mailed
from suport.domain.crockford import normalise
from suport.domain.deadlines import erasure_confirmable_until
from suport.domain.erasure import ComplaintInProgress, Erasure, ErasureNotAsked, Remains
from suport.domain.history import HistoryPart
from suport.domain.incident import Actor, Incident
from suport.domain.legal_time import utc_text
from suport.domain.reference import MisreadReference, Reference, agrees, parse_reference
from suport.domain.typed_text import is_blank
from suport.files.erasure import finish
from suport.http import bodies
from suport.http.api import Api
from suport.http.gateway_event import text
from suport.http.problem import Problem
from suport.http.problems import about_incidents, about_requests
from suport.http.refusals import TO_OPERATORS
from suport.http.request import Request
from suport.http.response import Response, json_answer
from suport.http.signed_operator import at_desk, caller
from suport.register.deployed import register
from suport.register.errors import Erased
from suport.register.other_tables import known_problems, search_index
from suport.runtime import aws, clock, settings
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import Metric, count
from suport.texts.message import N_
from suport.views.citizen_view import citizen_view, masked
from suport.views.erasure_view import kept_views
from suport.web import session
from suport.web.pages.erase import ErasedPage, ErasePage
from suport.web.rendering import Page
from suport.web.site import Site
from suport.web.visit import Visit, lead_to, session_cookie

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

ERASED = "erase?done=erased"
"""The page that says that the incident is erased."""

MOST_AT_ONCE = 50  # references in one question

logger = Logger()


def show(visit: Visit) -> Response:
    """What would be erased and what is kept; after the erasure, that it is done."""
    assert visit.language
    if visit.query.get("done") == "erased":
        return visit.page(ErasedPage(erased=visit.erased(), days=settings.recovery_days()))
    if visit.erased():
        return lead_to(ERASED)
    try:
        visit.opened()
    except Erased:  # elsewhere
        return erased_page(visit)
    assert visit.incident
    return visit.page(erase_page(visit.incident, done=visit.query.get("done", "")))


def erase_page(
    incident: Incident,
    *,
    typed: Mapping[str, str] | None = None,
    done: str = "",
    trouble: Problem | None = None,
) -> Page:
    """The page that asks for the erasure, and then for the code that confirms it."""
    asked = erasure.pending(incident, clock.now())
    until = erasure_confirmable_until(incident) if asked else None
    return ErasePage(
        view=citizen_view(incident, HistoryPart()),
        kept=kept_views(register().kept_of(incident.reference, clock.now())),
        days=settings.recovery_days(),
        mailed=may_be_mailed(incident),
        in_progress=is_in_progress(incident),
        until=utc_text(until) if until else None,
        done=done if until else "",
        fields=typed or {},
        trouble=trouble,
    )


def is_in_progress(incident: Incident) -> bool:
    """Whether it must be answered or closed before it may be erased."""
    try:
        erasure.must_be_erasable(incident)
    except ComplaintInProgress:
        return True
    return False


def erase(visit: Visit) -> Response:
    """Has the code sent that confirms the erasure, or erases the incident if the code is right.

    The same form once more, or one of another tab, leads to the page that says it is erased.
    """
    fields, gone = visit.form(), visit.erased()
    if gone and agrees(gone, fields.get("reference", "")):
        return lead_to(ERASED)
    try:
        reference = visit.opened()
    except Erased:
        return erased_page(visit)
    if "confirmation" not in fields:
        register().ask_for_erasure(reference, clock.now())
        logger.info("erasure asked for")
        return visit.kept_open("erase?done=erasure-asked")
    assert visit.incident
    stated = {"confirmation": fields["confirmation"]}
    given = bodies.read_fields(bodies.ConfirmationBody, stated, visit.language).confirmation
    with suppress(Erased):  # by the same form, sent twice at once
        erased(visit.incident, given)
    return erased_page(visit)


def erased_page(visit: Visit) -> Response:
    """Leads to the page that says that the incident is erased; the session opens it no more."""
    assert visit.session
    return lead_to(ERASED, session_cookie(session.erased(visit.session.reference)))


def ask(request: Request) -> Response:
    """The JSON API: 202 with what is kept, and where the code that confirms it was sent."""
    opened = request.opened(aws.service_secret())
    incident = register().ask_for_erasure(opened, clock.now())
    until = erasure_confirmable_until(incident)
    assert until
    logger.info("erasure asked for")
    sent_to = masked(incident.contact)["email"]
    asked = {
        "reference": opened,
        "kept": kept_views(register().kept_of(opened, clock.now())),
        "copies": copies(),
        "confirmation": {"sent_to": sent_to, "until": utc_text(until)},
    }
    return json_answer(HTTPStatus.ACCEPTED, asked)


def confirm(request: Request) -> Response:
    """The JSON API: erases the incident, if the code from the mail is right.

    A repetition is answered like the first, as long as the register knows of the erasure.
    """
    before = erased_before(request)
    if before is None:
        opened = request.opened(aws.service_secret())
        confirmation = bodies.read(bodies.ConfirmationBody, request).confirmation
        try:
            done = erased(register().incident(opened, clock.now()), confirmation)
        except Erased:  # by the same request, sent twice at once
            before = erased_before(request)
            assert before
        else:
            before = done.remains
    return json_answer(HTTPStatus.OK, told(before))


def erased_before(request: Request) -> Remains | None:
    """What is left of the incident in the address, if it was erased and the request has its code.

    Whoever has no such code learns nothing.

    Raises
    ------
    Problem
        401 without a code.
    """
    code = request.access_code()
    try:
        reference = parse_reference(request.parameters["reference"])
    except MisreadReference:
        return None
    left = register().remains(reference, clock.now())
    if left is None or not opens(aws.service_secret(), reference, code, left.code_number):
        return None
    return left


def erased(incident: Incident, confirmation: str) -> Erasure:
    """Erases the incident, which the code confirms.

    Raises
    ------
    ErasureNotAsked, ComplaintInProgress
    Problem
        422 if the code is another one.
    """
    asked = erasure.pending(incident, clock.now())
    if asked is None:
        raise ErasureNotAsked
    if not confirms(aws.service_secret(), incident.reference, asked.entry, confirmation):
        count(Metric.WRONG_ACCESS_CODES)
        raise about_incidents.wrong_erasure_confirmation()
    done = register().erase(incident.reference, asked.entry, clock.now())
    finished(done)
    return done


def finished(done: Erasure) -> None:
    """Deletes what is still stored, and counts the erasure.

    Nobody sees the incident any more. If this breaks off, the register's stream has it finished.
    """
    reference = done.seen.reference
    try:
        search_index().forget(done.seen)
        known_problems().forget(reference)
        finish(reference)
    except Exception as failure:  # noqa: BLE001  the citizen's answer is true whatever this is
        logger.warning("erasure left to the stream", reference=reference, **facts(failure))
    logger.info("incident erased", by=done.by)
    count(Metric.INCIDENTS_ERASED, by=done.by)


def told(left: Remains) -> dict[str, Any]:
    """What the API says of an erasure, which has left this."""
    return {
        "reference": left.reference,
        "erased_at": utc_text(left.at),
        "kept": kept_views(left.kept),
        "copies": copies(),
    }


def copies() -> dict[str, Any]:
    """What the API says of the register's recovery copies."""
    return {"gone_within_days": settings.recovery_days()}


def look_ahead(request: Request) -> Response:
    """The operators' API: what an erasure would leave of the incident."""
    reference, operator, team = at_desk(request)
    register().prepare_erasure(reference, operator, team, clock.now())
    kept = kept_views(register().kept_of(reference, clock.now()))
    return json_answer(HTTPStatus.OK, {"reference": reference, "kept": kept, "copies": copies()})


def erase_at_desk(request: Request) -> Response:
    """The operators' API: erases the incident of a citizen whom the operator has identified."""
    done = register().erase_at_desk(*at_desk(request), clock.now())
    assert done.by is Actor.OPERATOR
    finished(done)
    return json_answer(HTTPStatus.OK, told(done.remains))


def which_are_erased(request: Request) -> Response:
    """The operators' API: which of these incidents were erased, for whoever still has a draft.

    It shows nothing else of any of them, and is no look.
    """
    caller(request)
    references = asked_references(request.query.get("references", ""))
    erased = [each for each in references if register().is_erased(each)]
    return json_answer(HTTPStatus.OK, {"erased": erased})


def asked_references(stated: str) -> list[Reference]:
    """The references with commas between them, each once.

    Raises
    ------
    Problem
        422 if there is none, or are more than `MOST_AT_ONCE`, or if one cannot be a reference.
    """
    asked = [each for each in stated.split(",") if not is_blank(each)]
    if not 1 <= len(asked) <= MOST_AT_ONCE:
        message = N_("Enter 1 to {most} references, with commas between them.", most=MOST_AT_ONCE)
        raise about_requests.wrong_question("references", message)
    return list(dict.fromkeys(map(as_reference, asked)))


def as_reference(stated: str) -> Reference:
    """The one reference that was meant.

    Raises
    ------
    Problem
        422 if it is none, or has something else beside it, which may be a second one.
    """
    with suppress(MisreadReference):
        reference = parse_reference(stated)
        if normalise(stated) == normalise(reference):
            return reference
    message = N_("This is not a reference: {stated}.", stated=stated.strip()[:50])
    raise about_requests.wrong_question("references", message)


def form_page(visit: Visit, typed: Mapping[str, str], trouble: Problem) -> Page:
    """The page that the form is on, with what is wrong."""
    visit.opened()
    assert visit.incident
    return erase_page(visit.incident, typed=typed, trouble=trouble)


site = Site(
    pages={
        ("GET", "/{language}/erase"): show,
        ("POST", "/{language}/erase"): erase,
    },
    api={
        ("DELETE", "/v1/incidents/{reference}"): ask,
        ("POST", "/v1/incidents/{reference}/erasure"): confirm,
    },
    form_page=form_page,
)
desk = Api(
    {
        ("GET", "/v1/desk/incidents/{reference}/erasure"): look_ahead,
        ("DELETE", "/v1/desk/incidents/{reference}"): erase_at_desk,
        ("GET", "/v1/desk/erased"): which_are_erased,
    },
    TO_OPERATORS,
)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The function that API Gateway invokes: for citizens, or for operators who sign."""
    asked = desk if text(event.get("resource")).startswith("/v1/desk/") else site
    return asked.handler(event, context)
