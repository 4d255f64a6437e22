"""What citizens do with their opened incident on its page: write, close, reopen, rate."""

import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import aws, pages, problem, session
from suport.api import Api
from suport.citizen_view import page_view
from suport.form import nested, read_form
from suport.problem import Problem
from suport.reference import Reference
from suport.register import NoSuchIncident, NotResolved, Register, ReopeningOver
from suport.submission import FIT_KEY, CitizenMessage, Rating, read

logger = Logger()
app = Api()


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


def register() -> Register:
    """The register that this function was deployed with."""
    return Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])


@app.post("/<language>/reply")
def reply(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Adds a message. What was written comes back if it cannot be recorded now."""
    fields = read_form(app.form())

    def record(reference: Reference) -> None:
        key = fields.get("idempotency_key", "")
        if not FIT_KEY.fullmatch(key):
            fields["idempotency_key"] = secrets.token_urlsafe()
            raise problem.page_expired()
        written = {"body": fields.get("body", "")}
        body = read(CitizenMessage, nested(written), app.page_language).body
        register().add_citizen_message(reference, body, now(), key)

    return changed("replied", record, fields)


@app.get("/<language>/close")
def ask_to_close(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The question whether it is solved."""
    return asked(lambda view: pages.closing(app.page_language, view))


@app.post("/<language>/close")
def close(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Closes the incident."""
    return changed("closed", lambda reference: register().resolve_by_citizen(reference, now()))


@app.post("/<language>/reopen")
def reopen(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Reopens it, as long as that is possible."""
    return changed("reopened", lambda reference: register().reopen(reference, now()))


@app.get("/<language>/rate")
def ask_to_rate(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The question how it was."""
    return asked(lambda view: pages.rating(app.page_language, view, {}))


@app.post("/<language>/rate")
def rate(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Records the rating."""
    fields = read_form(app.form())

    def record(reference: Reference) -> None:
        given = {name: value for name, value in fields.items() if name in {"score", "comment"}}
        rating = read(Rating, nested(given), app.page_language)
        register().rate(reference, rating.score, rating.comment, now())

    return changed("rated", record, fields)


def asked(page: Callable[[dict[str, Any]], str]) -> Response[str]:
    """A question about the opened incident; without one, the way to open it."""
    opened = app.session(aws.service_secret(), now())
    if opened is None:
        return app.lead_to("track")
    try:
        return app.page(page(view_of(opened.reference)))
    except NoSuchIncident:
        return app.lead_to("track")


def changed(
    done: str, change: Callable[[Reference], None], fields: dict[str, str] | None = None
) -> Response[str]:
    """Changes the opened incident and leads back to its page, which says what was done.

    Where it cannot be done, the page comes back with the reason and with what was typed.
    """
    typed = read_form(app.form()) if fields is None else fields
    secret = aws.service_secret()
    opened = app.session(secret, now())
    if opened is None:
        form = pages.tracking_form(app.page_language, typed, problem.session_over())
        return app.page(form, HTTPStatus.FORBIDDEN)
    try:
        change(opened.reference)
    except NoSuchIncident:
        return app.lead_to("track")
    except ReopeningOver:
        return refused(opened.reference, typed, problem.reopening_over())
    except NotResolved:
        return refused(opened.reference, typed, problem.not_resolved())
    except Problem as trouble:
        return refused(opened.reference, typed, trouble)
    logger.info("incident changed", reference=opened.reference, done=done)
    renewed = session.set_cookie(secret, opened.reference, now())
    return app.lead_to(f"track?done={done}", renewed)


def refused(reference: Reference, typed: dict[str, str], trouble: Problem) -> Response[str]:
    """The page that the form stands on, with what is wrong."""
    view = view_of(reference)
    if app.current_event.path.endswith("/rate"):
        page = pages.rating(app.page_language, view, typed, trouble)
    else:
        key = typed.get("idempotency_key", "")
        page = pages.incident(app.page_language, view, key=key, fields=typed, trouble=trouble)
    return app.page(page, trouble.status)


def view_of(reference: Reference) -> dict[str, Any]:
    """The citizen's view of the incident, for a page."""
    return page_view(*register().history(reference, now()), now())


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
