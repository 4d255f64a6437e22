"""Says what to dial for the 012 line, by where the citizen calls from, and when it answers."""

from datetime import datetime
from http import HTTPStatus

from suport.domain.legal_time import MADRID
from suport.domain.phone_line import HOURS, INTERNATIONAL_NUMBER, NUMBERS, Origin, availability
from suport.http import query
from suport.http.problems import about_requests
from suport.http.request import Request
from suport.http.response import Response, json_answer
from suport.runtime import clock, settings
from suport.texts.message import N_
from suport.web.site import Site
from suport.web.visit import Visit


def contact(request: Request) -> Response:
    """What to dial `from` a place (default: the islands); whether it answers `at` a moment."""
    origin, at = asked_origin(request), asked_moment(request)
    line = availability(at, settings.closed_dates())
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


def show_page(visit: Visit) -> Response:
    """The page: the numbers, and whether the line answers now."""
    from suport.web.pages.contact import ContactPage  # noqa: PLC0415  the JSON API needs none

    line = availability(clock.now(), settings.closed_dates())
    return visit.page(ContactPage(line=line), personal=False)


def asked_origin(request: Request) -> Origin:
    """Where the citizen calls from.

    Raises
    ------
    Problem
        422 if it is none of the three places.
    """
    stated = request.query.get("from", Origin.BALEARIC_ISLANDS)
    if stated not in Origin:
        message = N_("{field} must be one of these: {choices}.", choices=", ".join(Origin))
        raise about_requests.wrong_question("from", message)
    return Origin(stated)


def asked_moment(request: Request) -> datetime:
    """The moment that the request asks about, aware; the present one by default.

    Raises
    ------
    Problem
        422 if it is not a moment.
    """
    stated = request.query.get("at")
    return clock.now() if stated is None else query.moment("at", stated)


site = Site(
    pages={("GET", "/{language}/contact"): show_page},
    api={("GET", "/v1/contact"): contact},
)
handler = site.handler
