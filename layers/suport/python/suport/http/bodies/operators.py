"""What operators send about an incident of their team."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from suport.domain.category import Category
from suport.domain.consent import Scope
from suport.domain.submission import LONGEST_DESCRIPTION
from suport.http import query
from suport.http.bodies.parts import PARAGRAPHS, Length, Part
from suport.http.problem import Problem


class ReplyBody(Part):
    """What an operator writes to the citizen; with `ask`, the incident waits for the answer."""

    body: Annotated[str, PARAGRAPHS, Length(LONGEST_DESCRIPTION)]
    ask: bool = Field(default=False, description="Whether the incident waits for an answer.")


class NoteBody(Part):
    """What an operator writes for the team; the citizen never sees it."""

    body: Annotated[str, PARAGRAPHS, Length(LONGEST_DESCRIPTION)]


class TransferBody(Part):
    """The team that an incident goes to, and why."""

    category: Category
    reason: Annotated[str, PARAGRAPHS, Length(1000)]


class TakeOverBody(Part):
    """Why an operator takes over an incident that a colleague has."""

    reason: Annotated[str, PARAGRAPHS, Length(1000)]


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return query.day("until", value)
    except Problem:
        raise PydanticCustomError("day", "day") from None


class SnoozeBody(Part):
    """The day on which an incident that is put aside comes back; null ends that."""

    until: Annotated[date, BeforeValidator(_day)] | None


class ResolutionBody(Part):
    """The last message to the citizen, if there is one."""

    body: Annotated[str, PARAGRAPHS, Length(LONGEST_DESCRIPTION)] | None = None


class WithdrawalBody(Part):
    """The consent that the citizen takes back by asking an operator."""

    scope: Scope
