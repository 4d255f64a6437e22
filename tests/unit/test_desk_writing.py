"""What an operator writes: nothing of it is lost, and nothing of it arrives twice."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.desk import (
    REFERENCE,
    VIEW,
    Ended,
    Service,
    a_file,
    desk,
    problem,
    service,
    typed,
)

__all__ = ["desk", "service", "typed"]

Desk = Callable[..., Ended]
Typed = Callable[[str], None]
MESSAGES = f"POST /incidents/{REFERENCE}/messages"
NOTES = f"POST /incidents/{REFERENCE}/notes"
RESOLVE = f"POST /incidents/{REFERENCE}/resolve"
LOOK = f"GET /incidents/{REFERENCE}"
RECORDED = (201, {"entry": "01K3", "recorded_at": "2026-11-23T20:30:00.000Z", "status": "claimed"})


@pytest.fixture
def drafts(tmp_path: Path) -> Callable[[], list[Path]]:
    """The files that are kept."""
    folder = tmp_path / "state/drafts"
    return lambda: sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Sets an editor that runs these lines of shell on the file."""

    def set_editor(script: str) -> None:
        program = tmp_path / "editor"
        program.write_text(f"#!/bin/sh\n{script.replace('FILE', chr(34) + '$1' + chr(34))}\n")
        program.chmod(0o700)
        monkeypatch.setenv("VISUAL", str(program))

    return set_editor


def test_a_reply_from_a_file_arrives_and_leaves_nothing_behind(
    service: Service, desk: Desk, tmp_path: Path, drafts: Callable[[], list[Path]]
) -> None:
    service.answers[MESSAGES] = RECORDED
    replied = desk("reply", REFERENCE, "--file", a_file(tmp_path, "Ja està corregit.\n"), "--yes")
    assert replied.code == 0
    assert service.sent[0].content == {"body": "Ja està corregit.", "ask": False}
    assert drafts() == []


@pytest.mark.parametrize("broken", [None, (503, {"detail": "Later."})])
def test_after_a_dropped_line_the_same_command_sends_the_same_with_the_same_key(
    service: Service, desk: Desk, drafts: Callable[[], list[Path]], broken: object
) -> None:
    service.answers[MESSAGES] = broken
    dropped = desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    assert dropped.code == 3
    (kept,) = drafts()
    assert str(kept) in dropped.err.replace("\n", "")
    assert kept.read_text() == "It is corrected."
    service.answers[MESSAGES] = RECORDED
    assert desk("reply", REFERENCE, "-m", "It is corrected.", "--yes").code == 0
    assert len({sent.key for sent in service.sent}) == 1
    assert len(service.sent[0].key or "") >= 16
    assert drafts() == []


def test_two_replies_have_two_keys(service: Service, desk: Desk) -> None:
    service.answers[MESSAGES] = RECORDED
    for _ in range(2):
        desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    first, second = service.sent
    assert first.key != second.key


def test_a_refused_reply_is_kept_and_the_reason_said(
    service: Service, desk: Desk, drafts: Callable[[], list[Path]]
) -> None:
    service.answers[MESSAGES] = problem(409, "not-claimed")
    refused = desk("reply", REFERENCE, "-m", "It is corrected.", "--yes", "--json")
    assert refused.code == 1
    assert refused.json["problem"]["type"] == "urn:suport:problem:not-claimed"
    assert [draft.read_text() for draft in drafts()] == ["It is corrected."]


def test_drafts_are_for_their_writer_only(
    service: Service, desk: Desk, drafts: Callable[[], list[Path]]
) -> None:
    service.answers[MESSAGES] = None
    desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    (kept,) = drafts()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700


def test_the_editor_works_on_the_draft_which_is_shown_before_it_is_sent(
    service: Service, desk: Desk, typed: Typed, editor: Callable[[str], None]
) -> None:
    service.answers[MESSAGES] = RECORDED
    editor("printf 'Try again.\\n' > FILE")
    typed("y\n")
    replied = desk("reply", REFERENCE)
    assert replied.code == 0
    assert replied.out.index("Try again.") < replied.out.index("answered")
    assert service.sent[0].content["body"] == "Try again."


