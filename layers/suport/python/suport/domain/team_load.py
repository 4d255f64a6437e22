"""How much a support team has to do, for supervisors: counts and ages, and nothing personal."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from suport.domain.category import Category
from suport.domain.incident import Status
from suport.domain.reference import Reference

COUNTED_AT_MOST = 5_000
"""Open incidents of a team that are counted: a very bad day must not hold up the page."""
SET_ASIDE_AT_MOST = 100
"""Mails set aside of a team that are counted and listed."""

_FREE = {Status.RECEIVED, Status.QUEUED}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """What a team's load needs of an open incident. operator: who has it, if anybody."""

    status: Status
    submitted_at: datetime
    operator: str | None
    is_unread: bool
    is_ending: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class OperatorLoad:
    """How many open incidents an operator has.

    waiting: those of them that wait for their citizens. unread: those with something unread.
    """

    open: int = 0
    waiting: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLoad:
    """The open incidents of a team in numbers.

    is_all: whether they are all counted; else there are at least so many, the most urgent of them.
    oldest, oldest_free: when the oldest of all was submitted, and the oldest that nobody has.
    """

    team: Category
    open: int
    is_all: bool
    by_state: Mapping[Status, int]
    unread: int
    overdue: int
    ending: int
    oldest: datetime | None
    oldest_free: datetime | None
    by_operator: Mapping[str, OperatorLoad]


@dataclass(frozen=True, slots=True)
class SetAsideMail:
    """That a mail about that incident was set aside: its citizen did not get it."""

    reference: Reference
    at: datetime


@dataclass(frozen=True, slots=True)
class SetAsideMails:
    """The latest mails that were set aside; `is_all` says whether there are no more."""

    mails: tuple[SetAsideMail, ...]
    is_all: bool


def load_of(team: Category, found: Iterable[OpenIncident], most: int = COUNTED_AT_MOST) -> TeamLoad:
    """The load of a team with these open incidents; it takes no more of them than it counts."""
    looked_at = list(islice(found, most + 1))
    counted = looked_at[:most]
    has, waiting, unread = Counter[str](), Counter[str](), Counter[str]()
    for each in counted:
        if each.operator:
            has[each.operator] += 1
            waiting[each.operator] += each.status is Status.WAITING
            unread[each.operator] += each.is_unread
    return TeamLoad(
        team=team,
        open=len(counted),
        is_all=len(looked_at) == len(counted),
        by_state=Counter(each.status for each in counted),
        unread=sum(each.is_unread for each in counted),
        overdue=sum(each.is_overdue for each in counted),
        ending=sum(each.is_ending for each in counted),
        oldest=min((each.submitted_at for each in counted), default=None),
        oldest_free=min(
            (each.submitted_at for each in counted if each.status in _FREE), default=None
        ),
        by_operator={
            name: OperatorLoad(has[name], waiting[name], unread[name]) for name in sorted(has)
        },
    )


def latest_set_aside(found: Iterable[SetAsideMail], most: int = SET_ASIDE_AT_MOST) -> SetAsideMails:
    """The first of these mails, which come the latest first."""
    looked_at = tuple(islice(found, most + 1))
    return SetAsideMails(looked_at[:most], len(looked_at) <= most)
