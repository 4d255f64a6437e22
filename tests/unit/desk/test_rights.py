"""A copy of everything and an erasure, for a citizen whom the operator has identified."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.desk import OTHER, REFERENCE, VIEW, Desk, Service, problem

COPY = f"GET /incidents/{REFERENCE}/export?format=html"
AHEAD = f"GET /incidents/{REFERENCE}/erasure"
ERASE = f"DELETE /incidents/{REFERENCE}"
KEPT = {
    "what": "consent",
    "scope": "view",
    "action": "grant",
    "recorded_at": "2026-11-23T20:10:00.000Z",
    "until": "2027-05-23",
}
LEFT = {"reference": REFERENCE, "kept": [KEPT], "copies": {"gone_within_days": 7}}
ERASED_NOW = LEFT | {"erased_at": "2026-11-24T20:10:00.000Z"}


def part(earlier: str | None, **changes: Any) -> dict[str, Any]:
    incident: dict[str, Any] = {"reference": REFERENCE, "earlier": earlier, "history": []}
    return {"incident": incident, "page": "<!DOCTYPE html>…"} | changes


def test_a_copy_is_saved_whole_and_for_the_operator_alone(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    service.answers[COPY] = (200, part("01K3ZB2E40CCCCCCCCCCCCCCCC"))
    service.answers[f"{COPY}&before=01K3ZB2E40CCCCCCCCCCCCCCCC"] = (200, part(None))
    folder = tmp_path / "copies/of today"  # which is made
    assert desk("export", REFERENCE, "--to", folder).code == 0
    names = [f"suport-{REFERENCE}{number}" for number in ("", "-2")]
    saved = {f"{name}.{kind}" for name in names for kind in ("html", "json")}
    assert {file.name for file in folder.iterdir()} == saved
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("ending", [".json", ".html", "-2.json"])
def test_no_copy_is_asked_for_that_would_go_over_another_file(
    service: Service, desk: Desk, tmp_path: Path, ending: str
) -> None:
    earlier = tmp_path / f"suport-{REFERENCE}{ending}"
    earlier.write_text("an earlier copy")
    ended = desk("export", REFERENCE.lower(), "--to", tmp_path)
    assert (ended.code, str(earlier) in ended.err) == (2, True)
    assert service.sent == []
    assert earlier.read_text() == "an earlier copy"


@pytest.mark.parametrize("place", ["a file", "a file/in it", "closed", "closed/in it"])
def test_nothing_is_asked_for_where_it_cannot_be_saved(
    service: Service, desk: Desk, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    (tmp_path / "closed").mkdir()
    readable = os.R_OK  # and no more, as for others than root
    monkeypatch.setattr("os.access", lambda at, how: how == readable or Path(at).name != "closed")
    copy = desk("export", REFERENCE, "--to", tmp_path / place)
    file = desk("file", REFERENCE, "7Q2M", "--to", tmp_path / place / "proof.pdf")
    for ended in (copy, file):
        assert "Nothing was asked for" in ended.err
        assert ended.code == 2
    assert service.sent == []


def test_the_operator_hears_what_is_kept_and_names_the_incident_again(
    service: Service, desk: Desk
) -> None:
    service.answers[AHEAD] = (200, LEFT)
    service.answers[ERASE] = (200, ERASED_NOW)
    ended = desk("erase", REFERENCE, "--confirm", REFERENCE.lower())
    assert ended.code == 0
    assert "until 2027-05-23" in ended.out + ended.err
    assert "7 days" in ended.out + ended.err


def test_an_erasure_takes_the_operators_drafts_along(service: Service, desk: Desk) -> None:
    service.answers[f"POST /incidents/{REFERENCE}/notes"] = problem(503, "unavailable")
    desk("note", REFERENCE, "-m", "Anna's bank is Colonya.", "--yes")
    assert desk("drafts", "--json").json
    service.answers[AHEAD] = (200, LEFT)
    service.answers[ERASE] = (200, ERASED_NOW)
    desk("erase", REFERENCE, "--confirm", REFERENCE)
    assert desk("drafts", "--json").json == []


@pytest.mark.parametrize("typed", [REFERENCE, "gqnc yqby ih8c"])
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_an_erasure_names_what_was_saved_of_the_incident_and_forgets_the_rest(
    service: Service, desk: Desk, tmp_path: Path, typed: str, options: tuple[str, ...]
) -> None:
    for reference in (REFERENCE, OTHER):
        shown = VIEW | {"reference": reference}
        service.answers[f"GET /incidents/{reference}"] = (200, shown)
        desk("show", reference)
        copy = part(None, incident={"reference": reference, "earlier": None})
        service.answers[f"GET /incidents/{reference}/export?format=html"] = (200, copy)
        desk("export", reference, "--to", tmp_path / "for the citizen")
    service.answers |= {AHEAD: (200, LEFT), ERASE: (200, ERASED_NOW)}
    ended = desk("erase", typed, "--confirm", REFERENCE, *options)
    told = " ".join((ended.err if options else ended.out).split())
    assert f"{REFERENCE}: erased. Delete what you saved of it: " in told
    for ending in ("html", "json"):
        assert str(tmp_path / f"for the citizen/suport-{REFERENCE}.{ending}") in told
    assert OTHER not in told
    assert json.loads((tmp_path / "state/shown.json").read_text()).keys() == {OTHER}
    if options:
        assert ended.json == ERASED_NOW


def test_an_erasure_of_which_nothing_is_here_asks_to_delete_nothing(
    service: Service, desk: Desk
) -> None:
    service.answers |= {AHEAD: (200, LEFT), ERASE: (200, ERASED_NOW)}
    assert desk("erase", REFERENCE, "--confirm", REFERENCE).out.endswith(f"{REFERENCE}: erased.\n")


def test_without_the_reference_once_more_nothing_is_erased(service: Service, desk: Desk) -> None:
    service.answers[AHEAD] = (200, LEFT)
    assert desk("erase", REFERENCE, "--confirm", "yes").code == 2
    assert desk("erase", REFERENCE).code == 2  # nobody is at the terminal
    assert [each for each in service.sent if each.method == "DELETE"] == []


def test_who_writes_a_note_is_told_who_may_read_it(service: Service, desk: Desk) -> None:
    service.answers[f"POST /incidents/{REFERENCE}/notes"] = (
        201,
        {"entry": "1", "status": "claimed"},
    )
    ended = desk("note", REFERENCE, "-m", "The bank confirms it.", "--yes")
    assert "copy of everything" in ended.out + ended.err


ERASED = problem(404, "erased", reference=REFERENCE, erased_at="2026-11-24T20:10:00.000Z")


def with_draft(service: Service, desk: Desk, reference: str = REFERENCE) -> None:
    service.answers[f"POST /incidents/{reference}/notes"] = problem(503, "unavailable")
    desk("note", reference, "-m", "Anna's bank is Colonya.", "--yes")


def references(desk: Desk) -> list[str]:
    """The incidents about which the desk has something."""
    return [each["reference"] for each in desk("drafts", "--json").json]


@pytest.mark.parametrize(
    ("command", "asked"),
    [
        (["show"], f"GET /incidents/{REFERENCE}"),
        (["claim"], f"POST /incidents/{REFERENCE}/claim"),
        (["note", "-m", "Anna's bank is Colonya.", "--yes"], f"POST /incidents/{REFERENCE}/notes"),
        (["release"], f"POST /incidents/{REFERENCE}/release"),
        (["export"], COPY),
    ],
)
def test_once_the_service_says_that_an_incident_was_erased_nothing_about_it_stays_here(
    service: Service, desk: Desk, tmp_path: Path, command: list[str], asked: str
) -> None:
    other = "7SRJ-797M-D0GE"
    with_draft(service, desk)
    with_draft(service, desk, other)
    service.answers[asked] = ERASED
    name, *options = command
    options += ["--to", str(tmp_path)] if name == "export" else []
    ended = desk(name, REFERENCE, *options)
    assert (ended.code, "Your drafts about it are erased" in ended.err) == (1, True)
    assert references(desk) == [other]


def test_a_draft_stays_where_the_incident_only_cannot_be_found(
    service: Service, desk: Desk
) -> None:
    with_draft(service, desk)
    service.answers[f"GET /incidents/{REFERENCE}"] = problem(404, "not-found")
    desk("show", REFERENCE)
    assert references(desk) == [REFERENCE]


def test_what_was_saved_of_an_erased_incident_is_named(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    service.answers[COPY] = (200, part(None))
    desk("export", REFERENCE, "--to", tmp_path / "copies")
    service.answers[f"GET /incidents/{REFERENCE}"] = ERASED
    said = desk("show", REFERENCE).err
    assert f"suport-{REFERENCE}.html" in said
    assert f"suport-{REFERENCE}.json" in said


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ({"by": "operator", "operator": "anna", "team": "payment"}, "by anna of payment"),
        ({"by": "citizen"}, "confirmed from the recorded address"),
    ],
)
def test_data_protection_learns_when_and_by_whom_an_incident_was_erased(
    service: Service, desk: Desk, by: dict[str, str], said: str
) -> None:
    status, told = ERASED
    service.answers[f"GET /viewed/{REFERENCE}"] = (status, told | by)
    ended = desk("viewed", REFERENCE)
    assert (ended.code, "erased on 24 Nov 2026, 21:10" in ended.err) == (1, True)
    assert said in ended.err


def test_the_desk_asks_what_was_erased_if_it_has_drafts_and_talks_to_the_service(
    service: Service, desk: Desk
) -> None:
    other = "7SRJ-797M-D0GE"
    for reference in (REFERENCE, other):
        with_draft(service, desk, reference)
    service.answers[f"GET /erased?references={other}%2C{REFERENCE}"] = (200, {"erased": [other]})
    assert references(desk) == [other, REFERENCE]  # a list that asks nobody
    told = desk("list")
    assert "its citizen had it erased. Your drafts about it are erased." in told.out
    assert references(desk) == [REFERENCE]


def test_without_drafts_or_without_an_answer_the_command_is_done_all_the_same(
    service: Service, desk: Desk
) -> None:
    desk("list")
    assert service.sent == []  # but for the list itself
    with_draft(service, desk)
    asked = f"GET /erased?references={REFERENCE}"
    service.answers[asked] = problem(503, "unavailable")
    assert desk("list").code == 0
    assert asked in service.requests()
    assert references(desk) == [REFERENCE]
