"""The list of open incidents, as `desk list` shows it."""

from typing import Any

import pytest

from desk.errors import Misused
from desk.terminal.moments import typed_moment
from tests.support.desk import LIST, OTHER, REFERENCE, Desk, Service, listed


def row(shown: str, reference: str) -> str:
    (found,) = [line for line in shown.splitlines() if reference in line]
    return found


def test_the_list_is_in_order_of_state_and_age_and_can_be_narrowed(
    service: Service, desk: Desk
) -> None:
    incidents: list[dict[str, Any]] = [
        listed("AAAA-AAAA-AAAA", status="waiting", submitted_at="2026-11-01T08:00:00.000Z"),
        listed("BBBB-BBBB-BBBB", submitted_at="2026-11-02T08:00:00.000Z", claimed_by="bert"),
        listed("CCCC-CCCC-CCCC", status="queued", submitted_at="2026-11-04T08:00:00.000Z"),
        listed("DDDD-DDDD-DDDD", status="queued", submitted_at="2026-11-03T08:00:00.000Z"),
    ]
    for queued in incidents[2:]:
        queued["claimed_by"] = None
    incidents[0]["due_at"] = "2026-11-20T08:00:00.000Z"
    service.answers[LIST] = (200, {"incidents": incidents})
    shown = desk("list").out
    places = [shown.index(name * 4) for name in "DCBA"]
    assert places == sorted(places)
    assert "late" in row(shown, "AAAA-AAAA-AAAA")
    mine = desk("list", "--mine", "--json").json["incidents"]
    assert [each["reference"] for each in mine] == ["AAAA-AAAA-AAAA"]
    queued = desk("list", "--state", "queued", "--json").json["incidents"]
    assert [each["reference"] for each in queued] == ["DDDD-DDDD-DDDD", "CCCC-CCCC-CCCC"]


def test_the_list_shows_unread_writing_the_last_writer_and_incidents_that_end_soon(
    service: Service, desk: Desk
) -> None:
    answered = {"at": "2026-11-23T20:50:00.000Z", "by": "operator"}
    incidents = [
        listed(REFERENCE, unread=3),
        listed(OTHER, last_written=answered, ending=True),
    ]
    service.answers[LIST] = (200, {"incidents": incidents})
    shown = desk("list").out
    assert "● 3" in row(shown, REFERENCE)
    assert "citizen, " in row(shown, REFERENCE)
    assert "2027" not in row(shown, REFERENCE)
    assert "●" not in row(shown, OTHER)
    assert "operator, " in row(shown, OTHER)
    assert "23 May 2027" in row(shown, OTHER)
    assert desk("list", "--json").json == {"incidents": incidents}


def test_the_list_says_until_when_an_incident_with_a_topic_is_answered(
    service: Service, desk: Desk
) -> None:
    complaint = listed(OTHER, topic="accessibility", answer_by="2026-12-22")
    service.answers[LIST] = (200, {"incidents": [listed(REFERENCE), complaint]})
    shown = desk("list").out
    assert "22 Dec 2026, accessibility" in " ".join(shown.split())
    service.answers[LIST] = (200, {"incidents": [listed(REFERENCE)]})
    assert "Answer by" not in desk("list").out


def test_a_reference_stays_whole_in_a_narrow_terminal(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    incidents = [listed(REFERENCE, claimed_by="francisca.pons-bauca", ending=True, unread=12)]
    service.answers[LIST] = (200, {"incidents": incidents})
    assert REFERENCE in desk("list").out


@pytest.mark.parametrize("option", ["--changed-since", "--since"])
@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("2026-11-23T20:40:00.250Z", "2026-11-23T20%3A40%3A00.250000%2B00%3A00"),
        ("2026-11-23T21:40", "2026-11-23T20%3A40%3A00%2B00%3A00"),  # on the clocks of Madrid
        ("2026-07-01", "2026-06-30T22%3A00%3A00%2B00%3A00"),
    ],
)
def test_the_list_can_show_only_incidents_that_changed_since_a_moment(
    service: Service, desk: Desk, option: str, typed: str, asked: str
) -> None:
    service.answers[f"{LIST}?changed_since={asked}"] = (200, {"incidents": [listed(REFERENCE)]})
    assert REFERENCE in desk("list", option, typed).out


@pytest.mark.parametrize("typed", ["yesterday", "2026-13-01", "", "0001-01-01T00:00+14:00"])
def test_the_desk_refuses_text_that_is_not_a_moment(
    service: Service, desk: Desk, typed: str
) -> None:
    refused = desk("list", "--since", typed)
    assert (refused.code, service.sent) == (2, [])
    with pytest.raises(Misused, match="write it like"):
        typed_moment(typed)
