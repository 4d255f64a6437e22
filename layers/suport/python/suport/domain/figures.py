"""The service in numbers that identify nobody: counted each night, shown by day and by month.

Every figure falls on the day, in Madrid, on which its fact happened, and on the team that has the
incident in the night after. A day is counted once, in that night, and stands from then on: its
counts, and what percentiles and means over more days are made of. Nothing of it is ever taken from
the incidents again, so that two nights cannot be compared. `small_counts` says what may be shown of
a count.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from suport.domain.category import Category
from suport.domain.incident import Actor, Channel
from suport.domain.language import Language
from suport.domain.legal_time import to_madrid
from suport.domain.small_counts import Parts, Shown, joined, shown_of_day, shown_of_month

ENOUGH = 20
"""Below so many values neither percentiles nor a mean are shown."""

CAUGHT_UP = 60
"""Days back for which a night counts what earlier nights have missed."""

COUNTED_AFTER = timedelta(hours=1, minutes=30)
"""After the midnight in Madrid that ends a day, when it is counted; the template says the same."""

SPANS = (7, 30, 90, 180)
"""Days back for which percentiles and the mean rating are kept, up to each night."""


class Line(StrEnum):
    """What is counted by the day.

    SUBMITTED: incidents that arrived. ANSWERED: those that the team answered for the first time.
    ENDED: those that ended. REOPENED: those that their citizens reopened. RATED: those that their
    citizens rated.
    """

    SUBMITTED = "submitted"
    ANSWERED = "answered"
    ENDED = "ended"
    REOPENED = "reopened"
    RATED = "rated"


class End(StrEnum):
    """How an incident ended.

    SOLVED: an operator resolved it, or its citizen closed it after the team had answered.
    SELF_HELPED: its citizen closed it before the team had answered at all. SILENT: the service
    closed it because its citizen did not answer.
    """

    SOLVED = "solved"
    SELF_HELPED = "self_helped"
    SILENT = "silent"


PARTS: Mapping[Line, tuple[str, ...]] = {
    Line.SUBMITTED: tuple(Channel),
    Line.ANSWERED: ("all",),
    Line.ENDED: tuple(End),
    Line.REOPENED: ("all",),
    Line.RATED: ("all",),
}
"""The parts of each count, in their order in `Parts`."""

NO_PROCEDURE = "none"
"""Instead of a procedure's code, for incidents that name none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the figures need of one incident: nothing personal, and no reference.

    `first_answered_at` is when the team first answered, however often the citizen has reopened the
    incident since. How it ended, and its rating, are those of the latest end; a reopened incident
    has none of them. `reopened_at` is when it was last reopened. `procedure` is the code that the
    catalogue has, or `UNLISTED`.
    """

    category: Category
    language: Language
    channel: Channel
    submitted_at: datetime
    procedure: str | None = None
    first_answered_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: Actor | None = None
    reopened_at: datetime | None = None
    rating: int | None = None
    rated_at: datetime | None = None

    @property
    def end(self) -> End | None:
        """How it ended, if it did."""
        if self.ended_at is None:
            return None
        if self.ended_by is Actor.CITIZEN and self.first_answered_at is None:
            return End.SELF_HELPED
        return End.SILENT if self.ended_by is Actor.SERVICE else End.SOLVED


@dataclass(frozen=True, slots=True)
class Spread:
    """How long half of them took at most, and nine in ten: seconds, to the full minute."""

    p50: int | None = None
    p90: int | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """How long help took and how it is rated, over some time; None where there is too little.

    A solution is the end of an incident, in whichever way. The mean rating has one decimal: with
    two, it could be told who gave which.
    """

    first_answer_s: Spread = Spread()
    solution_s: Spread = Spread()
    mean_rating: float | None = None


type Values = Mapping[Line, Sequence[int]]
"""What a percentile or a mean is made of, the least first, so that the order tells nothing.

Of ANSWERED and ENDED, how long that took from the submission, in minutes rounded up: an exact
second could be found again in an incident that somebody knows. Of RATED, the ratings.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCount:
    """All that was counted of one day and category: small counts included, so never shown.

    `procedures` and `languages` are those of the incidents submitted. `values` are all of the day.
    """

    day: date
    category: Category
    lines: Mapping[Line, Parts]
    procedures: Mapping[str, int]
    languages: Mapping[str, int]
    values: Values

    @property
    def values_shown(self) -> Values:
        """The values of the lines whose count the day shows.

        The others must not count in anything: their part in a mean would tell about them.
        """
        return {
            line: values
            for line, values in self.values.items()
            if shown_of_day(self.lines[line]).total is not None
        }


