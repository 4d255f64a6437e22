"""What citizens typed is text on the operator's screen, and nothing else."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desk.terminal.safe_text import json_text, plain, plain_line
from tests.support.desk import (
    LIST,
    LOOK,
    MESSAGES,
    NEXT,
    REFERENCE,
    VIEW,
    Desk,
    Service,
    Typed,
    a_page,
    listed,
    message,
    problem,
)

TITLE = "\x1b]0;owned\x07"
RED = "\x1b[31m"
ONE_BYTE_CSI = "\x9b31m"
BACKWARDS = "\u202etxt.exe"
ATTACK = f"{TITLE}{RED}{ONE_BYTE_CSI}{BACKWARDS}\r\x08 [bold]not bold[/bold] :smile: [/]"
BIDI = {"RLO", "LRO", "RLE", "LRE", "PDF", "LRI", "RLI", "FSI", "PDI"}


def acted_on(text: str) -> set[str]:
    """The characters that a terminal acts on, apart from line ends and tabs."""
    return {
        each
        for each in text
        if (unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} and each not in "\n\t")
        or unicodedata.bidirectional(each) in BIDI
        or each in "\u061c\u200e\u200f"
    }


any_text = st.text(st.characters())


@given(any_text)
@example(ATTACK)
def test_nothing_remains_that_a_terminal_acts_on(text: str) -> None:
    assert acted_on(plain(text)) == set()
    assert acted_on(plain_line(text)) == set()
    assert "\n" not in plain_line(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_the_words_of_people_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


@given(any_text)
def test_escaping_twice_is_the_same_as_escaping_once(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.dictionaries(st.text(), st.text(st.characters(exclude_categories=["Cs"]))))
@example({"": ATTACK})
@example({"": "\ud800"})
def test_json_says_exactly_what_it_is_given_without_a_control_character(value: Any) -> None:
    written = json_text(value)
    assert json.loads(written) == value
    assert acted_on(written) == set()


def test_a_sign_marks_each_escaped_character() -> None:
    assert plain("a\x1b[31mb\x9bc\u202ed") == "a␛[31mb<U+009B>c<U+202E>d"


@pytest.mark.parametrize("as_json", [False, True])
def test_everything_that_citizens_typed_is_shown_as_text(
    service: Service, desk: Desk, as_json: bool
) -> None:
    view = VIEW | {
        "description": ATTACK,
        "error": {"code": ATTACK, "message": ATTACK},
        "procedure": {"code": ATTACK, "name": ATTACK},
        "context": {"step": ATTACK, ATTACK: ATTACK},
        "contact": dict.fromkeys(("name", "phone", "email", "nif", "availability"), ATTACK),
        "claimed_by": ATTACK,
        "topic": ATTACK,
        "mail_trouble": ATTACK,
        "files": [{"file": ATTACK, "type": ATTACK, "bytes": 1, "state": ATTACK}],
        "consents": [ATTACK],
        "earlier": ATTACK,
        "history": [
            {
                "at": "2026-11-23T20:24:00.000Z",
                "kind": kind,
                "by": ATTACK,
                "body": ATTACK,
                "action": ATTACK,
                "why": ATTACK,
                ATTACK: ATTACK,
            }
            for kind in ("message", "note", "action", "consent", "attachment", ATTACK)
        ]
        + [
            {
                "at": "2026-11-23T20:24:00.000Z",
                "kind": "action",
                "action": "mail_set_aside",
                "mail": ATTACK,
                "reason": ATTACK,
            }
        ],
    }
    service.answers[LOOK] = (200, view)
    shown = desk("show", REFERENCE, *(["--json"] if as_json else []))
    assert shown.code == 0
    assert acted_on(shown.out + shown.err) == set()
    assert "[bold]not bold[/bold] :smile: [/]" in shown.out
    if as_json:
        assert shown.json == view


def test_everything_in_a_message_a_problem_or_the_list_is_shown_as_text(
    service: Service, desk: Desk, typed: Typed
) -> None:
    asked_for = dict.fromkeys(("reason", "error_code", "category", "language", "topic"), ATTACK)
    procedure = {"code": ATTACK, "name": ATTACK}
    file = {"file": ATTACK, "type": ATTACK, "bytes": 1, "state": ATTACK}
    service.queue(message(procedure=procedure, attachments=[file], **asked_for))
    typed("n\n")
    assert acted_on(desk("pull", "--ask", "--wait", 0).out) == set()
    refusal = {"type": "urn:suport:problem:odd", "title": ATTACK, "detail": ATTACK}
    service.answers[NEXT] = (400, refusal)
    refused = desk("pull", "--wait", 0)
    assert refused.code == 1
    assert acted_on(refused.out + refused.err) == set()
    written = {"at": "2026-11-23T20:24:00.000Z", "by": ATTACK}
    shown = ("status", "unread", "expires_on", "claimed_by", "error_code", "language")
    facts = dict.fromkeys(shown, ATTACK) | {"procedure": {"code": ATTACK, "name": ATTACK}}
    incident = listed(REFERENCE, **facts, due_at=None, last_written=written, ending=True)
    service.answers[LIST] = a_page(incident)
    assert acted_on(desk("list").out) == set()
    meanwhile = [
        {"at": "2026-11-23T20:24:00.000Z", "kind": "message", "by": ATTACK, "body": ATTACK}
    ]
    service.answers[MESSAGES] = problem(412, "changed-meanwhile", etag=ATTACK, written=meanwhile)
    changed = desk("reply", REFERENCE, "-m", "Hello.", "--yes")
    assert changed.code == 1
    assert acted_on(changed.out + changed.err) == set()
