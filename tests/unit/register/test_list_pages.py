"""The pages of a list join up whatever happens meanwhile, and read no more than they show.

What a list has to show is worked out here from the incidents themselves, by rules that are written
out again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from suport.domain import crockford, desk_list
from suport.domain.category import Category
from suport.domain.desk_list import PAGE, Wanted
from suport.domain.incident import Incident, Status
from suport.domain.legal_time import to_madrid
from suport.domain.procedures import catalogue
from suport.domain.reference import Reference
from suport.register import register as register_module
from suport.register.items import incident_item
from suport.register.marshalling import marshalled
from suport.register.register import Register
from tests.support.incidents import an_incident
from tests.support.register import table_of
from tests.support.table import Table

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FUNCTIONAL, PAYMENT, SIGNATURE = Category
OPEN = (Status.RECEIVED, Status.QUEUED, Status.CLAIMED, Status.WAITING)
PEOPLE = ("aina", "biel")
PROCEDURE = catalogue().procedures[0].code
REFERENCES = [
    Reference(crockford.grouped(crockford.encode(number * 32**8 + 7, 12))) for number in range(14)
]
MOMENTS = st.sampled_from(
    [NOW + number * MINUTE for number in (-3, -2, -1, 0, 1, 2)] + [NOW - DAY, NOW + DAY]
)
DAYS = st.sampled_from([NOW.date() - DAY, NOW.date(), NOW.date() + DAY])


@st.composite
def incidents(draw: st.DrawFn, reference: Reference) -> Incident:
    """An incident in any state; few different moments, so that many are equal."""
    status = draw(st.sampled_from(Status))
    is_resolved = status is Status.RESOLVED
    free = is_resolved or status in {Status.RECEIVED, Status.QUEUED}
    claimed_by = None if free else draw(st.sampled_from(PEOPLE))
    return an_incident(
        reference=reference,
        category=draw(st.sampled_from(Category)),
        status=status,
        submitted_at=draw(MOMENTS) - draw(st.sampled_from([0, 1])) * DAY,
        due_at=None if is_resolved else draw(MOMENTS),
        resolved_at=draw(MOMENTS) if is_resolved else None,
        claimed_by=claimed_by,
        snoozed_until=draw(st.none() | st.just(NOW + DAY)) if claimed_by else None,
        unread=draw(st.integers(0, 1)),
        changed_at=draw(st.none() | MOMENTS),
        procedure=draw(st.none() | st.just({"code": PROCEDURE})),
        answer_by=None if is_resolved else draw(st.none() | DAYS),
        expires_at=int((NOW + draw(st.sampled_from([-1, 1, 29, 30, 31, 180])) * DAY).timestamp()),
    )


WANTED = st.builds(
    Wanted,
    mine=st.none() | st.sampled_from([*PEOPLE, "na Xisca", "\ud800"]),
    snoozed=st.booleans(),
    ending=st.booleans(),
    unread=st.booleans(),
    overdue=st.booleans(),
    states=st.frozensets(st.sampled_from(Status), max_size=2),
    procedure=st.none() | st.sampled_from([PROCEDURE, "\ud800"]),
    since=st.none() | DAYS | st.just(date.min),
    until=st.none() | DAYS | st.just(date.max),
    resolved=st.booleans(),
    changed_since=st.none() | MOMENTS.map(lambda moment: moment + timedelta(microseconds=1)),
)
ONE_BY_ONE = (
    *(Wanted(), Wanted(resolved=True), Wanted(mine="aina"), Wanted(snoozed=True)),
    *(Wanted(ending=True), Wanted(unread=True), Wanted(overdue=True)),
    *(Wanted(procedure=PROCEDURE, resolved=True), Wanted(since=NOW.date(), resolved=True)),
    *(Wanted(until=NOW.date() - DAY), Wanted(changed_since=NOW, resolved=True)),
    Wanted(states=frozenset({Status.WAITING}), resolved=True),
    Wanted(states=frozenset({Status.CLAIMED, Status.RESOLVED})),
)


def is_shown(incident: Incident, wanted: Wanted) -> bool:
    """Whether a list of the incident's team is to show it, from the incident itself."""
    is_resolved = incident.status is Status.RESOLVED
    submitted_on = to_madrid(incident.submitted_at).date()
    late = incident.due_at is not None and incident.due_at <= NOW
    late = late or (incident.answer_by is not None and incident.answer_by < NOW.date())
    states = wanted.states or {*OPEN}
    rules: list[tuple[object, bool]] = [
        (True, incident.expires_at > NOW.timestamp()),
        (True, incident.status in states or (wanted.resolved and is_resolved)),
        (wanted.mine is not None, incident.claimed_by == wanted.mine),
        (wanted.mine and not wanted.snoozed, incident.snoozed_until is None),
        (wanted.snoozed, incident.snoozed_until is not None),
        (wanted.ending, not is_resolved and incident.expires_at <= (NOW + 30 * DAY).timestamp()),
        (wanted.unread, not is_resolved and incident.unread > 0),
        (wanted.overdue, not is_resolved and late),
        (wanted.procedure, (incident.procedure or {}).get("code") == wanted.procedure),
        (wanted.since, submitted_on >= (wanted.since or date.min)),
        (wanted.until, submitted_on <= (wanted.until or date.max)),
        (
            wanted.changed_since,
            (incident.changed_at or incident.submitted_at) > (wanted.changed_since or NOW),
        ),
    ]
    return all(holds for is_asked, holds in rules if is_asked)


