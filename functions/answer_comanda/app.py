"""Answers Comanda, the Government's dashboard, from what is recorded beforehand.

Each night records the figures, and the watcher every five minutes the service's state. Comanda
sends its user and password with every request (HTTP Basic, without waiting to be asked); for the
state it need not where the template says so.
"""

import base64
import hmac
import os
from collections.abc import Callable
from datetime import date, timedelta
from http import HTTPStatus

from suport.domain.figures import COUNTED_AFTER, day_of
from suport.domain.known_problem import shown_to
from suport.domain.legal_time import start_of
from suport.http import query
from suport.http.api import Api
from suport.http.problem import Problem
from suport.http.problems import about_figures, about_requests
from suport.http.request import Request
from suport.http.response import Response, json_answer
from suport.register.other_tables import figures_table, health_record, published_problems
from suport.runtime import aws, clock, settings
from suport.runtime.logged_failure import facts
from suport.texts.message import N_
from suport.views.comanda import figures as comanda_figures
from suport.views.comanda import health as comanda_health

from aws_lambda_powertools import Logger

MOST_DAYS = 366  # in one answer
SPARE = timedelta(minutes=10)  # for the count itself, before somebody asks again

logger = Logger()


def info(_request: Request) -> Response:
    """What the figures are."""
    return json_answer(HTTPStatus.OK, comanda_figures.info())


def yesterday(_request: Request) -> Response:
    """The figures of yesterday."""
    return of_day(day_of(clock.now()) - timedelta(days=1))


def one_day(request: Request) -> Response:
    """The figures of the day in the address."""
    return of_day(query.day("day", request.parameters["day"]))


def of_day(day: date) -> Response:
    """The figures of one day.

    Raises
    ------
    Problem
        404 if the day has none.
    """
    found = figures_table().days(day, day)
    if day not in found:
        raise nothing_of(day, day)
    return json_answer(HTTPStatus.OK, comanda_figures.statistics(day, found[day]))


def several_days(request: Request) -> Response:
    """The figures of each recorded day from the first to the last in the address.

    Raises
    ------
    Problem
        422 if they are in the wrong order or too many, 404 if none of them is recorded.
    """
    first = query.day("day", request.parameters["day"])
    last = query.day("last", request.parameters["last"])
    if last < first:
        raise about_requests.wrong_question(
            "last", N_("The last day must be the same as or after the first day.")
        )
    if (last - first).days >= MOST_DAYS:
        message = N_("Ask for {most}\u00a0days or fewer at a time.", most=MOST_DAYS)
        raise about_requests.wrong_question("last", message)
    found = figures_table().days(first, last)
    if not found:
        raise nothing_of(first, last)
    return json_answer(
        HTTPStatus.OK, [comanda_figures.statistics(day, figures) for day, figures in found.items()]
    )


def nothing_of(first: date, last: date) -> Problem:
    """Why there are no figures of these days: until the count, there may be some of yesterday."""
    now = clock.now()
    today = day_of(now)
    counted_by = start_of(today) + COUNTED_AFTER + SPARE
    if first == last == today - timedelta(days=1) and now < counted_by:
        return about_figures.not_counted_yet(first, counted_by - now)
    asked = str(first) if first == last else f"{first} – {last}"
    return about_figures.none_recorded("day", asked)


def health(_request: Request) -> Response:
    """The state of the service as the watcher recorded it, with the known problems that are open.

    Nothing but these two items is read. Where that fails, nothing works without the database: the
    answer says so.
    """
    now = clock.now()
    try:
        recorded = health_record().read()
    except Exception as failure:  # noqa: BLE001  whatever it is, the dashboard is to show it
        logger.error("state not read", **facts(failure))  # noqa: TRY400  as in every log
        return json_answer(HTTPStatus.OK, comanda_health.unread(now))
    problems = shown_to(published_problems().at(now), now)
    return json_answer(HTTPStatus.OK, comanda_health.state(recorded, now, problems))


def health_info(request: Request) -> Response:
    """What the service is, and where."""
    return json_answer(
        HTTPStatus.OK, comanda_health.info(settings.public_url() or request.service_url)
    )


def for_whoever_may(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """The same answer: to Comanda only, unless the template opens it to everybody."""
    to_comanda = for_comanda(answer)

    def answer_whoever_may(request: Request) -> Response:
        if os.environ["HEALTH_FOR_EVERYBODY"] == "on":
            return answer(request)
        return to_comanda(request)

    return answer_whoever_may


def for_comanda(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """The same answer, to Comanda only."""

    def answer_comanda(request: Request) -> Response:
        if not is_comanda(request):
            logger.warning("login refused")
            raise about_figures.no_login()
        return answer(request)

    return answer_comanda


def is_comanda(request: Request) -> bool:
    """Whether the request bears Comanda's user and password; in some stages it has none."""
    if not os.environ["COMANDA_SECRET_ARN"]:
        return False
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        login = base64.b64decode(sent.strip(), validate=True)
    except ValueError:
        return False
    return hmac.compare_digest(login, ":".join(aws.comanda_login()).encode())


api = Api(
    {
        ("GET", "/comanda/salut/info"): for_whoever_may(health_info),
        ("GET", "/comanda/salut"): for_whoever_may(health),
        ("GET", "/comanda/estadistiques/info"): for_comanda(info),
        ("GET", "/comanda/estadistiques"): for_comanda(yesterday),
        ("GET", "/comanda/estadistiques/of/{day}"): for_comanda(one_day),
        ("GET", "/comanda/estadistiques/from/{day}/to/{last}"): for_comanda(several_days),
    }
)
handler = api.handler
