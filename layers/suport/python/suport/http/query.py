"""What an address may hold: a moment, a day, a month, a part of a history, a format."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from suport.domain import crockford
from suport.domain.typed_text import bare
from suport.http.problems import about_requests
from suport.texts.message import N_

COPY_FORMATS = ["html"]
CLAIM_SOURCES = ["queue"]
NO_NUMBER = N_("{field} must be a whole number.")
NO_DAY = N_("{field} must be a date like 2026-11-03 or 03-11-2026.")

_YEAR, _MONTH, _DAY = "(?P<year>[0-9]{4})", "(?P<month>[0-9]{1,2})", "(?P<day>[0-9]{1,2})"
_ISO_DAY, _LOCAL_DAY = (
    re.compile(f"{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}"),
    re.compile(f"{_DAY}[-/. ]{_MONTH}[-/. ]{_YEAR}"),
)
_ISO_MONTH, _LOCAL_MONTH = (
    re.compile(f"{_YEAR}[-/.]{_MONTH}"),
    re.compile(f"{_MONTH}[-/. ]{_YEAR}"),
)


def moment(field: str, stated: str) -> datetime:
    """The moment in this field, aware.

    Raises
    ------
    Problem
        422 if it is not a moment in ISO 8601, has no offset, or is before 1902 or after 9000.
    """
    try:
        # A plus sign that the query did not escape arrives as a space.
        at = datetime.fromisoformat(re.sub(r" (?=\d\d:?\d\d$)", "+", stated))
        # Until 1901 Madrid was 14 minutes and 44 seconds from Greenwich, which RFC 3339 cannot say.
        if at.tzinfo is None or not 1902 <= at.year <= 9000:  # noqa: PLR2004
            raise ValueError(stated)
    except ValueError:
        message = N_("Enter a date and time with its offset, like 2027-01-04T08:00:00+01:00.")
        raise about_requests.wrong_question(field, message) from None
    return at


def day(field: str, stated: str) -> date:
    """The day in this field, as people type it: the year first or last, with - / or . between.

    Raises
    ------
    Problem
        422 if it is neither, or no day of the calendar.
    """
    typed = bare(stated)
    found = _ISO_DAY.fullmatch(typed) or _LOCAL_DAY.fullmatch(typed)
    if found:
        try:
            return date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:  # the calendar has no such day
            pass
    raise about_requests.wrong_question(field, NO_DAY)


def month(field: str, stated: str) -> str:
    """The month in this field, like `2026-11`; the year may also come last.

    Raises
    ------
    Problem
        422 if it is no month.
    """
    typed = stated.strip()
    found = _ISO_MONTH.fullmatch(typed) or _LOCAL_MONTH.fullmatch(typed)
    if found and int(found["month"]) in range(1, 13):
        return f"{found['year']}-{int(found['month']):02}"
    message = N_("Enter a month like 2026-11.")
    raise about_requests.wrong_question(field, message)


def before(stated: str | None) -> str | None:
    """The entry before which the requested part of a history ends, if the request names one.

    Raises
    ------
    Problem
        422 if it is not the id of an entry.
    """
    if stated is not None and not crockford.is_id(stated):
        message = N_("Enter the id of an entry, as `earlier` gives it.")
        raise about_requests.wrong_question("before", message)
    return stated


def copy_format(stated: str | None) -> str | None:
    """The format in which a copy is also made, if the request names one.

    Raises
    ------
    Problem
        422 if there is no such format.
    """
    return None if stated is None else one_of("format", stated, COPY_FORMATS)


def number(field: str, stated: str) -> int:
    """The whole number in this field, of nine digits at most.

    Raises
    ------
    Problem
        422 if it is none.
    """
    if not re.fullmatch(r"[0-9]{1,9}", stated):
        raise about_requests.wrong_question(field, NO_NUMBER)
    return int(stated)


def one_of(field: str, stated: str, choices: Sequence[str]) -> str:
    """The word in this field, one of those choices.

    Raises
    ------
    Problem
        422 if it is none of them.
    """
    if stated not in choices:
        message = N_("{field} must be one of these: {choices}.", choices=", ".join(choices))
        raise about_requests.wrong_question(field, message)
    return stated
