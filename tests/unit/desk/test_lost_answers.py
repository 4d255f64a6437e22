"""What an incident, as the service shows it, says about a request whose answer was lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desk.drafts.lost_answers import CLOCKS_DIFFER_BY, is_recorded, is_undone
from tests.support.desk import CLAIM, MESSAGES, REFERENCE, VIEW, Desk, Kept, Service, problem

MESSAGE = {"kind": "message", "by": "operator", "body": "Solved."}
RESOLVED = {"kind": "action", "action": "resolved", "by": "operator"}


@pytest.mark.parametrize(
    ("kind", "history", "recorded"),
    [
        ("reply", [MESSAGE], True),
        ("reply", [MESSAGE | {"body": " Solved.\r\n"}], True),
        ("reply", [MESSAGE | {"by": "citizen"}], False),
        ("reply", [MESSAGE | {"body": "Not solved."}], False),
        ("reply", [MESSAGE | {"kind": "note"}], False),
        ("note", [MESSAGE], False),
        ("note", [MESSAGE | {"kind": "note"}], True),
        ("resolve", [MESSAGE], False),
        ("resolve", [RESOLVED, MESSAGE], True),
        ("transfer-payment", [MESSAGE], False),
        ("reply", [], False),
    ],
)
def test_a_text_is_recorded_if_an_operators_entry_of_its_kind_has_it(
    kind: str, history: list[dict[str, Any]], recorded: bool
) -> None:
    at = datetime(2026, 11, 23, 20, 25, tzinfo=UTC)
    view = VIEW | {"history": [{"at": "2026-11-23T20:25:00.000Z", **each} for each in history]}
    assert is_recorded(kind, "Solved.", at, view) is recorded
    assert not is_recorded(kind, "Solved.", at + CLOCKS_DIFFER_BY + timedelta(seconds=1), view)


def test_a_text_that_repeats_an_earlier_entry_stays_a_draft(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[MESSAGES] = problem(409, "not-claimed")
    desk("reply", REFERENCE, "-m", "Solved.", "--yes")
    before = {"at": (datetime.now(UTC) - timedelta(minutes=6)).isoformat(), **MESSAGE}
    service.answers[CLAIM] = (200, VIEW | {"history": [before]})
    assert "Your reply is recorded" not in desk("claim", REFERENCE).out
    assert [each.read_text() for each in kept()] == ["Solved."]


def test_only_a_command_can_turn_out_to_be_undone() -> None:
    mine = VIEW | {"claimed_by": "anna", "status": "claimed", "category": "payment"}
    undone = {
        (kind, text)
        for kind in ("release", "resolve", "transfer-signature", "transfer-payment", "reply")
        for text in ("", "Words.")
        if is_undone(kind, text, mine)
    }
    assert undone == {
        *(("release", ""), ("release", "Words.")),
        ("resolve", ""),  # with a text, the question is whether that text was recorded
        *(("transfer-signature", ""), ("transfer-signature", "Words.")),
    }
