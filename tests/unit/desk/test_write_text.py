"""An operator's text: from an option, a file or the editor, and shown before it is sent."""

import stat
from pathlib import Path

import pytest

from tests.support.desk import (
    DONE,
    MESSAGES,
    NOTES,
    REFERENCE,
    RESOLVE,
    Desk,
    Editor,
    Kept,
    Service,
    Typed,
    a_file,
    problem,
)


def test_a_reply_from_a_file_is_sent_and_leaves_no_draft(
    service: Service, desk: Desk, tmp_path: Path, kept: Kept
) -> None:
    service.answers[MESSAGES] = DONE
    replied = desk("reply", REFERENCE, "--file", a_file(tmp_path, "Ja està corregit.\n"), "--yes")
    assert replied.code == 0
    assert service.sent[0].content == {"body": "Ja està corregit.", "ask": False}
    assert kept() == []


def test_the_desk_keeps_a_refused_reply_and_says_the_reason(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[MESSAGES] = problem(409, "not-claimed")
    refused = desk("reply", REFERENCE, "-m", "It is corrected.", "--yes", "--json")
    assert refused.code == 1
    assert refused.json["problem"]["type"] == "urn:suport:problem:not-claimed"
    assert [draft.read_text() for draft in kept()] == ["It is corrected."]


def test_only_the_operator_can_read_their_drafts(service: Service, desk: Desk, kept: Kept) -> None:
    service.answers[MESSAGES] = None
    desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    (draft,) = kept()
    assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    assert stat.S_IMODE(draft.parent.stat().st_mode) == 0o700


def test_the_desk_shows_a_text_from_the_editor_before_it_sends_it(
    service: Service, desk: Desk, typed: Typed, editor: Editor
) -> None:
    service.answers[MESSAGES] = DONE
    editor("printf 'Try again.\\n' > FILE")
    typed("y\n")
    replied = desk("reply", REFERENCE)
    assert replied.code == 0
    assert replied.out.index("Try again.") < replied.out.index("answered")
    assert service.sent[0].content["body"] == "Try again."


def test_the_operator_can_go_on_later_with_a_text_they_do_not_send_now(
    service: Service, desk: Desk, typed: Typed, editor: Editor, kept: Kept
) -> None:
    editor("printf 'One.' >> FILE")
    typed("n\n")
    assert desk("reply", REFERENCE).code == 1
    assert len(kept()) == 1
    assert REFERENCE in desk("drafts").out
    service.answers[MESSAGES] = DONE
    typed("e\ny\n")  # back into the editor
    assert desk("reply", REFERENCE).code == 0
    assert service.sent[0].content["body"] == "One.One.One."


def test_a_crash_of_the_editor_loses_nothing(
    service: Service, desk: Desk, typed: Typed, editor: Editor, kept: Kept
) -> None:
    editor("printf 'Half' > FILE; kill -9 $$")
    typed("")
    broken = desk("reply", REFERENCE)
    assert broken.code == 2
    assert [draft.read_text() for draft in kept()] == ["Half"]
    assert service.sent == []


def test_the_desk_does_not_send_an_empty_text(
    service: Service, desk: Desk, typed: Typed, editor: Editor, kept: Kept
) -> None:
    editor(":")
    typed("")
    assert desk("reply", REFERENCE).code == 2
    assert (service.sent, kept()) == ([], [])


def test_the_desk_sends_nothing_if_there_is_nobody_to_ask(
    service: Service, desk: Desk, kept: Kept
) -> None:
    unasked = desk("reply", REFERENCE, "-m", "It is corrected.")
    assert (unasked.code, service.sent) == (2, [])
    assert "--yes" in unasked.err
    assert len(kept()) == 1


def test_a_question_makes_the_incident_wait(service: Service, desk: Desk) -> None:
    service.answers[MESSAGES] = DONE
    assert desk("ask", REFERENCE, "-m", "Which browser?", "--yes").code == 0
    assert service.sent[0].content == {"body": "Which browser?", "ask": True}


def test_a_note_goes_to_the_notes_under_a_key(service: Service, desk: Desk) -> None:
    service.answers[NOTES] = (201, {"entry": "01K3", "status": "claimed"})
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
    service.answers[RESOLVE] = DONE
    assert desk("resolve", REFERENCE, *arguments).code == 0
    assert service.sent[0].content == content
    assert service.sent[0].key