def test_what_is_not_sent_now_is_gone_on_with_later(
    service: Service,
    desk: Desk,
    typed: Typed,
    editor: Callable[[str], None],
    drafts: Callable[[], list[Path]],
) -> None:
    editor("printf 'One.' >> FILE")
    typed("n\n")
    assert desk("reply", REFERENCE).code == 1
    assert len(drafts()) == 1
    assert REFERENCE in desk("drafts").out
    service.answers[MESSAGES] = RECORDED
    typed("e\ny\n")  # once more into the editor
    assert desk("reply", REFERENCE).code == 0
    assert service.sent[0].content["body"] == "One.One.One."


def test_an_editor_that_breaks_down_loses_nothing(
    service: Service,
    desk: Desk,
    typed: Typed,
    editor: Callable[[str], None],
    drafts: Callable[[], list[Path]],
) -> None:
    editor("printf 'Half' > FILE; kill -9 $$")
    typed("")
    broken = desk("reply", REFERENCE)
    assert broken.code == 2
    assert [draft.read_text() for draft in drafts()] == ["Half"]
    assert service.sent == []


def test_an_empty_text_is_not_sent(
    service: Service,
    desk: Desk,
    typed: Typed,
    editor: Callable[[str], None],
    drafts: Callable[[], list[Path]],
) -> None:
    editor(":")
    typed("")
    assert desk("reply", REFERENCE).code == 2
    assert (service.sent, drafts()) == ([], [])


def test_nothing_is_sent_unasked_where_nobody_can_be_asked(
    service: Service, desk: Desk, drafts: Callable[[], list[Path]]
) -> None:
    unasked = desk("reply", REFERENCE, "-m", "It is corrected.")
    assert (unasked.code, service.sent) == (2, [])
    assert "--yes" in unasked.err
    assert len(drafts()) == 1


def test_a_canned_reply_comes_in_the_citizens_language(service: Service, desk: Desk) -> None:
    service.answers |= {MESSAGES: RECORDED, LOOK: (200, VIEW | {"language": "ca"})}
    assert desk("reply", REFERENCE, "--with", "do-not-pay-again", "--yes").code == 0
    assert service.sent[-1].content["body"].startswith("Bon dia,\n\nEl vostre pagament")


def test_a_canned_reply_is_chosen_without_one_more_look_at_what_was_shown(
    service: Service, desk: Desk
) -> None:
    service.answers |= {MESSAGES: RECORDED, LOOK: (200, VIEW | {"language": "de"})}
    desk("show", REFERENCE)
    desk("reply", REFERENCE, "--with", "do-not-pay-again", "--yes")
    assert service.requests() == [LOOK, MESSAGES]
    assert service.sent[-1].content["body"].startswith("Guten Tag,")


def test_a_canned_reply_with_a_gap_is_not_sent(
    service: Service, desk: Desk, drafts: Callable[[], list[Path]]
) -> None:
    unfilled = desk("resolve", REFERENCE, "--with", "solved", "--language", "en", "--yes")
    assert (unfilled.code, service.sent) == (2, [])
    assert "[[what was done]]" in unfilled.err
    assert len(drafts()) == 1


