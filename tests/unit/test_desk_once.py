"""What an operator does at the desk is recorded once, however often the answer is lost."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.drafts import COMMAND_REPEATED_WITHIN
from desk.outcome import CLOCKS_DIFFER_BY, is_recorded, is_undone
from tests.unit.desk import (
    OTHER,
    REFERENCE,
    VIEW,
    Ended,
    Service,
    a_file,
    desk,
    message,
    problem,
    service,
    typed,
)

__all__ = ["desk", "service", "typed"]

Desk = Callable[..., Ended]
Kept = Callable[[], list[Path]]
LOOK = f"GET /incidents/{REFERENCE}"
CLAIM = f"POST /incidents/{REFERENCE}/claim"
MESSAGES = f"POST /incidents/{REFERENCE}/messages"
NOTES = f"POST /incidents/{REFERENCE}/notes"
TRANSFER = f"POST /incidents/{REFERENCE}/transfer"
RELEASE = f"POST /incidents/{REFERENCE}/release"
RESOLVE = f"POST /incidents/{REFERENCE}/resolve"
CALLS = "POST /incidents"
REASON = "The certificate has expired"
COMMANDS: dict[str, list[str]] = {
    TRANSFER: ["transfer", REFERENCE, "signature", "--reason", REASON],
    RELEASE: ["release", REFERENCE],
    RESOLVE: ["resolve", REFERENCE, "--yes"],
}
DONE = (200, {"reference": REFERENCE, "category": "payment", "status": "queued"})
WITHOUT_A_TEXT = [RELEASE, RESOLVE]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """The files that are kept for a command to be repeated."""
    folder = tmp_path / "state/drafts"
    return lambda: sorted(folder.iterdir()) if folder.exists() else []


def keys(service: Service, request: str) -> list[str | None]:
    """With which keys that was asked for, in order."""
    return [each.key for each in service.sent if f"{each.method} {each.path}" == request]


# ------------------------------------------------------- transfer, release, resolve


@pytest.mark.parametrize("request_", COMMANDS)
@pytest.mark.parametrize("lost", [None, (503, {"detail": "Later."})])
def test_a_lost_answer_is_asked_for_again_with_the_same_key(
    service: Service, desk: Desk, kept: Kept, request_: str, lost: Any
) -> None:
    service.answers[request_] = [lost, lost, DONE]
    assert desk(*COMMANDS[request_]).code == 0
    assert len(keys(service, request_)) == 3
    assert len(set(keys(service, request_))) == 1
    assert len(keys(service, request_)[0] or "") >= 16
    assert kept() == []


@pytest.mark.parametrize("request_", COMMANDS)
def test_the_same_command_in_another_process_sends_the_same_key(
    service: Service, desk: Desk, kept: Kept, request_: str
) -> None:
    service.answers[request_] = None
    lost = desk(*COMMANDS[request_])
    assert lost.code == 3
    assert "may have been recorded all the same" in lost.err
    assert "The same command sends it again" in lost.err
    assert len(kept()) == 1
    service.answers[request_] = DONE
    assert desk(*COMMANDS[request_]).code == 0
    assert len(set(keys(service, request_))) == 1
    assert kept() == []


@pytest.mark.parametrize("request_", COMMANDS)
def test_what_was_done_and_is_asked_for_once_more_is_another_request(
    service: Service, desk: Desk, request_: str
) -> None:
    service.answers[request_] = DONE
    for _ in range(2):
        assert desk(*COMMANDS[request_]).code == 0
    first, second = keys(service, request_)
    assert first != second


@pytest.mark.parametrize("request_", WITHOUT_A_TEXT)
@pytest.mark.parametrize(
    "refusal",
    [
        problem(409, "not-claimed"),
        problem(409, "claimed-by-another", claimed_by="bert"),
        problem(404, "not-found"),
        problem(403, "other-team"),
    ],
)
def test_a_refused_command_without_a_text_leaves_no_key_behind(
    service: Service, desk: Desk, kept: Kept, request_: str, refusal: Any
) -> None:
    service.answers[request_] = [None, None, None, refusal, DONE]
    assert desk(*COMMANDS[request_]).code == 3
    refused = desk(*COMMANDS[request_])
    assert refused.code in {1, 4}
    assert "is kept" not in refused.err
    assert kept() == []
    assert desk(*COMMANDS[request_]).code == 0
    *_, before, after = keys(service, request_)
    assert before != after


@pytest.mark.parametrize("refusal", [(403, {"Message": "Forbidden"}), problem(403, "no-team")])
def test_who_is_refused_before_the_service_looks_at_the_key_sends_it_again_later(
    service: Service, desk: Desk, refusal: Any
) -> None:
    service.answers[RELEASE] = [None, None, None, refusal, DONE]
    assert [desk("release", REFERENCE).code for _ in range(3)] == [3, 4, 0]
    assert len(set(keys(service, RELEASE))) == 1


def test_the_reason_of_a_refused_transfer_is_kept_and_offered_again(
    service: Service, desk: Desk, kept: Kept, typed: Callable[[str], None]
) -> None:
    service.answers[TRANSFER] = [problem(409, "not-claimed"), DONE]
    refused = desk(*COMMANDS[TRANSFER])
    assert refused.code == 1
    (draft,) = kept()
    assert draft.read_text() == REASON
    assert str(draft) in refused.err.replace("\n", "")
    typed("\n")
    again = desk("transfer", REFERENCE, "signature")
    assert REASON in again.err
    assert service.sent[-1].content == {"category": "signature", "reason": REASON}
    assert kept() == []


def test_a_transfer_with_a_corrected_reason_takes_the_place_of_the_first(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[TRANSFER] = [problem(422, "invalid"), DONE]
    desk("transfer", REFERENCE, "functional", "--reason", "?")
    assert desk(*COMMANDS[TRANSFER]).code == 0
    first, second = keys(service, TRANSFER)
    assert first != second
    assert kept() == []


@pytest.mark.parametrize("request_", COMMANDS)
def test_once_the_incident_was_seen_to_be_theirs_again_it_is_another_request(
    service: Service, desk: Desk, request_: str
) -> None:
    service.answers |= {request_: [None, None, None, DONE], CLAIM: (200, VIEW)}
    assert desk(*COMMANDS[request_]).code == 3
    assert desk("claim", REFERENCE).code == 0
    assert desk(*COMMANDS[request_]).code == 0
    *_, before, after = keys(service, request_)
    assert before != after


@pytest.mark.parametrize(
    ("request_", "seen"),
    [
        (RELEASE, {"status": "queued", "claimed_by": None}),
        (RESOLVE, {"status": "resolved", "claimed_by": None}),
        (TRANSFER, {"category": "signature", "status": "queued", "claimed_by": None}),
    ],
)
def test_a_look_that_shows_it_done_leaves_the_repetition_what_it_is(
    service: Service, desk: Desk, request_: str, seen: dict[str, Any]
) -> None:
    service.answers |= {request_: [None, None, None, DONE], LOOK: (200, VIEW | seen)}
    assert desk(*COMMANDS[request_]).code == 3
    assert desk("show", REFERENCE).code == 0
    assert desk(*COMMANDS[request_]).code == 0
    assert len(set(keys(service, request_))) == 1


@pytest.mark.parametrize("request_", COMMANDS)
def test_a_key_is_too_old_after_an_hour_for_the_incident_may_have_come_back(
    service: Service, desk: Desk, kept: Kept, request_: str
) -> None:
    service.answers[request_] = [None, None, None, DONE]
    assert desk(*COMMANDS[request_]).code == 3
    long_ago = time.time() - COMMAND_REPEATED_WITHIN.total_seconds() - 1
    os.utime(kept()[0], (long_ago, long_ago))
    assert desk(*COMMANDS[request_]).code == 0
    *_, before, after = keys(service, request_)
    assert before != after
    assert kept() == []


def test_a_redrive_does_not_release_with_the_key_of_an_earlier_release(
    service: Service, desk: Desk
) -> None:
    waiting = {"reference": REFERENCE, "status": "queued", "submitted_at": VIEW["submitted_at"]}
    service.queue(message(), dead=True)
    service.answers |= {
        RELEASE: [None, None, None, DONE],
        CLAIM: (200, VIEW),
        "GET /incidents": (200, {"incidents": [waiting]}),
    }
    assert desk("release", REFERENCE).code == 3
    assert desk("dead-letters", "--redrive", "--yes").code == 0
    *_, before, after = keys(service, RELEASE)
    assert before != after


def test_two_incidents_are_released_with_two_keys(service: Service, desk: Desk) -> None:
    service.answers |= {RELEASE: None, f"POST /incidents/{OTHER}/release": None}
    desk("release", REFERENCE)
    desk("release", OTHER)
    assert len({each.key for each in service.sent}) == 2


def test_however_a_reference_is_typed_it_is_the_same_command(service: Service, desk: Desk) -> None:
    service.answers[RELEASE] = [None, None, None, DONE]
    desk("release", "gqnc yqby ih8c")
    assert desk("release", REFERENCE).code == 0
    assert len(set(keys(service, RELEASE))) == 1


def test_a_lost_resolution_without_a_text_is_no_draft_to_go_on_with(
    service: Service, desk: Desk
) -> None:
    service.answers[RESOLVE] = [None, None, None, DONE]
    desk("resolve", REFERENCE, "--yes")
    written = desk("resolve", REFERENCE, "--write", "--yes")
    assert (written.code, "Say what to send" in written.err) == (2, True)
    assert desk("resolve", REFERENCE, "--yes").code == 0
    assert len(set(keys(service, RESOLVE))) == 1


def test_what_is_not_confirmed_is_listed_and_can_be_thrown_away(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers |= {TRANSFER: None, RELEASE: None}
    desk(*COMMANDS[TRANSFER])
    desk(*COMMANDS[RELEASE])
    assert {each["kind"] for each in desk("drafts", "--json").json} == {
        "transfer-signature",
        "release",
    }
    assert "Thrown away: 2" in desk("drafts", "--discard", REFERENCE.lower()).out
    assert kept() == []


# ------------------------------------------------------------------------ texts


@pytest.mark.parametrize(
    ("command", "request_"), [("reply", MESSAGES), ("ask", MESSAGES), ("note", NOTES)]
)
def test_a_text_that_the_history_shows_as_recorded_is_a_draft_no_longer(
    service: Service, desk: Desk, kept: Kept, command: str, request_: str
) -> None:
    service.answers[request_] = [None, None, None, (201, {"entry": "1", "status": "claimed"})]
    body = "Do not pay again.\nWe look into it."
    assert desk(command, REFERENCE, "-m", body, "--yes").code == 3
    recorded = {
        "at": datetime.now(UTC).isoformat(),
        "kind": "note" if command == "note" else "message",
        "by": "operator",
        "operator": "anna",
        "body": body,
    }
    service.answers[LOOK] = (200, VIEW | {"history": [recorded, *VIEW["history"]]})
    assert f"Your {command} is recorded" in desk("show", REFERENCE).out
    assert kept() == []
    assert desk(command, REFERENCE, "-m", body, "--yes").code == 0
    *_, before, after = keys(service, request_)
    assert before != after  # it is said once more


def test_a_text_that_the_history_does_not_show_stays_a_draft(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers |= {MESSAGES: None, LOOK: (200, VIEW)}
    desk("reply", REFERENCE, "-m", "Do not pay again.", "--yes")
    desk("show", REFERENCE)
    assert [each.read_text() for each in kept()] == ["Do not pay again."]


def test_a_text_that_was_recorded_before_and_is_written_again_stays_a_draft(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers |= {MESSAGES: problem(409, "not-claimed")}
    desk("reply", REFERENCE, "-m", "Solved.", "--yes")
    before = {"at": (datetime.now(UTC) - timedelta(minutes=6)).isoformat(), **MESSAGE}
    service.answers[CLAIM] = (200, VIEW | {"history": [before]})
    assert "is recorded" not in desk("claim", REFERENCE).out.replace("this is recorded", "")
    assert [each.read_text() for each in kept()] == ["Solved."]


MESSAGE = {"kind": "message", "by": "operator", "body": "Solved."}
RESOLVED = {"kind": "action", "action": "resolved", "by": "operator"}


@pytest.mark.parametrize(
    ("kind", "history", "recorded"),
    [
        ("reply", [MESSAGE], True),
        ("reply", [MESSAGE | {"body": " Solved.\r\n"}], True),
        ("reply", [MESSAGE | {"by": "citizen"}], False),
        ("reply", [MESSAGE | {"body": "Not solved."}], False),
        ("reply", [MESSAGE | {"kind": "note"}], False),
        ("note", [MESSAGE], False),
        ("note", [MESSAGE | {"kind": "note"}], True),
        ("resolve", [MESSAGE], False),
        ("resolve", [RESOLVED, MESSAGE], True),
        ("transfer-payment", [MESSAGE], False),
        ("reply", [], False),
    ],
)
def test_a_text_is_recorded_if_an_operators_entry_of_its_kind_has_it(
    kind: str, history: list[dict[str, Any]], recorded: bool
) -> None:
    at = datetime(2026, 11, 23, 20, 25, tzinfo=UTC)
    view = VIEW | {"history": [{"at": "2026-11-23T20:25:00.000Z", **each} for each in history]}
    assert is_recorded(kind, "Solved.", at, view) is recorded
    assert not is_recorded(kind, "Solved.", at + CLOCKS_DIFFER_BY + timedelta(seconds=1), view)


def test_only_commands_are_undone_by_what_is_seen() -> None:
    mine = VIEW | {"claimed_by": "anna", "status": "claimed", "category": "payment"}
    undone = {
        (kind, text)
        for kind in ("release", "resolve", "transfer-signature", "transfer-payment", "reply")
        for text in ("", "Words.")
        if is_undone(kind, text, mine)
    }
    assert undone == {
        *(("release", ""), ("release", "Words.")),
        ("resolve", ""),  # with a text, it is that text which was recorded or not
        *(("transfer-signature", ""), ("transfer-signature", "Words.")),
    }


# ------------------------------------------------------------------- phone calls


RECORDED = (201, {"reference": REFERENCE, "category": "payment", "status": "received"})
SAID = ("--message", "The card was refused twice.", "--error-code", "190")
WRONG_PHONE = problem(422, "invalid", errors=[{"field": "contact.phone", "message": "Wrong."}])
USED = problem(422, "key-reused", reference=REFERENCE, errors=[{"field": "Idempotency-Key"}])


def drafts(kept: Kept) -> list[Path]:
    return [each for each in kept() if each.suffix == ".txt"]


def test_a_refused_phone_number_is_corrected_by_the_same_command(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = [WRONG_PHONE, RECORDED]
    refused = desk("new", *SAID, "--phone", "12", "--yes")
    assert refused.code == 1
    assert "run desk new again with the right data" in refused.err
    corrected = desk("new", *SAID, "--phone", "971481726", "--yes")
    assert corrected.code == 0
    assert "Its contact data were: 12" in corrected.out
    assert [each.content["contact"] for each in service.sent] == [
        {"phone": "12"},
        {"phone": "971481726"},
    ]
    assert len(set(keys(service, CALLS))) == 1
    assert kept() == []


def test_a_number_corrected_twice_is_still_one_draft(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = [WRONG_PHONE, WRONG_PHONE, RECORDED]
    for phone in ("12", "777"):
        assert desk("new", *SAID, "--phone", phone, "--yes").code == 1
        assert len(drafts(kept)) == 1
    assert desk("new", *SAID, "--email", "xisca@example.test", "--yes").code == 0
    assert len(set(keys(service, CALLS))) == 1
    assert kept() == []


def test_a_call_whose_answer_was_lost_is_corrected_under_its_key(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = [None, None, None, RECORDED]
    lost = desk("new", *SAID, "--phone", "971481725", "--yes")
    assert lost.code == 3
    assert f"desk new --from {drafts(kept)[0]}" in lost.err.replace("\n", "")
    assert desk("new", *SAID, "--phone", "971481726", "--yes").code == 0
    assert len(set(keys(service, CALLS))) == 1
    assert service.sent[-1].content["contact"] == {"phone": "971481726"}
    assert kept() == []


@pytest.mark.parametrize("as_json", [False, True])
def test_if_the_first_was_recorded_the_operator_is_told_which_and_to_note_the_contact_on_it(
    service: Service, desk: Desk, kept: Kept, as_json: bool
) -> None:
    service.answers[CALLS] = [None, None, None, USED]
    desk("new", *SAID, "--phone", "971481725", "--yes")
    corrected = desk(
        "new", *SAID, "--phone", "971481726", "--yes", *(["--json"] if as_json else [])
    )
    assert corrected.code == 1
    told = " ".join(corrected.err.split())
    assert f"recorded already as {REFERENCE}, with what you sent first" in told
    assert f"desk note {REFERENCE}" in told
    assert "is kept in" not in told
    assert len(set(keys(service, CALLS))) == 1
    assert kept() == []
    if as_json:
        assert corrected.json["problem"]["reference"] == REFERENCE


def test_two_callers_with_the_same_words_are_two_calls(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = None  # on a day on which nothing works
    for name, phone in (("Xisca", "971481726"), ("Toni", "666123456")):
        desk("new", *SAID, "--name", name, "--phone", phone, "--yes")
    assert len(drafts(kept)) == 2
    assert len(set(keys(service, CALLS))) == 2


def test_the_same_call_once_more_sends_the_draft_that_there_is(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = [None, None, None, RECORDED]
    call = ("new", *SAID, "--phone", "971481726", "--yes")
    assert [desk(*call).code for _ in range(2)] == [3, 0]
    assert len(set(keys(service, CALLS))) == 1
    assert kept() == []


def test_a_corrected_file_is_the_same_call(
    service: Service, desk: Desk, kept: Kept, tmp_path: Path
) -> None:
    said = '{"category": "signature", "description": "AutoFirma says SAF_10.", "contact": %s}'
    service.answers[CALLS] = [WRONG_PHONE, RECORDED]
    first = a_file(tmp_path, said % '{"phone": "12"}')
    assert desk("new", "--from", first, "--yes").code == 1
    second = a_file(tmp_path, said % '{"phone": "971481726"}')
    assert desk("new", "--from", second, "--yes").code == 0
    assert len(set(keys(service, CALLS))) == 1
    assert kept() == []


def test_a_draft_that_is_corrected_in_its_file_keeps_its_key(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[CALLS] = [WRONG_PHONE, RECORDED]
    desk("new", *SAID, "--phone", "12", "--yes")
    (draft,) = drafts(kept)
    draft.write_text(draft.read_text().replace('"12"', '"971481726"'))
    assert desk("new", "--from", draft, "--yes").code == 0
    assert service.sent[-1].content["contact"] == {"phone": "971481726"}
    assert len(set(keys(service, CALLS))) == 1
    assert kept() == []


def test_a_call_that_is_asked_for_again_question_by_question_is_the_same_call(
    service: Service, desk: Desk, kept: Kept, typed: Callable[[str], None]
) -> None:
    service.answers[CALLS] = [WRONG_PHONE, RECORDED]
    typed("The card was refused.\n190\n12\nXisca\ny\n")
    assert desk("new").code == 1
    typed("The card was refused.\n190\n971481726\nXisca\ny\n")
    assert desk("new").code == 0
    assert len(set(keys(service, CALLS))) == 1
    assert kept() == []


@pytest.mark.parametrize("text", ["[]", "7", '"a call"', "null", "{"])
def test_a_file_that_holds_no_incident_is_refused_before_anything_is_kept(
    service: Service, desk: Desk, kept: Kept, tmp_path: Path, text: str
) -> None:
    assert desk("new", "--from", a_file(tmp_path, text), "--yes").code == 2
    assert (service.sent, kept()) == ([], [])
