"""How the command `desk` ends, and what its help says."""

import json
import resource
import subprocess
import sys
import zoneinfo
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from desk import madrid
from desk.errors import Misused
from desk.program import app
from desk.service_vocabulary import Category
from desk.terminal.streams import as_text
from tests.support.desk import (
    REFERENCE,
    RELEASE,
    TRANSFER,
    VIEW,
    Desk,
    Editor,
    Kept,
    Service,
    Typed,
    problem,
)

ROOT = Path(__file__).parents[3]
COMMANDS = (
    *("pull", "show", "claim", "reply", "ask", "note", "resolve", "transfer", "release"),
    *(
        "take-over",
        "new-code",
        "contact",
        "withdraw",
        "remote",
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


MODULES = """
import json, sys
from desk import program
sys.argv = ["desk", *sys.argv[1:]]
program.run(sys.argv[1:])
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def started(
    *arguments: str, code: str | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """The desk in a process of its own, as a shell starts it."""
    program = ["-c", code] if code else ["-m", "desk.entry_point"]
    return subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, *program, *arguments],
        env={"PYTHONPATH": str(ROOT / "desk/src")} | env,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("arguments", "most", "never"),
    [
        (["--help"], 240, ("rich", "botocore", "pydantic", "ssl", "email", "tomllib", "zoneinfo")),
        (["replies", "payment"], 290, ("botocore", "pydantic", "ssl", "email", "http.client")),
    ],
)
def test_a_command_imports_no_more_than_it_needs(
    arguments: list[str], most: int, never: tuple[str, ...], tmp_path: Path
) -> None:
    ended = started(*arguments, code=MODULES, DESK_STATE=str(tmp_path), COVERAGE_PROCESS_START="")
    imported = json.loads(ended.stderr.splitlines()[-1])
    assert [each for each in imported if each in never] == []
    assert len(imported) <= most


def test_calling_the_service_imports_no_second_library_for_it() -> None:
    check = "import json, sys, desk.service.api; print(json.dumps(sorted(sys.modules)))"
    imported = json.loads(started(code=check).stdout)
    assert {"boto3", "pydantic", "requests", "httpx", "rich", "asyncio"}.isdisjoint(imported)
    assert len(imported) <= 430


def test_help_takes_less_time_than_an_operator_notices() -> None:
    def cpu_s() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started("--help")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    started("--help")  # compiles what is not compiled
    assert min(cpu_s() for _ in range(3)) <= 0.6  # twice the promise: other tests run beside it


# ------------------------------------------------------------------- any locale, any setting


LOCALES = {
    "none": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "one that is not there": {"LC_ALL": "xx_YY.UTF-8", "PYTHONUTF8": "0"},
    "Latin-1": {"PYTHONIOENCODING": "latin-1"},
    "ASCII, strictly": {"PYTHONIOENCODING": "ascii:strict"},
}


COMMANDS_IN_TURN = """
import json, os, sys, time
from desk import program
time.sleep = lambda _: None  # before another attempt
for name, env, command in json.loads(sys.argv[1]):
    usual = dict(os.environ)
    os.environ.update(env)
    print(name, *command, "ended with", program.run(command), file=sys.stderr)
    os.environ.clear()
    os.environ.update(usual)
"""
"""Runs several commands, each with settings of its own, since a process takes long to start."""


def ends(told: str) -> list[int]:
    """The exit codes of these commands; none of them ended in a traceback."""
    assert "Traceback" not in told
    assert "itself has failed" not in told
    return [int(line.split()[-1]) for line in told.splitlines() if " ended with " in line]


@pytest.mark.parametrize("locale", LOCALES)
def test_no_locale_breaks_a_command(locale: str, tmp_path: Path) -> None:
    commands = [
        ["--help"],
        ["replies", "payment"],
        ["replies", "payment", "--json"],
        ["reply", REFERENCE, "-m", "Això està bé: 5 €"],
        ["--team", "això"],
        ["drafts"],
    ]
    given = json.dumps([["in this locale", {}, each] for each in commands])
    state = str(tmp_path / "estat")
    ended = started(given, code=COMMANDS_IN_TURN, DESK_STATE=state, **LOCALES[locale])
    assert ends(ended.stderr) == [0, 0, 0, 2, 2, 0]
    (draft,) = (tmp_path / "estat/drafts").iterdir()
    assert draft.read_text(encoding="utf-8") == "Això està bé: 5 €"  # whatever could read it


def test_json_loses_no_letter_in_a_locale_that_cannot_write_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = desk("replies", "payment", "--json")
    monkeypatch.setattr("desk.terminal.output.can_write", lambda _: False)
    escaped = desk("replies", "payment", "--json")
    assert (escaped.json, escaped.out.isascii()) == (whole.json, True)
    assert not whole.out.isascii()


def test_an_option_in_another_encoding_is_refused() -> None:
    with pytest.raises(Misused, match="not text in UTF-8"):
        as_text(b"est\xe0".decode("utf-8", "surrogateescape"))


SETTINGS: dict[str, dict[str, str]] = {
    "no home": {"HOME": "", "XDG_STATE_HOME": "~nobody-is-called-so/state"},
    "state in a file": {"DESK_STATE": "/dev/null/state"},
    "settings in a folder": {"DESK_CONFIG": "/"},
    "local run that is none": {"DESK_LOCAL": "1", "DESK_LOCAL_ENV": "/dev/null"},
    "neither yes nor no": {"DESK_LOCAL": "perhaps"},
    "another team": {"DESK_TEAM": "taxes"},
    "address that is none": {"DESK_API_URL": "http://[::1"},
    "region that is none": {"DESK_REGION": "the west"},
    "role that is none": {"DESK_ROLE_ARN": "payment"},
    "profile that is not there": {"DESK_PROFILE": "nobody"},
    "another profile that is not there": {"AWS_PROFILE": "nobody"},
    "proxy that is none": {"HTTPS_PROXY": "://"},
    "certificates that are not there": {"AWS_CA_BUNDLE": "/nowhere"},
    "attempts that are no number": {"AWS_MAX_ATTEMPTS": "many", "AWS_RETRY_MODE": "hard"},
    "settings of AWS that are none": {"AWS_CONFIG_FILE": sys.executable},
    "no width": {"COLUMNS": "none", "TERM": ""},
}


def test_no_setting_ends_in_a_traceback(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9"
    usual = {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": nobody,
        "DESK_API_URL": nobody,
        "DESK_CONFIG": str(tmp_path / "config.toml"),
        "DESK_QUEUE_URL": f"{nobody}/queue",
        "DESK_REGION": "eu-west-1",
        "DESK_STATE": str(tmp_path / "state"),
        "DESK_TEAM": "payment",
    }
    given = [
        [name, env, command]
        for name, env in SETTINGS.items()
        for command in (["list"], ["pull", "--wait", "0"])
    ]
    ended = started(json.dumps(given), code=COMMANDS_IN_TURN, **usual)
    codes = ends(ended.stderr)
    assert len(codes) == len(given)
    assert {*codes} <= {2, 3, 4}
    assert "name another in the settings of the desk" in ended.stderr  # for the profile


def test_without_time_zones_the_desk_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoneinfo, "ZoneInfo", Mock(side_effect=zoneinfo.ZoneInfoNotFoundError()))
    with pytest.raises(Misused, match="tzdata"):
        madrid.zone()


# ------------------------------------------------------------------- broken off


def test_ctrl_c_ends_any_command_with_130(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(service, "signed", interrupted)
    monkeypatch.setattr(service, "sqs", interrupted)
    for command in (["list"], ["show", REFERENCE], ["pull"], ["stats"], ["dead-letters"]):
        assert (desk(*command).code, command) == (130, command)


def test_ctrl_c_while_a_text_is_sent_says_where_it_is_and_that_it_may_be_recorded(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[f"POST /incidents/{REFERENCE}/messages"] = KeyboardInterrupt()
    broken_off = desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    (draft,) = kept()
    assert broken_off.code == 130
    assert "may have been recorded" in broken_off.told
    assert str(draft) in broken_off.told


def test_ctrl_c_in_the_editor_keeps_the_draft_and_one_that_the_editor_ignores_does_nothing(
    service: Service, desk: Desk, editor: Editor, typed: Typed, kept: Kept
) -> None:
    service.answers[f"GET /incidents/{REFERENCE}"] = (200, VIEW)
    editor("printf Half > FILE; kill -INT $$")
    typed("")
    broken_off = desk("reply", REFERENCE)
    (draft,) = kept()
    assert (broken_off.code, draft.read_text()) == (130, "Half")
    assert str(draft) in broken_off.told
    editor("kill -INT $PPID; printf Whole > FILE")
    typed("n\n")
    assert desk("reply", REFERENCE).code == 1
    assert [each.read_text() for each in kept()] == ["Whole"]


def test_ctrl_c_before_the_desk_is_there_ends_with_130_too() -> None:
    interrupted = "import desk.entry_point as e, builtins; real = builtins.__import__\n"
    interrupted += (
        "def broken(name, *rest):\n"
        "    if name.startswith('desk.'): raise KeyboardInterrupt\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = broken; e.main(['--help'])"
    )
    ended = started(code=interrupted)
    assert (ended.returncode, ended.stderr) == (130, "")


def test_a_reader_who_has_gone_is_no_error() -> None:
    gone = "import os, sys; os.close(0); from desk import program; r, w = os.pipe(); os.close(r)\n"
    gone += "os.dup2(w, 1); sys.exit(program.run(['replies', 'payment']))"
    ended = started(code=gone)
    assert "Traceback" not in ended.stderr
    assert "Exception ignored" not in ended.stderr


def test_an_error_of_the_desks_own_says_where_the_text_is(
    service: Service, desk: Desk, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DESK_TRACEBACK")
    service.answers[f"POST /incidents/{REFERENCE}/messages"] = (201, {"status": "claimed"})
    monkeypatch.setattr("desk.drafts.delivery.deliver", lambda *_: 1 / 0)
    monkeypatch.setattr("desk.operators_desk.deliver", lambda *_: 1 / 0)
    failed = desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    (draft,) = kept()
    assert (failed.code, "ZeroDivisionError" in failed.told, str(draft) in failed.told) == (
        *(1, True, True),
    )


@pytest.mark.parametrize(
    "where", [["--team", "signature", "list"], ["list", "--team", "signature"]]
)
def test_the_team_may_be_named_before_the_command_and_after_it(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch, where: list[str]
) -> None:
    loaded = Mock(return_value=service.settings)
    monkeypatch.setattr("desk.operators_desk.load", loaded)
    assert desk(*where).code == 0
    loaded.assert_called_once_with(Category.SIGNATURE, local=False)


def test_every_command_takes_the_team_after_it() -> None:
    without = [
        name
        for name, command in app.commands.items()
        if not {"team", "local", "as_json"} <= {each.name for each in command.params}
    ]
    assert without == []
