"""Shows citizens their incident and takes their messages, opened by reference and access code."""

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain import crockford
from suport.domain.history import HistoryPart
from suport.domain.incident import Incident
from suport.domain.legal_time import utc_text
from suport.domain.reference import (
    MisreadReference,
    Reference,
    access_code_for,
    agrees,
    opens,
    parse_reference,
)
from suport.http import problem, query
from suport.http.api import JSON, Api, json_answer, json_text
from suport.http.form import nested
from suport.http.problem import IDEMPOTENCY_KEY
from suport.http.refusal import refusals_told
from suport.http.submission import FIT_KEY, CitizenMessage, Rating, checked_key, read
from suport.register.register import Register
from suport.runtime import aws
from suport.runtime.metrics import Metric, count
from suport.views.citizen_view import citizen_view, is_shown, page_view
from suport.views.export import export
from suport.web import session
from suport.web.pages.export import ExportPage
from suport.web.pages.incident import IncidentPage
from suport.web.pages.tracking import TrackingForm

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
    """The JSON API: the citizen's view of the incident, with the part of its history `before`."""
    opened = app.opened(aws.service_secret(), reference)
    before = query.before(app.current_event.query_string_parameters.get("before"))
    return json_answer(HTTPStatus.OK, citizen_view(*history_of(opened, before)))


@app.post("/v1/incidents/<reference>/messages")
def add_message(reference: str) -> Response[str]:
    """The JSON API: 201 with the entry that the citizen's message became."""
    opened = app.opened(aws.service_secret(), reference)
    message = read(CitizenMessage, app.body(JSON), app.reader)
    sent_key = app.current_event.headers.get(IDEMPOTENCY_KEY)
    key = checked_key(sent_key) if sent_key else None
    with refusals_told(now()):
        entry = register().add_citizen_message(opened, message.body, now(), key)
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
        return app.page(TrackingForm().render(reader))
    before = asked_part()
    view = page_view(*history_of(opened.reference, before), now())
    key = secrets.token_urlsafe()
    if not opened.just_submitted:
        done = app.current_event.query_string_parameters.get("done", "")
        page = IncidentPage(view=view, key=key, done=done, before=before or "")
        return app.page(page.render(reader))
    code = access_code_for(secret, opened.reference)
    shown = {"Set-Cookie": session.set_cookie(secret, opened.reference, now())}
    page = IncidentPage(view=view, key=key, access_code=code)
    return app.page(page.render(reader), headers=shown)


@app.post("/<language>/track")
def open_page(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The page's form: the right reference and code open a session and lead back to the page.

    What came too late for the session before is sent along, and recorded now.
    """
    fields = app.form()
    secret = aws.service_secret()
    try:
        reference = parse_reference(fields.get("reference", ""))
    except MisreadReference:
        reference = None
    if reference is None or not opens(secret, reference, fields.get("access_code", "")):
        count(Metric.WRONG_ACCESS_CODES)
        raise problem.no_access()  # it does not say which of the two is wrong
    with refusals_told(now()):
        done = record_kept(reference, fields)
    return app.lead_to(f"track{done}", session.set_cookie(secret, reference, now()))


def record_kept(reference: Reference, fields: Mapping[str, str]) -> str:
    """Records the message or the rating that the form has kept, if one; returns what was done.

    Raises
    ------
    Problem
        409 if it was written on the page of another incident; 422 if something is wrong with it.
    """
    kept = any(fields.get(name, "").strip() for name in ("body", "score", "comment"))
    if kept and not agrees(reference, fields.get("kept_for", "")):
        raise problem.other_incident()
    if fields.get("body", "").strip():
        key = fields.get("idempotency_key", "")
        if not FIT_KEY.fullmatch(key):
            raise problem.page_expired()
        body = read(CitizenMessage, nested({"body": fields["body"]}), app.page_language).body
        register().add_citizen_message(reference, body, now(), key)
        return "?done=replied"
    given = {name: fields[name] for name in ("score", "comment") if fields.get(name, "").strip()}
    if given:
        rating = read(Rating, nested(given), app.page_language)
        register().rate(reference, rating.score, rating.comment, now())
        return "?done=rated"
    return ""


@app.get("/<language>/export")
def export_incident(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Everything about the incident, to be kept: as JSON, or as a page of its own.

    Of a long history it has the part that its page shows.
    """
    reader, before = app.page_language, asked_part()
    opened = app.opened_by_session(aws.service_secret(), now())
    incident, part = history_of(opened, before)
    as_json = app.current_event.query_string_parameters.get("format") == "json"
    name = f"suport-{opened}.{'json' if as_json else 'html'}"
    kept = {"Content-Disposition": f'attachment; filename="{name}"'}
    if as_json:
        content = export(incident, part) | {"before": before, "exported_at": utc_text(now())}
        return Response(HTTPStatus.OK, JSON, json_text(content), headers=kept)
    view, moment = citizen_view(incident, part), utc_text(now())
    document = ExportPage(view=view, exported_at=moment, before=before or "")
    return app.page(document.render(reader), headers=kept)


@app.get("/<language>/leave")
def lead_back(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Where the form to leave was sent to there is no page; to ask for one ends no session."""
    return app.lead_to("help")


@app.post("/<language>/leave")
def leave(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Ends the session, whichever incident it is of."""
    app.form()
    return app.lead_to("help", session.end_cookie())


def asked_part() -> str | None:
    """The entry before which the part of the history begins that a page is asked for."""
    before = app.current_event.query_string_parameters.get("before", "")
    return before if crockford.is_id(before) else None


def history_of(reference: Reference, before: str | None) -> tuple[Incident, HistoryPart]:
    """The incident with that part of its history, as far as it is shown to citizens."""
    with refusals_told(now()):
        return register().history(reference, now(), before=before, shown=is_shown)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
