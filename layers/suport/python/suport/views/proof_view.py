"""The monthly proof of erasure: what each day's audit looked at and erased. No personal data."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from suport.domain.legal_time import utc_text
from suport.domain.overdue import Overdue
from suport.domain.retention_run import Checked, Run, totals


def proof_view(month: str, runs: list[Run], today: date) -> dict[str, Any]:
    """The month, day by day up to today, ready for JSON. A day without a run is listed as such."""
    of_day = {run.day: run for run in runs}
    days = [
        {"day": day.isoformat(), **_shown(of_day.get(day))} for day in _days(month) if day <= today
    ]
    return {
        "month": month,
        "days": days,
        "finished": sum(day["finished_at"] is not None for day in days),
        "totals": _counts(totals(runs)),
    }


def _shown(run: Run | None) -> dict[str, Any]:
    finished = run.finished_at if run else None
    return {
        "begun_at": utc_text(run.begun_at) if run else None,
        "finished_at": utc_text(finished) if finished else None,
        **_counts(run),
    }


def _counts(run: Run | None) -> dict[str, Any]:
    """What was looked at, and what was erased by kind; the ages are those of the oldest, in s."""
    checked: Mapping[Checked, int] = run.checked if run else {}
    return {
        "checked": {kind: checked.get(kind, 0) for kind in Checked},
        "erased": _in_order(run.erased if run else {}),
        "oldest_s": _in_order(run.oldest_s if run else {}),
        "breaches": run.breaches if run else 0,
    }


def _in_order(by_kind: Mapping[Overdue, int]) -> dict[str, int]:
    return {str(kind): by_kind[kind] for kind in Overdue if kind in by_kind}


def _days(month: str) -> Iterator[date]:
    year, number = map(int, month.split("-"))
    for day in range(1, monthrange(year, number)[1] + 1):
        yield date(year, number, day)
