"""The known problems that are open, as citizens are told of them; asked for once a minute at most.

A page never fails because of them: where they cannot be read, it shows none for a minute.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from aws_lambda_powertools import Logger

from suport.domain.known_problem import KnownProblem
from suport.runtime.logged_failure import facts

KEPT_FOR = timedelta(seconds=60)

logger = Logger()


def open_now(
    read: Callable[[datetime], tuple[KnownProblem, ...]], now: datetime
) -> tuple[KnownProblem, ...]:
    """All that are open; none where they cannot be read, which is logged: the rest works without.

    read: see `KnownProblems.published`.
    """
    try:
        return read(now)
    except Exception as failure:  # noqa: BLE001  whatever it is, the answer comes without them
        logger.error("known problems not read", **facts(failure))  # noqa: TRY400  as in every log
        return ()


class PublishedProblems:
    """Those that were published at most a minute ago."""

    def __init__(self, read: Callable[[datetime], tuple[KnownProblem, ...]]) -> None:
        """read: see `KnownProblems.published`."""
        self._read = read
        self._known: tuple[KnownProblem, ...] = ()
        self._read_at: datetime | None = None

    def at(self, now: datetime) -> tuple[KnownProblem, ...]:
        """All that are open."""
        if self._read_at is None or not self._read_at <= now < self._read_at + KEPT_FOR:
            self._read_at = now
            self._known = open_now(self._read, now)
        return tuple(each for each in self._known if each.is_open(now))
