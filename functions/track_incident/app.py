"""Shows citizens their incident and takes their messages, opened by reference and access code."""

import os
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import aws, pages, problem, session
from suport.api import FORM, JSON, Api, json_answer
from suport.citizen_view import citizen_view
from suport.legal_time import utc_text
from suport.reference import MisreadReference, access_code_for, opens, parse_reference
from suport.register import NoSuchIncident, Register
from suport.submission import CitizenMessage, read, read_form

logger = Logger()
app = Api()


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


def register() -> Register:
    """The register that this function was deployed with."""
    return Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])


@app.get("/v1/incidents/<reference>")
def show(reference: str) -> Response[str]:
    """The JSON API: the citizen's view of the incident."""
    opened = app.opened(aws.service_secret(), reference)
    try:
        return json_answer(HTTPStatus.OK, citizen_view(*register().history(opened, now())))
    except NoSuchIncident:
        raise problem.no_access() from None


@app.post("/v1/incidents/<reference>/messages")
def add_message(reference: str) -> Response[str]:
    """The JSON API: 201 with the entry that the citizen's message became."""
    opened = app.opened(aws.service_secret(), reference)
    message = read(CitizenMessage, app.body(JSON), app.reader)
    try:
        entry = register().add_citizen_message(opened, message.body, now())
    except NoSuchIncident:
        raise problem.no_access() from None
    logger.info("message recorded", reference=opened)
    recorded = {"entry": entry.id, "recorded_at": utc_text(entry.recorded_at)}
    return json_answer(HTTPStatus.CREATED, recorded)


@app.get("/<language>/track")
def show_page(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The page: the incident that the session opens, or the question which one it is."""
    reader = app.page_language
    opened = session.session_of(
        aws.service_secret(), app.current_event.headers.get("Cookie", ""), now()
    )
    if opened is None:
        return Response(HTTPStatus.OK, pages.HTML, pages.tracking_form(reader))
    try:
        view = citizen_view(*register().history(opened.reference, now()))
    except NoSuchIncident:
        return wrong_code({})
    code = (
        access_code_for(aws.service_secret(), opened.reference) if opened.just_submitted else None
    )
    return Response(HTTPStatus.OK, pages.HTML, pages.incident(reader, view, code))


@app.post("/<language>/track")
def open_page(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The page's form: the right reference and code open a session and lead back to the page."""
    fields = read_form(app.body(FORM))
    secret = aws.service_secret()
    try:
        reference = parse_reference(fields.get("reference", ""))
    except MisreadReference:
        return wrong_code(fields)
    if not opens(secret, reference, fields.get("access_code", "")):
        return wrong_code(fields)
    cookie = session.set_cookie(secret, reference, now())
    return Response(HTTPStatus.SEE_OTHER, headers={"Location": "track", "Set-Cookie": cookie})


def wrong_code(fields: dict[str, str]) -> Response[str]:
    """The form again; it does not say whether the reference or the code is wrong."""
    page = pages.tracking_form(app.page_language, fields, problem.no_access())
    return Response(HTTPStatus.NOT_FOUND, pages.HTML, page)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
