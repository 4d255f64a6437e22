"""Why figures are not given."""

import math
from datetime import date, timedelta
from http import HTTPStatus

from suport.http.problem import FieldError, Problem, ProblemName
from suport.texts.message import N_


def none_recorded(field: str, asked: str) -> Problem:
    """Nothing is recorded of the day, the days or the month that this field names."""
    none = N_("There are no figures for {asked}.", asked=asked)
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_FIGURES,
        N_("There are no figures for this period"),
        N_(
            "We count each day during the night after it. There are no figures for today, for "
            "days to come, or for days before the service began."
        ),
        errors=[FieldError(field, none)],
    )


def not_counted_yet(day: date, wait: timedelta) -> Problem:
    """Yesterday is not counted yet, as every day between midnight and the end of the count.

    Still a 404, since no figures are there; what asks once a day learns when they will be.
    """
    return Problem(
        HTTPStatus.NOT_FOUND,
        ProblemName.NO_FIGURES,
        N_("This day has not been counted yet"),
        N_("We count yesterday at 1:30am, Madrid time. Ask again after that."),
        errors=[FieldError("day", N_("There are no figures for {asked}.", asked=str(day)))],
        headers={"Retry-After": str(math.ceil(wait.total_seconds()))},
    )


def no_login() -> Problem:
    """The request has no user and password, or not the right ones."""
    return Problem(
        HTTPStatus.UNAUTHORIZED,
        ProblemName.UNAUTHORIZED,
        N_("The user name or password is missing or wrong"),
        N_("Send both in the header Authorization: Basic (RFC\u00a07617)."),
        headers={"WWW-Authenticate": 'Basic realm="comanda", charset="UTF-8"'},
    )
