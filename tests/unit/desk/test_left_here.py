"""What the desk leaves on the operator's computer: gone in time, closed to others, named."""

import os
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from desk.drafts.kept_files import KEPT_FOR, Drafts
from desk.left_here import at_start
from desk.saved_files import SavedFiles
from desk.seen_incidents import SeenIncidents
from tests.support.desk import (
    DONE,
    LOOK,
    MESSAGES,
    OTHER,
    REFERENCE,
    VIEW,
    Desk,
    Editor,
    Kept,
    Service,
    Typed,
)

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
A_WEEK_AGO = NOW - timedelta(days=7)
ALMOST_A_WEEK_AGO = A_WEEK_AGO + timedelta(minutes=1)


def unknown(_: str) -> date | None:
    return None


def changed(file: Path, at: datetime) -> Path:
    """The file, as if it had last been changed then."""
    os.utime(file, (at.timestamp(), at.timestamp()))
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "drafts"


@pytest.fixture
def drafts(folder: Path) -> Drafts:
    return Drafts(folder)


# ------------------------------------------------------------------- gone after seven days


def test_a_draft_is_gone_seven_days_after_it_was_begun_however_often_it_was_changed(
    drafts: Drafts, folder: Path
) -> None:
    for kind, begun in {"reply": A_WEEK_AGO, "note": ALMOST_A_WEEK_AGO}.items():
        changed(drafts.new(REFERENCE, kind, "It is corrected.", begun).path, NOW)
    assert drafts.erase_old(NOW, unknown) == 1
    assert [each.kind for each in drafts.all()] == ["note"]
    assert len(list(folder.iterdir())) == 1


def test_a_draft_that_gets_another_key_is_not_begun_again(drafts: Drafts) -> None:
    begun = datetime.now(UTC) - timedelta(days=6, hours=23)
    old = drafts.new(REFERENCE, "transfer-signature", "It is the certificate.", begun)
    changed(old.path, begun)
    renewed = drafts.command(REFERENCE, "transfer-signature", "It is the certificate.")
    assert renewed.key != old.key
    assert drafts.erase_old(datetime.now(UTC) + timedelta(hours=2), unknown) == 1
    assert drafts.all() == []


def test_a_draft_of_an_earlier_desk_counts_from_when_it_was_last_changed(
    drafts: Drafts, folder: Path
) -> None:
    folder.mkdir()
    for number, at in enumerate((A_WEEK_AGO, ALMOST_A_WEEK_AGO)):
        file = folder / f"{REFERENCE}.reply.{number:032x}.txt"
        file.write_text("It is corrected.")
        changed(file, at)
    assert drafts.erase_old(NOW, unknown) == 1
    assert [each.key for each in drafts.all()] == [f"{1:032x}"]


@pytest.mark.parametrize("name", ["{name}", f"{REFERENCE}.reply.{5:032x}.txt", "{name}~"])
def test_a_file_from_the_future_is_kept_for_seven_days_from_now(
    drafts: Drafts, folder: Path, name: str
) -> None:
    ahead = NOW + timedelta(days=400)
    draft = drafts.new(REFERENCE, "reply", "It is corrected.", ahead)
    file = changed(draft.path.rename(folder / name.format(name=draft.path.name)), ahead)
    drafts.erase_old(NOW, unknown)
    assert file.exists()
    drafts.erase_old(NOW + KEPT_FOR - timedelta(minutes=1), unknown)
    assert file.exists()
    drafts.erase_old(NOW + KEPT_FOR, unknown)
    assert not file.exists()


@pytest.mark.parametrize("name", [".{name}.swp", "{name}~", "#{name}#", "{stem}.refused"])
def test_the_copies_of_an_editor_go_with_their_draft(
    drafts: Drafts, folder: Path, name: str
) -> None:
    draft = drafts.new(REFERENCE, "reply", "It is corrected.")
    copy = folder / name.format(name=draft.path.name, stem=draft.path.stem)
    copy.write_text("It is corrected.")
    draft.discard()
    assert list(folder.iterdir()) == []


def test_any_other_file_in_the_folder_is_gone_after_seven_days(
    drafts: Drafts, folder: Path
) -> None:
    folder.mkdir()
    for name, at in {"4913": A_WEEK_AGO, "letter.txt": ALMOST_A_WEEK_AGO}.items():
        changed(folder / name, at) if (folder / name).write_text("It is corrected.") else None
    drafts.erase_old(NOW, unknown)
    assert [each.name for each in folder.iterdir()] == ["letter.txt"]


