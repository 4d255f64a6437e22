"""A copy of everything and an erasure, for a citizen whom the operator has identified."""

from pathlib import Path
from typing import Any

from tests.support.desk import REFERENCE, Desk, Service, problem

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


def part(earlier: str | None, **changes: Any) -> dict[str, Any]:
    incident: dict[str, Any] = {"reference": REFERENCE, "earlier": earlier, "history": []}
    return {"incident": incident, "page": "<!DOCTYPE html>…"} | changes


def test_a_copy_is_saved_whole_for_the_operator_alone_and_over_no_other_file(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    service.answers[COPY] = (200, part("01K3ZB2E40CCCCCCCCCCCCCCCC"))
    service.answers[f"{COPY}&before=01K3ZB2E40CCCCCCCCCCCCCCCC"] = (200, part(None))
    assert desk("export", REFERENCE, "--to", tmp_path).code == 0
    names = [f"suport-{REFERENCE}{number}" for number in ("", "-2")]
    saved = {f"{name}.{kind}" for name in names for kind in ("html", "json")}
    assert {file.name for file in tmp_path.glob("suport-*")} == saved
    assert {file.stat().st_mode & 0o777 for file in tmp_path.glob("suport-*")} == {0o600}
    assert desk("export", REFERENCE, "--to", tmp_path).code == 2


def test_the_operator_hears_what_is_kept_and_names_the_incident_again(
    service: Service, desk: Desk
) -> None:
    service.answers[AHEAD] = (200, LEFT)
    service.answers[ERASE] = (200, LEFT | {"erased_at": "2026-11-24T20:10:00.000Z"})
    ended = desk("erase", REFERENCE, "--confirm", REFERENCE.lower())
    assert ended.code == 0
    assert "until 2027-05-23" in ended.out + ended.err
    assert "7 days" in ended.out + ended.err


def test_an_erasure_takes_the_operators_drafts_along(service: Service, desk: Desk) -> None:
    service.answers[f"POST /incidents/{REFERENCE}/notes"] = problem(503, "unavailable")
    desk("note", REFERENCE, "-m", "Anna's bank is Colonya.", "--yes")
    assert desk("drafts", "--json").json
    service.answers[AHEAD] = (200, LEFT)
    service.answers[ERASE] = (200, LEFT | {"erased_at": "2026-11-24T20:10:00.000Z"})
    desk("erase", REFERENCE, "--confirm", REFERENCE)
    assert desk("drafts", "--json").json == []


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