def in_order(incident: Incident) -> tuple[Any, ...]:
    if incident.resolved_at:
        return (1, -incident.resolved_at.timestamp(), incident.reference)
    assert incident.due_at
    return (0, incident.unread == 0, incident.due_at, incident.reference)


@dataclass
class Desk:
    """A register whose incidents come, change and go, and a list that is read page by page."""

    register: Register
    there: dict[Reference, Incident] = field(default_factory=dict)
    touched: set[Reference] = field(default_factory=set)

    def put(self, incident: Incident) -> None:
        self.there[incident.reference] = incident
        self.touched.add(incident.reference)
        item = marshalled(
            {name: each for name, each in incident_item(incident).items() if each is not None}
        )
        table_of(self.register).items[incident.reference] = {"incident": item}

    def expected(self, teams: list[Category], wanted: Wanted) -> list[Reference]:
        """What the list shows, in order."""
        own = [each for each in self.there.values() if each.category in teams]
        shown = [each for each in own if is_shown(each, wanted)]
        return [each.reference for each in sorted(shown, key=in_order)]


@contextmanager
def read_in_small_parts() -> Iterator[None]:
    """So that few incidents are read like many."""
    with (
        mock.patch.object(desk_list, "LOOKED_AT", 7),
        mock.patch.object(register_module, "MOST_AT_ONCE", 4),
    ):
        yield


@settings(max_examples=80, deadline=None)
@given(data=st.data(), wanted=WANTED | st.sampled_from(ONE_BY_ONE), size=st.integers(1, 3))
def test_pages_join_up_without_gap_or_repeat_while_incidents_come_and_go(
    data: st.DataObject, wanted: Wanted, size: int
) -> None:
    table: Any = Table()
    desk = Desk(Register(table, "register"))
    for reference in REFERENCES[: data.draw(st.integers(0, 12))]:
        desk.put(data.draw(incidents(reference)))
    teams = data.draw(st.lists(st.sampled_from(Category), min_size=1, max_size=3))
    at_first = desk.expected(teams, wanted)
    desk.touched.clear()
    shown: list[Reference] = []
    page: str | None = None
    with read_in_small_parts():
        for _ in range(100):
            told = desk.register.team_list(teams, NOW, wanted, page, size=size)
            assert len(told.incidents) <= size
            now_shown = [each.reference for each in told.incidents]
            assert set(now_shown) <= set(desk.expected(teams, wanted))
            assert not (set(shown) & set(now_shown)) - desk.touched
            shown += now_shown
            if (page := told.next) is None:
                break
            for reference in data.draw(st.lists(st.sampled_from(REFERENCES), max_size=2)):
                desk.put(data.draw(incidents(reference)))
    assert page is None
    untouched = [each for each in at_first if each not in desk.touched]
    assert [each for each in shown if each not in desk.touched] == untouched


