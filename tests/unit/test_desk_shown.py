"""What an operator has read: no answer goes out over what the citizen wrote since."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.reference import as_written
from desk.screen import stated_moment
from desk.shown import Shown
from desk.trouble import Misused
from suport.domain.reference import parse_reference, reference_for
from tests.unit.desk import (
    OTHER,
    REFERENCE,
    VIEW,
    Ended,
    Service,
    desk,
    message,
    problem,
    service,
)

__all__ = ["desk", "service"]

Desk = Callable[..., Ended]
LOOK = f"GET /incidents/{REFERENCE}"
CLAIM = f"POST /incidents/{REFERENCE}/claim"
MESSAGES = f"POST /incidents/{REFERENCE}/messages"
SEEN = f'"{VIEW["etag"]}"'
LATER = "01K3ZB2E40CCCCCCCCCCCCCCCC"
WRITTEN = {
    "entry": LATER,
    "at": "2026-11-23T20:40:00.000Z",
    "kind": "message",
    "by": "citizen",
    "body": "Wait: it was the other card.",
}
CHANGED = problem(412, "changed-meanwhile", etag=LATER, written=[WRITTEN])
DONE = (200, {"reference": REFERENCE, "category": "payment", "status": "claimed"})
ANSWERS = {
    "reply": ("messages", ["reply", REFERENCE, "-m", "It is corrected.", "--yes"]),
    "ask": ("messages", ["ask", REFERENCE, "-m", "Which card?", "--yes"]),
    "last message": ("resolve", ["resolve", REFERENCE, "-m", "Solved.", "--yes"]),
    "resolution": ("resolve", ["resolve", REFERENCE, "--yes"]),
    "transfer": ("transfer", ["transfer", REFERENCE, "signature", "--reason", "Certificate"]),
}
OTHERS = {
    "note": ("notes", ["note", REFERENCE, "-m", "The bank says so.", "--yes"]),
    "release": ("release", ["release", REFERENCE]),
    "withdrawal": ("consents", ["withdraw", REFERENCE, "view"]),
}


def act(service: Service, desk: Desk, act: str, *answers: Any) -> Ended:
    """One act at the desk, which the service answers like that, or does."""
    path, arguments = (ANSWERS | OTHERS)[act]
    service.answers[f"POST /incidents/{REFERENCE}/{path}"] = list(answers) or DONE
    return desk(*arguments)


# ------------------------------------------------------------------- what was read


@pytest.mark.parametrize("what", ANSWERS)
@pytest.mark.parametrize("way", ["show", "show as JSON", "claim", "pull", "typed loosely"])
def test_an_answer_says_up_to_where_the_incident_was_read(
    service: Service, desk: Desk, what: str, way: str
) -> None:
    service.answers |= {LOOK: (200, VIEW), CLAIM: (200, VIEW)}
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
def test_an_incident_that_was_never_shown_is_answered_unconditionally(
    service: Service, desk: Desk, what: str
) -> None:
    service.answers[f"GET /incidents/{OTHER}"] = (200, VIEW | {"reference": OTHER})
    desk("show", OTHER)
    assert act(service, desk, what).code == 0
    assert service.sent[-1].seen is None


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_no_answer_to_the_citizen_depends_on_nothing_read(
    service: Service, desk: Desk, what: str
) -> None:
    service.answers[LOOK] = (200, VIEW)
    desk("show", REFERENCE)
    assert act(service, desk, what).code == 0
    assert service.sent[-1].seen is None


def test_an_earlier_part_or_a_look_for_the_language_is_not_the_latest_that_was_read(
    service: Service, desk: Desk
) -> None:
    service.answers |= {LOOK: (200, VIEW), f"{LOOK}?before={LATER}": (200, VIEW)}
    desk("show", REFERENCE, "--before", LATER)
    service.answers[MESSAGES] = DONE
    assert desk("reply", REFERENCE, "--with", "do-not-pay-again", "--yes").code == 0
    assert service.requests() == [f"{LOOK}?before={LATER}", LOOK, MESSAGES]
    assert service.sent[-1].seen is None


# ----------------------------------------------------------------- written meanwhile


@pytest.mark.parametrize("what", ANSWERS)
def test_what_the_citizen_wrote_meanwhile_is_shown_and_the_same_command_then_answers(
    service: Service, desk: Desk, what: str
) -> None:
    service.answers[LOOK] = (200, VIEW)
    desk("show", REFERENCE)
    changed = act(service, desk, what, CHANGED, DONE)
    assert changed.code == 1
    assert "Wait: it was the other card." in changed.out
    told = " ".join(changed.err.split())
    assert f"The citizen has written since {REFERENCE} was last shown to you" in told
    assert "nothing was done" in told
    path, arguments = ANSWERS[what]
    assert desk(*arguments).code == 0
    before, after = (each for each in service.sent if each.path.endswith(path))
    assert (before.seen, after.seen) == (SEEN, f'"{LATER}"')
    assert after.content == before.content


@pytest.mark.parametrize("what", ["reply", "ask", "last message", "transfer"])
def test_an_answer_that_was_overtaken_is_kept_with_its_key(
    service: Service, desk: Desk, what: str, tmp_path: Path
) -> None:
    service.answers[LOOK] = (200, VIEW)
    desk("show", REFERENCE)
    changed = act(service, desk, what, CHANGED, DONE)
    (draft,) = (tmp_path / "state/drafts").iterdir()
    assert str(draft) in changed.err.replace("\n", "")
    desk(*ANSWERS[what][1])
    assert len({each.key for each in service.sent if each.method == "POST"}) == 1
    assert list(draft.parent.iterdir()) == []


def test_programs_get_what_was_written_meanwhile_as_it_is(service: Service, desk: Desk) -> None:
    service.answers |= {LOOK: (200, VIEW), MESSAGES: [CHANGED, DONE]}
    desk("show", REFERENCE)
    reply = ("reply", REFERENCE, "-m", "It is corrected.", "--yes", "--json")
    changed = desk(*reply)
    assert changed.code == 1
    assert changed.json["problem"]["written"] == [WRITTEN]
    assert changed.json["problem"]["etag"] == LATER
    assert desk(*reply).code == 0


def test_files_that_came_meanwhile_are_shown(service: Service, desk: Desk) -> None:
    file = {"entry": LATER, "at": "2026-11-23T20:40:00.000Z", "kind": "attachment", "file": "7Q2M"}
    service.answers[MESSAGES] = problem(412, "changed-meanwhile", etag=LATER, written=[file])
    assert "file 7Q2M" in desk("reply", REFERENCE, "-m", "It is corrected.", "--yes").out


# --------------------------------------------------------------------- what is kept


def test_nothing_personal_is_kept_of_what_was_shown(tmp_path: Path) -> None:
    Shown(tmp_path).remember(VIEW)
    (kept,) = tmp_path.iterdir()
    assert kept.read_text() == (
        f'{{"{REFERENCE}": {{"language": "en", "etag": "{VIEW["etag"]}"}}}}'
    )


def test_only_the_latest_incidents_are_remembered(tmp_path: Path) -> None:
    shown = Shown(tmp_path)
    references = [reference_for(b"secret", f"key {number}") for number in range(210)]
    for reference in references:
        shown.remember(VIEW | {"reference": reference})
    known = [each for each in references if shown.etag(each)]
    assert known == references[10:]


@pytest.mark.parametrize("damaged", ["", "[]", "{", f'{{"{REFERENCE}": 7}}'])
def test_a_damaged_memory_is_no_memory(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "shown.json").write_text(damaged)
    shown = Shown(tmp_path)
    assert (shown.etag(REFERENCE), shown.language(REFERENCE)) == (None, None)
    shown.remember(VIEW)
    assert shown.etag(REFERENCE) == VIEW["etag"]


@pytest.mark.parametrize("etag", [None, 7, "", 'a"b', "a\r\nX-Header: b", "é"])
def test_what_cannot_be_a_header_is_not_remembered_as_an_etag(tmp_path: Path, etag: Any) -> None:
    shown = Shown(tmp_path)
    shown.remember(VIEW | {"etag": etag})
    assert (shown.etag(REFERENCE), shown.language(REFERENCE)) == (None, "en")


def test_an_incident_is_shown_even_if_nothing_can_be_remembered(
    service: Service, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "state").write_text("no folder")
    service.answers[LOOK] = (200, VIEW)
    shown = desk("show", REFERENCE)
    assert (shown.code, "The card was charged" in shown.out) == (0, True)


@pytest.mark.parametrize(
    "typed", ["gqnc-yqby-1h8c", "GQNCYQBY1H8C", "gqnc yqby lh8c", " GQNC-YQBY-IH8C"]
)
def test_a_reference_is_understood_as_the_service_understands_it(typed: str) -> None:
    assert as_written(typed) == parse_reference(typed) == REFERENCE


@pytest.mark.parametrize("typed", ["new", "", "GQNC-YQBY-1H8", "GQNC-YQBY-1H8U", "../stats"])
def test_what_is_no_reference_is_left_as_it_is(typed: str) -> None:
    assert as_written(typed) == typed


# --------------------------------------------------------------------- the list


def listed(reference: str, **facts: Any) -> dict[str, Any]:
    return {
        "reference": reference,
        "status": "claimed",
        "submitted_at": "2026-11-23T20:23:25.860Z",
        "due_at": "2026-11-24T20:23:25.860Z",
        "claimed_by": "anna",
        "changed_at": "2026-11-23T20:40:00.000Z",
        "last_written": {"at": "2026-11-23T20:40:00.000Z", "by": "citizen"},
        "unread": 0,
        "expires_on": "2027-05-23",
        "ending": False,
    } | facts


def row(shown: str, reference: str) -> str:
    (found,) = [line for line in shown.splitlines() if reference in line]
    return found


def test_the_list_marks_what_is_unread_who_wrote_last_and_what_ends_soon(
    service: Service, desk: Desk
) -> None:
    answered = {"at": "2026-11-23T20:50:00.000Z", "by": "operator"}
    incidents = [
        listed(REFERENCE, unread=3),
        listed(OTHER, last_written=answered, ending=True),
    ]
    service.answers["GET /incidents"] = (200, {"incidents": incidents})
    shown = desk("list").out
    assert "● 3" in row(shown, REFERENCE)
    assert "citizen, " in row(shown, REFERENCE)
    assert "2027" not in row(shown, REFERENCE)
    assert "●" not in row(shown, OTHER)
    assert "operator, " in row(shown, OTHER)
    assert "23 May 2027" in row(shown, OTHER)
    assert desk("list", "--json").json == {"incidents": incidents}


def test_a_reference_stays_whole_in_a_narrow_terminal(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    incidents = [listed(REFERENCE, claimed_by="francisca.pons-bauca", ending=True, unread=12)]
    service.answers["GET /incidents"] = (200, {"incidents": incidents})
    assert REFERENCE in desk("list").out


@pytest.mark.parametrize("option", ["--changed-since", "--since"])
@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("2026-11-23T20:40:00.250Z", "2026-11-23T20%3A40%3A00.250000%2B00%3A00"),
        ("2026-11-23T21:40", "2026-11-23T20%3A40%3A00%2B00%3A00"),  # on the clocks of Madrid
        ("2026-07-01", "2026-06-30T22%3A00%3A00%2B00%3A00"),
    ],
)
def test_what_changed_since_a_moment_is_asked_for(
    service: Service, desk: Desk, option: str, typed: str, asked: str
) -> None:
    service.answers[f"GET /incidents?changed_since={asked}"] = (
        200,
        {"incidents": [listed(REFERENCE)]},
    )
    assert REFERENCE in desk("list", option, typed).out


@pytest.mark.parametrize("typed", ["yesterday", "2026-13-01", "", "0001-01-01T00:00+14:00"])
def test_what_is_no_moment_is_refused_at_the_desk(service: Service, desk: Desk, typed: str) -> None:
    refused = desk("list", "--since", typed)
    assert (refused.code, service.sent) == (2, [])
    with pytest.raises(Misused, match="write it like"):
        stated_moment(typed)


# ------------------------------------------------------------------- the history


def entry(number: int, **content: Any) -> dict[str, Any]:
    return {
        "entry": f"01K3ZB2E40{number:016}",
        "at": f"2026-11-23T20:{number:02}:00.000Z",
        "kind": "note",
        "by": "operator",
        "operator": "anna",
        "body": f"Note {number}.",
    } | content


NEWEST_FIRST = [entry(number) for number in (12, 11, 10)]


def test_the_latest_part_of_a_history_ends_at_the_prompt_and_says_where_the_earlier_is(
    service: Service, desk: Desk
) -> None:
    earlier = NEWEST_FIRST[-1]["entry"]
    view = VIEW | {"history": NEWEST_FIRST, "earlier": earlier}
    service.answers[LOOK] = (200, view)
    shown = desk("show", REFERENCE).out
    places = [shown.index(f"Note {number}.") for number in (10, 11, 12)]
    assert places == sorted(places)
    assert f"earlier entries: desk show {REFERENCE} --before {earlier}" in shown
    assert shown.index("earlier entries") < places[0]
    assert desk("show", REFERENCE, "--json").json == view


def test_an_earlier_part_is_shown_by_itself(service: Service, desk: Desk) -> None:
    view = VIEW | {"history": NEWEST_FIRST}
    service.answers[f"{LOOK}?before={LATER}"] = (200, view)
    shown = desk("show", REFERENCE, "--before", LATER.lower()).out
    assert "Note 10." in shown
    assert "earlier entries" not in shown
    assert VIEW["description"] not in shown
    assert desk("show", REFERENCE, "--before", LATER, "--json").json == view
    service.answers[f"{LOOK}?before={LATER}"] = (200, VIEW | {"history": []})
    assert "There are no earlier entries." in desk("show", REFERENCE, "--before", LATER).out


def test_an_entry_that_the_service_does_not_know_is_refused(service: Service, desk: Desk) -> None:
    wrong = [{"field": "before", "message": "Name an entry."}]
    service.answers[f"{LOOK}?before=IT"] = problem(422, "invalid", errors=wrong)
    refused = desk("show", REFERENCE, "--before", "it")
    assert (refused.code, "before: Name an entry." in refused.err) == (1, True)


def test_an_erased_description_is_said_to_be_erased(service: Service, desk: Desk) -> None:
    erased = {"description": None, "error": None, "procedure": None, "context": None}
    service.answers[LOOK] = (200, VIEW | erased)
    shown = desk("show", REFERENCE).out
    assert "erased after six months" in shown
    assert "None" not in shown
    assert desk("show", REFERENCE, "--json").json["description"] is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            {"mail": "reply", "reason": "unknown_outcome"},
            "mail set aside: reply (whether it was sent is not known): call the citizen",
        ),
        (
            {"mail": "question", "reason": "not_sent"},
            "mail set aside: question (the mail provider refused it): call the citizen",
        ),
        ({"mail": "ending", "reason": "new_one"}, "mail set aside: ending (new_one): call"),
    ],
)
def test_a_mail_that_was_set_aside_is_told_with_its_reason(
    service: Service, desk: Desk, content: dict[str, str], told: str
) -> None:
    aside = {"kind": "action", "action": "mail_set_aside", "by": "service", "for": LATER}
    service.answers[LOOK] = (200, VIEW | {"history": [entry(10, body=None) | aside | content]})
    shown = desk("show", REFERENCE).out
    assert told in " ".join(shown.split())
    assert LATER not in shown


def test_that_an_incident_ends_soon_is_told_in_its_history(service: Service, desk: Desk) -> None:
    ending = entry(10, body=None) | {"kind": "action", "action": "ending", "by": "service"}
    service.answers[LOOK] = (200, VIEW | {"history": [ending]})
    assert "ending: erased soon unless somebody writes" in desk("show", REFERENCE).out


# ------------------------------------------------------- what was never shown on this computer

UNREAD = {"reference": REFERENCE, "status": "claimed", "unread": 2}


@pytest.mark.parametrize("what", ANSWERS)
def test_nothing_goes_out_over_unread_writing_that_this_desk_never_showed(
    service: Service, desk: Desk, what: str
) -> None:
    service.answers["GET /incidents"] = (200, {"incidents": [UNREAD]})
    ended = act(service, desk, what)
    assert ended.code == 1
    assert f"desk show {REFERENCE}" in ended.err
    assert service.requests() == ["GET /incidents"]


def test_to_learn_the_language_of_a_canned_reply_makes_nothing_read(
    service: Service, desk: Desk
) -> None:
    service.answers["GET /incidents"] = (200, {"incidents": [UNREAD]})
    ended = desk("reply", REFERENCE, "--with", "do-not-pay-again", "--yes")
    assert (ended.code, service.requests()) == (1, ["GET /incidents"])
