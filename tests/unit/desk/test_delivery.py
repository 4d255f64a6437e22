"""An operator's request is recorded once, however often its answer is lost."""

import os
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from desk.drafts.delivery import _NEVER
from desk.drafts.kept_files import COMMAND_REPEATED_WITHIN
from tests.support.desk import (
    CLAIM,
    DONE,
    LOOK,
    MESSAGES,
    NOTES,
    OTHER,
    REFERENCE,
    RELEASE,
    RESOLVE,
    TRANSFER,
    VIEW,
    Desk,
    Kept,
    Service,
    Typed,
    problem,
)

REASON = "The certificate has expired"
COMMANDS = {
    TRANSFER: ["transfer", REFERENCE, "signature", "--reason", REASON],
    RELEASE: ["release", REFERENCE],
    RESOLVE: ["resolve", REFERENCE, "--yes"],
}
WITHOUT_A_TEXT = [RELEASE, RESOLVE]
REPLY = ["reply", REFERENCE, "-m", "It is corrected.", "--yes"]


# ------------------------------------------------------- transfer, release, resolve


@pytest.mark.parametrize("request_", COMMANDS)
@pytest.mark.parametrize("lost", [None, (503, {"detail": "Later."})])
def test_a_request_whose_answer_is_lost_is_sent_again_with_the_same_key(
    service: Service, desk: Desk, kept: Kept, request_: str, lost: Any
) -> None:
    service.answers[request_] = [lost, lost, DONE]
    assert desk(*COMMANDS[request_]).code == 0
    assert len(service.keys(request_)) == 3
    assert len(set(service.keys(request_))) == 1
    assert len(service.keys(request_)[0] or "") >= 16
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
    assert len(set(service.keys(request_))) == 1
    assert kept() == []


@pytest.mark.parametrize("request_", COMMANDS)
def test_a_completed_command_given_again_is_another_request(
    service: Service, desk: Desk, request_: str
) -> None:
    service.answers[request_] = DONE
    for _ in range(2):
        assert desk(*COMMANDS[request_]).code == 0
    first, second = service.keys(request_)
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
def test_a_refused_command_without_a_text_leaves_no_key(
    service: Service, desk: Desk, kept: Kept, request_: str, refusal: Any
) -> None:
    service.answers[request_] = [None, None, None, refusal, DONE]
    assert desk(*COMMANDS[request_]).code == 3
    refused = desk(*COMMANDS[request_])
    assert refused.code in {1, 4}
    assert "is kept" not in refused.err
    assert kept() == []
    assert desk(*COMMANDS[request_]).code == 0
    *_, before, after = service.keys(request_)
    assert before != after


@pytest.mark.parametrize("refusal", [(403, {"Message": "Forbidden"}), problem(403, "no-team")])
def test_a_refusal_before_the_service_looks_at_the_key_keeps_the_key_for_later(
    service: Service, desk: Desk, refusal: Any
) -> None:
    service.answers[RELEASE] = [None, None, None, refusal, DONE]
    assert [desk("release", REFERENCE).code for _ in range(3)] == [3, 4, 0]
    assert len(set(service.keys(RELEASE))) == 1


