"""What an address may hold: a moment, a month, or where a part of a history begins."""

import re
from datetime import datetime

from suport.domain import crockford
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


def month(field: str, stated: str) -> str:
    """The month in this field, as in 2026-11.

    Raises
    ------
    Problem
        422 if it is not written like that.
    """
    if not re.fullmatch(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])", stated):
        message = N_("Give a month like 2026-11.")
        raise about_requests.invalid([FieldError(field, message)])
    return stated


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
