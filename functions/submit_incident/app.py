"""Accepts an incident from a citizen, as JSON or from the form, and records it before answering."""

import os
import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import aws, problem, retention
from suport.api import FORM, JSON, Api, json_answer
from suport.browser import described
from suport.forgery import is_forged
from suport.form import nested, read_form
from suport.incident import Incident, Status
from suport.legal_time import utc_text
from suport.notice import Subject
from suport.problem import IDEMPOTENCY_KEY, Problem
from suport.reference import access_code_for
from suport.register import KeyReused, Register
from suport.submission import FIT_KEY, Submission, checked_key, read

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
    from suport import notice, pages, session  # noqa: PLC0415  the JSON API needs none of them

    reader = app.page_language
    fields: dict[str, str] = {}
    key = new_key = secrets.token_urlsafe()
    try:
        fields = read_form(app.body(FORM))
        if fields.pop("start", ""):
            fields["context.browser"] = described(app.current_event.headers.get("User-Agent"))
            # with nothing but the error in it, it may be kept to go back to, and its key with it
            return app.page(pages.incident_form(reader, fields, key), personal=False)
        sent_key = fields.pop("idempotency_key", "")
        shown = fields.get("privacy_notice")  # another than today's: the page is an old one
        if (
            not FIT_KEY.fullmatch(sent_key)
            or shown not in {None, notice.current(Subject.PRIVACY, reader).version}
            or is_forged(app.current_event.headers)
        ):
            raise problem.page_expired()
        key = sent_key
        incident = record(read(Submission, nested(fields), reader), key)
    except Exception as failure:  # noqa: BLE001  whatever it is, what was typed is given back
        trouble = failure if isinstance(failure, Problem) else app.failed(failure)
        if trouble.name == "key-reused":
            key, trouble = new_key, problem.sent_already()
        return app.page(pages.incident_form(reader, fields, key, trouble), trouble.status)
    cookie = session.set_cookie(
        aws.service_secret(), incident.reference, now(), just_submitted=True
    )
    return app.lead_to("track", cookie)


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
    with single_metric("IncidentsSubmitted", MetricUnit.Count, 1) as metric:
        metric.add_dimension("category", incident.category)
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
