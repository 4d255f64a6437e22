"""Accepts an incident from a citizen, as JSON or from the form, and records it before answering."""

import os
import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain import retention
from suport.domain.incident import Incident, Status
from suport.domain.legal_time import utc_text
from suport.domain.reference import access_code_for
from suport.http import problem
from suport.http.api import JSON, Api, json_answer
from suport.http.form import nested
from suport.http.problem import IDEMPOTENCY_KEY, Problem
from suport.http.submission import FIT_KEY, Submission, checked_key, read
from suport.register.register import KeyReused, Register
from suport.runtime import aws
from suport.runtime.metrics import Metric, count
from suport.texts.notice import Subject
from suport.web.browser import described

logger = Logger()
app = Api()


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


@app.post("/v1/incidents")
def submit() -> Response[str]:
    """The JSON API: 201 with reference and access code, and the same again for a retry."""
    submission = read(Submission, app.body(JSON), app.reader)
    key = app.current_event.headers.get(IDEMPOTENCY_KEY) or secrets.token_urlsafe()
    incident = record(submission, checked_key(key, submission.language))
    return json_answer(HTTPStatus.CREATED, receipt(incident))


@app.post("/<language>/incident")
def submit_form(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The form: 303 to the incident's page, or the form again with all that was typed.

    `start` is sent by the page that looked up an error, which has something to fill in.
    """
    from suport.texts import notice  # noqa: PLC0415  the JSON API needs neither
    from suport.web import session  # noqa: PLC0415  the JSON API needs neither

    reader = app.page_language
    fields = dict(app.form(forged=problem.page_expired))
    if fields.pop("start", ""):
        return begun(fields)
    key = fields.pop("idempotency_key", "")
    shown = fields.get("privacy_notice")  # another than today's: the page is an old one
    current = {None, notice.current(Subject.PRIVACY, reader).version}
    if not FIT_KEY.fullmatch(key) or shown not in current:
        raise problem.page_expired()
    try:
        incident = record(read(Submission, nested(fields), reader), key)
    except Problem as trouble:
        raise problem.sent_already() if trouble.name == "key-reused" else trouble from None
    cookie = session.set_cookie(
        aws.service_secret(), incident.reference, now(), just_submitted=True
    )
    return app.lead_to("track", cookie)


def begun(fields: dict[str, str]) -> Response[str]:
    """The form with an error in it that was looked up."""
    from suport.web.pages.incident_form import IncidentForm  # noqa: PLC0415  JSON needs no templates

    fields["context.browser"] = described(app.current_event.headers.get("User-Agent"))
    page = IncidentForm(fields=fields, key=secrets.token_urlsafe()).render(app.page_language)
    return app.page(page, personal=False)  # it may be kept to go back to, and its key with it


def record(submission: Submission, key: str) -> Incident:
    """Puts the submission into the register under its idempotency key.

    Raises
    ------
    Problem
        422 if the key belongs to an incident with other content.
    """
    register = Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
    try:
        incident = register.submit(submission, key, aws.service_secret(), now())
    except KeyReused:
        raise problem.key_reused(submission.language) from None
    logger.info("incident recorded", reference=incident.reference, category=incident.category)
    count(Metric.INCIDENTS_SUBMITTED, category=incident.category)
    return incident


def receipt(incident: Incident) -> dict[str, Any]:
    """What the citizen keeps. Links are relative to the address that was posted to."""
    itself = f"incidents/{incident.reference}"
    return {
        "reference": incident.reference,
        "access_code": access_code_for(aws.service_secret(), incident.reference),
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


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
