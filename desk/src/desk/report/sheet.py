"""The table of a report for a spreadsheet: CSV (RFC 4180), one figure a row, in no language."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

TITLES = ("month", "day", "category", "figure", "part", "value")
"""`value` is empty where a figure is too small to be shown."""

_LINES = ("submitted", "answered", "ended", "reopened", "rated")


def sheet(report: Mapping[str, Any]) -> str:
    """The table of this report, as the service's API gives it."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(TITLES)
    month = report["month"]
    for of in report["days"]:
        writer.writerows((month, of["day"], of["category"], *row) for row in _rows(of))
    for of in report["categories"]:
        writer.writerows((month, "", of["category"], *row) for row in _rows(of))
    for key, name in (("languages", "language"), ("procedures", "code")):
        if breakdown := report.get(key):
            for each in breakdown["shown"]:
                writer.writerow((month, "", "", key, each[name], each["submitted"]))
            writer.writerow((month, "", "", key, "others", breakdown["others"]))
    return written.getvalue()


def _rows(figures: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for name in _LINES:
        line = figures[name]
        yield name, "", line.get("total")
        for part, count in (line.get("parts") or {}).items():
            yield name, part, count
        if "at_least" in line:
            yield name, "at_least", line["at_least"]
    for name in ("first_answer_s", "solution_s"):
        for percentile, seconds in (figures.get(name) or {}).items():
            yield name, percentile, seconds
    yield "mean_rating", "", figures.get("mean_rating")
