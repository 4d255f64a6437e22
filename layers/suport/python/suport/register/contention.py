"""How often, and after which pauses, a write is attempted that others keep overtaking."""

import secrets
import time
from collections.abc import Iterator

ATTEMPTS = 5


def attempts() -> Iterator[int]:
    """The numbers of the attempts, from 0, each after a pause; the last one may fail, too.

    The pauses are random and grow, so those who collided go on at different moments.
    """
    yield 0
    for attempt in range(1, ATTEMPTS):
        time.sleep(secrets.randbelow(20 << attempt) / 1000)
        yield attempt
