"""What pages show that is no citizen's own, asked for once a minute at most.

A page never fails because of it: where it cannot be read, the page comes without it for a minute.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from suport.runtime.logged_failure import facts

KEPT_FOR = timedelta(seconds=60)

logger = Logger()


def read_or[T](read: Callable[[datetime], T], now: datetime, otherwise: T, what: str) -> T:
    """What is read; otherwise, where it cannot be read, the other value.

    The failure is logged: `what` was not read.
    """
    try:
        return read(now)
    except Exception as failure:  # noqa: BLE001  whatever it is, the answer comes without it
        logger.error(f"{what} not read", **facts(failure))  # noqa: G004, TRY400  as in every log
        return otherwise


class OnceAMinute[T]:
    """What was read at most a minute ago."""

    def __init__(self, read: Callable[[datetime], T], otherwise: T, what: str) -> None:
        """See `read_or`."""
        self._read, self._otherwise, self._what = read, otherwise, what
        self._known = otherwise
        self._read_at: datetime | None = None

    def at(self, now: datetime) -> T:
        """As it was read last; otherwise, where it could not be read, the other value."""
        if self._read_at is None or not self._read_at <= now < self._read_at + KEPT_FOR:
            self._read_at = now
            self._known = read_or(self._read, now, self._otherwise, self._what)
        return self._known
