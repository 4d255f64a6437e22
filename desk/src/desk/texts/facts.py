"""What a canned reply is filled in with: facts of the incident, and today's date."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from desk import madrid
from desk.reference import as_written
from desk.report.words import WORDS
from desk.service_vocabulary import Language
from desk.texts.placeholders import used

_YEAR = {
    Language.CATALAN: " del ",
    Language.SPANISH: " de ",
    Language.ENGLISH: " ",
    Language.GERMAN: " ",
}


def needs_incident(text: str) -> bool:
    """Whether a canned reply says something that only a look at the incident tells."""
    return not used(text).isdisjoint({"name", "procedure"})


def facts_of(
    reference: str, incident: Mapping[str, Any] | None, language: Language, now: datetime
) -> dict[str, str | None]:
    """The facts by the names of their placeholders; None if they are not known.

    incident: as the service shows it, if the operator has looked at it. A name that it hides from
    them is not known.
    """
    incident = incident or {}
    contact = incident.get("contact") if incident.get("contact_shown") else None
    return {
        "name": (contact or {}).get("name"),
        "reference": as_written(reference),
        "procedure": (incident.get("procedure") or {}).get("name"),
        "date": date_text(madrid.day_of(now), language),
    }


def date_text(day: date, language: Language) -> str:
    """A calendar day as the service writes it: "23 November 2026", with no break after the day."""
    words = WORDS[language]
    month = words.months[day.month - 1]
    form = (words.date_before_vowel if month[0] in "aeiou" else "") or words.date
    day_month = form.format(day=day.day, month=month)
    return day_month.replace(" ", "\N{NO-BREAK SPACE}", 1) + f"{_YEAR[language]}{day.year}"
