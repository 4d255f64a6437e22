"""TAB completes from what this computer knows: it asks nobody, and says nothing of errors."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.completion import install
from desk.listed_incidents import ListedIncidents
from desk.program import app
from desk.seen_incidents import SeenIncidents
from desk.service_vocabulary import Category
from desk.texts.canned_replies import names
from tests.support.desk import LIST, LOOK, OTHER, REFERENCE, VIEW, Desk, Service, a_page, listed

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)

type Completed = Callable[[str], list[str]]


@pytest.fixture
def completed(
    service: Service, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Completed:
    """What bash gets for a line that has been typed up to its last word."""

    def complete(line: str) -> list[str]:
        words = line.split(" ")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
        monkeypatch.setenv("_DESK_COMPLETE", "bash_complete")
        capsys.readouterr()
        with pytest.raises(SystemExit):
            app.main([], prog_name="desk", complete_var="_DESK_COMPLETE")
        out, err = capsys.readouterr()
        assert (err, service.sent) == ("", [])
        return [each.partition(",")[2] for each in out.split()]

    return complete


def test_tab_completes_the_references_that_were_shown_and_those_of_the_list(
    service: Service, desk: Desk, completed: Completed
) -> None:
    service.answers |= {LOOK: (200, VIEW), LIST: a_page(listed(OTHER))}
    assert desk("show", REFERENCE).code == desk("list").code == 0
    service.sent.clear()
    assert completed("desk reply ") == [REFERENCE, OTHER]
    assert completed(f"desk --team signature reply {REFERENCE[:3]}") == [REFERENCE]
    assert completed("desk show 7k3m9") == [OTHER]
    assert completed("desk drafts --discard 7") == [OTHER]


def test_the_list_of_another_team_is_not_completed(
    service: Service, desk: Desk, completed: Completed
) -> None:
    service.answers[LIST] = a_page(listed(OTHER))
    desk("list")
    service.sent.clear()
    assert completed("desk --team signature reply ") == []
    assert completed("desk reply --team signature ") == []
    assert completed("desk reply --team payment ") == [OTHER]


@pytest.mark.parametrize(
    ("line", "team"),
    [
        ("desk reply X --with ", Category.PAYMENT),  # DESK_TEAM
        ("desk --team signature ask X --with ", Category.SIGNATURE),
        ("desk resolve X --team functional --with ", Category.FUNCTIONAL),
    ],
)
def test_tab_completes_the_replies_of_the_team_alone(
    completed: Completed, line: str, team: Category
) -> None:
    assert completed(line) == names(team, "") != names(None, "")


def test_an_erased_incident_is_not_completed_any_more(tmp_path: Path) -> None:
    kept = ListedIncidents(tmp_path)
    kept.keep("payment", [listed(REFERENCE), listed(OTHER)], NOW)
    kept.forget(REFERENCE)
    assert kept.references(None, NOW) == [OTHER]


def test_a_listed_reference_is_named_for_a_day_and_not_after_the_incidents_end(
    tmp_path: Path,
) -> None:
    kept = ListedIncidents(tmp_path)
    kept.keep("payment", [listed(REFERENCE, expires_on="2026-11-26"), listed(OTHER)], NOW)
    assert kept.references("payment", NOW) == [REFERENCE, OTHER]
    kept.forget_old(NOW + timedelta(hours=16))
    assert kept.references("payment", NOW) == [OTHER]
    kept.forget_old(NOW + timedelta(days=1))
    assert REFERENCE not in (tmp_path / "listed.json").read_text()
    assert OTHER not in (tmp_path / "listed.json").read_text()


def test_a_later_list_adds_to_the_one_before(tmp_path: Path) -> None:
    kept = ListedIncidents(tmp_path)
    kept.keep("payment", [listed(REFERENCE)], NOW)
    kept.keep("payment", [listed(OTHER)], NOW)
    assert kept.references("payment", NOW) == [OTHER, REFERENCE]


def test_a_seen_incident_is_named_until_its_last_day(tmp_path: Path) -> None:
    seen = SeenIncidents(tmp_path)
    seen.remember(REFERENCE, expires_on="2026-11-26")
    assert seen.references(NOW) == [REFERENCE]
    assert seen.references(NOW + timedelta(days=1)) == []


@pytest.mark.parametrize("broken", ["shown.json", "listed.json", "team", "config.toml"])
@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"[[", b'{"payment": {"X": 1}}', b'{"X": []}']
)
def test_whatever_the_files_hold_tab_says_nothing_of_it(
    tmp_path: Path, broken: str, content: bytes
) -> None:
    (tmp_path / broken).write_bytes(content)
    ended = subprocess.run(
        [sys.executable, "-m", "desk.entry_point"],
        env={
            "PYTHONPATH": str(ROOT / "desk/src"),
            "_DESK_COMPLETE": "bash_complete",
            "COMP_WORDS": "desk reply X --with att",
            "COMP_CWORD": "4",
            "DESK_STATE": str(tmp_path),
            "DESK_CONFIG": str(tmp_path / "config.toml"),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert ended.stderr == ""
    assert ended.stdout in {"", "plain,attach-document\n"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_learns_to_complete_once(
    shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SHELL", f"/bin/{shell}")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    for named in (None, shell):
        install(app, named)
    written = {each: each.read_text() for each in tmp_path.rglob("*") if each.is_file()}
    assert sum(f"_DESK_COMPLETE={shell}_complete" in each for each in written.values()) == 1
    assert sum(each.count("TAB completes") for each in written.values()) == (shell != "fish")
    assert os.environ["HOME"] == str(tmp_path)