# ------------------------------------------------------------------- no longer than the incident


@pytest.mark.parametrize(
    ("at", "left"),
    [
        (datetime(2026, 11, 26, 22, 59, tzinfo=UTC), 1),  # before midnight in Madrid
        (datetime(2026, 11, 26, 23, 0, tzinfo=UTC), 0),
    ],
)
def test_a_draft_does_not_outlive_its_incident(drafts: Drafts, at: datetime, left: int) -> None:
    drafts.new(REFERENCE, "reply", "It is corrected.", NOW)
    drafts.erase_old(at, {REFERENCE: date(2026, 11, 26)}.get)
    assert len(drafts.all()) == left


def test_a_draft_begun_after_the_last_day_that_the_desk_knows_is_kept(drafts: Drafts) -> None:
    """The incident has lived on: somebody wrote in it since the desk last showed it."""
    drafts.new(REFERENCE, "reply", "It is corrected.", NOW)
    assert drafts.erase_old(NOW + timedelta(days=1), {REFERENCE: date(2026, 11, 25)}.get) == 0
    assert len(drafts.all()) == 1


def test_the_desk_takes_the_last_day_from_the_incident_that_it_shows(
    service: Service, desk: Desk, kept: Kept, tmp_path: Path
) -> None:
    service.answers |= {LOOK: (200, VIEW | {"expires_on": "2026-12-01"}), MESSAGES: None}
    desk("show", REFERENCE)
    desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    (draft,) = kept()
    begun = datetime(2026, 12, 1, 20, 0, tzinfo=UTC)
    name = draft.name.split(".")
    name[2] = f"{begun:%Y%m%dT%H%M%SZ}"
    draft.rename(draft.with_name(".".join(name)))
    assert list(at_start(tmp_path / "state", begun + timedelta(hours=2)))
    assert len(kept()) == 1
    (said,) = at_start(tmp_path / "state", begun + timedelta(hours=4))
    assert said.startswith("Erased from this computer: 1 draft")
    assert kept() == []


def test_the_desk_forgets_an_incident_after_its_last_day(tmp_path: Path) -> None:
    seen = SeenIncidents(tmp_path)
    seen.remember(REFERENCE, language="ca", expires_on="2026-11-25")
    seen.remember(OTHER, language="de", expires_on="2026-11-26")
    seen.forget_ended(NOW)
    assert (seen.language(REFERENCE), seen.language(OTHER)) == (None, "de")
    assert REFERENCE not in (tmp_path / "shown.json").read_text()


def test_the_desk_forgets_an_incident_whose_last_day_it_does_not_know_after_a_week(
    tmp_path: Path,
) -> None:
    seen = SeenIncidents(tmp_path)
    seen.remember(REFERENCE, language="ca", expires_on="some day")
    for later in (timedelta(0), timedelta(days=7)):
        seen.forget_ended(NOW + later)
        assert seen.language(REFERENCE) == "ca"
    seen.forget_ended(NOW + timedelta(days=8))
    assert seen.language(REFERENCE) is None


