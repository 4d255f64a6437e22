"""Records what the citizen agrees to, or takes back, about remote support."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain.consent import Action, NothingToWithdraw
from suport.domain.history import Entry, HistoryPart
from suport.domain.reference import Reference
from suport.http import problem
from suport.http.api import JSON, Api, json_answer
from suport.http.form import nested
from suport.http.problem import FieldError, Problem
from suport.http.refusal import refusals_told
from suport.http.submission import ConsentRequest, read
from suport.register.register import NoSuchIncident, Register
from suport.runtime import aws
from suport.texts import notice
from suport.texts.message import N_
from suport.texts.notice import Notice, Subject
from suport.views.citizen_view import citizen_view
from suport.views.consent_receipt import receipt

logger = Logger()
app = Api()


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


@app.post("/v1/incidents/<reference>/consents")
def record_consent(reference: str) -> Response[str]:
    """201 with the receipt; the same receipt again where the consent already stands so."""
    opened = app.opened(aws.service_secret(), reference)
    request = read(ConsentRequest, app.body(JSON), app.reader)
    with refusals_told(now(), request.language):
        entry = record(opened, request)
    logger.info("consent recorded", reference=opened, scope=request.scope, action=request.action)
    return json_answer(HTTPStatus.CREATED, receipt(opened, entry))


@app.get("/<language>/remote-support")
def show_page(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """What remote support is, and what the citizen of the opened incident has agreed to."""
    from suport.web.pages.remote_support import RemoteSupportPage  # noqa: PLC0415  JSON needs none

    reader, opened = app.page_language, app.session(aws.service_secret(), now())
    try:
        view = view_of(opened.reference) if opened else None
    except NoSuchIncident:
        view = None
    done = app.current_event.query_string_parameters.get("done", "")
    return app.page(RemoteSupportPage(view=view, done=done).render(reader))


@app.post("/<language>/remote-support")
def change_consent(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Agrees or withdraws, each with one button of the page."""
    from suport.web import session  # noqa: PLC0415  the JSON API needs none

    secret = aws.service_secret()
    reference = app.opened_by_session(secret, now())
    known = ConsentRequest.model_fields
    given = {name: value for name, value in app.form().items() if name in known}
    request = read(ConsentRequest, nested(given), app.page_language)
    shown = notice.current(Subject.REMOTE_SUPPORT, app.page_language)
    if request.action is Action.GRANT and request.notice_sha256 != shown.sha256:
        raise problem.page_expired()
    with refusals_told(now()):
        try:
            record(reference, request)
        except NothingToWithdraw:
            return app.lead_to("remote-support")
    logger.info("consent recorded", reference=reference, scope=request.scope, action=request.action)
    done = "agreed" if request.action is Action.GRANT else "withdrawn"
    renewed = session.set_cookie(secret, reference, now())
    return app.lead_to(f"remote-support?done={done}", renewed)


@app.refused
def page_of_form(reference: Reference, typed: Mapping[str, str], trouble: Problem) -> str:
    """The page that the form stands on, with what is wrong; its text is today's."""
    from suport.web.pages.remote_support import RemoteSupportPage  # noqa: PLC0415  JSON needs none

    page = RemoteSupportPage(view=view_of(reference), fields=typed, trouble=trouble)
    return page.render(app.page_language)


def view_of(reference: Reference) -> dict[str, Any]:
    """The citizen's view of the incident, without its history."""
    register = Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
    return citizen_view(register.incident(reference, now()), HistoryPart())


def record(reference: Reference, request: ConsentRequest) -> Entry:
    """Puts it into the register.

    Raises
    ------
    Problem
        422, with the current notice, if consent is given on a text that is not shown today.
    NoSuchIncident, AlreadyResolved, ControlNeedsView, NothingToWithdraw
    """
    register = Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
    if request.action is Action.WITHDRAW:
        return register.withdraw_consent(reference, request.scope, now())
    shown = notice.current(Subject.REMOTE_SUPPORT, request.language)
    if request.notice_sha256 != shown.sha256:
        raise other_notice(shown)
    return register.grant_consent(reference, request.scope, shown, now())


def other_notice(shown: Notice) -> Problem:
    """The refusal of a consent that was given on another text, naming the one of today."""
    message = N_(
        "Show the current notice, version {version}, and send its SHA-256, {sha256}.",
        version=shown.version,
        sha256=shown.sha256,
    )
    refusal = problem.invalid([FieldError("notice_sha256", message)], shown.language)
    refusal.members = {"current_notice": shown.identity()}
    return refusal


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
