"""An operator's text: from an option, a file or the editor, and shown before it is sent."""

import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.desk import (
    DONE,
    LOOK,
    MESSAGES,
    NOTES,
    REFERENCE,
    RESOLVE,
    VIEW,
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
    service.answers |= {LOOK: (200, VIEW), MESSAGES: DONE}
    editor("printf 'Try again.\\n' > FILE")
    typed("y\n")
    replied = desk("reply", REFERENCE)
    assert replied.code == 0
    assert replied.out.index("Try again.") < replied.out.index("answered")
    assert service.sent[-1].content["body"] == "Try again."


def test_the_operator_can_go_on_later_with_a_text_they_do_not_send_now(
    service: Service, desk: Desk, typed: Typed, editor: Editor, kept: Kept
) -> None:
    service.answers[LOOK] = (200, VIEW)
    editor("sed -i '1s/^/One./' FILE")
    typed("n\n")
    assert desk("reply", REFERENCE).code == 1
    assert len(kept()) == 1
    assert REFERENCE in desk("drafts").out
    service.answers[MESSAGES] = DONE
    typed("e\ny\n")  # back into the editor
    assert desk("reply", REFERENCE).code == 0
    assert service.sent[-1].content["body"] == "One.One.One."


def a_view(**changes: Any) -> tuple[int, dict[str, Any]]:
    """The answer to a look at the incident: the citizen has written twice since they sent it."""
    wrote = [
        {
            "entry": "A",
            "at": f"2026-11-2{day}T09:00:00.000Z",
            "kind": "message",
            "by": by,
            "body": body,
        }
        for day, by, body in (
            (5, "citizen", "It is a card of Colonya.\nvim: set ft=x"),
            (4, "operator", "Which card?"),
            (4, "citizen", "The bank says no."),
        )
    ]
    return 200, VIEW | {"history": wrote} | changes


def test_the_editor_has_the_citizens_words_below_a_line_and_sends_none_of_them(
    *, service: Service, desk: Desk, typed: Typed, editor: Editor, tmp_path: Path, kept: Kept
) -> None:
    service.answers |= {LOOK: a_view(), MESSAGES: DONE}
    editor(f"cp FILE {tmp_path}/opened; sed -i '1s/^/Pay with another one./' FILE")
    typed("y\n")
    assert desk("reply", REFERENCE).code == 0
    text, _, quoted = (tmp_path / "opened").read_text().partition("\n----")
    assert text.strip() == ""
    told = [line for line in quoted.splitlines()[1:] if line]
    assert {line[0] for line in told} == {">"}
    words = ("Colonya", "The bank says no.", VIEW["description"])
    places = [quoted.index(each) for each in words]
    assert places == sorted(places)
    assert "Which card?" not in quoted
    assert "vim: set" not in quoted  # an editor would act on it
    sent = service.sent[-1]
    assert (sent.content["body"], sent.seen) == ("Pay with another one.", f'"{VIEW["etag"]}"')
    assert kept() == []


def test_a_draft_keeps_nothing_of_the_citizens_words(
    service: Service, desk: Desk, typed: Typed, editor: Editor, kept: Kept
) -> None:
    service.answers[LOOK] = a_view()
    editor("cp FILE FILE'~'; sed -i '1s/^/Half/' FILE")
    typed("n\n")
    desk("reply", REFERENCE)
    assert [each.read_text() for each in kept()] == ["Half"]


def test_what_is_written_below_the_line_is_neither_sent_nor_lost(
    service: Service, desk: Desk, typed: Typed, editor: Editor, kept: Kept
) -> None:
    service.answers[LOOK] = a_view()
    editor("grep -q another FILE || echo 'Pay with another one.' >> FILE")
    typed("y\nn\n")  # opens it again, and keeps it
    shown = desk("reply", REFERENCE)
    assert (shown.code, service.requests()) == (1, [LOOK])
    assert "where nothing is sent, you wrote: Pay with another one." in " ".join(shown.out.split())
    (draft,) = kept()
    assert "Pay with another one." in draft.read_text()
    assert desk("reply", REFERENCE, "--yes").code != 0
    assert service.requests() == [LOOK] * len(service.requests())


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"claimed_by": None, "status": "queued"}, "desk claim"),
        ({"claimed_by": "bert"}, "desk take-over"),
        ({"claimed_by": None, "status": "resolved"}, "is resolved"),
    ],
)
@pytest.mark.parametrize(
    "command", [("reply",), ("ask",), ("resolve", "--write"), ("reply", "--with", "solved")]
)
def test_the_editor_does_not_open_where_the_operator_may_not_write(
    *,
    service: Service,
    desk: Desk,
    typed: Typed,
    editor: Editor,
    kept: Kept,
    tmp_path: Path,
    command: tuple[str, ...],
    changes: dict[str, Any],
    first: str,
) -> None:
    service.answers[LOOK] = a_view(**changes)
    editor(f"touch {tmp_path}/opened")
    typed("y\n")
    name, *options = command
    refused = desk(name, REFERENCE, *options)
    assert (refused.code, first in refused.told) == (1, True)
    assert not (tmp_path / "opened").exists()
    assert kept() == []


def test_a_note_is_written_whoever_has_the_incident(
    service: Service, desk: Desk, typed: Typed, editor: Editor
) -> None:
    service.answers |= {LOOK: a_view(claimed_by="bert"), NOTES: DONE}
    editor("printf 'She called.' > FILE")
    typed("y\n")
    assert desk("note", REFERENCE).code == 0


def test_a_text_that_is_recorded_already_is_not_taken_up_again(
    service: Service, desk: Desk, typed: Typed, editor: Editor, kept: Kept
) -> None:
    service.answers |= {LOOK: a_view(), MESSAGES: None}
    editor("printf 'Pay with another one.' > FILE")
    typed("y\n")
    assert desk("reply", REFERENCE).code == 3
    recorded = {"kind": "message", "by": "operator", "body": "Pay with another one."}
    at = {"entry": "B", "at": datetime.now(UTC).isoformat()}
    service.answers[LOOK] = a_view(history=[recorded | at])
    editor(":")
    typed("")
    assert "is recorded" in desk("reply", REFERENCE).out
    assert kept() == []


@pytest.mark.parametrize("named", ["vi 'unbalanced", "/", "no-such-editor", " "])
def test_an_editor_that_cannot_start_is_named(
    *,
    service: Service,
    desk: Desk,
    typed: Typed,
    monkeypatch: pytest.MonkeyPatch,
    named: str,
) -> None:
    service.answers[LOOK] = a_view()
    monkeypatch.setenv("VISUAL", named)
    monkeypatch.setenv("PATH", "/nowhere")
    typed("")
    refused = desk("reply", REFERENCE)
    assert (refused.code, "set EDITOR" in refused.told) == (2, True)


def test_a_crash_of_the_editor_loses_nothing(
    service: Service, desk: Desk, typed: Typed, editor: Editor, kept: Kept
) -> None:
    service.answers[LOOK] = (200, VIEW)
    editor("printf 'Half' > FILE; kill -9 $$")
    typed("")
    broken = desk("reply", REFERENCE)
    assert broken.code == 2
    assert [draft.read_text() for draft in kept()] == ["Half"]
    assert service.requests() == [LOOK]


def test_the_desk_does_not_send_an_empty_text(
    service: Service, desk: Desk, typed: Typed, editor: Editor, kept: Kept
) -> None:
    service.answers[LOOK] = (200, VIEW)
    editor(":")
    typed("")
    assert desk("reply", REFERENCE).code == 2
    assert (service.requests(), kept()) == ([LOOK], [])


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
