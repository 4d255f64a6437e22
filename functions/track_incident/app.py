"""Shows citizens their incident and takes their messages, opened by reference and access code."""

import os
import secrets
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import aws, pages, problem, session
from suport.api import JSON, Api, count_wrong_code, json_answer, json_text
from suport.citizen_view import citizen_view, page_view
from suport.export import export
from suport.form import nested, read_form
from suport.legal_time import utc_text
from suport.problem import IDEMPOTENCY_KEY, Problem
from suport.reference import MisreadReference, access_code_for, opens, parse_reference
from suport.register import NoSuchIncident, Register, ReopeningOver
from suport.submission import FIT_KEY, CitizenMessage, checked_key, read

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
    sent_key = app.current_event.headers.get(IDEMPOTENCY_KEY)
    key = checked_key(sent_key) if sent_key else None
    try:
        entry = register().add_citizen_message(opened, message.body, now(), key)
    except NoSuchIncident:
        raise problem.no_access() from None
    except ReopeningOver:
        raise problem.reopening_over() from None
    logger.info("message recorded", reference=opened)
    recorded = {"entry": entry.id, "recorded_at": utc_text(entry.recorded_at)}
    return json_answer(HTTPStatus.CREATED, recorded)


@app.get("/<language>/track")
def show_page(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The page: the incident that the session opens, or the question which one it is.

    The access code is shown once, after submission: the cookie set here no longer asks for it.
    """
    reader, secret = app.page_language, aws.service_secret()
    opened = app.session(secret, now())
    if opened is None:
        return app.page(pages.tracking_form(reader))
    try:
        view = page_view(*register().history(opened.reference, now()), now())
    except NoSuchIncident:
        return form_again({}, problem.no_access())
    key = secrets.token_urlsafe()
    if not opened.just_submitted:
        done = app.current_event.query_string_parameters.get("done", "")
        return app.page(pages.incident(reader, view, key=key, done=done))
    code = access_code_for(secret, opened.reference)
    shown = {"Set-Cookie": session.set_cookie(secret, opened.reference, now())}
    return app.page(pages.incident(reader, view, key=key, access_code=code), headers=shown)


@app.post("/<language>/track")
def open_page(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The page's form: the right reference and code open a session and lead back to the page.

    A message that came too late for the session before is sent along, and recorded now.
    """
    fields = read_form(app.form())
    secret = aws.service_secret()
    try:
        reference = parse_reference(fields.get("reference", ""))
    except MisreadReference:
        return wrong_code(fields)
    if not opens(secret, reference, fields.get("access_code", "")):
        return wrong_code(fields)
    done = ""
    if fields.get("body", "").strip():
        key = fields.get("idempotency_key", "")
        try:
            if not FIT_KEY.fullmatch(key):
                fields["idempotency_key"] = secrets.token_urlsafe()
                raise problem.page_expired()
            body = read(CitizenMessage, nested({"body": fields["body"]}), app.reader).body
            register().add_citizen_message(reference, body, now(), key)
        except NoSuchIncident:
            return form_again(fields, problem.no_access())
        except ReopeningOver:
            return form_again(fields, problem.reopening_over())
        except Problem as trouble:
            return form_again(fields, trouble)
        done = "?done=replied"
    return app.lead_to(f"track{done}", session.set_cookie(secret, reference, now()))


@app.get("/<language>/export")
def export_incident(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Everything about the incident, to be kept: as JSON, or as a page of its own."""
    reader, opened = app.page_language, app.session(aws.service_secret(), now())
    if opened is None:
        return app.lead_to("track")
    try:
        incident, history = register().history(opened.reference, now())
    except NoSuchIncident:
        return form_again({}, problem.no_access())
    as_json = app.current_event.query_string_parameters.get("format") == "json"
    name = f"suport-{opened.reference}.{'json' if as_json else 'html'}"
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    if as_json:
        content = export(incident, history) | {"exported_at": utc_text(now())}
        return Response(HTTPStatus.OK, JSON, json_text(content), headers=kept)
    document = pages.export(reader, citizen_view(incident, history), utc_text(now()))
    return app.page(document, headers=kept)


@app.post("/<language>/leave")
def leave(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Ends the session."""
    read_form(app.form())
    return app.lead_to("help", session.end_cookie())


def form_again(fields: dict[str, str], trouble: Problem) -> Response[str]:
    """The question which incident to open, with what is wrong and a message that waits."""
    return app.page(pages.tracking_form(app.page_language, fields, trouble), trouble.status)


def wrong_code(fields: dict[str, str]) -> Response[str]:
    """The same; it does not say whether the reference or the code is wrong, and is counted."""
    count_wrong_code()
    return form_again(fields, problem.no_access())


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
