"""The proof of erasure, as `desk proof` shows it."""

from pathlib import Path
from typing import Any

import pytest

from desk.report.months import typed_month
from desk.terminal.proof import _SAID
from suport.domain.overdue import Overdue
from tests.support.desk import Desk, Service, problem
from tests.support.figures import november


def a_day(day: str, **facts: Any) -> dict[str, Any]:
    return {
        "day": day,
        "begun_at": f"{day}T23:30:02.000Z",
        "finished_at": f"{day}T23:30:40.000Z",
        "checked": {"incidents": 10, "entries": 90, "files": 4},
        "erased": {},
        "oldest_s": {},
        "breaches": 0,
    } | facts


PROOF = {
    "month": "2026-11",
    "days": [
        a_day("2026-11-01", begun_at=None, finished_at=None, checked={}),
        a_day("2026-11-02", finished_at=None),
        a_day(
            "2026-11-03",
            erased={"entry": 7, "file_lost": 1},
            oldest_s={"entry": 3 * 86400},
            breaches=2,
        ),
    ],
    "finished": 1,
    "totals": {
        "checked": {"incidents": 20, "entries": 180, "files": 8},
        "erased": {"entry": 7, "file_lost": 1, "something_new": 3},
        "oldest_s": {"entry": 3 * 86400},
        "breaches": 2,
    },
}


def test_people_see_each_day_and_which_audits_did_not_finish(service: Service, desk: Desk) -> None:
    service.answers["GET /proofs/2026-11"] = (200, PROOF)
    rows = desk("proof", "2026-11").out.splitlines()
    first, second, third = (row.split() for row in rows[1:4])
    assert first[:6] == ["1", "Nov", "2026", "NO", "AUDIT", "0"]
    assert second[:7] == ["2", "Nov", "2026", "NOT", "FINISHED", "104", "0"]
    assert third == ["3", "Nov", "2026", "finished", "104", "8", "3", "d", "late", "2"]
    assert "2026-11: 1 of 3 days finished" in rows


def test_people_see_the_months_totals_by_kind(service: Service, desk: Desk) -> None:
    service.answers["GET /proofs/2026-11"] = (200, PROOF)
    shown = " ".join(desk("proof", "2026-11").out.split())
    assert "Checked, entries 180" in shown
    assert "Erased, entries 7, the oldest 3 d late" in shown
    assert "Erased, files without anything stored, no longer offered 1" in shown
    assert "Erased, something_new 3" in shown


def test_data_protection_gets_the_proof_in_its_own_role(service: Service, desk: Desk) -> None:
    service.answers["GET /proofs/2026-11"] = (200, PROOF)
    assert desk("proof", "2026-11", "--data-protection", "--json").json == PROOF


def test_programs_get_the_proof_as_it_is(service: Service, desk: Desk) -> None:
    service.answers["GET /proofs/2026-11"] = (200, PROOF)
    assert desk("proof", "2026-11", "--json").json == PROOF


def test_a_wrong_month_is_told_with_its_field(service: Service, desk: Desk) -> None:
    errors = [{"field": "month", "message": "Enter a month like 2026-11."}]
    service.answers["GET /proofs/2026-11"] = problem(422, "invalid", errors=errors)
    ended = desk("proof", "2026-11")
    assert ended.code == 1
    assert "month: Enter a month like 2026-11." in ended.err


@pytest.mark.parametrize(
    "typed",
    [
        ["2026/11"],
        ["11.2026"],
        ["202611"],
        [" 2026-11 "],
        ["November", "2026"],
        ["2026 nov."],
        ["noviembre", "de", "2026"],
        ["novembre del 2026"],
    ],
)
@pytest.mark.parametrize("command", ["proof", "report"])
def test_a_month_is_read_as_people_type_it(
    service: Service, desk: Desk, tmp_path: Path, typed: list[str], command: str
) -> None:
    service.answers["GET /proofs/2026-11"] = (200, PROOF)
    service.answers["GET /reports/2026-11"] = (200, november())
    options = ["--output", tmp_path / "reports"] if command == "report" else []
    assert desk(command, *typed, *options).code == 0


@pytest.mark.parametrize(
    "typed", ["november", "2026", "2026-13", "11/26", "2026-11-03", "ma 2026", "2026-11 2026-12"]
)
def test_what_is_no_month_is_asked_of_nobody(service: Service, desk: Desk, typed: str) -> None:
    ended = desk("proof", typed)
    assert (ended.code, "write it like 2026-11" in ended.err) == (2, True)
    assert service.sent == []


@pytest.mark.parametrize(
    ("name", "number"),
    [
        *(("Gener", 1), ("feb", 2), ("Marz", 3), ("MÄRZ", 3), ("març", 3), ("abr", 4), ("mai", 5)),
        *(("juny", 6), ("Juli", 7), ("ago", 8), ("sept", 9), ("set", 9), ("Okt", 10)),
        *(("nov", 11), ("Dez", 12), ("dic", 12)),
    ],
)
def test_a_month_has_its_name_in_every_language(name: str, number: int) -> None:
    assert typed_month(f"{name} 2027") == f"2027-{number:02}"


def test_every_kind_of_thing_that_is_erased_has_a_name() -> None:
    assert _SAID.keys() == set(Overdue)
