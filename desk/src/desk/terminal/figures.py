"""The team's figures in print."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from desk.terminal.moments import duration
from desk.terminal.numbers import so_many
from desk.terminal.output import cell, grid, indented
from desk.terminal.safe_text import plain_line


def print_figures(console: Console, figures: Mapping[str, Any]) -> None:
    """Prints how many incidents there are and were, how fast the answers, and the ratings."""
    ratings = figures.get("ratings") or {}
    mean, rated = ratings.get("mean"), ratings.get("count") or 0
    withheld = (figures.get("withheld_days") or {}).get("submitted") or 0
    submitted = str(figures["submitted"])
    if withheld:
        submitted += f"; {so_many(withheld, 'day')} with 1 to 4 not added"
    days = so_many(figures["days"], "day")
    over = so_many(figures.get("span_days") or figures["days"], "day")
    over = "" if over == days else f", over {over}"
    table = grid()
    for label, value in (
        ("Open now", figures["open"]),
        ("Waiting for the citizen", figures["waiting"]),
        (f"Submitted in {days}", submitted),
        (f"First answer{over}", _times(figures.get("first_answer_s"))),
        (f"Solution{over}", _times(figures.get("solution_s"))),
        (f"Ratings in {days}", rated),
        (f"Mean rating{over}", "too few to show" if mean is None else f"{mean:.1f} of 5"),
        ("Counted until", _until(figures)),
    ):
        table.add_row(label, cell(value))
    console.print(Text(plain_line(figures["category"]), "bold"))
    console.print(indented(table))


def _until(figures: Mapping[str, Any]) -> str:
    until, uncounted = figures.get("until"), figures.get("uncounted_days")
    if until is None:
        return "nothing yet: the first night counts"
    return f"{until} (not counted yet: {so_many(uncounted, 'day')})" if uncounted else until


def _times(seconds: Mapping[str, Any] | None) -> str:
    half, most = ((seconds or {}).get(name) for name in ("p50", "p90"))
    if half is None or most is None:
        return "too few to show"
    return f"half within {duration(half)}, nine of ten within {duration(most)}"
