"""What citizens do with their opened incident on its page: write, close, reopen, rate."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain.history import HistoryPart
from suport.domain.reference import Reference
from suport.http import problem
from suport.http.api import Api
from suport.http.form import nested
from suport.http.problem import Problem
from suport.http.refusal import refusals_told
from suport.http.submission import FIT_KEY, CitizenMessage, Rating, read
from suport.register.register import Register
from suport.runtime import aws
from suport.views.citizen_view import is_shown, page_view
from suport.web import session
from suport.web.pages.incident import ClosingPage, IncidentPage, RatingPage

logger = Logger()
app = Api()


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


def register() -> Register:
    """The register that this function was deployed with."""
    return Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])


@app.get("/<language>/reply")
@app.get("/<language>/reopen")
def lead_back(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Where a form was sent to there is no page, which a browser may ask for all the same."""
    return app.lead_to("track")


@app.post("/<language>/reply")
def reply(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Adds a message."""

    def record(reference: Reference, fields: Mapping[str, str]) -> None:
        key = fields.get("idempotency_key", "")
        if not FIT_KEY.fullmatch(key):
            raise problem.page_expired()
        written = {"body": fields.get("body", "")}
        body = read(CitizenMessage, nested(written), app.page_language).body
        register().add_citizen_message(reference, body, now(), key)

    return changed("replied", record)


@app.get("/<language>/close")
def ask_to_close(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The question whether it is solved."""
    reader = app.page_language
    return app.page(ClosingPage(view=view_of(opened())).render(reader))


@app.post("/<language>/close")
def close(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Closes the incident."""
    return changed("closed", lambda reference, _: register().resolve_by_citizen(reference, now()))


@app.post("/<language>/reopen")
def reopen(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Reopens it, as long as that is possible."""
    return changed("reopened", lambda reference, _: register().reopen(reference, now()))


@app.get("/<language>/rate")
def ask_to_rate(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The question how it was."""
    reader = app.page_language
    return app.page(RatingPage(view=view_of(opened())).render(reader))


@app.post("/<language>/rate")
def rate(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """Records the rating."""

    def record(reference: Reference, fields: Mapping[str, str]) -> None:
        given = {name: value for name, value in fields.items() if name in {"score", "comment"}}
        rating = read(Rating, nested(given), app.page_language)
        register().rate(reference, rating.score, rating.comment, now())

    return changed("rated", record)


def opened() -> Reference:
    """The incident that the session opens."""
    return app.opened_by_session(aws.service_secret(), now())


def changed(done: str, change: Callable[[Reference, Mapping[str, str]], None]) -> Response[str]:
    """Changes the opened incident as its form asks, and leads back to its page, which says so."""
    reference = opened()
    with refusals_told(now()):
        change(reference, app.form())
    logger.info("incident changed", reference=reference, done=done)
    renewed = session.set_cookie(aws.service_secret(), reference, now())
    return app.lead_to(f"track?done={done}", renewed)


@app.refused
def page_of_form(reference: Reference, typed: Mapping[str, str], trouble: Problem) -> str:
    """The page that the form stands on, with what is wrong."""
    if app.current_event.path.endswith("/rate"):
        rating = RatingPage(view=view_of(reference), fields=typed, trouble=trouble)
        return rating.render(app.page_language)
    view = page_view(*register().history(reference, now(), shown=is_shown), now())
    key = typed.get("idempotency_key", "")
    page = IncidentPage(view=view, key=key, fields=typed, trouble=trouble)
    return page.render(app.page_language)


def view_of(reference: Reference) -> dict[str, Any]:
    """The citizen's view of the incident for a page without its history."""
    with refusals_told(now()):
        return page_view(register().incident(reference, now()), HistoryPart(), now())


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
