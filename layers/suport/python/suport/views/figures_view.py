"""The figures as the desk's API gives them: a team's latest days, or a month of the whole service.

A count that is too small to be shown is null, and so is a value that too few would make.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from suport.domain.category import Category
from suport.domain.figures import (
    ENOUGH,
    PARTS,
    Breakdown,
    CategoryFigures,
    DayFigures,
    Line,
    MonthFigures,
    Quality,
    TeamFigures,
)
from suport.domain.procedures import Catalogue
from suport.domain.small_counts import LEAST, Shown


def team_view(figures: TeamFigures) -> dict[str, Any]:
    """A team's figures."""
    until = figures.until and figures.until.isoformat()
    return asdict(figures) | {"until": until}


def report(
    month: str,
    days: Mapping[date, DayFigures],
    closed: MonthFigures | None,
    catalogue: Catalogue,
) -> dict[str, Any]:
    """A month of the whole service, so far or, once it is over, as it stays."""
    last = max(days, default=None)
    return {
        "month": month,
        "until": last and last.isoformat(),
        "closed": closed is not None,
        "least": LEAST,
        "enough": ENOUGH,
        "days": [
            {"day": day.isoformat(), "category": category, **_figures(figures)}
            for day, by_category in sorted(days.items())
            for category, figures in by_category.items()
        ],
        "categories": [
            {"category": category, **_month(category, days.values(), closed)}
            for category in Category
        ],
        "procedures": closed and _procedures(closed.procedures, catalogue),
        "languages": closed
        and {
            "shown": [
                {"language": language, "submitted": count}
                for language, count in _largest_first(closed.languages)
            ],
            "others": closed.languages.others,
        },
    }


def _month(
    category: Category, days: Collection[DayFigures], closed: MonthFigures | None
) -> dict[str, Any]:
    """A category's month: what is told of it, else the sum of its days where all of them show it.

    `at_least` is the sum of what the days show, `withheld_days` how many of them do not.
    """
    told = closed.categories[category] if closed else CategoryFigures({}, Quality())
    days_of = {
        line: [day[category].lines[line] for day in days if category in day] for line in Line
    }
    lines = {}
    for line, shown in days_of.items():
        of_month = told.lines.get(line, Shown())
        lines[line] = _sum(shown) if of_month.total is None else of_month
    view = _figures(CategoryFigures(lines, told.quality))
    for line, shown in days_of.items():
        totals = [day.total for day in shown]
        view[line] |= {
            "at_least": sum(filter(None, totals)),
            "withheld_days": totals.count(None),
        }
    return view


def _sum(days: Sequence[Shown]) -> Shown:
    """The sum of what the days show, as far as each of them shows it."""
    totals = [day.total for day in days if day.total is not None]
    parts = [day.parts for day in days if day.parts is not None]
    return Shown(
        sum(totals) if days and len(totals) == len(days) else None,
        tuple(map(sum, zip(*parts, strict=True))) if days and len(parts) == len(days) else None,
    )


def _figures(figures: CategoryFigures) -> dict[str, Any]:
    lines = {str(line): _line(line, figures.lines.get(line, Shown())) for line in Line}
    return lines | asdict(figures.quality)


def _line(line: Line, shown: Shown) -> dict[str, Any]:
    if len(PARTS[line]) == 1:
        return {"total": shown.total}
    parts = shown.parts and dict(zip(PARTS[line], shown.parts, strict=True))
    return {"total": shown.total, "parts": parts}


def _procedures(breakdown: Breakdown, catalogue: Catalogue) -> dict[str, Any]:
    shown = []
    for code, count in _largest_first(breakdown):
        listed = catalogue.find(code)
        names = {str(language): name for language, name in listed.names.items()} if listed else {}
        shown.append({"code": code, "names": names, "submitted": count})
    return {"shown": shown, "others": breakdown.others}


def _largest_first(breakdown: Breakdown) -> list[tuple[str, int]]:
    return sorted(breakdown.shown.items(), key=lambda each: (-each[1], each[0]))
