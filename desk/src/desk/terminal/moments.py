"""Moments and spans of time, as operators read and type them on the clocks of Madrid."""

import re
import unicodedata
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


def typed_moment(text: str) -> datetime:
    """A moment as an operator types it in ISO 8601; without a zone, on the clocks of Madrid.

    Raises Misused for any other text.
    """
    try:
        typed = datetime.fromisoformat(text.strip())
        return (typed if typed.tzinfo else typed.replace(tzinfo=madrid.zone())).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Misused(f"{text!r} is no moment: write it like 2026-11-23T20:00.") from error


def typed_month(text: str) -> str:
    """A month as operators type it, as the service writes it: 2026-11.

    The year may come first or last, after any sign, and the month may be a name in any language of
    the service, or its beginning: 2026/11, 11.2026, 202611, november 2026, nov. de 2026. Raises
    Misused for any other text.
    """
    words = re.findall(r"[^\W_]+", re.sub(r"\b([0-9]{4})([0-9]{2})\b", r"\1-\2", text))
    words = [each for each in words if each.casefold() not in {"de", "del"}]
    years = [each for each in words if re.fullmatch("[0-9]{4}", each)]
    months = [number for each in words if (number := _month_number(each))]
    if len(years) == len(months) == 1 and len(words) == 2:  # noqa: PLR2004  these two
        return f"{years[0]}-{months[0]:02}"
    raise Misused(f"{text!r} is no month: write it like 2026-11 or november 2026.")


def _month_number(word: str) -> int | None:
    """Which month of the year that is, as a number or a name of three letters or more."""
    from desk.report.words import WORDS

    if re.fullmatch("0?[1-9]|1[0-2]", word):
        return int(word)
    named = {
        number
        for words in WORDS.values()
        for number, name in enumerate(words.months, start=1)
        if _plain(name).startswith(_plain(word)) and len(word) >= 3  # noqa: PLR2004
    }
    return named.pop() if len(named) == 1 else None


def _plain(word: str) -> str:
    """The letters without their accents, in lower case."""
    return "".join(filter(str.isalpha, unicodedata.normalize("NFD", word.casefold())))
