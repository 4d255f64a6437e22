"""The metrics that a function reports."""

import json
from typing import Any

from suport.runtime.metrics import Metric

DIMENSIONS = {
    Metric.INCIDENTS_SUBMITTED: {"category"},
    Metric.INCIDENTS_QUEUED: {"category"},
    Metric.INCIDENTS_WOKEN: {"done"},
    Metric.MAILS: {"outcome"},
    Metric.MAIL_EVENTS: {"trouble"},
    Metric.FILES_CHECKED: {"outcome"},
    Metric.FAILURES: {"function"},
    Metric.LOST_CODES: {"outcome"},
    Metric.RETENTION_ERASED: {"kind"},
    Metric.INCIDENTS_ERASED: {"by"},
    Metric.REMOTE_SESSIONS: {"reason"},
}
"""The dimensions of each metric that has any."""


def metrics(printed: str, dimension: str = "done") -> list[tuple[str, float, str | None]]:
    """Each metric in the output: its name, its value, and that dimension of it."""
    found = []
    for line in printed.splitlines():
        told: dict[str, Any] = json.loads(line)
        for group in told.get("_aws", {}).get("CloudWatchMetrics", []):
            for metric in group["Metrics"]:
                (value,) = told[metric["Name"]]
                found.append((metric["Name"], value, told.get(dimension)))
    return found
