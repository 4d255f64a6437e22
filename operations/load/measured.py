"""What one client or many citizens met: the answers, how long they took, and from when on.

An answer's time counts from the moment at which its request was due, not from when it left: while
the service is slow, those who come in the meantime wait too, and that is measured.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

PERCENTILES = (50.0, 90.0, 95.0, 99.0, 100.0)
LATE_MS = 100.0
"""An arrival that starts later than this was late, as far as anybody would notice."""
MOST_LATE = 0.01
"""of the arrivals, if the generator has kept up"""
_GUESS = "flood: guess a code"


@dataclass(frozen=True)
class Request:
    """One request. Moments are in milliseconds since 1970."""

    number: int
    """Of the arrival that sent it, from 1 on."""
    name: str
    due: float
    began: float
    ended: float
    status: int | None = None
    """None if there was no answer; then `error` says why."""
    error: str = ""
    key: str = ""
    """The idempotency key, if it submits an incident."""
    email: str = ""
    category: str = ""
    reference: str = ""
    """Of the incident that the service says it has accepted."""
    code: str = field(default="", repr=False)

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> Self:
        """The request that the generator reported in this line."""
        facts = dict(line)
        return cls(name=facts.pop("request"), **facts)

    @property
    def took(self) -> float:
        """From the moment at which it was due until its answer was there, in milliseconds."""
        return self.ended - self.due

    @property
    def outcome(self) -> str:
        """The status or, without an answer, the error."""
        return self.error or str(self.status)

    @property
    def succeeded(self) -> bool:
        """Whether the answer is the one that the sender must get: a wrong guess is refused."""
        if self.name == _GUESS:
            return self.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}
        return self.status is not None and self.status < HTTPStatus.BAD_REQUEST


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest value that so many percent of all values do not exceed.

    Raises
    ------
    ValueError
        If there is none.
    """
    ordered = sorted(values)
    if not ordered:
        raise ValueError("Of nothing there is no percentile.")
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@dataclass(frozen=True)
class Measured:
    """All requests of one generator."""

    began: float
    """When its first arrival began to be awaited, in milliseconds since 1970."""
    rate: float
    """The arrivals a second that were asked for."""
    seconds: int
    requests: tuple[Request, ...]

    @classmethod
    def read(cls, output: str, rate: float, seconds: int) -> Self:
        """What the generator printed, line by line."""
        first, *lines = (json.loads(line) for line in output.splitlines())
        return cls(first["began"], rate, seconds, tuple(Request.read(line) for line in lines))

    @property
    def arrivals(self) -> dict[int, Request]:
        """The first request of each arrival, by the arrival's number."""
        first: dict[int, Request] = {}
        for request in sorted(self.requests, key=lambda each: each.began):
            first.setdefault(request.number, request)
        return first

    @property
    def achieved_rate(self) -> float:
        """The arrivals a second, from the start to the last arrival."""
        last = max((each.began for each in self.arrivals.values()), default=self.began)
        return len(self.arrivals) * 1000 / (last - self.began) if last > self.began else 0.0

    @property
    def lateness(self) -> list[float]:
        """How late each arrival began, in milliseconds: the generator's own fault."""
        return [max(0.0, each.began - each.due) for each in self.arrivals.values()]

    @property
    def expected_arrivals(self) -> int:
        """How many arrivals the rate makes in that time."""
        return math.floor(self.rate * self.seconds)

    @property
    def kept_up(self) -> bool:
        """Whether the generator sent what was asked for: nobody is missing, and few were late."""
        late = sum(each > LATE_MS for each in self.lateness)
        missing = self.expected_arrivals - len(self.arrivals)
        return missing <= 0 and late <= MOST_LATE * max(1, self.expected_arrivals)

    def named(self) -> dict[str, list[Request]]:
        """The requests by their name, in the order in which an arrival sends them."""
        found: dict[str, list[Request]] = {}
        for request in sorted(self.requests, key=lambda each: each.began):
            found.setdefault(request.name, []).append(request)
        return found


def outcomes(requests: Iterable[Request]) -> str:
    """How often each status or error came, such as `201: 29, 503: 1`."""
    counted = sorted(Counter(each.outcome for each in requests).items())
    return ", ".join(f"{outcome}: {times}" for outcome, times in counted)
