"""What an operator has read: no answer ignores what the citizen has written since."""

import json
from pathlib import Path
from typing import Any

import pytest

from desk.seen_incidents import SeenIncidents
from suport.domain.reference import reference_for
from tests.support.desk import (
    CLAIM,
    DONE,
    LOOK,
    MESSAGES,
    NEXT,
    OPEN,
    OTHER,
    REFERENCE,
    VIEW,
    Desk,
    Ended,
    Kept,
    Service,
    message,
    problem,
)

ETAG = VIEW["etag"]
SEEN = f'"{ETAG}"'
LATER = "01K3ZB2E40CCCCCCCCCCCCCCCC"
WRITTEN = {
    "entry": LATER,
    "at": "2026-11-23T20:40:00.000Z",
    "kind": "message",
    "by": "citizen",
    "body": "Wait: it was the other card.",
}
CHANGED = problem(412, "changed-meanwhile", etag=LATER, written=[WRITTEN])
UNREAD = (200, {"incidents": [{"reference": REFERENCE, "status": "claimed", "unread": 2}]})
ANSWERS = {
    "reply": ("messages", ["reply", REFERENCE, "-m", "It is corrected.", "--yes"]),
    "ask": ("messages", ["ask", REFERENCE, "-m", "Which card?", "--yes"]),
    "last message": ("resolve", ["resolve", REFERENCE, "-m", "Solved.", "--yes"]),
    "resolution": ("resolve", ["resolve", REFERENCE, "--yes"]),
    "snooze": ("snooze", ["snooze", REFERENCE, "2026-12-09"]),
    "transfer": ("transfer", ["transfer", REFERENCE, "signature", "--reason", "Certificate"]),
}
OTHERS = {
    "note": ("notes", ["note", REFERENCE, "-m", "The bank says so.", "--yes"]),
    "release": ("release", ["release", REFERENCE]),
    "withdrawal": ("consents", ["withdraw", REFERENCE, "view"]),
}


def act(service: Service, desk: Desk, act: str, *answers: Any) -> Ended:
    """One act at the desk; the service gives that answer, or does it."""
    path, arguments = (ANSWERS | OTHERS)[act]
    service.answers[f"POST /incidents/{REFERENCE}/{path}"] = list(answers) or DONE
    return desk(*arguments)


# ------------------------------------------------------------------- what was read


@pytest.mark.parametrize("what", ANSWERS)
@pytest.mark.parametrize("way", ["show", "show as JSON", "claim", "pull", "typed loosely"])
def test_an_answer_names_the_latest_writing_that_the_operator_read(
    service: Service, desk: Desk, what: str, way: str
) -> None:
    service.answers |= {LOOK: (200, VIEW), CLAIM: (200, VIEW), NEXT: (200, VIEW)}
    service.queue(message())
    ways: dict[str, list[object]] = {
        "show": ["show", REFERENCE],
        "show as JSON": ["show", REFERENCE, "--json"],
        "claim": ["claim", REFERENCE],
        "pull": ["pull", "--wait", 0],
        "typed loosely": ["show", "gqnc yqby ih8c"],
    }
    assert desk(*ways[way]).code == 0
    assert act(service, desk, what).code == 0
    assert service.sent[-1].seen == SEEN


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_to_an_incident_never_shown_here_is_unconditional(
    service: Service, desk: Desk, what: str
) -> None:
    service.answers[f"GET /incidents/{OTHER}"] = (200, VIEW | {"reference": OTHER})
    desk("show", OTHER)
    assert act(service, desk, what).code == 0
    assert service.sent[-1].seen is None


@pytest.mark.parametrize("what", OTHERS)
def test_an_act_that_does_not_answer_the_citizen_ignores_what_was_read(
    service: Service, desk: Desk, what: str
) -> None:
    service.answers[LOOK] = (200, VIEW)
    desk("show", REFERENCE)
    assert act(service, desk, what).code == 0
    assert service.sent[-1].seen is None


def test_an_earlier_part_or_a_look_for_the_language_marks_nothing_as_read(
    service: Service, desk: Desk
) -> None:
    service.answers |= {LOOK: (200, VIEW), f"{LOOK}?before={LATER}": (200, VIEW)}
    desk("show", REFERENCE, "--before", LATER)
    service.answers[MESSAGES] = DONE
    assert desk("reply", REFERENCE, "--with", "do-not-pay-again", "--yes").code == 0
    assert service.requests() == [f"{LOOK}?before={LATER}", LOOK, MESSAGES]
    assert service.sent[-1].seen is None


@pytest.mark.parametrize("what", ANSWERS)
def test_no_answer_goes_out_while_this_desk_has_unread_writing_to_show(
    service: Service, desk: Desk, what: str
) -> None:
    service.answers[OPEN] = UNREAD
    ended = act(service, desk, what)
    assert ended.code == 1
    assert f"desk show {REFERENCE}" in ended.err
    assert service.requests() == [OPEN]


