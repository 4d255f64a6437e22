"""Known problems, as editors state them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from suport.domain import known_problem
from suport.domain.known_problem import KnownProblem, stated
from suport.domain.language import Language

ANNOUNCED = {
    **{f"title.{each}": f"Sense passarel·la ({each})" for each in Language},
    **{f"text.{each}": f"No pagueu ara ({each})." for each in Language},
    "categories.payment": "on",
    "since": "2026-11-25T08:30",
}
"""The fields of the form in which an editor states a problem of payments."""
STATED_AT = datetime(2026, 11, 25, 9, tzinfo=UTC)


def a_problem(**changes: Any) -> KnownProblem:
    """A problem of payments, which is open; `changes` are of its fields."""
    problem = known_problem.opened(
        stated(ANNOUNCED, STATED_AT), "01M8A9GS32SWC3AYT3M5FPN97G", "eva", STATED_AT
    )
    return replace(problem, **changes)
