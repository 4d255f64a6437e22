"""Says whom to call: the number of the 012 line by where one calls from, and when it answers."""

import os
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain.legal_time import MADRID
from suport.domain.phone_line import HOURS, INTERNATIONAL_NUMBER, NUMBERS, Origin, availability
from suport.http import problem, query
from suport.http.api import Api, json_answer
from suport.http.problem import FieldError
from suport.texts.message import N_

CLOSED_DATES = frozenset(
    date.fromisoformat(day) for day in os.environ.get("CLOSED_DATES", "").split(",") if day
)

logger = Logger()
app = Api()


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


@app.get("/v1/contact")
def contact() -> Response[str]:
    """Whom to call from `from` (default: the islands), and whether the line answers `at` (now)."""
    origin, at = asked_origin(), asked_moment()
    line = availability(at, CLOSED_DATES)
    return json_answer(
        HTTPStatus.OK,
        {
            "dial": NUMBERS[origin],
            "international": INTERNATIONAL_NUMBER,
            "from": origin,
            "open": line.open,
            "closes_at": line.closes_at and line.closes_at.isoformat(),
            "opens_at": line.opens_at and line.opens_at.isoformat(),
            "timezone": MADRID.key,
            "hours": [
                {
                    "days": hours.days,
                    "opens": f"{hours.opens:%H:%M}",
                    "closes": f"{hours.closes:%H:%M}",
                }
                for hours in HOURS
            ],
            "numbers": NUMBERS,
        },
    )


@app.get("/<language>/contact")
def show_page(language: str) -> Response[str]:  # noqa: ARG001  see `page_language`
    """The page: the numbers, and whether the line answers now."""
    from suport.web.pages.contact import ContactPage  # noqa: PLC0415  JSON needs no templates

    line = availability(now(), CLOSED_DATES)
    return app.page(ContactPage(line=line).render(app.page_language), personal=False)


def asked_origin() -> Origin:
    """Where the citizen calls from.

    Raises
    ------
    Problem
        422 if it is none of the three places.
    """
    stated = app.current_event.query_string_parameters.get("from", Origin.BALEARIC_ISLANDS)
    if stated not in Origin:
        message = N_("Choose one of these: {choices}.", choices=", ".join(Origin))
        raise problem.invalid([FieldError("from", message)])
    return Origin(stated)


def asked_moment() -> datetime:
    """The moment asked about, aware.

    Raises
    ------
    Problem
        422 if it is no moment.
    """
    stated = app.current_event.query_string_parameters.get("at")
    return now() if stated is None else query.moment("at", stated)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """API Gateway's entry."""
    return app.resolve(event, context)
