"""Records what the citizen agrees to, or takes back, about remote support."""

import os
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import aws, consent, notice, problem
from suport.api import JSON, Api, json_answer
from suport.citizen_view import citizen_view
from suport.consent import Action, ControlNeedsView, NothingToWithdraw
from suport.form import nested, read_form
from suport.incident import Entry, Language
from suport.notice import Notice, Subject
from suport.problem import FieldError, Problem
from suport.reference import Reference
from suport.register import AlreadyResolved, NoSuchIncident, Register
from suport.submission import ConsentRequest, read
from suport.texts import N_

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
    try:
        entry = record(opened, request)
    except NoSuchIncident:
        raise problem.no_access() from None
    except AlreadyResolved:
        raise problem.solved_already(request.language) from None
    except ControlNeedsView:
        raise problem.control_needs_view(request.language) from None
    except NothingToWithdraw:
        raise problem.nothing_to_withdraw(request.language) from None
    logger.info("consent recorded", reference=opened, scope=request.scope, action=request.action)
    return json_answer(HTTPStatus.CREATED, consent.receipt(opened, entry))


@app.get("/<language>/remote-support")
def show_page(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """What remote support is, and what the citizen of the opened incident has agreed to."""
    from suport import pages  # noqa: PLC0415  the JSON API needs no templates

    reader, opened = app.page_language, app.session(aws.service_secret(), now())
    try:
        view = view_of(opened.reference) if opened else None
    except NoSuchIncident:
        view = None
    done = app.current_event.query_string_parameters.get("done", "")
    return app.page(pages.remote_support(reader, view, done=done))


@app.post("/<language>/remote-support")
def change_consent(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Agrees or withdraws, each with one button of the page."""
    from suport import pages, session  # noqa: PLC0415  the JSON API needs neither

    reader, secret = app.page_language, aws.service_secret()
    fields = read_form(app.form())
    opened = app.session(secret, now())
    if opened is None:
        return app.lead_to("track")
    try:
        request = read(ConsentRequest, nested(fields), reader)
        shown = notice.current(Subject.REMOTE_SUPPORT, reader)
        if request.action is Action.GRANT and request.notice_sha256 != shown.sha256:
            raise problem.page_expired()
        record(opened.reference, request)
    except NoSuchIncident:
        return app.lead_to("track")
    except NothingToWithdraw:
        return app.lead_to("remote-support")
    except (Problem, AlreadyResolved, ControlNeedsView) as refusal:
        trouble = told(refusal, reader)
        page = pages.remote_support(reader, view_of(opened.reference), trouble=trouble)
        return app.page(page, trouble.status)
    logger.info(
        "consent recorded", reference=opened.reference, scope=request.scope, action=request.action
    )
    done = "agreed" if request.action is Action.GRANT else "withdrawn"
    renewed = session.set_cookie(secret, opened.reference, now())
    return app.lead_to(f"remote-support?done={done}", renewed)


def view_of(reference: Reference) -> dict[str, Any]:
    """The citizen's view of the incident."""
    register = Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
    return citizen_view(*register.history(reference, now()))


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


def told(refusal: Exception, reader: Language) -> Problem:
    """What the page tells of a refusal."""
    if isinstance(refusal, Problem):
        return refusal
    if isinstance(refusal, AlreadyResolved):
        return problem.solved_already(reader)
    return problem.control_needs_view(reader)


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
