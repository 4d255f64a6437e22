"""The team's list, as `desk list` shows it."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.errors import Misused
from desk.terminal.moments import typed_day, typed_moment
from tests.support.desk import LIST, OPEN, OTHER, REFERENCE, Desk, Service, a_page, listed


def row(shown: str, reference: str) -> str:
    (found,) = [line for line in shown.splitlines() if reference in line]
    return found


def test_the_list_stays_in_the_order_of_the_service(service: Service, desk: Desk) -> None:
    references = [f"{letter * 4}-AAAA-AAAA" for letter in "CADB"]
    service.answers[LIST] = a_page(*map(listed, references))
    shown = desk("list").out
    assert [each for each in shown.split() if each in references] == references


def test_the_list_has_the_columns_of_the_web_desks(service: Service, desk: Desk) -> None:
    submitted = datetime.now(UTC) - timedelta(hours=3, minutes=1)
    incident = listed(
        REFERENCE,
        unread=3,
        submitted_at=submitted.isoformat(),
        due_at=(datetime.now(UTC) + timedelta(days=6)).isoformat(),
        procedure={"code": "2104883", "name": "Beques"},
        error_code="190",
    )
    other = {"procedure": {"code": "unlisted", "name": None}, "due_at": None, "claimed_by": None}
    service.answers[LIST] = a_page(incident, listed(OTHER, status="resolved", **other))
    titles, *_ = shown = desk("list").out.splitlines()
    assert titles.split() == [
        *("Reference", "Unread", "Status", "Operator", "Submitted"),
        *("Due", "Procedure", "Error", "In"),
    ]
    assert row("\n".join(shown), REFERENCE).split() == [
        *(REFERENCE, "●", "3", "claimed", "anna", "3", "h", "6", "d"),
        *("Beques", "190", "ca"),
    ]
    assert "another procedure" in row("\n".join(shown), OTHER)


def test_the_list_shows_what_is_late_and_what_ends_soon(service: Service, desk: Desk) -> None:
    service.answers[LIST] = a_page(listed(REFERENCE), listed(OTHER, ending=True))
    shown = desk("list").out
    assert "late" in row(shown, REFERENCE)
    assert "2027" not in row(shown, REFERENCE)
    assert "23 May 2027" in row(shown, OTHER)


def test_the_list_says_until_when_an_incident_with_a_topic_is_answered(
    service: Service, desk: Desk
) -> None:
    complaint = listed(OTHER, topic="accessibility", answer_by="2026-12-22")
    service.answers[LIST] = a_page(listed(REFERENCE), complaint)
    shown = desk("list").out
    assert {"22 Dec 2026", "accessibility"} == {
        each for each in ("22 Dec 2026", "accessibility") if each in row(shown, OTHER)
    }
    service.answers[LIST] = a_page(listed(REFERENCE))
    assert "Answer by" not in desk("list").out


@pytest.mark.parametrize("columns", ["70", "20", "1"])
def test_a_list_is_shown_in_a_narrow_terminal(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    service.answers[LIST] = a_page(listed(claimed_by="francisca.pons-bauca", ending=True, unread=2))
    assert desk("list").code == 0


def test_a_reference_stays_whole_in_a_narrow_terminal(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    service.answers[LIST] = a_page(listed(claimed_by="francisca.pons-bauca", ending=True, unread=2))
    assert REFERENCE in desk("list").out


EVERYTHING = listed(
    REFERENCE,
    status="queued",
    claimed_by="francisca.pons-bauca",
    unread=2,
    linked=True,
    ending=True,
    snoozed_until="2026-12-08T23:00:00.000Z",
    topic="accessibility",
    answer_by="2026-12-22",
    error_code="190",
)


@pytest.mark.parametrize("columns", [60, 70, 80, 100, 132, 200])
def test_no_title_is_broken_and_no_line_is_longer_than_the_terminal(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    service.answers[LIST] = a_page(EVERYTHING, listed(OTHER))
    titles, *lines = desk("list").out.splitlines()
    *rows, last = lines
    assert max(len(line) for line in (titles, *rows)) <= columns
    every = (
        *("Reference", "Unread", "Status", "Operator", "Submitted", "Due", "Snoozed to", "Ends"),
        *("Answer by", "Procedure", "Error", "In"),
    )
    missing = [title for title in every if title not in titles]
    assert all((title in last) for title in missing)
    assert "queued, linked" in row("\n".join(rows), REFERENCE)


def test_an_empty_column_is_left_out_before_any_other(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    service.answers[LIST] = a_page(listed(error_code="190"))
    assert desk("list").out.splitlines()[0].split() == [
        *("Reference", "Status", "Operator", "Submitted", "Due", "Error", "In")
    ]


def test_a_pipe_has_room_for_everything(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    service.answers[LIST] = a_page(EVERYTHING)
    titles, shown = desk("list").out.splitlines()
    assert {"Snoozed", "Ends", "Answer", "In"} <= set(titles.split())
    assert {"francisca.pons-bauca", "accessibility", "190", "ca"} <= set(shown.split())


def test_the_list_shows_until_when_an_incident_is_snoozed_and_that_it_is_linked(
    service: Service, desk: Desk
) -> None:
    snoozed = listed(OTHER, snoozed_until="2026-12-08T23:00:00.000Z")
    service.answers[LIST] = a_page(listed(REFERENCE, status="queued", linked=True), snoozed)
    shown = desk("list").out
    assert "queued, linked" in row(shown, REFERENCE)
    assert "9 Dec 2026" in row(shown, OTHER)
    assert "linked" not in row(shown, OTHER)


@pytest.mark.parametrize(
    ("following", "number"), [(None, "2 snoozed"), ("b3Blbi8x", "2 or more snoozed")]
)
def test_ones_own_list_says_how_many_are_snoozed(
    service: Service, desk: Desk, following: str | None, number: str
) -> None:
    mine, snoozed = f"{OPEN}?view=mine&state=claimed", f"{OPEN}?view=mine&state=claimed&snoozed=on"
    service.answers[mine] = a_page()
    service.answers[snoozed] = a_page(listed(), listed(OTHER), following=following)
    shown = desk("list", "--mine", "--state", "claimed").out
    assert shown.splitlines() == ["There are none.", f"{number}: desk list --mine --snoozed"]
    service.sent.clear()
    assert desk("list", "--mine", "--state", "claimed", "--json").code == 0
    assert service.requests() == [mine]  # a program asks for itself


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        (["--mine"], "view=mine"),
        (["--ending"], "view=ending"),
        (["--state", "queued"], "view=team&state=queued"),
        (["--state", "queued", "--state", "claimed"], "view=team&state=queued%2Cclaimed"),
        (["--resolved"], "view=team&state=all"),
        (["--resolved", "--state", "waiting"], "view=team&state=waiting%2Cresolved"),
        (["--procedure", "2104883"], "view=team&procedure=2104883"),
        (["--since", "1/11/2026"], "view=team&since=2026-11-01"),
        (["--mine", "--until", "2026-11-30"], "view=mine&until=2026-11-30"),
        (["--snoozed"], "view=team&snoozed=on"),
        (["--mine", "--snoozed"], "view=mine&snoozed=on"),
        (["--linked"], "view=team&linked=on"),
        (["--page", "b3Blbi8x"], "view=team&page=b3Blbi8x"),
        (
            ["--changed-since", "2026-11-23T21:40"],  # on the clocks of Madrid
            "view=team&changed_since=2026-11-23T20%3A40%3A00%2B00%3A00",
        ),
    ],
)
def test_the_filters_are_those_of_the_service(
    service: Service, desk: Desk, options: list[str], asked: str
) -> None:
    service.answers[f"{OPEN}?{asked}"] = a_page(listed(REFERENCE))
    assert REFERENCE in desk("list", *options).out


def test_the_list_says_how_to_see_the_next_page(service: Service, desk: Desk) -> None:
    service.answers[LIST] = a_page(listed(REFERENCE), following="b3Blbi8x")
    assert "--page b3Blbi8x" in desk("list").out
    assert desk("list", "--json").json["next"] == "b3Blbi8x"


def test_all_pages_are_one_list(service: Service, desk: Desk) -> None:
    service.answers[LIST] = a_page(listed(REFERENCE), following="b3Blbi8x")
    service.answers[f"{LIST}&page=b3Blbi8x"] = a_page(listed(OTHER))
    shown = desk("list", "--all", "--json").json
    assert [each["reference"] for each in shown["incidents"]] == [REFERENCE, OTHER]
    assert shown["next"] is None


def test_a_page_that_happens_to_be_empty_is_passed_over(service: Service, desk: Desk) -> None:
    service.answers[f"{OPEN}?view=mine"] = a_page(following="b3Blbi8x")
    service.answers[f"{OPEN}?view=mine&page=b3Blbi8x"] = a_page(listed(OTHER))
    assert OTHER in desk("list", "--mine").out


@pytest.mark.parametrize(
    "options",
    [
        ["--mine", "--ending"],
        ["--since", "yesterday"],
        ["--since", "2026-11-23T20:00"],
        ["--until", "2026-02-30"],
        ["--until", "٢٠٢٦-١١-٠١"],
        ["--changed-since", "yesterday"],
        ["--changed-since", "0001-01-01T00:00+14:00"],
    ],
)
def test_the_desk_refuses_what_cannot_be_asked_for(
    service: Service, desk: Desk, options: list[str]
) -> None:
    assert (desk("list", *options).code, service.sent) == (2, [])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-03", "2026-11-03"),
        (" 03-11-2026 ", "2026-11-03"),
        ("3/11/2026", "2026-11-03"),
        ("3.11.2026", "2026-11-03"),
    ],
)
def test_a_day_is_read_as_people_type_it(typed: str, meant: str) -> None:
    assert typed_day(typed) == meant


@pytest.mark.parametrize("typed", ["yesterday", "2026-13-01", "", "0001-01-01T00:00+14:00"])
def test_text_that_is_no_moment_is_refused_with_one_that_is(typed: str) -> None:
    with pytest.raises(Misused, match="write it like"):
        typed_moment(typed)
