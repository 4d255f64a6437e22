"""Moments and spans of time, as operators read and type them on the clocks of Madrid."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

from desk import madrid
from desk.errors import Misused


def moment(at: datetime) -> str:
    """A moment on the clocks of Madrid, such as 23 Nov 2026, 21:05."""
    local = at.astimezone(madrid.zone())
    return f"{local.day} {local:%b %Y, %H:%M}"


def day(written: object) -> str:
    """A day that the service writes in ISO 8601, as in 23 May 2027; any other text as it is."""
    try:
        read = date.fromisoformat(str(written))
    except ValueError:
        return str(written)
    return f"{read.day} {read:%b %Y}"


def age(since: datetime, now: datetime | None = None) -> str:
    """How long ago that was: 3 min, 5 h, 2 d."""
    return duration(((now or datetime.now(UTC)) - since).total_seconds())


def duration(seconds: float) -> str:
    """That many seconds, in the unit that fits: 18 s, 3 min, 5 h, 2 d."""
    if seconds < timedelta(minutes=1).total_seconds():
        return f"{max(0, round(seconds))} s"
    if seconds < timedelta(hours=1).total_seconds():
        return f"{round(seconds / 60)} min"
    if seconds < timedelta(days=2).total_seconds():
        return f"{round(seconds / 3600)} h"
    return f"{round(seconds / 86400)} d"


def written_moment(text: str) -> datetime:
    """A moment as the API writes it; raises Misused for other text, such as another service's."""
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Misused(f"The service writes a moment as {text!r}: check api_url.") from error


def typed_day(text: str) -> str:
    """A day as an operator types it, as in 2026-11-03 or 3/11/2026, in ISO 8601.

    Raises Misused for any other text.
    """
    numbers = re.split(r"[-./]", text.strip())
    if len(numbers) == len(("year", "month", "day")) and all(
        each.isascii() and each.isdigit() for each in numbers
    ):
        year_first = numbers if len(numbers[0]) == len("2026") else numbers[::-1]
        with suppress(ValueError, OverflowError):
            return date(*map(int, year_first)).isoformat()
    raise Misused(f"{text!r} is no day: write it like 2026-11-03. Moments: --changed-since.")


def typed_moment(text: str) -> datetime:
    """A moment as an operator types it in ISO 8601; without a zone, on the clocks of Madrid.

    Raises Misused for any other text.
    """
    try:
        typed = datetime.fromisoformat(text.strip())
        return (typed if typed.tzinfo else typed.replace(tzinfo=madrid.zone())).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Misused(f"{text!r} is no moment: write it like 2026-11-23T20:00.") from error