def test_each_filter_shows_some_and_leaves_out_the_others(register: Register) -> None:
    desk = Desk(register)
    several = product(Status, ({}, {"code": PROCEDURE}), range(8))
    for number, (status, procedure, bits) in enumerate(several):
        is_resolved, claimed = status is Status.RESOLVED, status in {Status.CLAIMED, Status.WAITING}
        moment = NOW + (bits - 4) * DAY
        desk.put(
            an_incident(
                reference=Reference(crockford.grouped(crockford.encode(number * 32**6, 12))),
                status=status,
                procedure=procedure,
                submitted_at=moment,
                changed_at=moment,
                due_at=None if is_resolved else moment,
                resolved_at=moment if is_resolved else None,
                claimed_by=PEOPLE[bits % 2] if claimed else None,
                snoozed_until=NOW + DAY if claimed and bits > 3 else None,
                unread=bits % 2,
                expires_at=int((NOW + (bits + 27) * DAY).timestamp()),
            )
        )
    everything = desk.expected([PAYMENT], Wanted(resolved=True))
    for wanted in ONE_BY_ONE:
        shown = register.team_list([PAYMENT], NOW, wanted, size=100).incidents
        expected = desk.expected([PAYMENT], wanted)
        assert [each.reference for each in shown] == expected
        assert 0 < len(expected) < len(everything) or wanted == Wanted(resolved=True)


@settings(max_examples=50, deadline=None)
@given(data=st.data(), changed_since=st.none() | MOMENTS, team=st.sampled_from(Category))
def test_all_that_is_open_comes_at_once_the_oldest_first(
    data: st.DataObject, changed_since: datetime | None, team: Category
) -> None:
    table: Any = Table()
    desk = Desk(Register(table, "register"))
    for reference in REFERENCES[: data.draw(st.integers(0, 9))]:
        desk.put(data.draw(incidents(reference)))
    wanted = Wanted(changed_since=changed_since)
    expected = [desk.there[each] for each in desk.expected([team], wanted)]
    told = desk.register.open_incidents(team, NOW, changed_since)
    assert [each.reference for each in told] == [
        each.reference
        for each in sorted(expected, key=lambda each: (each.submitted_at, each.reference))
    ]
    waiting = [each for each in expected if each.status is Status.WAITING]
    if changed_since is None:
        assert desk.register.open_count(team, NOW) == len(expected)
        assert desk.register.open_count(team, NOW, Status.WAITING) == len(waiting)
    mine = [each for each in expected if each.claimed_by == "aina"]
    held = {each.reference for each in desk.register.held_by("aina", [team], NOW)}
    assert held >= {each.reference for each in mine}


# What is read for it


@dataclass
class Reads:
    """How often the table was asked, how many incidents it looked at, and how many it gave."""

    calls: int = 0
    looked_at: int = 0
    given: int = 0


def reads(register: Register, ask: Callable[[], object]) -> Reads:
    """What one question costs, at the pages of DynamoDB itself, which are large."""
    table, found = table_of(register), Reads()
    query, answered = table.query, table._answer

    def part(**asked: Any) -> Any:
        answer = query(**asked)
        found.calls += 1
        found.looked_at += answer["ScannedCount"]
        found.given += len(answer["Items"])
        return answer

    def whole(**asked: Any) -> Any:
        items = answered("query", asked)
        found.calls += 1
        found.looked_at += len(table._query(**{**asked, "FilterExpression": None}))
        found.given += 0 if asked.get("Select") == "COUNT" else len(items)
        return iter([{"Items": items, "Count": len(items)}])

    with mock.patch.object(table, "query", part), mock.patch.object(table, "paginate", whole):
        ask()
    return found


