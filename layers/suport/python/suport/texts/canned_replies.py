"""Canned replies of the support teams, filled in with what is known of an incident.

The files are the command line's (`desk/src/desk/replies`), and so is `texts.placeholders`: this
package has links to them, which its build replaces by what they lead to. The command line is the
package that leaves this repository, so it has the files themselves.
"""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from suport.domain.category import Category
from suport.domain.incident import Incident
from suport.domain.language import Language
from suport.domain.legal_time import to_madrid
from suport.domain.operator_acts import sees_contact
from suport.domain.procedures import catalogue
from suport.texts.local_dates import date_text
from suport.texts.message import N_, Message
from suport.texts.placeholders import filled, gaps

__all__ = ["Facts", "Reply", "facts_of", "gaps", "gaps_left", "replies", "reply_named"]

SHIPPED = Path(__file__).with_name("replies")

_FILE = re.compile(r"(?P<name>[a-z0-9-]+)\.(?P<language>[a-z]{2})\.txt")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reply is filled in with, in its language; None where nothing is known."""

    name: str | None
    reference: str
    procedure: str | None
    date: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One canned reply in one language, with its placeholders and gaps."""

    name: str
    team: Category
    language: Language
    text: str

    def filled(self, facts: Facts) -> str:
        """The text to begin an answer with; only its gaps are left to the operator."""
        return filled(self.text, asdict(facts))

    @property
    def beginning(self) -> str:
        """Its first line after the greeting, by which operators know it."""
        return next(filter(None, self.text.splitlines()[1:]), "")


def replies(team: Category, language: Language) -> tuple[Reply, ...]:
    """The replies of a team in that language, by name."""
    return tuple(reply for reply in _shipped(team) if reply.language is language)


def reply_named(team: Category, name: str, language: Language) -> Reply | None:
    """The team's reply with that name in that language."""
    return next((reply for reply in replies(team, language) if reply.name == name), None)


def facts_of(incident: Incident, operator: str, language: Language, now: datetime) -> Facts:
    """What replies in that language are filled in with.

    The citizen's name is known only to the operator who has claimed the incident.
    """
    name = incident.contact.get("name") if sees_contact(incident, operator) else None
    return Facts(
        name=name,
        reference=incident.reference,
        procedure=_procedure(incident, language),
        date=date_text(to_madrid(now).date(), language),
    )


def gaps_left(text: str) -> Message | None:
    """What is wrong with an answer that still has gaps; None if it has none."""
    left = gaps(text)
    if not left:
        return None
    if len(left) == 1:
        return N_("{field}: replace {gap} with what it asks for, or delete it.", gap=left[0])
    return N_(
        "{field}: replace each of these with what it asks for, or delete it: {gaps}",
        gaps=", ".join(dict.fromkeys(left)),
    )


def _procedure(incident: Incident, language: Language) -> str | None:
    """The name of the procedure, in the reader's language if the catalogue lists it."""
    listed = catalogue().find(incident.procedure.get("code", ""))
    return listed.name_in(language)[0] if listed else incident.procedure.get("name")


@cache
def _shipped(team: Category) -> tuple[Reply, ...]:
    return tuple(
        Reply(file["name"], team, Language(file["language"]), path.read_text("utf-8").strip())
        for path in sorted((SHIPPED / team).iterdir())
        if (file := _FILE.fullmatch(path.name))
    )
