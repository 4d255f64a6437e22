"""How often, and after which pauses, a write is attempted that others keep overtaking."""

import secrets
import time
from collections.abc import Iterator

ATTEMPTS = 5


def attempts() -> Iterator[int]:
    """The numbers of the attempts, from 0, with a pause before each but the first."""
    yield 0
    for attempt in range(1, ATTEMPTS):
        pause(attempt)
        yield attempt


def pause(attempt: int) -> None:
    """Waits at random, and longer each time: those who collided go on at different moments."""
    time.sleep(secrets.randbelow(20 << attempt) / 1000)
