"""A day's run of the retention audit: how far it has got, and what it found. No personal data.

A run goes through sections: first ranges of the files' store, then segments of the register, then
segments of the search index. The files come first: what the register loses is erased from the store
a moment later, by the stream. The index comes last: what the register has lost by then, it loses,
too.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from suport.domain import crockford
from suport.domain.overdue import Finding, Overdue

SEGMENTS = 64
"""of the register. One must be read within one start: at the pace of `WholeTable`, 1 GB."""
INDEX_SEGMENTS = 16
"""of the search index. One must be read within one start: at the audit's pace, 100,000 items. All
under `EVERY_INCIDENT`, one of each incident, are in one segment."""

_BOUNDS = crockford.ALPHABET[1:]  # references begin with any of these characters, equally often
RANGES = len(_BOUNDS) + 1
"""of the store"""


class Checked(StrEnum):
    """What the audit looks at."""

    INCIDENTS = "incidents"
    ENTRIES = "entries"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class KeyRange:
    """The keys of the store after `after`, up to and with `until`; None: up to the last."""

    after: str
    until: str | None


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of the register, of `SEGMENTS`."""

    number: int


@dataclass(frozen=True, slots=True)
class IndexSegment:
    """A segment of the search index, of `INDEX_SEGMENTS`."""

    number: int


SECTIONS: tuple[KeyRange | Segment | IndexSegment, ...] = (
    *(
        KeyRange(after, until)
        for after, until in zip(("", *_BOUNDS), (*_BOUNDS, None), strict=True)
    ),
    *map(Segment, range(SEGMENTS)),
    *map(IndexSegment, range(INDEX_SEGMENTS)),
)
"""All that there is to look at, in order. A run is as far as the numbers of those it has done."""


@dataclass(slots=True)
class Tally:
    """What one section brought. indexed: incidents of which the search index got what it lacked."""

    day: date
    checked: Counter[Checked] = field(default_factory=Counter)
    erased: Counter[Overdue] = field(default_factory=Counter)
    oldest_s: dict[Overdue, int] = field(default_factory=dict)
    breaches: int = 0
    indexed: int = 0

    def add(self, finding: Finding, now: datetime) -> None:
        """Counts something that was erased."""
        self.erased[finding.kind] += 1
        self.breaches += finding.is_breach(self.day)
        if finding.since is not None:
            age = int((now - finding.since).total_seconds())
            self.oldest_s[finding.kind] = max(age, self.oldest_s.get(finding.kind, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The run of one day. Moments are aware UTC.

    done: the numbers of the `SECTIONS` that are done. checked, erased: counts. oldest_s: by how
    many seconds the oldest thing of a kind was past its time. breaches: how many things should not
    have been there to find. held_until: when a start that is at work has given up at the latest.
    revision: counts the writes, so that two starts do not overwrite each other.
    """

    day: date
    begun_at: datetime
    finished_at: datetime | None = None
    done: frozenset[int] = frozenset()
    checked: Mapping[Checked, int] = field(default_factory=dict)
    erased: Mapping[Overdue, int] = field(default_factory=dict)
    oldest_s: Mapping[Overdue, int] = field(default_factory=dict)
    breaches: int = 0
    held_until: datetime | None = None
    revision: int = 0

    @property
    def to_do(self) -> list[int]:
        """The numbers of the sections that are left."""
        return [number for number in range(len(SECTIONS)) if number not in self.done]

    def is_held(self, now: datetime) -> bool:
        """Whether another start is at work."""
        return self.held_until is not None and now < self.held_until

    def after(self, number: int, tally: Tally, *, complete: bool) -> "Run":
        """The run after a section. What was looked at counts once the section is complete."""
        return replace(
            self,
            done=self.done | {number} if complete else self.done,
            checked=_sum(self.checked, tally.checked) if complete else self.checked,
            erased=_sum(self.erased, tally.erased),
            oldest_s=_largest(self.oldest_s, tally.oldest_s),
            breaches=self.breaches + tally.breaches,
        )

    def released(self, now: datetime) -> "Run":
        """The run at the end of a start: finished, or for a later start to go on with."""
        return replace(self, held_until=None, finished_at=None if self.to_do else now)


def totals(runs: list[Run]) -> Run | None:
    """The runs of a month taken together, as one that began with the first; None without any."""
    if not runs:
        return None
    total, *more = runs
    for run in more:
        total = replace(
            total,
            checked=_sum(total.checked, run.checked),
            erased=_sum(total.erased, run.erased),
            oldest_s=_largest(total.oldest_s, run.oldest_s),
            breaches=total.breaches + run.breaches,
        )
    return total


def _sum[Name: str](one: Mapping[Name, int], other: Mapping[Name, int]) -> dict[Name, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


def _largest[Name: str](one: Mapping[Name, int], other: Mapping[Name, int]) -> dict[Name, int]:
    return {name: max(one.get(name, 0), other.get(name, 0)) for name in {**one, **other}}
