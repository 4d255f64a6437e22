"""How the audit reads and erases: all of it, at a pace, and only what is still as it was seen."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Any

import pytest

from suport.domain.category import Category
from suport.domain.reference import Reference
from suport.domain.retention_run import SEGMENTS
from suport.register.register import Register
from suport.register.whole_table import Pace, Stored, StoredIncident, WholeTable
from tests.support.register import a_submission, table_of

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
AINA = ("aina", Category.FUNCTIONAL)


@pytest.fixture
def table(register: Register) -> WholeTable:
    unhurried: Any = lambda _: None  # noqa: E731
    return WholeTable(table_of(register), "register", Pace(wait=unhurried))  # type: ignore[arg-type]


def submitted(register: Register, number: int = 0) -> Reference:
    made = register.submit(a_submission(), f"{number:020}", b"secret", NOW)
    return made.reference


def everything(table: WholeTable) -> Iterator[StoredIncident]:
    return chain.from_iterable(table.incidents(number) for number in range(SEGMENTS))


def own(table: WholeTable, reference: Reference) -> Stored:
    found = table.incident(reference)
    assert found
    return found


def test_the_segments_are_all_of_the_register_each_incident_once_and_whole(
    register: Register, table: WholeTable
) -> None:
    references = [submitted(register, number) for number in range(20)]
    for reference in references[:10]:
        register.claim(reference, *AINA, NOW)
        for body in ("Un", "Dos", "Tres"):
            register.note(reference, *AINA, body, NOW)
    found = {each.reference: each for each in everything(table)}
    assert sorted(found) == sorted(references)
    assert sum(1 for _ in everything(table)) == 20
    for reference in references:
        stored = {*table_of(register).items[reference]}
        assert {each.entry for each in found[reference].entries} | {"incident"} == stored


def test_an_incidents_entries_are_found_without_it(register: Register, table: WholeTable) -> None:
    reference = submitted(register)
    register.note(reference, *AINA, "Sola", NOW)
    del table_of(register).items[reference]["incident"]
    [found] = everything(table)
    assert found.incident is None
    assert [each.by_person for each in found.entries] == [True]


@pytest.mark.parametrize(
    ("has", "read"),
    [
        ({"N": "1780000000"}, 1780000000),
        ({"S": "1780000000"}, None),
        ({"NULL": True}, None),
        ({"BOOL": True}, None),
        ({"N": "-5"}, -5),
        (None, None),
    ],
)
def test_what_is_no_date_is_no_expiry(
    register: Register, table: WholeTable, has: Any, read: int | None
) -> None:
    """TTL would never erase it."""
    reference = submitted(register)
    item = table_of(register).items[reference]["incident"]
    item.pop("expires_at")
    if has:
        item["expires_at"] = has
    assert own(table, reference).expires_at == read


def test_an_item_is_erased_once(register: Register, table: WholeTable) -> None:
    reference = submitted(register)
    seen = own(table, reference)
    assert table.erase(seen)
    assert not table.erase(seen)
    assert table.incident(reference) is None


def test_an_item_that_lives_on_meanwhile_is_not_erased(
    register: Register, table: WholeTable
) -> None:
    reference = submitted(register)
    seen = own(table, reference)
    register.note(reference, *AINA, "Encara hi som", NOW.replace(year=2027, month=1))
    assert not table.erase(seen)
    assert register.incident(reference, NOW).reference == reference


def test_an_item_without_an_expiry_is_erased_unless_it_has_got_one(
    register: Register, table: WholeTable
) -> None:
    reference = submitted(register)
    kept = table_of(register).items[reference]["incident"].pop("expires_at")
    seen = own(table, reference)
    table_of(register).items[reference]["incident"]["expires_at"] = kept
    assert not table.erase(seen)
    del table_of(register).items[reference]["incident"]["expires_at"]
    assert table.erase(seen)
    assert not table.erase(seen)


def test_reading_keeps_within_the_pace() -> None:
    clock, waited = [100.0], []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        clock[0] += seconds

    pace = Pace(10, now=lambda: clock[0], wait=wait)
    for _ in range(100):
        pace.spend(2)
    assert clock[0] == pytest.approx(100 + 200 / 10)
    clock[0] += 60  # slow answers are no reason to hurry, nor to wait
    count = len(waited)
    pace.spend(2)
    assert len(waited) == count
    assert pace.units == 202