@dataclass(frozen=True, slots=True)
class CategoryFigures:
    """What is shown of one category, on one day or in one month."""

    lines: Mapping[Line, Shown]
    quality: Quality


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The incidents submitted in a month, by one of their properties; see `small_counts.joined`."""

    shown: Mapping[str, int]
    others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthFigures:
    """What is shown of one month that is over."""

    categories: Mapping[Category, CategoryFigures]
    procedures: Breakdown
    languages: Breakdown


type DayFigures = Mapping[Category, CategoryFigures]
"""What is shown of one day."""

type Totals = Mapping[Line, int | None]
"""What is shown of the counts of one category on one day; None where one is too small."""


@dataclass(frozen=True, slots=True)
class Latest:
    """What the latest night says of one category.

    quality: that of the help over the latest days, by how many days. days: the totals of each
    counted day of the longest span.
    """

    quality: Mapping[int, Quality]
    days: Mapping[date, Totals]


def day_of(moment: datetime) -> date:
    """The calendar day of a moment, in Madrid."""
    return to_madrid(moment).date()


def month_of(day: date) -> str:
    """The month of a day, like `2026-11`."""
    return day.isoformat()[:7]


def days_to_count(today: date, counted: Iterable[date], facts: Iterable[Facts]) -> list[date]:
    """The days before today that nobody has counted, from the first on which anything happened.

    It goes back no further than `CAUGHT_UP` days. Yesterday counts even where nothing happened.
    """
    counted = set(counted)
    yesterday = today - timedelta(days=1)
    began = min((day_of(each.submitted_at) for each in facts), default=yesterday)
    first = min(yesterday, max(min([began, *counted]), today - timedelta(days=CAUGHT_UP)))
    days = (first + timedelta(days=number) for number in range((today - first).days))
    return [day for day in days if day not in counted]


def by_day(facts: Iterable[Facts]) -> dict[date, list[Facts]]:
    """The facts of each day on which something happened, so that no day looks through all."""
    found: dict[date, list[Facts]] = {}
    for each in facts:
        moments = (each.first_answered_at, each.ended_at, each.reopened_at, each.rated_at)
        for day in {day_of(moment) for moment in (each.submitted_at, *moments) if moment}:
            found.setdefault(day, []).append(each)
    return found


def count_day(day: date, category: Category, facts: Sequence[Facts]) -> DayCount:
    """Counts a day of a category."""
    own = [each for each in facts if each.category is category]
    submitted = [each for each in own if _on({day}, each.submitted_at)]
    ended = [each for each in own if _on({day}, each.ended_at)]
    found: dict[Line, Counter[str]] = {
        Line.SUBMITTED: Counter(each.channel for each in submitted),
        Line.ANSWERED: Counter("all" for each in own if _on({day}, each.first_answered_at)),
        Line.ENDED: Counter(each.end for each in ended if each.end),
        Line.REOPENED: Counter("all" for each in own if _on({day}, each.reopened_at)),
        Line.RATED: Counter("all" for each in own if each.rating and _on({day}, each.rated_at)),
    }
    return DayCount(
        day=day,
        category=category,
        lines={line: tuple(found[line][part] for part in PARTS[line]) for line in Line},
        procedures=Counter(each.procedure or NO_PROCEDURE for each in submitted),
        languages=Counter(str(each.language) for each in submitted),
        values={
            Line.ANSWERED: sorted(
                _minutes(each.submitted_at, each.first_answered_at)
                for each in own
                if _on({day}, each.first_answered_at)
            ),
            Line.ENDED: sorted(_minutes(each.submitted_at, each.ended_at) for each in ended),
            Line.RATED: sorted(
                each.rating for each in own if each.rating and _on({day}, each.rated_at)
            ),
        },
    )


def shown(counted: DayCount) -> CategoryFigures:
    """What is shown of a day and category."""
    lines = {line: shown_of_day(parts) for line, parts in counted.lines.items()}
    return CategoryFigures(lines, quality([counted.values]))


def close_month(days: Sequence[DayCount]) -> MonthFigures:
    """What is shown of a month, from all its days."""
    categories = {}
    told: list[DayCount] = []
    for category in Category:
        own = [day for day in days if day.category is category]
        lines = {line: shown_of_month([day.lines[line] for day in own]) for line in Line}
        days_told = {
            line: {
                day.day
                for day in own
                if lines[line].total is not None or shown_of_day(day.lines[line]).total is not None
            }
            for line in Line
        }
        values = [
            {line: each for line, each in day.values.items() if day.day in days_told[line]}
            for day in own
        ]
        categories[category] = CategoryFigures(lines, quality(values))
        told += [day for day in own if day.day in days_told[Line.SUBMITTED]]
    return MonthFigures(
        categories=categories,
        procedures=_breakdown(day.procedures for day in told),
        languages=_breakdown(day.languages for day in told),
    )


def quality(days: Iterable[Values]) -> Quality:
    """How long the help took that was given on these days, and how it was rated there."""
    of: dict[Line, list[int]] = {Line.ANSWERED: [], Line.ENDED: [], Line.RATED: []}
    for values in days:
        for line, each in values.items():
            of[line] += each
    scores = of[Line.RATED]
    mean = round(sum(scores) / len(scores), 1) if len(scores) >= ENOUGH else None
    return Quality(spread(of[Line.ANSWERED]), spread(of[Line.ENDED]), mean)


def spans(days: Mapping[date, Values], until: date) -> dict[int, Quality]:
    """The quality of help over the latest days up to that one, by how many days.

    days: what was kept of each, see `DayCount.values_shown`.
    """
    return {
        number: quality(
            values for day, values in days.items() if until - timedelta(days=number) < day <= until
        )
        for number in SPANS
    }


def spread(minutes: Iterable[int]) -> Spread:
    """The percentiles of how long these took, if they are enough."""
    taken = sorted(minutes)
    if len(taken) < ENOUGH:
        return Spread()
    return Spread(60 * nearest_rank(taken, 50), 60 * nearest_rank(taken, 90))


def nearest_rank(ordered: Sequence[int], percent: int) -> int:
    """The least of the values, given in ascending order, that `percent` of them do not exceed."""
    return ordered[-(-percent * len(ordered) // 100) - 1]


# The figures of a team


@dataclass(frozen=True, slots=True)
class Ratings:
    """How many citizens rated, and the mean to one decimal; None if there is too little."""

    count: int
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamFigures:
    """A team's figures over the latest days. `open` and `waiting` are as of now.

    `open` includes `waiting`. `until` is the last day that was counted, and `span_days` over how
    many days up to it the percentiles and the mean are. The counts are the sums of what the days
    show; `withheld_days` says on how many of the days each of them was too small, and
    `uncounted_days` how many days after `until` no night has counted yet.
    """

    until: date | None
    open: int
    waiting: int
    submitted: int
    answered: int
    ended: int
    reopened: int
    withheld_days: Mapping[Line, int]
    uncounted_days: int
    span_days: int
    first_answer_s: Spread
    solution_s: Spread
    ratings: Ratings


def totals(figures: CategoryFigures) -> Totals:
    """What is shown of the counts, without their parts."""
    return {line: each.total for line, each in figures.lines.items()}


def team_figures(
    latest: Latest, today: date, asked_days: int, *, open_now: int = 0, waiting: int = 0
) -> TeamFigures:
    """A team's figures over that many days before today."""
    span_days = next((each for each in SPANS if each >= asked_days), SPANS[-1])
    kept = latest.quality.get(span_days, Quality())
    first = today - timedelta(days=asked_days)
    days = [each for day, each in latest.days.items() if first <= day < today]
    found = {line: [each.get(line) for each in days] for line in Line}
    sums = {line: sum(filter(None, each)) for line, each in found.items()}
    until = max(latest.days, default=None)
    uncounted = (today - until).days - 1 if until else asked_days
    return TeamFigures(
        until=until,
        open=open_now,
        waiting=waiting,
        submitted=sums[Line.SUBMITTED],
        answered=sums[Line.ANSWERED],
        ended=sums[Line.ENDED],
        reopened=sums[Line.REOPENED],
        withheld_days={line: each.count(None) for line, each in found.items()},
        uncounted_days=max(0, min(uncounted, asked_days)),
        span_days=span_days,
        first_answer_s=kept.first_answer_s,
        solution_s=kept.solution_s,
        ratings=Ratings(sums[Line.RATED], kept.mean_rating),
    )


def _breakdown(counts: Iterable[Mapping[str, int]]) -> Breakdown:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return Breakdown(*joined(total))


def _on(days: AbstractSet[date], moment: datetime | None) -> bool:
    return moment is not None and day_of(moment) in days


def _minutes(start: datetime, end: datetime | None) -> int:
    """How many minutes that took, rounded up."""
    assert end
    return -(-int((end - start).total_seconds()) // 60)
