"""The known problems that are open, as citizens are told of them."""

from collections.abc import Callable
from datetime import datetime

from suport.domain.known_problem import KnownProblem
from suport.register.once_a_minute import OnceAMinute, read_or

_WHAT = "known problems"


def open_now(
    read: Callable[[datetime], tuple[KnownProblem, ...]], now: datetime
) -> tuple[KnownProblem, ...]:
    """All that are open; none where they cannot be read: the rest works without.

    read: see `KnownProblems.published`.
    """
    return read_or(read, now, (), _WHAT)


class PublishedProblems:
    """Those that were published at most a minute ago."""

    def __init__(self, read: Callable[[datetime], tuple[KnownProblem, ...]]) -> None:
        """read: see `KnownProblems.published`."""
        self._known: OnceAMinute[tuple[KnownProblem, ...]] = OnceAMinute(read, (), _WHAT)

    def at(self, now: datetime) -> tuple[KnownProblem, ...]:
        """All that are open."""
        return tuple(each for each in self._known.at(now) if each.is_open(now))