def test_the_desk_looks_up_no_language_for_a_canned_reply_over_unread_writing(
    service: Service, desk: Desk
) -> None:
    service.answers[OPEN] = UNREAD
    ended = desk("reply", REFERENCE, "--with", "do-not-pay-again", "--yes")
    assert (ended.code, service.requests()) == (1, [OPEN])


# ----------------------------------------------------------------- written meanwhile


@pytest.mark.parametrize("what", ANSWERS)
def test_the_desk_shows_what_the_citizen_wrote_meanwhile_and_the_same_command_then_answers(
    service: Service, desk: Desk, what: str
) -> None:
    service.answers[LOOK] = (200, VIEW)
    desk("show", REFERENCE)
    changed = act(service, desk, what, CHANGED, DONE)
    assert changed.code == 1
    assert "Wait: it was the other card." in changed.out
    assert f"The citizen has written since {REFERENCE} was last shown to you" in changed.told
    assert "nothing was done" in changed.told
    path, arguments = ANSWERS[what]
    assert desk(*arguments).code == 0
    before, after = (each for each in service.sent if each.path.endswith(path))
    assert (before.seen, after.seen) == (SEEN, f'"{LATER}"')
    assert after.content == before.content


@pytest.mark.parametrize("what", ["reply", "ask", "last message", "transfer"])
def test_an_answer_that_came_too_late_keeps_its_draft_and_its_key(
    service: Service, desk: Desk, what: str, kept: Kept
) -> None:
    service.answers[LOOK] = (200, VIEW)
    desk("show", REFERENCE)
    changed = act(service, desk, what, CHANGED, DONE)
    (draft,) = kept()
    assert str(draft) in changed.err.replace("\n", "")
    desk(*ANSWERS[what][1])
    assert len({each.key for each in service.sent if each.method == "POST"}) == 1
    assert kept() == []


def test_programs_get_what_the_citizen_wrote_meanwhile_as_it_is(
    service: Service, desk: Desk
) -> None:
    service.answers |= {LOOK: (200, VIEW), MESSAGES: [CHANGED, DONE]}
    desk("show", REFERENCE)
    reply = ("reply", REFERENCE, "-m", "It is corrected.", "--yes", "--json")
    changed = desk(*reply)
    assert changed.code == 1
    assert changed.json["problem"]["written"] == [WRITTEN]
    assert changed.json["problem"]["etag"] == LATER
    assert desk(*reply).code == 0


def test_the_desk_shows_files_that_came_meanwhile(service: Service, desk: Desk) -> None:
    file = {"entry": LATER, "at": "2026-11-23T20:40:00.000Z", "kind": "attachment", "file": "7Q2M"}
    service.answers[MESSAGES] = problem(412, "changed-meanwhile", etag=LATER, written=[file])
    assert "file 7Q2M" in desk("reply", REFERENCE, "-m", "It is corrected.", "--yes").out


# -------------------------------------------------------------- what the desk remembers


def test_the_desk_remembers_nothing_personal_about_shown_incidents(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    service.answers[LOOK] = (200, VIEW)
    desk("show", REFERENCE)
    (remembered,) = (tmp_path / "state").iterdir()
    of_it = {"language": "en", "etag": ETAG, "expires_on": VIEW["expires_on"]}
    assert json.loads(remembered.read_text()) == {REFERENCE: of_it}


def test_the_desk_remembers_only_the_latest_incidents(tmp_path: Path) -> None:
    seen = SeenIncidents(tmp_path)
    references = [reference_for(b"secret", f"key {number}") for number in range(210)]
    for reference in references:
        seen.remember(reference, etag=ETAG)
    assert [each for each in references if seen.etag(each)] == references[10:]


@pytest.mark.parametrize("damaged", ["", "[]", "{", f'{{"{REFERENCE}": 7}}'])
def test_the_desk_ignores_a_damaged_memory(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "shown.json").write_text(damaged)
    seen = SeenIncidents(tmp_path)
    assert (seen.etag(REFERENCE), seen.language(REFERENCE)) == (None, None)
    seen.remember(REFERENCE, etag=ETAG)
    assert seen.etag(REFERENCE) == ETAG


@pytest.mark.parametrize("etag", [None, 7, "", 'a"b', "a\r\nX-Header: b", "é"])
def test_the_desk_remembers_no_etag_that_cannot_be_a_header(tmp_path: Path, etag: Any) -> None:
    seen = SeenIncidents(tmp_path)
    seen.remember(REFERENCE, language="en", etag=etag)
    assert (seen.etag(REFERENCE), seen.language(REFERENCE)) == (None, "en")


def test_the_desk_shows_an_incident_even_if_it_can_remember_nothing(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("no folder")
    service.answers[LOOK] = (200, VIEW)
    shown = desk("show", REFERENCE)
    assert (shown.code, "The card was charged" in shown.out) == (0, True)
