"""`desk dead-letters`: what they mean, and how to redrive them."""

from tests.support.desk import (
    CLAIM,
    OPEN,
    OTHER,
    REFERENCE,
    RELEASE,
    VIEW,
    Desk,
    Service,
    listed,
    message,
    problem,
)

WAITING = (200, {"incidents": [listed(REFERENCE, status="queued", claimed_by=None)]})
RELEASED = (200, {"status": "queued"})


def test_the_state_of_its_incident_explains_a_dead_letter(service: Service, desk: Desk) -> None:
    resolved = "0000-0000-0000"
    service.queue(message(), message(OTHER), message(resolved), "odd", dead=True)
    incidents = [
        listed(REFERENCE, status="queued", claimed_by=None),
        listed(OTHER, claimed_by="bert"),
    ]
    service.answers[OPEN] = (200, {"incidents": incidents})
    shown = {each["reference"]: each for each in desk("dead-letters", "--json").json}
    assert "redrive" in shown[REFERENCE]["explanation"]
    assert "bert has its incident" in shown[OTHER]["explanation"]
    assert "resolved" in shown[resolved]["explanation"]
    assert "no message of this service" in shown[None]["explanation"]
    assert {each["done"] for each in shown.values()} == {None}
    assert sum(service.in_the_queue(dead=True)) == 4
    assert "try again in some seconds" in desk("dead-letters").out


def test_redriving_queues_waiting_incidents_again_and_deletes_all_other_letters(
    service: Service, desk: Desk
) -> None:
    service.queue(message(), message(OTHER), "odd", dead=True)
    service.answers |= {OPEN: WAITING, CLAIM: (200, VIEW), RELEASE: RELEASED}
    driven = desk("dead-letters", "--redrive", "--json").json
    assert {each["reference"]: each["done"] for each in driven} == {
        REFERENCE: "queued again",
        OTHER: "deleted, it was out of date",
        None: "left here",
    }
    assert service.requests() == [OPEN, CLAIM, RELEASE]
    assert sum(service.in_the_queue(dead=True)) == 1


def test_a_redrive_that_breaks_off_keeps_the_letter_and_names_the_possible_holder(
    service: Service, desk: Desk
) -> None:
    service.queue(message(), dead=True)
    service.answers |= {
        OPEN: WAITING,
        CLAIM: (200, VIEW),
        RELEASE: [None, None, None, RELEASED],
    }
    broken = desk("dead-letters", "--redrive", "--yes")
    assert broken.code == 3
    assert f"may still be yours: desk release {REFERENCE}" in broken.err
    assert sum(service.in_the_queue(dead=True)) == 1
    assert desk("release", REFERENCE).code == 0
    released = service.keys(RELEASE)
    assert (len(released), len(set(released))) == (4, 1)


def test_a_redrive_deletes_the_letter_if_a_colleague_took_its_incident_meanwhile(
    service: Service, desk: Desk
) -> None:
    service.queue(message(), dead=True)
    refused = problem(409, "not-claimed")
    service.answers |= {OPEN: WAITING, CLAIM: (200, VIEW), RELEASE: refused}
    driven = desk("dead-letters", "--redrive", "--json")
    assert [each["done"] for each in driven.json] == ["deleted, it was out of date"]
    assert sum(service.in_the_queue(dead=True)) == 0
    assert desk("drafts", "--json").json == []


def test_a_redrive_does_not_reuse_the_key_of_an_earlier_release(
    service: Service, desk: Desk
) -> None:
    service.queue(message(), dead=True)
    service.answers |= {
        OPEN: WAITING,
        CLAIM: (200, VIEW),
        RELEASE: [None, None, None, RELEASED],
    }
    assert desk("release", REFERENCE).code == 3
    assert desk("dead-letters", "--redrive", "--yes").code == 0
    *_, before, after = service.keys(RELEASE)
    assert before != after
