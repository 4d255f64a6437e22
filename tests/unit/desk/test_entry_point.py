"""How the command `desk` ends, and what its help says."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.desk import REFERENCE, RELEASE, TRANSFER, Desk, Service, problem

ROOT = Path(__file__).parents[3]
COMMANDS = (
    *("pull", "show", "claim", "reply", "ask", "note", "resolve", "transfer", "release"),
    *(
        "take-over",
        "new-code",
        "contact",
        "withdraw",
        "new",
        "list",
        "stats",
        "report",
        "file",
        "replies",
        "proof",
        "drafts",
        "dead-letters",
        "viewed",
    ),
)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (problem(404, "not-found"), 1),
        (problem(409, "claimed-by-another", claimed_by="bert"), 1),
        (problem(422, "invalid", errors=[{"field": "reason", "message": "Say why."}]), 1),
        (problem(403, "other-team"), 4),
        (problem(403, "no-team"), 4),
        (problem(403, "not-data-protection"), 4),
        (problem(403, "refused"), 4),
        ((403, {"Message": "User is not authorized"}), 4),
        (problem(503, "unavailable"), 3),
        (problem(429, "too-many-requests"), 3),
        ((404, {"message": "Not Found"}), 3),
        ((200, ["not", "the", "service"]), 3),
        (None, 3),
    ],
)
def test_each_way_to_end_has_an_exit_code_and_a_sentence(
    service: Service, desk: Desk, answer: Any, code: int
) -> None:
    service.answers[TRANSFER] = answer
    ended = desk("transfer", REFERENCE, "signature", "--reason", "It is the certificate")
    assert ended.code == code
    assert ended.err.strip()
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "arguments",
    [["pull", "taxes"], ["reply"], ["nothing"], ["transfer", REFERENCE, "signature"]],
)
def test_wrong_use_ends_with_exit_code_2(
    service: Service, desk: Desk, arguments: list[str]
) -> None:
    assert desk(*arguments).code == 2
    assert service.sent == []


def test_the_error_output_names_a_wrong_field(service: Service, desk: Desk) -> None:
    errors = [{"field": "reason", "message": "Say why."}]
    service.answers[TRANSFER] = problem(422, "invalid", errors=errors)
    assert "reason: Say why." in desk("transfer", REFERENCE, "payment", "--reason", "?").err


def test_a_problem_without_its_members_ends_in_a_sentence(service: Service, desk: Desk) -> None:
    service.answers[RELEASE] = problem(409, "odd", errors=None)
    assert desk("release", REFERENCE).code == 1


def test_the_error_output_names_a_folder_that_cannot_be_written(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("no folder")
    refused = desk("release", REFERENCE)
    assert refused.code == 2
    assert str(tmp_path / "state") in refused.err.replace("\n", "")
    assert service.sent == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_commands_help_has_an_example_and_the_exit_codes(desk: Desk, command: str) -> None:
    shown = desk(command, "--help").out
    assert f"desk {command}" in shown.partition("Example")[2]
    assert "Exit codes: 0 done" in shown
    assert "--json" in shown


def test_help_names_every_command(desk: Desk) -> None:
    shown = desk("--help").out
    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []


def test_help_and_completion_import_nothing_that_only_commands_need() -> None:
    check = (
        "import sys, desk.entry_point;"
        "print([name for name in ('botocore', 'rich', 'tomllib', 'zoneinfo')"
        " if name in sys.modules])"
    )
    ended = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", check],
        env={"PYTHONPATH": str(ROOT / "desk/src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ended.stdout) == []
