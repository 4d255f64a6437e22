"""What the query of an address may hold: a moment, where a part of a history begins, a purpose."""

import re
from datetime import datetime

from suport.domain import crockford
from suport.domain.history import LookPurpose
from suport.domain.looks import STATED
from suport.http.problem import FieldError
from suport.http.problems import about_requests
from suport.texts.message import N_


def moment(field: str, stated: str) -> datetime:
    """The moment in this field, aware.

    Raises
    ------
    Problem
        422 if it is not a moment in ISO 8601, has no offset, or is before 1900 or after 9000.
    """
    try:
        # A plus sign that the query did not escape arrives as a space.
        at = datetime.fromisoformat(re.sub(r" (?=\d\d:?\d\d$)", "+", stated))
        if at.tzinfo is None or not 1900 <= at.year <= 9000:  # noqa: PLR2004
            raise ValueError(stated)
    except ValueError:
        message = N_("Give a moment with its offset, like 2027-01-04T08:00:00+01:00.")
        raise about_requests.invalid([FieldError(field, message)]) from None
    return at


def before(stated: str | None) -> str | None:
    """The entry before which the requested part of a history ends, if the request names one.

    Raises
    ------
    Problem
        422 if it is not the id of an entry.
    """
    if stated is not None and not crockford.is_id(stated):
        message = N_("Give the id of an entry, as `earlier` states it.")
        raise about_requests.invalid([FieldError("before", message)])
    return stated


def purpose(stated: str | None) -> LookPurpose:
    """For what the operator looks: what the request states, else to work on the incident.

    Raises
    ------
    Problem
        422 if it is none that an operator can state.
    """
    if stated is None:
        return LookPurpose.WORK
    if stated not in STATED:
        message = N_("Choose one of: {choices}.", choices=", ".join(STATED))
        raise about_requests.invalid([FieldError("purpose", message)])
    return LookPurpose(stated)
