"""How the teams do, in numbers that identify nobody: how long help takes, how it is rated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from suport.domain.incident import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What the figures need of one incident.

    `first_answered_at` is when the team first answered, however often the citizen has reopened
    the incident since; `resolved_at` and `rating` are those of the latest resolution.
    """

    submitted_at: datetime
    first_answered_at: datetime | None = None
    resolved_at: datetime | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long half of them took at most, and nine in ten: whole seconds, or None without any."""

    p50: int | None
    p90: int | None


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many citizens rated, and the mean to two decimals; None if nobody did."""

    count: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """A team's figures. `open` and `waiting` are as of now; `open` includes `waiting`."""

    open: int
    waiting: int
    submitted: int
    first_answer_s: Spread
    solution_s: Spread
    ratings: Ratings


def figures(handled: Sequence[Handled], open_now: Sequence[Status]) -> Figures:
    """The figures of these incidents; `open_now` has the status of each that is not resolved."""
    scores = [each.rating for each in handled if each.rating is not None]
    return Figures(
        open=len(open_now),
        waiting=open_now.count(Status.WAITING),
        submitted=len(handled),
        first_answer_s=_spread((each.submitted_at, each.first_answered_at) for each in handled),
        solution_s=_spread((each.submitted_at, each.resolved_at) for each in handled),
        ratings=Ratings(len(scores), round(sum(scores) / len(scores), 2) if scores else None),
    )


def nearest_rank(ordered: Sequence[int], percent: int) -> int | None:
    """The least of the values, given in ascending order, that `percent` of them do not exceed."""
    return ordered[-(-percent * len(ordered) // 100) - 1] if ordered else None


def _spread(spans: Iterable[tuple[datetime, datetime | None]]) -> Spread:
    taken = sorted(int((end - start).total_seconds()) for start, end in spans if end)
    return Spread(nearest_rank(taken, 50), nearest_rank(taken, 90))
