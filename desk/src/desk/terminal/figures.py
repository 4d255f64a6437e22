"""The team's figures in print."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from desk.terminal.moments import duration
from desk.terminal.output import cell, grid, indented
from desk.terminal.safe_text import plain_line


def print_figures(console: Console, figures: Mapping[str, Any]) -> None:
    """Prints how many incidents there are and were, how fast the answers, and the ratings."""
    ratings = figures.get("ratings") or {}
    mean = ratings.get("mean")
    table = grid()
    for label, value in (
        ("Open now", figures["open"]),
        ("Waiting for the citizen", figures["waiting"]),
        (f"Submitted in {figures['days']} days", figures["submitted"]),
        ("First answer", _times(figures.get("first_answer_s"))),
        ("Solution", _times(figures.get("solution_s"))),
        ("Ratings", "none yet" if mean is None else f"{mean:.1f} of 5, from {ratings['count']}"),
    ):
        table.add_row(label, cell(value))
    console.print(Text(plain_line(figures["category"]), "bold"))
    console.print(indented(table))


def _times(seconds: Mapping[str, Any] | None) -> str:
    half, most = ((seconds or {}).get(name) for name in ("p50", "p90"))
    if half is None or most is None:
        return "none yet"
    return f"half within {duration(half)}, nine of ten within {duration(most)}"
