"""Pulling at the desk: the next incident is claimed before its message goes; nothing is lost."""

import json
import threading
from collections.abc import Callable
from typing import Any, cast

import pytest
from botocore.exceptions import ConnectTimeoutError

from desk.api import Api
from desk.pulling import pull
from desk.queue_message import understood
from desk.team_queue import TeamQueue
from desk.trouble import Unreached
from tests.unit.desk import (
    API_URL,
    OTHER,
    REFERENCE,
    VIEW,
    Ended,
    Service,
    desk,
    former_message,
    message,
    problem,
    service,
    typed,
)

__all__ = ["desk", "service", "typed"]

CLAIM = f"POST /incidents/{REFERENCE}/claim"
CLAIM_OTHER = f"POST /incidents/{OTHER}/claim"
MINE = (200, VIEW)
Desk = Callable[..., Ended]


def test_a_pulled_incident_is_claimed_shown_and_out_of_the_queue(
    service: Service, desk: Desk
) -> None:
    service.queue(message())
    service.answers[CLAIM] = MINE
    pulled = desk("pull", "payment", "--wait", 0)
    assert pulled.code == 0
    for shown in (
        REFERENCE,
        "The card was charged",
        "190",
        "xisca@example.test",
        "claimed by anna",
    ):
        assert shown in pulled.out
    assert service.in_the_queue() == (0, 0)


def test_the_message_is_still_there_while_the_register_is_asked_for_the_claim(
    service: Service, desk: Desk
) -> None:
    service.queue(message())
    meanwhile: list[tuple[int, int]] = []

    def claimed() -> Any:
        meanwhile.append(service.in_the_queue())
        return MINE

    service.answers[CLAIM] = claimed
    assert desk("pull", "--wait", 0).code == 0
    assert meanwhile == [(0, 1)]


def test_an_operator_sees_how_often_it_was_seen_before(service: Service, desk: Desk) -> None:
    service.queue(message())
    for _ in range(2):
        received = service.sqs().receive_message(QueueUrl=service.queue_url, VisibilityTimeout=0)
        assert received["Messages"]
    service.answers[CLAIM] = MINE
    assert "seen 3 times" in desk("pull", "--wait", 0).out


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (problem(409, "claimed-by-another", claimed_by="bert"), "bert has it"),
        (problem(409, "already-resolved"), "resolved already"),
        (problem(403, "other-team"), "transferred to another team"),
        (problem(404, "not-found"), "erased"),
    ],
)
def test_what_needs_nobody_any_more_is_said_deleted_and_passed_over(
    service: Service, desk: Desk, refusal: tuple[int, Any], said: str
) -> None:
    service.queue(message(OTHER))
    service.answers |= {CLAIM_OTHER: refusal, CLAIM: MINE}
    first = desk("pull", "--wait", 0)
    assert first.code == 1
    assert said in first.out
    assert service.in_the_queue() == (0, 0)
    service.queue(message(OTHER), message())
    second = desk("pull", "--wait", 0)
    assert second.code == 0
    assert REFERENCE in second.out


@pytest.mark.parametrize(
    "refusal",
    [
        problem(404, "no-such-page"),  # a wrong api_url is not an erased incident
        problem(403, "no-team"),
        problem(403, "refused"),
        (503, {"detail": "Later."}),
        None,
    ],
)
def test_whatever_else_goes_wrong_the_message_goes_back_to_the_team_at_once(
    service: Service, desk: Desk, refusal: Any
) -> None:
    service.queue(message())
    service.answers[CLAIM] = refusal
    assert desk("pull", "--wait", 0).code in {1, 3, 4}
    assert service.in_the_queue() == (1, 0)


def test_an_interrupted_claim_gives_the_message_back(service: Service) -> None:
    service.queue(message())

    def interrupted() -> Any:
        raise KeyboardInterrupt

    service.answers[CLAIM] = interrupted
    with pytest.raises(KeyboardInterrupt):
        pull(
            TeamQueue(service.sqs(), service.queue_url),
            Api(API_URL, service),
            wait_s=0,
            skipped=print,
        )
    assert service.in_the_queue() == (1, 0)


