"""Accepts an incident from a citizen, as JSON or from the form, and records it before answering."""

import secrets
from http import HTTPStatus
from typing import Any

from suport.domain import retention
from suport.domain.access_code import access_code_for
from suport.domain.incident import Incident, Status
from suport.domain.legal_time import utc_text
from suport.domain.reference import Reference, reference_for
from suport.domain.submission import Submission
from suport.http.bodies.reading import FIT_KEY, read, read_fields, sent_key
from suport.http.bodies.submission import SubmissionBody
from suport.http.problems import about_pages, about_requests
from suport.http.request import Request
from suport.http.response import Response, json_answer
from suport.register.deployed import register
from suport.register.errors import Erased, KeyReused
from suport.runtime import aws, clock, settings
from suport.runtime.metrics import Metric, count
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.web import session
from suport.web.questions import SECOND_PROBLEM, without_kept
from suport.web.session import Session
from suport.web.site import Site
from suport.web.visit import Visit, lead_to, session_cookie

from aws_lambda_powertools import Logger

logger = Logger()


def submit(request: Request) -> Response:
    """The JSON API: 201 with reference and access code, and the same for a retry."""
    submission = read(SubmissionBody, request).submission(settings.other_matters_team())
    try:
        incident = record(submission, sent_key(request) or secrets.token_urlsafe())
    except Erased:
        raise about_requests.key_of_erased() from None
    kept = receipt(incident)
    return json_answer(HTTPStatus.CREATED, kept, {"Location": kept["links"]["self"]})


def submit_form(visit: Visit) -> Response:
    """The form: the page of the step whose button was pressed or, without one, sends it.

    Both may end in the form again, with all that the citizen typed.
    """
    fields = dict(visit.form(forged=about_pages.page_expired))
    step = fields.pop("step", "")
    if step and step != SECOND_PROBLEM:
        return show_step(visit, step, fields)
    return send(visit, fields, asks=step != SECOND_PROBLEM)


def show_step(visit: Visit, step: str, fields: dict[str, str]) -> Response:
    """The page to which that step leads; nothing is recorded.

    The browser may keep it, with its key, to go back to it.
    """
    # JSON needs no pages
    from suport.web.incident_steps import page_after, with_problems  # noqa: PLC0415

    page, status = page_after(step, fields, visit.language, visit.request.headers.get("user-agent"))
    return visit.page(with_problems(page), status, personal=False)


def send(visit: Visit, typed: dict[str, str], *, asks: bool) -> Response:
    """Records what the form holds: 303 to the incident's page.

    asks: whether to ask the citizen first when this session has already sent the same text.
    """
    fields = without_kept(typed)
    key = fields.pop("idempotency_key", "")
    shown = fields.get("privacy_notice")  # another than today's: the page is an old one
    current = {None, published_notices.current(Subject.PRIVACY, visit.language).version}
    if not FIT_KEY.fullmatch(key) or shown not in current:
        raise about_pages.page_expired()
    body = read_fields(SubmissionBody, fields, visit.language)
    submission = body.submission(settings.other_matters_team())
    if asks and (sent := same_text_sent(visit, submission, key)):
        return ask_if_second(visit, typed, sent)
    try:
        incident = record(submission, key)
    except KeyReused:
        raise about_pages.sent_already() from None
    except Erased:
        raise about_pages.sent_and_erased() from None
    return lead_to(after_sending(incident), session_cookie(session_after(incident, submission)))


def same_text_sent(visit: Visit, submission: Submission, key: str) -> Reference | None:
    """The incident with the same text that the session has just submitted, if it is another one."""
    secret, opened = aws.service_secret(), visit.stated_session()
    if opened is None or not opened.has_submitted(clock.now()):
        return None
    same_text = opened.text == session.text_digest(secret, submission.description)
    is_retry = reference_for(secret, key) == opened.reference
    return opened.reference if same_text and not is_retry else None


def ask_if_second(visit: Visit, typed: dict[str, str], sent: Reference) -> Response:
    """Asks whether this is a second problem; nothing is recorded yet."""
    from suport.web.pages.incident_form import SecondPage  # noqa: PLC0415  JSON needs no pages

    fields = dict(typed)
    key = fields.pop("idempotency_key")
    return visit.page(SecondPage(fields=fields, key=key, sent=sent), HTTPStatus.CONFLICT)


def after_sending(incident: Incident) -> str:
    """The page after sending. A browser that refuses the cookie still shows the reference.

    The fragment has the access code, for that page's script; no browser sends a fragment.
    """
    code = access_code_for(aws.service_secret(), incident.reference, incident.code_number)
    return f"track?sent={incident.reference}#{incident.reference}.{code}"


def session_after(incident: Incident, submission: Submission) -> Session:
    """The session of the citizen who has just submitted the incident."""
    text = session.text_digest(aws.service_secret(), submission.description)
    return session.submitted(
        *(incident.reference, incident.code_number, text, incident.submitted_at), clock.now()
    )


def record(submission: Submission, key: str) -> Incident:
    """Puts the submission into the register under its idempotency key.

    Raises
    ------
    KeyReused
        If the key belongs to an incident with other content.
    Erased
        If the key belongs to an incident that was erased.
    """
    incident = register().submit(
        *(submission, key, aws.service_secret(), clock.now()),
        closed_dates=settings.closed_dates(),
    )
    logger.info("incident recorded", category=incident.category)
    count(Metric.INCIDENTS_SUBMITTED, category=incident.category)
    return incident


def receipt(incident: Incident) -> dict[str, Any]:
    """What the citizen keeps. Links are relative to the address that the request went to."""
    itself = f"incidents/{incident.reference}"
    return {
        "reference": incident.reference,
        "access_code": access_code_for(
            aws.service_secret(), incident.reference, incident.code_number
        ),
        "category": incident.category,
        "status": Status.RECEIVED,
        "submitted_at": utc_text(incident.submitted_at),
        "expires_on": retention.last_day(incident.submitted_at).isoformat(),
        "links": {
            "self": itself,
            "messages": f"{itself}/messages",
            "consents": f"{itself}/consents",
            "page": f"../{incident.language}/track",
        },
    }


site = Site(
    pages={("POST", "/{language}/incident"): submit_form},
    api={("POST", "/v1/incidents"): submit},
)
handler = site.handler
