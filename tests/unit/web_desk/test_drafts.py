"""Drafts of the web desk, in a table with the template's keys."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from suport.desk.drafts import CALL, KEPT_FOR, LONGEST, Drafts, DraftTooLong, new_call
from suport.domain.reference import Reference
from tests.support.desk_table import DESK, desk_table, erase_all

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2026, 11, 26, 9, 30, 12, 345000, tzinfo=UTC)
ONE, OTHER = Reference("GQNC-YQBY-1H8C"), Reference("7K3M-9QXA-2BTC")
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def table() -> Iterator["DynamoDBClient"]:
    with desk_table() as client:
        yield client


@pytest.fixture
def drafts(table: "DynamoDBClient") -> Drafts:
    erase_all(table)
    return Drafts(table, DESK)


def bodies(drafts: Drafts, operator: str, about: Reference, now: datetime) -> dict[str, str]:
    found = drafts.of(operator, about, now)
    return {form: draft.fields["body"] for form, draft in found.items()}


def test_every_form_of_an_incident_has_a_draft_of_its_own(drafts: Drafts) -> None:
    drafts.keep("pau", ONE, "note", {"body": "Ha telefonat."}, NOW)
    drafts.keep("pau", ONE, "answer", {"body": "Ja ho hem"}, NOW + SECOND)
    drafts.keep("pau", ONE, "answer", {"body": "Ja ho hem mirat:\n\n", "ask": ""}, NOW + 2 * SECOND)
    found = drafts.of("pau", ONE, NOW + 3 * SECOND)
    assert list(found) == ["answer", "note"]
    assert found["answer"].fields == {"body": "Ja ho hem mirat:\n\n", "ask": ""}
    assert found["answer"].changed_at == NOW + 2 * SECOND


def test_nobody_sees_the_draft_of_a_colleague_or_of_another_incident(drafts: Drafts) -> None:
    drafts.keep("pau", ONE, "answer", {"body": "de Pau"}, NOW)
    drafts.keep("pau/", ONE, "answer", {"body": "d'un altre"}, NOW)
    assert bodies(drafts, "pau", ONE, NOW) == {"answer": "de Pau"}
    assert drafts.of("pau", OTHER, NOW) == {}
    assert drafts.of("p", ONE, NOW) == {}
    assert drafts.calls("pau", NOW) == {}


def test_a_draft_is_shown_for_a_day_after_its_last_change(drafts: Drafts) -> None:
    drafts.keep("pau", ONE, "answer", {"body": "a"}, NOW)
    drafts.keep("pau", ONE, "answer", {"body": "ab"}, NOW + 20 * 60 * 60 * SECOND)
    last = NOW + 20 * 60 * 60 * SECOND + KEPT_FOR
    assert bodies(drafts, "pau", ONE, last - SECOND) == {"answer": "ab"}
    assert bodies(drafts, "pau", ONE, last) == {}
    assert timedelta(hours=24) == KEPT_FOR


def test_the_table_erases_a_draft_by_itself(drafts: Drafts, table: "DynamoDBClient") -> None:
    drafts.keep("pau", ONE, "answer", {"body": "a"}, NOW)
    (item,) = table.scan(TableName=DESK)["Items"]
    assert int(item["expires_at"]["N"]) == int((NOW + KEPT_FOR).timestamp())


def test_several_phone_calls_can_be_begun_at_once(drafts: Drafts) -> None:
    first, second = new_call(), new_call()
    drafts.keep("pau", CALL, first, {"description": "No pot"}, NOW)
    drafts.keep("pau", CALL, second, {"contact.phone": "971 00 00 00"}, NOW + SECOND)
    drafts.keep("pau", CALL, first, {"description": "No pot pagar"}, NOW + 2 * SECOND)
    found = drafts.calls("pau", NOW + 3 * SECOND)
    assert [(id_, draft.fields) for id_, draft in found.items()] == [
        (first, {"description": "No pot pagar"}),
        (second, {"contact.phone": "971 00 00 00"}),
    ]
    drafts.drop("pau", CALL, first)
    assert list(drafts.calls("pau", NOW)) == [second]
    assert drafts.calls("joan", NOW) == {}


def test_what_was_sent_is_a_draft_no_more(drafts: Drafts) -> None:
    drafts.keep("pau", ONE, "answer", {"body": "a"}, NOW)
    drafts.keep("pau", ONE, "note", {"body": "b"}, NOW)
    drafts.drop("pau", ONE, "answer")
    drafts.drop("pau", ONE, "answer")
    assert bodies(drafts, "pau", ONE, NOW) == {"note": "b"}


def test_a_draft_that_is_too_long_leaves_the_one_before_it(drafts: Drafts) -> None:
    longest = {"body": "é" * ((LONGEST - 4) // 2)}
    drafts.keep("pau", ONE, "answer", longest, NOW)
    with pytest.raises(DraftTooLong):
        drafts.keep("pau", ONE, "answer", longest | {"ask": ""}, NOW)
    assert drafts.of("pau", ONE, NOW)["answer"].fields == longest


def test_an_operator_may_have_more_drafts_than_one_answer_of_the_table_holds(
    drafts: Drafts,
) -> None:
    for call in range(12):  # 1.2 MB
        drafts.keep("pau", CALL, f"{call}", {"description": "x" * (LONGEST - 11)}, NOW)
    assert len(drafts.calls("pau", NOW)) == 12


def test_an_erased_incident_takes_the_drafts_of_all_operators_with_it(drafts: Drafts) -> None:
    for operator in ("pau", "joan"):
        for form in ("answer", "note"):
            drafts.keep(operator, ONE, form, {"body": "x"}, NOW)
        drafts.keep(operator, OTHER, "answer", {"body": "y"}, NOW)
        drafts.keep(operator, CALL, new_call(), {"description": "z"}, NOW)
    assert drafts.drop_all_about(ONE) == 4
    assert drafts.drop_all_about(ONE) == 0
    for operator in ("pau", "joan"):
        assert drafts.of(operator, ONE, NOW) == {}
        assert bodies(drafts, operator, OTHER, NOW) == {"answer": "y"}
        assert len(drafts.calls(operator, NOW)) == 1


def test_no_key_names_an_operator_or_holds_what_a_request_says(
    drafts: Drafts, table: "DynamoDBClient"
) -> None:
    drafts.keep("Francina Oliver", ONE, "answer", {"body": "x"}, NOW)
    drafts.keep("Francina Oliver", CALL, "call 600 11 22 33" + "x" * 5000, {}, NOW)
    keys = [
        item[name]["S"]
        for item in table.scan(TableName=DESK)["Items"]
        for name in ("owner", "item")
    ]
    assert not any("Francina" in key or "600" in key or len(key) > 200 for key in keys)


def test_half_a_character_does_not_break_a_draft(drafts: Drafts) -> None:
    drafts.keep("pau", ONE, "answer", {"body": "a\ud83d\0b"}, NOW)
    assert bodies(drafts, "pau", ONE, NOW) == {"answer": "a?\0b"}
