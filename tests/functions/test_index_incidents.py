"""The search index follows each change of an incident, and the audit mends what it missed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from suport.domain.category import Category
from suport.domain.incident import Status
from suport.domain.overdue import Overdue
from suport.domain.reference import Reference
from suport.domain.search_terms import Asked, PersonFact
from suport.register.deployed import register
from suport.register.other_tables import search_index
from suport.runtime import aws, clock
from tests.functions.test_audit_retention import Night
from tests.support.gateway import CONTEXT, Load
from tests.support.index_table import IndexTable
from tests.support.metrics import metrics
from tests.support.register import a_submission, stored_incident
from tests.support.table import Item
from tests.support.template import FUNCTIONS

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PAYMENT, SIGNATURE = Category.PAYMENT, Category.SIGNATURE
PRIVATE = {"email": "xisca@example.org", "phone": "600 11 22 33", "nif": "12345678Z"}
FACTS = (
    (PersonFact.EMAIL, "xisca@example.org"),
    (PersonFact.PHONE, "+34600112233"),
    (PersonFact.NIF, "12345678Z"),
)
ITEMS = 1 + len(FACTS)


def submitted(number: int = 1) -> Reference:
    stated = a_submission(category="payment", contact=PRIVATE, error={"code": "190"})
    return register().submit(stated, f"{number:020}", b"secret", NOW).reference


def image(reference: Reference) -> Item:
    return dict(stored_incident(register(), reference))


def record(before: Item | None, after: Item | None) -> dict[str, Any]:
    images = {"OldImage": before, "NewImage": after}
    known = {name: each for name, each in images.items() if each}
    some = next(iter(known.values()))
    keys = {name: some[name] for name in ("reference", "entry")}
    kind = "MODIFY" if before and after else "INSERT" if after else "REMOVE"
    told = known | {"Keys": keys, "SequenceNumber": "1"}
    return {"eventName": kind, "eventSource": "aws:dynamodb", "dynamodb": told}


@pytest.fixture
def table(embedded: None) -> IndexTable:  # noqa: ARG001  first the environment
    client: Any = aws.client("dynamodb")
    return cast("IndexTable", client.beside["search_index"])


@pytest.fixture
def follow(
    load: Load, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Callable[[Item | None, Item | None], Any]:
    caplog.set_level("INFO")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    app = load("index_incidents")

    def follow(before: Item | None, after: Item | None) -> Any:
        answer = app.handler({"Records": [record(before, after)]}, CONTEXT)
        logged = json.dumps([vars(each) for each in caplog.records], default=str)
        assert not [each for each in (*PRIVATE.values(), "112233") if each in logged]
        return answer

    return follow


def persons(team: Category) -> list[tuple[Reference, ...]]:
    return [search_index().of_person([team], *fact, NOW).references for fact in FACTS]


def test_an_incident_is_found_until_it_is_gone_and_with_its_present_team_only(
    follow: Callable[..., Any], table: IndexTable
) -> None:
    reference = submitted()
    first = image(reference)
    follow(None, first)
    assert len(table.all_items()) == ITEMS
    assert persons(PAYMENT) == [(reference,)] * len(FACTS)
    asked = Asked(teams=frozenset({PAYMENT}), errors=frozenset({"190"}))
    assert search_index().find(asked, NOW).references == (reference,)

    register().claim(reference, "joan", PAYMENT, NOW)
    register().transfer(reference, "joan", PAYMENT, SIGNATURE, "Del certificat", NOW)
    second = image(reference)
    follow(first, second)
    assert persons(PAYMENT) == [()] * len(FACTS)
    assert persons(SIGNATURE) == [(reference,)] * len(FACTS)

    follow(second, None)
    assert table.all_items() == []


def test_what_says_nothing_to_a_search_changes_nothing(
    follow: Callable[..., Any], table: IndexTable
) -> None:
    reference = submitted()
    first = image(reference)
    follow(None, first)
    table.requests.clear()
    register().add_citizen_message(reference, "Encara falla", NOW)
    follow(first, image(reference))
    assert table.requests == []


def test_a_corrected_address_leaves_no_digest_of_the_one_before(
    follow: Callable[..., Any], table: IndexTable
) -> None:
    reference = submitted()
    first = image(reference)
    follow(None, first)
    before = {each["term"]["S"] for each in table.all_items()}
    register().correct_contact(reference, lambda _: {"email": "x@example.org"}, NOW, at_once=True)
    follow(first, image(reference))
    after = {each["term"]["S"] for each in table.all_items()}
    assert len(after) == 2
    assert after & before == {"*"}


def test_what_an_erasure_leaves_is_found_by_nothing(
    follow: Callable[..., Any], table: IndexTable
) -> None:
    reference = submitted()
    first = image(reference)
    follow(None, first)
    asked = register().ask_for_erasure(reference, NOW).erasure_asked
    assert asked
    register().erase(reference, asked.entry, NOW)
    follow(first, image(reference))
    assert table.all_items() == []


@pytest.mark.parametrize("expiry", [None, {"S": "soon"}, {"N": "1.5"}])
def test_what_has_no_expiry_is_found_by_nothing(
    follow: Callable[..., Any], table: IndexTable, expiry: Any
) -> None:
    """No read shows such an item; the audit erases it."""
    first = image(submitted())
    follow(None, first)
    damaged = first | {"expires_at": expiry} if expiry else first.copy()
    if not expiry:
        damaged.pop("expires_at")
    assert follow(first, damaged) == {"batchItemFailures": []}
    assert table.all_items() == []


def test_a_change_that_cannot_be_written_comes_again(
    follow: Callable[..., Any], table: IndexTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = image(submitted())
    write = table.batch_write_item
    monkeypatch.setattr(table, "batch_write_item", lambda **_: 1 / 0)
    assert follow(None, first)["batchItemFailures"] == [{"itemIdentifier": "1"}]
    monkeypatch.setattr(table, "batch_write_item", write)
    follow(None, first)
    assert len(table.all_items()) == ITEMS


def test_the_function_is_given_incidents_and_no_entries() -> None:
    [pattern] = [
        json.loads(each["Pattern"])
        for each in FUNCTIONS["IndexIncidents"]["Events"]["Stream"]["Properties"]["FilterCriteria"][
            "Filters"
        ]
    ]
    assert pattern == {"dynamodb": {"Keys": {"entry": {"S": ["incident"]}}}}


def test_the_audit_writes_what_the_index_lacks_and_erases_what_it_has_too_much(
    load: Load,
    monkeypatch: pytest.MonkeyPatch,
    table: IndexTable,
    capsys: pytest.CaptureFixture[str],
) -> None:
    night = Night(load, monkeypatch)
    references = [submitted(number) for number in range(3)]
    run = night.start(NOW + DAY)
    assert (run.erased, run.breaches) == ({}, 0)
    assert len(table.all_items()) == len(references) * ITEMS
    assert sum(
        number
        for name, number, _ in metrics(capsys.readouterr().out)
        if name == "SearchIndexMended"
    ) == len(references)

    changed, gone, kept = references
    register().claim(changed, "joan", PAYMENT, NOW + DAY)
    register().transfer(changed, "joan", PAYMENT, SIGNATURE, "Del certificat", NOW + DAY)
    night.stored(gone).clear()  # as if its deletion had never come down the stream
    run = night.start(NOW + 2 * DAY)
    assert run.erased[Overdue.SEARCH_ITEM] == len(FACTS) + ITEMS
    found = search_index().find(Asked(teams=frozenset(Category)), night.now).references
    assert set(found) == {changed, kept}
    assert persons(PAYMENT) == [(kept,)] * len(FACTS)
    assert persons(SIGNATURE) == [(changed,)] * len(FACTS)

    stored = table.all_items()
    capsys.readouterr()
    assert night.start(NOW + 3 * DAY).erased == {}
    assert table.all_items() == stored
    assert "SearchIndexMended" not in capsys.readouterr().out


def test_the_audit_mends_as_an_incident_is_and_not_as_the_scan_saw_it(
    load: Load, monkeypatch: pytest.MonkeyPatch, table: IndexTable
) -> None:
    night = Night(load, monkeypatch)
    reference = submitted()
    client: Any = aws.client("dynamodb")
    scan = client._scan

    def overtaken(**asked: Any) -> Any:
        seen = scan(**asked)
        if seen and register().incident(reference, NOW).status is Status.RECEIVED:
            register().claim(reference, "joan", PAYMENT, NOW)
            register().transfer(reference, "joan", PAYMENT, SIGNATURE, "Del certificat", NOW)
        return seen

    monkeypatch.setattr(client, "_scan", overtaken)
    night.start(NOW + DAY)
    assert persons(SIGNATURE) == [(reference,)] * len(FACTS)
    assert persons(PAYMENT) == [()] * len(FACTS)
    assert len(table.all_items()) == ITEMS
