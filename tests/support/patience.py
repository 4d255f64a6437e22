"""Waiting for the service's own work, no longer than it takes."""

import time
from collections.abc import Callable

PATIENCE_S = 60.0
"""Two processors start a worker for each function that is busy."""


def await_truth(condition: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    """Waits until the condition holds; fails when the time is up."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)