def test_ones_own_canned_replies_go_before_the_shipped(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    own = tmp_path / "config/replies/payment"
    own.mkdir(parents=True)
    (own / "do-not-pay-again.en.txt").write_text("Wait, please.")
    service.answers[MESSAGES] = RECORDED
    desk("reply", REFERENCE, "--with", "do-not-pay-again", "--language", "en", "--yes")
    assert service.sent[-1].content["body"] == "Wait, please."


def test_an_unknown_canned_reply_names_those_that_there_are(service: Service, desk: Desk) -> None:
    unknown = desk("reply", REFERENCE, "--with", "nothing", "--language", "en", "--yes")
    assert (unknown.code, service.sent) == (2, [])
    assert "card-refused, do-not-pay-again, payment-found, solved" in unknown.err.replace("\n", " ")


def test_a_question_makes_the_incident_wait(service: Service, desk: Desk) -> None:
    service.answers[MESSAGES] = RECORDED
    assert desk("ask", REFERENCE, "-m", "Which browser?", "--yes").code == 0
    assert service.sent[0].content == {"body": "Which browser?", "ask": True}


def test_a_note_goes_to_the_notes(service: Service, desk: Desk) -> None:
    service.answers[NOTES] = RECORDED
    assert desk("note", REFERENCE, "-m", "The bank says so.", "--yes", "--json").json["entry"]
    assert service.requests() == [NOTES]
    assert service.sent[0].key


@pytest.mark.parametrize(
    ("arguments", "content"),
    [(["--yes"], {}), (["-m", "Solved.", "--yes"], {"body": "Solved."})],
)
def test_an_incident_is_resolved_with_or_without_a_last_message(
    service: Service, desk: Desk, arguments: list[str], content: dict[str, str]
) -> None:
    service.answers[RESOLVE] = (200, {"reference": REFERENCE, "status": "resolved"})
    assert desk("resolve", REFERENCE, *arguments).code == 0
    assert service.sent[0].content == content
    assert service.sent[0].key


def test_a_phone_call_is_recorded_once_however_often_the_line_drops(
    service: Service, desk: Desk, drafts: Callable[[], list[Path]]
) -> None:
    service.answers["POST /incidents"] = None
    call = (
        "--message",
        "The card was refused twice.",
        "--error-code",
        "190",
        "--phone",
        "971481726",
    )
    dropped = desk("new", *call, "--yes")
    assert dropped.code == 3
    (kept,) = drafts()
    service.answers["POST /incidents"] = (
        201,
        {"reference": REFERENCE, "category": "payment", "status": "received"},
    )
    assert desk("new", "--from", kept, "--yes").code == 0
    assert len({sent.key for sent in service.sent}) == 1
    assert service.sent[-1].content == {
        "category": "payment",
        "description": "The card was refused twice.",
        "error": {"code": "190"},
        "contact": {"phone": "971481726"},
        "language": "ca",
    }
    assert drafts() == []


def test_a_phone_call_is_asked_for_what_is_needed(
    service: Service, desk: Desk, typed: Typed
) -> None:
    service.answers["POST /incidents"] = (
        201,
        {"reference": REFERENCE, "category": "payment", "status": "received"},
    )
    typed("The card was refused.\n190\n\nxisca@example.test\nXisca\ny\n")
    assert desk("new").code == 0
    assert service.sent[0].content["contact"] == {"name": "Xisca", "email": "xisca@example.test"}
    assert service.sent[0].content["error"] == {"message": "190"}


def test_who_takes_a_call_is_neither_shown_an_access_code_nor_told_to_pass_one_on(
    service: Service, desk: Desk
) -> None:
    code = "81D2-Q0XH-4Q3E-BQQY-1SYZ-1EP6-WXJD"
    answer = {"reference": REFERENCE, "category": "functional", "status": "received"}
    service.answers["POST /incidents"] = (201, answer | {"access_code": code})
    call = ("--category", "functional", "--message", "It hangs.", "--phone", "971481726")
    recorded = desk("new", *call, "--yes")
    assert recorded.code == 0
    assert REFERENCE in recorded.out
    assert code not in recorded.out + recorded.err
    shown = " ".join(desk("new", "--help").out.split())
    assert "The access code reaches them by e-mail alone" in shown


def test_a_phone_call_may_come_as_json(service: Service, desk: Desk, tmp_path: Path) -> None:
    submission = {"category": "signature", "description": "AutoFirma says SAF_10."}
    service.answers["POST /incidents"] = (201, {"reference": REFERENCE, "category": "signature"})
    file = a_file(tmp_path, json.dumps(submission))
    assert desk("new", "--from", file, "--yes", "--json").json["reference"] == REFERENCE
    assert service.sent[0].content == submission
    assert desk("new", "--from", a_file(tmp_path, "no JSON"), "--yes").code == 2