def test_a_claim_whose_answer_was_lost_is_asked_for_again(service: Service, desk: Desk) -> None:
    service.queue(message())
    service.answers[CLAIM] = [None, MINE]
    assert desk("pull", "--wait", 0).code == 0
    assert service.requests() == [CLAIM, CLAIM]


def test_a_message_that_cannot_be_deleted_does_not_take_the_incident_away(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.queue(message())
    service.answers[CLAIM] = MINE

    def broken(*_: object) -> None:
        raise Unreached("The queue does not answer.")

    monkeypatch.setattr(TeamQueue, "delete", broken)
    pulled = desk("pull", "--wait", 0)
    assert pulled.code == 0
    assert REFERENCE in pulled.out
    assert "its message stays in the queue" in pulled.err


def test_a_foreign_message_is_left_to_the_dead_letters(service: Service, desk: Desk) -> None:
    foreign = [
        "not JSON",
        "[" * 100_000,
        "[]",
        message(schema="suport.incident/3"),
        message(reference=cast("Any", 7)),
    ]
    service.queue(*foreign, json.dumps({"schema": "suport.incident/2"}))
    assert desk("pull", "--wait", 0).code == 1
    assert service.in_the_queue() == (0, len(foreign) + 1)
    assert service.sent == []


def test_while_it_is_looked_at_others_do_not_get_it(
    service: Service,
) -> None:
    service.queue(message())
    service.sqs().set_queue_attributes(
        QueueUrl=service.queue_url, Attributes={"VisibilityTimeout": "1"}
    )
    queue = TeamQueue(service.sqs(), service.queue_url)
    received = queue.receive(0)
    assert received
    with queue.held(received):
        threading.Event().wait(1.5)
        assert queue.receive(0) is None
        assert service.in_the_queue() == (0, 1)


def test_a_look_that_fails_to_be_extended_goes_on(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.queue(message())
    queue = TeamQueue(service.sqs(), service.queue_url)
    received = queue.receive(0)
    assert received
    tried = threading.Event()

    def broken(*_: object, **__: object) -> None:
        tried.set()
        raise ConnectTimeoutError(endpoint_url=service.queue_url)

    monkeypatch.setattr(TeamQueue, "_visibility_timeout", lambda _: 0)
    monkeypatch.setattr(TeamQueue, "_hold", broken)
    with queue.held(received):
        assert tried.wait(10)


def test_an_empty_queue_is_told_by_its_exit_code(service: Service, desk: Desk) -> None:  # noqa: ARG001
    pulled = desk("pull", "--wait", 0)
    assert (pulled.code, "Nothing is in the queue of payment" in pulled.out) == (1, True)


def test_json_holds_the_incident_the_message_and_what_was_passed_over(
    service: Service, desk: Desk
) -> None:
    service.queue(message(OTHER), message())
    service.answers |= {
        CLAIM_OTHER: problem(409, "claimed-by-another", claimed_by="bert"),
        CLAIM: MINE,
    }
    pulled = desk("pull", "--wait", 0, "--json").json
    assert pulled["incident"] == VIEW
    assert pulled["message"]["times_seen"] == 1
    assert pulled["message"]["content"]["reason"] == "submitted"
    if pulled["passed_over"]:  # SQS promises no order
        assert pulled["passed_over"][0]["claimed_by"] == "bert"


def test_one_may_look_before_one_claims(
    service: Service, desk: Desk, typed: Callable[[str], None]
) -> None:
    service.queue(message())
    typed("n\n")
    declined = desk("pull", "--ask", "--wait", 0)
    assert declined.code == 1
    assert "190" in declined.out
    assert (service.sent, service.in_the_queue()) == ([], (1, 0))
    service.answers[CLAIM] = MINE
    typed("y\n")
    assert desk("pull", "--ask", "--wait", 0).code == 0


def test_what_a_message_tells_is_shown_before_the_claim_and_nothing_else(
    service: Service, desk: Desk, typed: Callable[[str], None]
) -> None:
    file = {"file": "7Q2M", "type": "application/pdf", "bytes": 120_000, "state": "clean"}
    service.queue(
        message(
            language="de",
            reason="citizen_replied",
            error_code="SAF_10",
            procedure={"code": "SIA-2209", "name": "Beques"},
            attachments=[file],
            topic="accessibility",
        )
    )
    typed("n\n")
    shown = desk("pull", "--ask", "--wait", 0).out
    for told in (
        f"{REFERENCE}  payment · in German · accessibility: to be answered within 20 working days",
        "the citizen answered",
        "Beques · SIA-2209",
        "SAF_10",
        "7Q2M  application/pdf, 120 kB, clean",
        "What the citizen wrote is shown once you claim it.",
    ):
        assert told in shown


def test_a_message_of_the_former_shape_is_understood_and_its_description_left_to_the_claim(
    service: Service, desk: Desk, typed: Callable[[str], None]
) -> None:
    service.queue(former_message())
    typed("n\n")
    shown = desk("pull", "--ask", "--wait", 0).out
    assert "SIS0190" in shown
    assert "Beques" in shown
    assert "The card was charged" not in shown
    assert "denegada" not in shown
    service.answers[CLAIM] = MINE
    content = desk("pull", "--wait", 0, "--json").json["message"]["content"]
    assert content == json.loads(
        message(error_code="SIS0190", procedure={"name": "Beques"}, schema="suport.incident/2")
    )
    assert service.in_the_queue() == (0, 0)


@pytest.mark.parametrize("error", [None, {"message": "Operación denegada"}, "190", []])
def test_a_former_message_without_an_errors_code_tells_none(error: Any) -> None:
    understood_ = understood(former_message(error=error))
    assert understood_
    assert understood_["error_code"] is None
    assert understood_.keys().isdisjoint({"error", "description"})


def test_a_claim_whose_answer_is_lost_for_good_says_how_to_learn_whose_the_incident_is(
    service: Service, desk: Desk
) -> None:
    service.queue(message())
    service.answers[CLAIM] = None
    lost = desk("pull", "--wait", 0)
    assert lost.code == 3
    assert f"{REFERENCE} may be yours all the same: desk claim {REFERENCE}" in lost.err


def test_watching_waits_says_how_much_there_is_and_outlasts_a_broken_line(
    service: Service, desk: Desk
) -> None:
    def arrives() -> Any:
        service.queue(message())
        waiting = {"reference": OTHER, "status": "queued", "submitted_at": VIEW["submitted_at"]}
        return 200, {"incidents": [waiting]}

    service.answers |= {"GET /incidents": [None, None, None, arrives()], CLAIM: MINE}
    watched = desk("pull", "--watch")
    assert watched.code == 0
    assert (
        "payment: 1 in the queue, 0 being read; the oldest unclaimed is from 23 Nov" in watched.out
    )
    assert "goes on trying" in watched.err


def test_watching_mentions_what_was_written_to_oneself_and_not_read(
    service: Service, desk: Desk
) -> None:
    service.queue(message())
    since = VIEW["submitted_at"]
    mine, read, hers = (
        {"reference": name * 4, "status": "claimed", "submitted_at": since}
        | {"claimed_by": by, "unread": unread}
        for name, by, unread in (("AAAA-", "anna", 2), ("BBBB-", "anna", 0), ("CCCC-", "bert", 1))
    )
    service.answers |= {"GET /incidents": (200, {"incidents": [mine, read, hers]}), CLAIM: MINE}
    told = desk("pull", "--watch").out
    assert f"Written to you, and not read yet: {mine['reference']}." in told
    assert read["reference"] not in told
    assert hers["reference"] not in told
