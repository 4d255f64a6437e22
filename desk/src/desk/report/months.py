"""Months as operators type them, with the names that a report gives them."""

import re
import unicodedata

from desk.errors import Misused
from desk.report.words import WORDS


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