def test_the_desk_keeps_the_reason_of_a_refused_transfer_and_offers_it_again(
    service: Service, desk: Desk, kept: Kept, typed: Typed
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


def test_a_transfer_with_a_corrected_reason_replaces_the_first(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[TRANSFER] = [problem(422, "invalid"), DONE]
    desk("transfer", REFERENCE, "functional", "--reason", "?")
    assert desk(*COMMANDS[TRANSFER]).code == 0
    first, second = service.keys(TRANSFER)
    assert first != second
    assert kept() == []


@pytest.mark.parametrize("request_", COMMANDS)
def test_after_a_new_claim_of_the_incident_the_command_is_another_request(
    service: Service, desk: Desk, request_: str
) -> None:
    service.answers |= {request_: [None, None, None, DONE], CLAIM: (200, VIEW)}
    assert desk(*COMMANDS[request_]).code == 3
    assert desk("claim", REFERENCE).code == 0
    assert desk(*COMMANDS[request_]).code == 0
    *_, before, after = service.keys(request_)
    assert before != after


@pytest.mark.parametrize(
    ("request_", "seen"),
    [
        (RELEASE, {"status": "queued", "claimed_by": None}),
        (RESOLVE, {"status": "resolved", "claimed_by": None}),
        (TRANSFER, {"category": "signature", "status": "queued", "claimed_by": None}),
    ],
)
def test_a_look_that_shows_a_command_as_done_keeps_its_key(
    service: Service, desk: Desk, request_: str, seen: dict[str, Any]
) -> None:
    service.answers |= {request_: [None, None, None, DONE], LOOK: (200, VIEW | seen)}
    assert desk(*COMMANDS[request_]).code == 3
    assert desk("show", REFERENCE).code == 0
    assert desk(*COMMANDS[request_]).code == 0
    assert len(set(service.keys(request_))) == 1


@pytest.mark.parametrize("request_", COMMANDS)
def test_after_an_hour_the_command_is_another_request(
    service: Service, desk: Desk, kept: Kept, request_: str
) -> None:
    service.answers[request_] = [None, None, None, DONE]
    assert desk(*COMMANDS[request_]).code == 3
    long_ago = time.time() - COMMAND_REPEATED_WITHIN.total_seconds() - 1
    os.utime(kept()[0], (long_ago, long_ago))
    assert desk(*COMMANDS[request_]).code == 0
    *_, before, after = service.keys(request_)
    assert before != after
    assert kept() == []


def test_the_releases_of_two_incidents_have_two_keys(service: Service, desk: Desk) -> None:
    service.answers |= {RELEASE: None, f"POST /incidents/{OTHER}/release": None}
    desk("release", REFERENCE)
    desk("release", OTHER)
    assert len({each.key for each in service.sent}) == 2


def test_a_lost_resolution_without_a_text_leaves_no_draft_to_go_on_with(
    service: Service, desk: Desk
) -> None:
    service.answers[RESOLVE] = [None, None, None, DONE]
    desk("resolve", REFERENCE, "--yes")
    written = desk("resolve", REFERENCE, "--write", "--yes")
    assert (written.code, "Say what to send" in written.err) == (2, True)
    assert desk("resolve", REFERENCE, "--yes").code == 0
    assert len(set(service.keys(RESOLVE))) == 1


def test_the_desk_lists_unconfirmed_requests_and_can_discard_them(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers |= {TRANSFER: None, RELEASE: None}
    desk(*COMMANDS[TRANSFER])
    desk(*COMMANDS[RELEASE])
    listed = {each["kind"] for each in desk("drafts", "--json").json}
    assert listed == {"transfer-signature", "release"}
    assert "Thrown away: 2" in desk("drafts", "--discard", REFERENCE.lower()).out
    assert kept() == []


# ------------------------------------------------------------------------ texts


@pytest.mark.parametrize("broken", [None, (503, {"detail": "Later."})])
def test_after_a_broken_line_the_same_command_sends_the_same_text_with_the_same_key(
    service: Service, desk: Desk, kept: Kept, broken: object
) -> None:
    service.answers[MESSAGES] = broken
    dropped = desk(*REPLY)
    assert dropped.code == 3
    (draft,) = kept()
    assert str(draft) in dropped.err.replace("\n", "")
    assert draft.read_text() == "It is corrected."
    service.answers[MESSAGES] = DONE
    assert desk(*REPLY).code == 0
    assert len(set(service.keys(MESSAGES))) == 1
    assert len(service.keys(MESSAGES)[0] or "") >= 16
    assert kept() == []


def test_two_replies_have_two_different_keys(service: Service, desk: Desk) -> None:
    service.answers[MESSAGES] = DONE
    for _ in range(2):
        desk(*REPLY)
    first, second = service.keys(MESSAGES)
    assert first != second


@pytest.mark.parametrize(
    ("command", "request_"), [("reply", MESSAGES), ("ask", MESSAGES), ("note", NOTES)]
)
def test_a_text_that_the_history_shows_is_no_longer_a_draft(
    service: Service, desk: Desk, kept: Kept, command: str, request_: str
) -> None:
    service.answers[request_] = [None, None, None, DONE]
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
    *_, before, after = service.keys(request_)
    assert before != after  # another request


def test_a_text_that_the_history_does_not_show_stays_a_draft(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers |= {MESSAGES: None, LOOK: (200, VIEW)}
    desk(*REPLY)
    desk("show", REFERENCE)
    assert [each.read_text() for each in kept()] == ["It is corrected."]


IN_VAIN = {
    "already-resolved": problem(409, "already-resolved"),
    "other-team": problem(403, "other-team"),
    "not-found": problem(404, "not-found"),
}


@pytest.mark.parametrize("refusal", IN_VAIN)
def test_a_draft_that_can_never_be_sent_says_so_and_stays(
    service: Service, desk: Desk, kept: Kept, refusal: str
) -> None:
    service.answers[MESSAGES] = IN_VAIN[refusal]
    refused = desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    assert f"can never be sent: {_NEVER[refusal]}" in refused.told
    (draft,) = [each for each in kept() if each.suffix == ".txt"]
    assert draft.read_text() == "It is corrected."
    assert _NEVER[refusal] in " ".join(desk("drafts").out.split())
    (fact,) = desk("drafts", "--json").json
    assert fact["never"] == _NEVER[refusal]
    assert desk("drafts", "--discard", REFERENCE).code == 0
    assert kept() == []


def test_what_can_be_sent_once_it_is_claimed_is_not_given_up(
    service: Service, desk: Desk, kept: Kept
) -> None:
    service.answers[MESSAGES] = problem(409, "claimed-by-another", claimed_by="bert")
    assert "never" not in desk("reply", REFERENCE, "-m", "It is corrected.", "--yes").told
    assert len(kept()) == 1


def test_a_text_that_is_wrong_itself_has_to_be_changed(service: Service, desk: Desk) -> None:
    too_long = problem(422, "invalid", errors=[{"field": "body", "message": "Too long."}])
    service.answers[MESSAGES] = too_long
    assert "change it first" in desk("reply", REFERENCE, "-m", "It is corrected.", "--yes").told


@pytest.mark.parametrize(
    "look", [IN_VAIN["other-team"], IN_VAIN["not-found"], (200, VIEW | {"status": "resolved"})]
)
def test_before_the_editor_opens_a_draft_in_vain_says_so(
    service: Service, desk: Desk, typed: Typed, look: Any
) -> None:
    service.answers |= {MESSAGES: None, LOOK: look}
    desk("reply", REFERENCE, "-m", "It is corrected.", "--yes")
    typed("")
    assert "can never be sent" in desk("reply", REFERENCE).told


@pytest.mark.parametrize("reference", ["nope", "GQNC-YQBY-1H8D", "971481726"])
@pytest.mark.parametrize(
    "command", [("reply", "-m", "x", "--yes"), ("note", "-m", "x", "--yes"), ("release",)]
)
def test_nothing_is_kept_for_a_reference_that_cannot_exist(
    service: Service, desk: Desk, kept: Kept, reference: str, command: tuple[str, ...]
) -> None:
    ended = desk(command[0], reference, *command[1:])
    assert (ended.code, kept(), service.sent) == (2, [], [])
    assert reference in ended.err
