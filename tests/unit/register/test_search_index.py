"""Operators find the incidents of their own teams, in three requests, and nothing that has gone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import pytest

from suport.domain.category import Category
from suport.domain.crockford import encode, grouped
from suport.domain.desk_list import PAGE
from suport.domain.incident import Status
from suport.domain.reference import Reference
from suport.domain.retention import expires_at
from suport.domain.retention_run import INDEX_SEGMENTS
from suport.domain.search_terms import Asked, Findable, PersonFact, normalised
from suport.register.errors import Contended
from suport.register.marshalling import marshalled
from suport.register.search_index import MOST_OF_PERSON, SearchIndex, item_of
from tests.support.index_table import NAME, IndexTable

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FUNCTIONAL, PAYMENT, SIGNATURE = Category
NIF, EMAIL, PHONE = PersonFact
ALL = frozenset(Category)
MANY, MORE = 30_000, 45_000
AT_MOST = 2  # and one request to the register, for the rows of a page


@pytest.fixture
def table() -> IndexTable:
    return IndexTable()


@pytest.fixture
def index(table: IndexTable) -> SearchIndex:
    return index_in(table)


def index_in(table: IndexTable) -> SearchIndex:
    return SearchIndex(cast("Any", table), NAME, lambda: b"a key that only tests know")


def findable(number: int = 1, **fields: Any) -> Findable:
    at = fields.pop("submitted_at", NOW - number * MINUTE)
    known: dict[str, Any] = {
        "reference": Reference(grouped(encode(number * 0x9E3779B97F4A7C15, 12))),
        "category": PAYMENT,
        "status": Status.QUEUED,
        "submitted_at": at,
        "expires_at": expires_at(at),
        "procedure": "2081744",
        "known_error": "SAF_09",
    }
    return Findable(**known | fields)


def found(index: SearchIndex, asked: Asked, now: datetime = NOW) -> list[Reference]:
    """The references on all pages."""
    return list(_found(index, asked, now))


def _found(index: SearchIndex, asked: Asked, now: datetime) -> Iterator[Reference]:
    page: str | None = None
    while True:
        told = index.find(asked, now, page)
        yield from told.references
        if (page := told.next) is None:
            return


def filled(index: SearchIndex, table: IndexTable, incidents: Iterator[Findable]) -> None:
    """Puts many incidents into the table, without a request for each."""
    for each in incidents:
        for item in index.items_of(each):
            table.put(marshalled(item_of(item)))
    table.requests.clear()


def test_what_is_asked_for_is_found_the_latest_first(index: SearchIndex) -> None:
    incidents = [
        findable(1),
        findable(2, category=FUNCTIONAL),
        findable(3, status=Status.RESOLVED),
        findable(4, procedure="1", known_error=None),
        findable(5, submitted_at=NOW - 3 * DAY),
    ]
    for each in incidents[::-1]:
        index.follow(None, each)
    one, two, three, four, five = (each.reference for each in incidents)
    asked = partial(Asked, teams=ALL)
    assert found(index, asked()) == [one, two, three, four, five]
    assert found(index, Asked(teams=frozenset({FUNCTIONAL}))) == [two]
    assert found(index, asked(states=frozenset({Status.RESOLVED}))) == [three]
    assert found(index, asked(procedures=frozenset({"1", "2"}))) == [four]
    assert found(index, asked(errors=frozenset({"SAF_09"}))) == [one, two, three, five]
    assert found(index, asked(since=NOW - DAY, before=NOW - 2 * MINUTE)) == [three, four]
    assert found(index, asked(before=NOW - DAY)) == [five]
    assert found(index, asked(reference=five.replace("-", "")[3:8])) == [five]
    assert found(index, asked(since=NOW, before=NOW - DAY)) == []
    assert found(index, Asked(teams=frozenset())) == []


@pytest.fixture(scope="module")
def crowded() -> tuple[SearchIndex, IndexTable]:
    """An index with half as many incidents again as one page looks at, all of one team."""
    table = IndexTable()
    index = index_in(table)
    filled(index, table, (findable(number) for number in range(1, MORE + 1)))
    return index, table


@pytest.mark.parametrize("teams", [ALL, frozenset({PAYMENT})])
def test_among_thirty_thousand_of_one_team_any_is_found_in_two_requests(
    crowded: tuple[SearchIndex, IndexTable], teams: frozenset[Category]
) -> None:
    index, table = crowded
    oldest = findable(MANY)
    asked = Asked(teams=teams, since=oldest.submitted_at)
    for one in (
        replace(asked, reference=oldest.reference.replace("-", "")),
        replace(asked, reference=oldest.reference.replace("-", "")[5:]),
        replace(asked, before=oldest.submitted_at + MINUTE),
        replace(asked, before=oldest.submitted_at + 20 * MINUTE, procedures=frozenset({"2081744"})),
    ):
        table.requests.clear()
        told = index.find(one, NOW)
        assert told.references[-1:] == (oldest.reference,)
        assert told.next is None
        assert len(table.requests) <= AT_MOST


def test_a_page_of_all_looks_at_little(crowded: tuple[SearchIndex, IndexTable]) -> None:
    index, table = crowded
    table.requests.clear()
    first = index.find(Asked(teams=ALL), NOW)
    second = index.find(Asked(teams=ALL), NOW, first.next)
    assert [*first.references, *second.references] == [
        findable(number).reference for number in range(1, 2 * PAGE + 1)
    ]
    assert table.requests == ["query", "query"]


def test_a_page_never_takes_more_requests_however_many_incidents_there_are(
    crowded: tuple[SearchIndex, IndexTable],
) -> None:
    """Beyond those it looks at, the page says where to go on."""
    index, table = crowded
    table.requests.clear()
    oldest = findable(MORE).reference
    asked = Asked(teams=ALL, reference=oldest.replace("-", ""))
    told = index.find(asked, NOW)
    assert (told.references, len(table.requests)) == ((), AT_MOST)
    assert told.next
    assert index.find(asked, NOW, told.next).references == (oldest,)


def test_an_incident_is_found_no_more_from_its_midnight_on(index: SearchIndex) -> None:
    contact = {"email": "anna@example.org"}
    incident = findable(contact=contact, known_problem="carpeta")
    index.follow(None, incident)
    last, gone = (datetime.fromtimestamp(incident.expires_at + seconds, UTC) for seconds in (-1, 0))
    for now, expected in ((last, (incident.reference,)), (gone, ())):
        assert index.find(Asked(teams=ALL), now).references == expected
        assert index.of_person(ALL, EMAIL, contact["email"], now).references == expected
        assert index.linked("carpeta", now) == expected


def test_a_person_is_found_in_the_own_teams_only(index: SearchIndex) -> None:
    contact = {"nif": "12345678Z", "email": "anna@example.org"}
    contact |= {"phone": "600112233", "dial": "+34600112233"}
    ours, theirs = findable(1, contact=contact), findable(2, contact=contact, category=SIGNATURE)
    for each in (ours, theirs):
        index.follow(None, each)
    for fact, stated in (
        (NIF, "12.345.678-z"),
        (EMAIL, "ANNA@EXAMPLE.ORG"),
        (PHONE, "+34 600 11 22 33"),
    ):
        value = normalised(fact, stated)
        assert index.of_person([PAYMENT], fact, value, NOW).references == (ours.reference,)
        everywhere = index.of_person(ALL, fact, value, NOW).references
        assert set(everywhere) == {ours.reference, theirs.reference}
        assert index.of_person([FUNCTIONAL], fact, value, NOW).references == ()


def test_a_rectified_person_is_found_by_the_new_data_only(index: SearchIndex) -> None:
    before = findable(contact={"email": "anna@example.org", "nif": "12345678Z"})
    after = replace(before, contact={"email": "anna.pons@example.org", "nif": "12345678Z"})
    index.follow(None, before)
    index.follow(before, after)
    by_email = partial(index.of_person, [PAYMENT], EMAIL, now=NOW)
    assert by_email(value="anna@example.org").references == ()
    assert by_email(value="anna.pons@example.org").references == (after.reference,)
    assert index.of_person([PAYMENT], NIF, "12345678Z", NOW).references == (after.reference,)


def test_a_transferred_person_is_found_by_the_other_team_only(index: SearchIndex) -> None:
    before = findable(contact={"email": "anna@example.org"})
    after = replace(before, category=SIGNATURE)
    index.follow(None, before)
    index.follow(before, after)
    assert index.of_person([PAYMENT], EMAIL, "anna@example.org", NOW).references == ()
    assert index.of_person([SIGNATURE], EMAIL, "anna@example.org", NOW).references == (
        after.reference,
    )
    assert found(index, Asked(teams=frozenset({PAYMENT}))) == []
    assert found(index, Asked(teams=frozenset({SIGNATURE}))) == [after.reference]


def test_what_is_erased_leaves_nothing(index: SearchIndex, table: IndexTable) -> None:
    incident = findable(contact={"email": "anna@example.org"}, known_problem="carpeta")
    index.follow(None, incident)
    assert len(table.all_items()) == 3
    index.follow(incident, None)
    assert table.all_items() == []


def test_a_change_may_come_twice_and_one_that_says_nothing_asks_for_nothing(
    index: SearchIndex, table: IndexTable
) -> None:
    before = findable(contact={"email": "anna@example.org"})
    after = replace(before, status=Status.CLAIMED)
    for _ in range(2):
        assert index.follow(None, before)
        assert index.follow(before, after)
    stored, asked = table.all_items(), len(table.requests)
    assert len(stored) == 2
    assert not index.follow(after, replace(after))
    assert len(table.requests) == asked


def test_what_the_table_leaves_undone_is_written_again(
    index: SearchIndex, table: IndexTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suport.register.contention.pause", lambda _: None)
    table.refuses = 2
    index.follow(None, findable(contact={"email": "anna@example.org", "nif": "12345678Z"}))
    assert len(table.all_items()) == 3
    monkeypatch.setattr(
        table,
        "batch_write_item",
        lambda *, RequestItems: {"UnprocessedItems": RequestItems},  # noqa: N803
    )
    with pytest.raises(Contended):
        index.follow(None, findable(2))


def test_all_linked_incidents_are_found(index: SearchIndex, table: IndexTable) -> None:
    incidents = [findable(number, known_problem="carpeta") for number in range(1, 301)]
    filled(index, table, iter(incidents))
    assert set(index.linked("carpeta", NOW)) == {each.reference for each in incidents}
    assert index.linked("another", NOW) == ()


@pytest.mark.parametrize(
    ("had", "more"), [(1, False), (MOST_OF_PERSON, False), (MOST_OF_PERSON + 1, True), (90, True)]
)
def test_of_a_person_the_latest_are_found_and_whether_there_are_earlier_ones(
    index: SearchIndex, table: IndexTable, had: int, more: bool
) -> None:
    """Whatever their references are, and whichever of the teams has them."""
    contact = {"email": "anna@example.org"}
    latest = [
        findable(number, contact=contact, category=(PAYMENT, SIGNATURE)[number % 2])
        for number in range(1, had + 1)
    ]
    filled(index, table, iter(latest))
    told = index.of_person([PAYMENT, SIGNATURE], EMAIL, contact["email"], NOW)
    assert list(told.references) == [each.reference for each in latest[:MOST_OF_PERSON]]
    assert told.more is more
    assert table.requests == ["query", "query"]


def test_what_has_expired_hides_nothing_that_is_kept(index: SearchIndex, table: IndexTable) -> None:
    contact = {"email": "anna@example.org"}
    past = int(NOW.timestamp())
    over = [findable(number, contact=contact, expires_at=past) for number in range(2, 90)]
    kept = [findable(1, contact=contact), findable(91, contact=contact)]
    filled(index, table, iter(over + kept))
    told = index.of_person([PAYMENT], EMAIL, contact["email"], NOW)
    assert list(told.references) == [each.reference for each in kept]
    assert not told.more


def test_the_audit_reads_each_item_in_one_of_its_segments(
    index: SearchIndex, table: IndexTable
) -> None:
    people = [f"{number}@example.org" for number in range(40)]
    filled(index, table, (findable(n, contact={"email": each}) for n, each in enumerate(people)))
    segments = [
        [item for page in index.pages(number, INDEX_SEGMENTS) for item in page]
        for number in range(INDEX_SEGMENTS)
    ]
    keys = [each.key for segment in segments for each in segment]
    assert len(keys) == len(set(keys)) == len(table.all_items())
    assert len([each for each in segments if each]) > 1