def filled(register: Register, own: int, others: int) -> None:
    """So many open incidents of the payment team, every tenth aina's, and of each other team."""
    for team, many in ((PAYMENT, own), (FUNCTIONAL, others), (SIGNATURE, others)):
        for number in range(many):
            Desk(register).put(
                an_incident(
                    reference=Reference(
                        crockford.grouped(
                            crockford.encode((number * 3 + list(Category).index(team)) * 32**6, 12)
                        )
                    ),
                    category=team,
                    status=Status.CLAIMED if number % 10 == 0 else Status.QUEUED,
                    claimed_by="aina" if number % 10 == 0 else None,
                    due_at=NOW + number * MINUTE,
                    changed_at=NOW,
                )
            )


QUESTIONS: dict[str, tuple[Callable[[Register], object], Reads]] = {
    "a page": (
        lambda register: register.team_list([PAYMENT], NOW, Wanted()),
        Reads(1, PAGE + 1, PAGE + 1),
    ),
    "aina's own": (
        lambda register: register.team_list([PAYMENT], NOW, Wanted(mine="aina")),
        Reads(3, 300, 30),
    ),
    "a page of few that are wanted": (
        lambda register: register.team_list([PAYMENT], NOW, Wanted(procedure=PROCEDURE)),
        Reads(3, 300, 0),
    ),
    "what changed": (
        lambda register: register.open_incidents(PAYMENT, NOW, NOW + DAY),
        Reads(1, 300, 0),
    ),
    "what she holds": (
        lambda register: register.held_by("aina", [PAYMENT], NOW),
        Reads(1, 300, 30),
    ),
    "how many are open": (
        lambda register: register.open_count(PAYMENT, NOW),
        Reads(1, 300, 0),
    ),
}


def test_incidents_of_other_teams_cost_nothing_however_many(register: Register) -> None:
    expected = {name: cost for name, (_, cost) in QUESTIONS.items()}
    for own, others in ((300, 10), (0, 1000)):
        filled(register, own, others)
        asked = {name: partial(ask, register) for name, (ask, _) in QUESTIONS.items()}
        assert {name: reads(register, ask) for name, ask in asked.items()} == expected


def test_a_page_costs_the_same_however_many_incidents_follow(register: Register) -> None:
    costs = []
    for own in (60, 600):
        filled(register, own=own, others=0)
        costs.append(reads(register, lambda: register.team_list([PAYMENT], NOW, Wanted())))
    assert costs[0] == costs[1] == Reads(1, PAGE + 1, PAGE + 1)


def test_a_page_of_several_teams_reads_of_each_little_more_than_its_share(
    register: Register,
) -> None:
    filled(register, own=300, others=300)
    cost = reads(register, lambda: register.team_list(list(Category), NOW, Wanted()))
    assert cost == Reads(3, 78, 78)


def test_a_page_ends_after_so_many_that_are_not_wanted_and_says_that_more_may_follow(
    register: Register,
) -> None:
    filled(register, own=20, others=0)
    wanted = Wanted(procedure=PROCEDURE)
    pages: list[str | None] = [None]

    def follow() -> None:
        told = register.team_list([PAYMENT], NOW, wanted, pages[-1], size=2)
        assert told.incidents == ()
        pages.append(told.next)

    with read_in_small_parts():
        assert reads(register, follow) == Reads(2, 3 + 4, 0)
        assert reads(register, follow) == Reads(2, 3 + 4, 0)
        assert reads(register, follow) == Reads(2, 20 - 14, 0)
    assert pages[-1] is None
