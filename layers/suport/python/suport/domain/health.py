"""The state of the service, decided from counts: of each part, of what it is built on, of all.

The states and their thresholds are those of Comanda, the Government's dashboard (integration manual
1.3). A count is of what was asked for: an answer to a citizen, a message handled, a call to AWS.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

SILENT_AFTER = timedelta(minutes=15)
"""How long a record tells the state. The watcher writes one every five minutes."""


class State(StrEnum):
    """How well something does, by its codes in Comanda."""

    UP = "UP"
    """At most 10 % of what was asked for failed."""
    WARN = "WARN"
    """Up to 20 %."""
    DEGRADED = "DEGRADED"
    """Up to 50 %."""
    ERROR = "ERROR"
    """More."""
    DOWN = "DOWN"
    """All of it."""
    MAINTENANCE = "MAINTENANCE"
    """People are at work on it: a copy of the register is being put back."""
    UNKNOWN = "UNKNOWN"
    """Nothing was asked for yet, or nobody has looked for too long."""


_FROM_BAD_TO_WORSE = (
    *(State.UNKNOWN, State.UP, State.WARN, State.DEGRADED, State.ERROR, State.DOWN),
    State.MAINTENANCE,
)


class Part(StrEnum):
    """A part of the service that people notice when it fails."""

    API = "api"
    """Every answer of API Gateway, whoever asked and whatever for."""
    WEB = "web"
    """Citizens' pages, and the API behind them."""
    DESK = "desk"
    """What operators and data protection ask for."""
    ROUTING = "routing"
    """From the register to the teams' queues."""
    MAIL = "mail"
    FILES = "files"
    RETENTION = "retention"
    """The six months: the nightly audit, and what erases files."""


class Integration(StrEnum):
    """A service of AWS that this one calls, beside the database."""

    SES = "ses"
    S3 = "s3"
    SQS = "sqs"
    SECRETS = "secrets"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was asked for: what was done, what failed, and the time that all of it took."""

    done: int = 0
    failed: int = 0
    time_ms: int = 0

    @property
    def asked(self) -> int:
        return self.done + self.failed

    @property
    def mean_ms(self) -> int | None:
        """The time that one took on average; None if nothing was asked for."""
        return round(self.time_ms / self.asked) if self.asked else None

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.done + other.done, self.failed + other.failed, self.time_ms + other.time_ms
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted of one thing: ever, and in the latest period, which decides its state.

    A period in which nothing was asked for says nothing: the state stays what it was.
    """

    total: Counts = field(default_factory=Counts)
    latest: Counts = field(default_factory=Counts)
    state: State = State.UNKNOWN

    def after(self, seen: Counts) -> "Tally":
        """The tally after one more period."""
        state = state_of(seen) if seen.asked else self.state
        return Tally(self.total + seen, seen, state)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at the service saw. Nothing is counted of what could not be looked at.

    counted_until: the end of the period of `parts`, for which the counts come from CloudWatch.
    dead_letters: messages that nobody could handle, by the part they were for. overdue: incidents
    that the watcher could not wake. in_maintenance: whether the register awaits a recovery copy.
    """

    counted_until: datetime | None
    database: Counts
    integrations: Mapping[Integration, Counts]
    parts: Mapping[Part, Counts]
    dead_letters: Mapping[Part, int]
    overdue: int
    in_maintenance: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """The state of the service as it was seen at that moment."""

    seen_at: datetime
    counted_until: datetime | None = None
    database: Tally = field(default_factory=Tally)
    integrations: Mapping[Integration, Tally] = field(default_factory=dict)
    parts: Mapping[Part, Tally] = field(default_factory=dict)
    dead_letters: Mapping[Part, int] = field(default_factory=dict)
    overdue: int = 0
    in_maintenance: bool = False

    def after(self, seen: Seen, at: datetime) -> "Health":
        """The state after one more look."""
        return Health(
            seen_at=at,
            counted_until=seen.counted_until,
            database=self.database.after(seen.database),
            integrations={
                each: self.integrations.get(each, Tally()).after(
                    seen.integrations.get(each, Counts())
                )
                for each in Integration
            },
            parts={
                each: self.parts.get(each, Tally()).after(seen.parts.get(each, Counts()))
                for each in Part
            },
            dead_letters={each: many for each, many in seen.dead_letters.items() if many},
            overdue=seen.overdue,
            in_maintenance=seen.in_maintenance,
        )

    def is_silent(self, at: datetime) -> bool:
        """Whether nobody has looked for so long that this tells nothing any more."""
        return at - self.seen_at > SILENT_AFTER

    def known_at(self, at: datetime) -> "Health":
        """The same with the states that are still known at that moment; the counts stay."""
        if not self.is_silent(at):
            return self
        return replace(
            self,
            in_maintenance=False,
            database=_unknown(self.database),
            integrations={each: _unknown(tally) for each, tally in self.integrations.items()},
            parts={each: _unknown(tally) for each, tally in self.parts.items()},
        )

    def part(self, part: Part) -> State:
        """The state of a part. Messages that nobody could handle do not let it be well."""
        state = self.parts.get(part, Tally()).state
        if self.dead_letters.get(part) and state is not State.UNKNOWN:
            return worst([state, State.WARN])
        return state

    @property
    def database_state(self) -> State:
        """The state of the database, which is at rest while people put a copy back into it."""
        return State.MAINTENANCE if self.in_maintenance else self.database.state

    @property
    def overall(self) -> State:
        """The state of the service: the worst of all that it consists of."""
        return worst(
            [
                self.database_state,
                *(tally.state for tally in self.integrations.values()),
                *map(self.part, Part),
            ]
        )


def state_of(counts: Counts) -> State:
    """The state that these counts tell."""
    if not counts.asked:
        return State.UNKNOWN
    if not counts.done:
        return State.DOWN
    for percent, state in ((10, State.UP), (20, State.WARN), (50, State.DEGRADED)):
        if counts.failed * 100 <= counts.asked * percent:
            return state
    return State.ERROR


def worst(states: Iterable[State]) -> State:
    """The worst of several states; what is unknown says nothing about the others."""
    return max(states, key=_FROM_BAD_TO_WORSE.index, default=State.UNKNOWN)


def _unknown(tally: Tally) -> Tally:
    return replace(tally, state=State.UNKNOWN)
