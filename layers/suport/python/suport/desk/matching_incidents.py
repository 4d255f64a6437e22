"""The incidents that a known problem may explain, found by facts and not by their words."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from suport.domain.desk_list import ListedIncident
from suport.domain.incident import Status
from suport.domain.known_problem import KnownProblem
from suport.domain.search_terms import Asked
from suport.register.register import Register

if TYPE_CHECKING:
    from suport.register.search_index import SearchIndex

_OPEN = frozenset(Status) - {Status.RESOLVED}


@dataclass(frozen=True, slots=True)
class Matching:
    """Open incidents that the problem explains and that are linked to none.

    has_more: whether there may be more of them.
    """

    found: list[ListedIncident]
    has_more: bool


def matching(  # noqa: PLR0917  they are what it takes to search
    problem: KnownProblem,
    register: Register,
    index: "SearchIndex",
    now: datetime,
    most: int,
    rounds: int | None = None,
) -> Matching:
    """The latest of them, at most so many.

    rounds: pages of the index that are looked at, for somebody who waits; None for all. In a large
    outage many pages have only incidents that are linked already.
    """
    asked = Asked(
        teams=problem.categories,
        procedures=problem.procedures,
        errors=problem.errors,
        states=_OPEN,
        since=problem.since,
    )
    found: list[ListedIncident] = []
    page: str | None = None
    looked_at = 0
    while len(found) <= most and (rounds is None or looked_at < rounds):
        part = index.find(asked, now, page)
        found += [
            each
            for each in register.rows(part.references, now)
            if not each.linked and each.status in _OPEN and problem.explains(each)
        ]
        page, looked_at = part.next, looked_at + 1
        if page is None:
            break
    return Matching(found[:most], has_more=len(found) > most or page is not None)
