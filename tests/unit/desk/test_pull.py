"""`desk pull`: it claims the incident before it deletes the message, and loses nothing."""

import json
from typing import Any, cast

import pytest

from desk.errors import Unreached
from desk.queue.pull_next import pull_next
from desk.queue.team_queue import TeamQueue
from desk.service.api import Api
from tests.support.desk import (
    API_URL,
    NEXT,
    OPEN,
    OTHER,
    QUEUE_URL,
    REFERENCE,
    VIEW,
    Desk,
    Service,
    Typed,
    former_message,
    listed,
    message,
    problem,
)

NEXT_OTHER = f"POST /incidents/{OTHER}/claim?from=queue"
MINE = (200, VIEW)


def test_a_pull_claims_and_shows_the_incident_and_deletes_its_message(
    service: Service, desk: Desk
) -> None:
    service.queue(message())
    service.answers[NEXT] = MINE
    pulled = desk("pull", "payment", "--wait", 0)
    assert pulled.code == 0
    for shown in (
        *(REFERENCE, "The card was charged", "190", "xisca@example.test", "claimed by anna"),
    ):
        assert shown in pulled.out
    assert service.in_the_queue() == (0, 0)


def test_the_message_stays_in_the_queue_until_the_register_has_the_claim(
    service: Service, desk: Desk
) -> None:
    service.queue(message())
    meanwhile: list[tuple[int, int]] = []

    def claimed() -> Any:
        meanwhile.append(service.in_the_queue())
        return MINE

    service.answers[NEXT] = claimed
    assert desk("pull", "--wait", 0).code == 0
    assert meanwhile == [(0, 1)]


def test_an_operator_sees_how_often_the_message_was_received(service: Service, desk: Desk) -> None:
    service.queue(message())
    for _ in range(2):
        queue = TeamQueue(cast("Any", service.sqs()), QUEUE_URL)
        received = queue.receive(0)
        assert received
        queue.give_back(received)
    service.answers[NEXT] = MINE
    assert "seen 3 times" in desk("pull", "--wait", 0).out


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (problem(409, "claimed-by-another", claimed_by="bert"), "bert has it"),
        (problem(409, "already-resolved"), "resolved already"),
        (problem(409, "answered-together"), "answered together with others"),
        (problem(409, "waits-for-citizen"), "waits for its citizen"),
        (problem(403, "other-team"), "transferred to another team"),
        (problem(404, "not-found"), "there is no such incident"),
        (problem(404, "erased", reference="7SRJ-797M-D0GE"), "its citizen had it erased"),
    ],
)
def test_a_pull_deletes_and_passes_over_a_message_that_nobody_needs(
    service: Service, desk: Desk, refusal: tuple[int, Any], said: str
) -> None:
    service.queue(message(OTHER))
    service.answers |= {NEXT_OTHER: refusal, NEXT: MINE}
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
def test_if_the_claim_fails_in_another_way_the_message_goes_back_at_once(
    service: Service, desk: Desk, refusal: Any
) -> None:
    service.queue(message())
    service.answers[NEXT] = refusal
    assert desk("pull", "--wait", 0).code in {1, 3, 4}
    assert service.in_the_queue() == (1, 0)


def test_an_interrupted_claim_gives_the_message_back(service: Service) -> None:
    service.queue(message())

    def interrupted() -> Any:
        raise KeyboardInterrupt

    service.answers[NEXT] = interrupted
    queue = TeamQueue(cast("Any", service.sqs()), QUEUE_URL)
    with pytest.raises(KeyboardInterrupt):
        pull_next(queue, Api(API_URL, cast("Any", service)), wait_s=0, skipped=print)
    assert service.in_the_queue() == (1, 0)


def test_the_desk_repeats_a_claim_whose_answer_was_lost(service: Service, desk: Desk) -> None:
    service.queue(message())
    service.answers[NEXT] = [None, MINE]
    assert desk("pull", "--wait", 0).code == 0
    assert service.requests() == [NEXT, NEXT]


def test_after_a_claim_without_any_answer_the_desk_says_how_to_find_out_who_has_it(
    service: Service, desk: Desk
) -> None:
    service.queue(message())
    service.answers[NEXT] = None
    lost = desk("pull", "--wait", 0)
    assert lost.code == 3
    assert f"{REFERENCE} may be yours all the same: desk claim {REFERENCE}" in lost.err


