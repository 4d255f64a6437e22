"""Waiting for what the service does by itself, no longer than it takes."""

import time
from collections.abc import Callable

PATIENCE_S = 60.0
"""Two processors start a worker for each function that is busy."""


def await_truth(condition: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    """Waits until it holds; fails when the time is up."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)