# ------------------------------------------------------------------- for the operator alone


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def lax_umask() -> object:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("lax_umask")
def test_only_the_operator_can_read_what_the_desk_keeps_whatever_the_umask(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    refused = [{"field": "contact.phone", "message": "No."}]
    problem = {"type": "urn:suport:problem:invalid", "title": "No", "detail": "No."}
    service.answers |= {
        LOOK: (200, VIEW),
        "POST /incidents": (422, problem | {"errors": refused}),
        MESSAGES: None,
    }
    desk("show", REFERENCE)
    desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    desk("new", "-m", "The card was refused.", "--error-code", "190", "--phone", "12", "--yes")
    files = [each for each in (tmp_path / "state").rglob("*") if each.is_file()]
    assert {each.suffix for each in files} == {".txt", ".refused", ".json"}
    assert {mode(each) for each in files} == {0o600}
    assert {mode(tmp_path / "state"), mode(tmp_path / "state/drafts")} == {0o700}


def test_a_start_closes_what_others_could_read(desk: Desk, kept: Kept, tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "state/drafts")
    draft = drafts.new(REFERENCE, "reply", "It is corrected.")
    draft.path.chmod(0o644)
    draft.path.parent.chmod(0o755)
    desk("drafts")
    assert [mode(each) for each in kept()] == [0o600]
    assert mode(draft.path.parent) == 0o700


def test_a_file_that_was_open_to_others_is_closed_before_it_is_written(drafts: Drafts) -> None:
    draft = drafts.new(REFERENCE, "reply", "It is corrected, and a longer text.")
    draft.path.chmod(0o666)
    draft.write("Short.")
    assert (mode(draft.path), draft.text) == (0o600, "Short.")


# ------------------------------------------------------------------- named at each start


def test_each_start_says_on_the_error_output_what_lies_here(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    drafts = Drafts(tmp_path / "state/drafts")
    now = datetime.now(UTC)
    for kind, days in {"reply": 3, "note": 1}.items():
        drafts.new(REFERENCE, kind, "It is corrected.", now - timedelta(days=days))
    service.answers[LOOK] = (200, VIEW)
    shown = desk("show", REFERENCE, "--json")
    assert shown.json["reference"] == REFERENCE
    assert shown.told == "On this computer: 2 drafts (the oldest: 3 d). See: desk drafts"


def test_a_start_says_nothing_where_nothing_lies(service: Service, desk: Desk) -> None:
    service.answers |= {LOOK: (200, VIEW), MESSAGES: DONE}
    desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    assert desk("show", REFERENCE, "--json").err == ""


def test_a_saved_file_is_named_at_each_start_until_it_is_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    saved = SavedFiles(tmp_path / "state")
    proof, lost = tmp_path / "proof.pdf", tmp_path / "lost.pdf"
    proof.touch()
    saved.note(Path("proof.pdf"), REFERENCE, NOW - timedelta(days=12))
    saved.note(lost, OTHER, NOW)
    assert mode(tmp_path / "state/saved.json") == 0o600
    (said,) = at_start(tmp_path / "state", NOW)
    assert said == (
        "On this computer: 1 saved file of citizens (the oldest: 12 d). See: desk drafts"
    )
    assert str(lost) not in (tmp_path / "state/saved.json").read_text()
    proof.unlink()
    assert list(at_start(tmp_path / "state", NOW)) == []
    assert REFERENCE not in (tmp_path / "state/saved.json").read_text()


def test_the_list_of_drafts_has_the_saved_files(desk: Desk, tmp_path: Path) -> None:
    proof = tmp_path / "proof.pdf"
    proof.touch()
    SavedFiles(tmp_path / "state").note(proof, REFERENCE, NOW)
    assert desk("drafts", "--json").json == [
        {"reference": REFERENCE, "kind": "saved-file", "path": str(proof)}
    ]
    desk("drafts", "--discard", REFERENCE)
    assert proof.exists()


@pytest.mark.parametrize("content", ["", "{", "[1]", '[["a"]]', '{"a": 1}', '[["a", "b", "c"]]'])
def test_a_spoilt_list_of_saved_files_keeps_nobody_from_working(
    desk: Desk, tmp_path: Path, content: str
) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state/saved.json").write_text(content)
    assert desk("drafts").code == 0


def test_what_cannot_be_erased_is_named_and_the_command_goes_on(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise PermissionError(13, "Permission denied", "/state/drafts/a")

    monkeypatch.setattr(Drafts, "erase_old", fails)
    service.answers[LOOK] = (200, VIEW)
    shown = desk("show", REFERENCE, "--json")
    assert (shown.code, shown.json["reference"]) == (0, REFERENCE)
    assert "/state/drafts/a" in shown.told


def test_an_erased_draft_is_gone_before_its_command_would_go_on_with_it(
    service: Service, desk: Desk, tmp_path: Path, typed: Typed, editor: Editor
) -> None:
    begun = datetime.now(UTC) - KEPT_FOR
    Drafts(tmp_path / "state/drafts").new(REFERENCE, "reply", "Of last week.", begun)
    service.answers[MESSAGES] = DONE
    service.answers[LOOK] = (200, VIEW)
    editor("sed -i '1s/^/Of today./' FILE")
    typed("y\n")
    assert "1 draft" in desk("reply", REFERENCE).told
    assert service.sent[-1].content["body"] == "Of today."