def test_an_incident_stays_claimed_if_its_message_cannot_be_deleted(
    service: Service, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.queue(message())
    service.answers[NEXT] = MINE

    def broken(*_: object) -> None:
        raise Unreached("The queue does not answer.")

    monkeypatch.setattr(TeamQueue, "delete", broken)
    pulled = desk("pull", "--wait", 0)
    assert pulled.code == 0
    assert REFERENCE in pulled.out
    assert "its message stays in the queue" in pulled.err


def test_messages_of_another_service_become_dead_letters(service: Service, desk: Desk) -> None:
    foreign = [
        "not JSON",
        "[" * 100_000,
        "[]",
        message(schema="suport.incident/3"),
        message(reference=cast("Any", 7)),
        json.dumps({"schema": "suport.incident/2"}),
    ]
    service.queue(*foreign)
    assert desk("pull", "--wait", 0).code == 1
    assert service.in_the_queue() == (0, len(foreign))
    assert service.sent == []


def test_an_empty_queue_has_its_exit_code(desk: Desk) -> None:
    pulled = desk("pull", "--wait", 0)
    assert (pulled.code, "Nothing is in the queue of payment" in pulled.out) == (1, True)


def test_json_holds_the_incident_its_message_and_the_skipped_messages(
    service: Service, desk: Desk
) -> None:
    service.queue(message(OTHER), message())
    colleagues = problem(409, "claimed-by-another", claimed_by="bert")
    service.answers |= {NEXT_OTHER: colleagues, NEXT: MINE}
    pulled = desk("pull", "--wait", 0, "--json").json
    assert pulled["incident"] == VIEW
    assert pulled["message"]["times_seen"] == 1
    assert pulled["message"]["content"]["reason"] == "submitted"
    (passed_over,) = pulled["passed_over"]
    assert (passed_over["reference"], passed_over["claimed_by"]) == (OTHER, "bert")


def test_an_operator_may_look_at_the_message_before_claiming_the_incident(
    service: Service, desk: Desk, typed: Typed
) -> None:
    service.queue(message())
    typed("n\n")
    declined = desk("pull", "--ask", "--wait", 0)
    assert declined.code == 1
    assert "190" in declined.out
    assert (service.sent, service.in_the_queue()) == ([], (1, 0))
    service.answers[NEXT] = MINE
    typed("y\n")
    assert desk("pull", "--ask", "--wait", 0).code == 0


def test_before_the_claim_the_desk_shows_only_what_the_message_says(
    service: Service, desk: Desk, typed: Typed
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


def test_the_desk_ignores_the_description_in_a_message_of_the_former_shape(
    service: Service, desk: Desk, typed: Typed
) -> None:
    service.queue(former_message())
    typed("n\n")
    shown = desk("pull", "--ask", "--wait", 0).out
    assert "SIS0190" in shown
    assert "Beques" in shown
    assert "The card was charged" not in shown
    assert "denegada" not in shown
    service.answers[NEXT] = MINE
    content = desk("pull", "--wait", 0, "--json").json["message"]["content"]
    assert content == json.loads(
        message(error_code="SIS0190", procedure={"name": "Beques"}, schema="suport.incident/2")
    )
    assert service.in_the_queue() == (0, 0)


def test_a_watch_says_how_much_there_is_and_outlasts_a_broken_line(
    service: Service, desk: Desk
) -> None:
    service.queue(message())
    there = (200, {"incidents": [listed(OTHER, status="queued", claimed_by=None)]})
    service.answers |= {OPEN: [None, None, None, there], NEXT: MINE}
    watched = desk("pull", "--watch")
    assert watched.code == 0
    assert (
        "payment: 1 in the queue, 0 being read; the oldest unclaimed is from 23 Nov" in watched.out
    )
    assert "goes on trying" in watched.err


def test_a_watch_waits_until_an_incident_comes(service: Service, desk: Desk) -> None:
    def arrives() -> Any:
        service.queue(message())
        return 200, {"incidents": []}

    service.answers |= {OPEN: [(200, {"incidents": []}), arrives], NEXT: MINE}
    watched = desk("pull", "--watch")
    assert watched.code == 0
    assert watched.out.startswith("payment: 0 in the queue, 0 being read; none unclaimed.\n")
    assert REFERENCE in watched.out


def test_a_watch_mentions_unread_writing_in_the_operators_own_incidents(
    service: Service, desk: Desk
) -> None:
    service.queue(message())
    mine, read, hers = (
        listed(name * 4, claimed_by=by, unread=unread)
        for name, by, unread in (("AAAA-", "anna", 2), ("BBBB-", "anna", 0), ("CCCC-", "bert", 1))
    )
    service.answers |= {OPEN: (200, {"incidents": [mine, read, hers]}), NEXT: MINE}
    told = desk("pull", "--watch").out
    assert f"Written to you, and not read yet: {mine['reference']}." in told
    assert read["reference"] not in told
    assert hers["reference"] not in told
