"""The table of a report for a spreadsheet: CSV (RFC 4180), one figure a row.

Its words are codes, in no language. Its separators are those of the page's language: where people
write a decimal comma, spreadsheets expect it, and a semicolon between two columns.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from desk.report.words import WORDS
from desk.service_vocabulary import Language

TITLES = ("month", "day", "category", "figure", "part", "value", "at_least")
"""`value` is empty where a figure is not shown; `at_least` is then the sum that the days show."""

_LINES = ("submitted", "answered", "ended", "reopened", "rated")


def sheet(report: Mapping[str, Any], language: Language) -> str:
    """The table of this report, as the service's API gives it, with that language's separators."""
    decimal = WORDS[language].decimal
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if decimal == "," else ",")
    writer.writerow(TITLES)
    for row in _table(report):
        writer.writerow(
            str(each).replace(".", decimal) if isinstance(each, float) else each for each in row
        )
    return written.getvalue()


def _table(report: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    month = report["month"]
    for of in report["days"]:
        yield from ((month, of["day"], of["category"], *row) for row in _rows(of))
    for of in report["categories"]:
        yield from ((month, "", of["category"], *row) for row in _rows(of))
    for key, name in (("languages", "language"), ("procedures", "code")):
        if breakdown := report.get(key):
            for each in breakdown["shown"]:
                yield month, "", "", key, each[name], each["submitted"], None
            yield month, "", "", key, "others", breakdown["others"], None


def _rows(figures: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Figure, part, value and bound."""
    for name in _LINES:
        line = figures[name]
        total = line.get("total")
        yield name, "", total, (line.get("at_least") or None) if total is None else None
        for part, count in (line.get("parts") or {}).items():
            yield name, part, count, None
    for name in ("first_answer", "solution"):
        for percentile, seconds in (figures.get(f"{name}_s") or {}).items():
            yield f"{name}_{percentile}_s", "", seconds, None
    yield "mean_rating", "", figures.get("mean_rating"), None
