"""The metrics that a function reports."""

import json
from typing import Any


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
