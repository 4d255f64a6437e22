"""Sessions of the web desk, in a table with the template's keys."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suport.desk.sessions import DeskSessions
from suport.domain.category import Category
from suport.domain.operator_identity import Operator, Role
from tests.support.desk_table import DESK, desk_table, erase_all

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MARTA = Operator("marta", (Category.PAYMENT,))
JOAN = Operator("joan", (Category.PAYMENT, Category.SIGNATURE))
AINA = Operator("aina", (), frozenset({Role.SUPERVISOR, Role.EDITOR}))

operators = st.builds(
    Operator,
    st.from_regex(r"[\w+=,.@-]{2,64}", fullmatch=True),
    st.lists(st.sampled_from(Category), unique=True).map(tuple),
    st.frozensets(st.sampled_from(Role)),
)


@pytest.fixture(scope="module")
def table() -> Iterator["DynamoDBClient"]:
    with desk_table() as client:
        yield client


@pytest.fixture
def sessions(table: "DynamoDBClient") -> DeskSessions:
    erase_all(table)
    return DeskSessions(table, DESK)


@given(operators)
@settings(max_examples=25)
def test_a_token_opens_the_session_of_its_operator(
    table: "DynamoDBClient", operator: Operator
) -> None:
    sessions = DeskSessions(table, DESK)
    found = sessions.find(sessions.begin(operator, NOW), NOW)
    assert found
    assert (found.operator, found.begun_at) == (operator, NOW)


@pytest.mark.parametrize("token", ["", "unknown", "x" * 4000, "marta", "\udc80", "àçŧ"])
def test_any_other_text_opens_none(sessions: DeskSessions, token: str) -> None:
    sessions.begin(MARTA, NOW)
    assert sessions.find(token, NOW) is None


def test_nobody_opens_a_session_with_what_the_table_has(
    sessions: DeskSessions, table: "DynamoDBClient"
) -> None:
    token = sessions.begin(MARTA, NOW)
    kept = table.scan(TableName=DESK)["Items"]
    assert token not in json.dumps(kept)
    read = {value["S"] for item in kept for value in item.values() if "S" in value}
    assert not any(sessions.find(each, NOW) for each in read)


def test_the_table_forgets_a_session_at_its_end_and_a_person_after_90_days(
    sessions: DeskSessions, table: "DynamoDBClient"
) -> None:
    token = sessions.begin(MARTA, NOW)
    sessions.find(token, NOW + 20 * MINUTE)
    kept = {item["owner"]["S"]: item for item in table.scan(TableName=DESK)["Items"]}
    ends = {name: int(item["expires_at"]["N"]) for name, item in kept.items()}
    assert ends == {
        "sessions": int((NOW + 50 * MINUTE).timestamp()),
        "people": int((NOW + 90 * DAY).timestamp()),
    }


def test_a_session_goes_on_while_somebody_is_there_and_ends_after_half_an_hour_without(
    sessions: DeskSessions,
) -> None:
    token = sessions.begin(MARTA, NOW)
    for moment in (NOW + 29 * MINUTE, NOW + 58 * MINUTE):
        found = sessions.find(token, moment)
        assert found
        assert found.seen_at == moment
    assert sessions.find(token, NOW + 88 * MINUTE) is None


def test_nobody_stays_signed_in_for_more_than_twelve_hours(sessions: DeskSessions) -> None:
    token, moment = sessions.begin(MARTA, NOW), NOW
    while sessions.find(token, moment):
        moment += 15 * MINUTE
    assert moment == NOW + 12 * HOUR


def test_an_ended_session_stays_ended_even_for_a_request_that_is_under_way(
    sessions: DeskSessions, table: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sessions.begin(MARTA, NOW)
    read = table.get_item

    def ended_after_the_read(**asked: object) -> object:
        answer = read(**asked)  # type: ignore[arg-type]
        sessions.end(token)
        return answer

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(table, "get_item", ended_after_the_read)
        assert sessions.find(token, NOW + 5 * MINUTE) is None
    assert sessions.find(token, NOW + 5 * MINUTE) is None


def test_signing_out_ends_the_own_session_only(sessions: DeskSessions) -> None:
    at_the_office, at_home = sessions.begin(MARTA, NOW), sessions.begin(MARTA, NOW)
    sessions.end(at_the_office)
    assert sessions.find(at_the_office, NOW) is None
    assert sessions.find(at_home, NOW)


def test_a_supervisor_sees_who_is_signed_in_and_ends_one_session(sessions: DeskSessions) -> None:
    over = sessions.begin(AINA, NOW - HOUR)
    first, second = sessions.begin(MARTA, NOW), sessions.begin(JOAN, NOW + MINUTE)
    shown = sessions.all(NOW + MINUTE)
    assert [each.operator for each in shown] == [JOAN, MARTA]
    sessions.end_session(shown[1].id)
    assert sessions.find(first, NOW + MINUTE) is None
    assert sessions.find(second, NOW + MINUTE)
    assert sessions.find(over, NOW) is None


def test_a_leaver_is_out_at_once_everywhere(sessions: DeskSessions) -> None:
    tokens = [sessions.begin(MARTA, NOW) for _ in range(3)]
    stays = sessions.begin(JOAN, NOW)
    sessions.end_all_of("marta", "aina", NOW)
    assert not any(sessions.find(token, NOW) for token in tokens)
    assert sessions.find(stays, NOW)


def test_who_ended_whose_sessions_is_told_for_half_a_year(sessions: DeskSessions) -> None:
    for number, name in enumerate(("marta", "joan")):
        sessions.end_all_of(name, "aina", NOW + number * MINUTE)
    told = [(each.name, each.by, each.at) for each in sessions.ended(NOW + DAY)]
    assert told == [("joan", "aina", NOW + MINUTE), ("marta", "aina", NOW)]
    assert [each.name for each in sessions.ended(NOW + 180 * DAY)] == ["joan"]
    assert sessions.ended(NOW + 181 * DAY) == []


def test_colleagues_are_those_of_the_team_who_have_signed_in(sessions: DeskSessions) -> None:
    sessions.end(sessions.begin(MARTA, NOW))
    sessions.begin(JOAN, NOW)
    sessions.begin(AINA, NOW)
    assert sessions.colleagues(Category.PAYMENT, NOW) == ["joan", "marta"]
    assert sessions.colleagues(Category.SIGNATURE, NOW) == ["joan"]
    assert sessions.colleagues(Category.FUNCTIONAL, NOW) == []
    sessions.begin(Operator("joan", (Category.SIGNATURE,)), NOW + DAY)  # who has changed teams
    assert sessions.colleagues(Category.PAYMENT, NOW + DAY) == ["marta"]
    assert sessions.colleagues(Category.PAYMENT, NOW + 90 * DAY) == []


def test_each_operator_switches_the_letter_keys_off_for_good(sessions: DeskSessions) -> None:
    sessions.begin(MARTA, NOW)
    assert sessions.has_key_shortcuts("marta")
    sessions.set_key_shortcuts("marta", False, NOW)
    sessions.begin(MARTA, NOW + DAY)
    assert not sessions.has_key_shortcuts("marta")
    assert sessions.has_key_shortcuts("joan")
    sessions.set_key_shortcuts("marta", True, NOW)
    assert sessions.has_key_shortcuts("marta")
    assert sessions.colleagues(Category.PAYMENT, NOW) == ["marta"]
