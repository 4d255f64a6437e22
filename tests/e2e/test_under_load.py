"""Many citizens at once: nothing is lost, doubled or misplaced."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

import pytest

from tests.e2e.conftest import CATEGORIES, Answer, Service, await_truth, submission

COUNT, AT_ONCE = 200, 20
NOBODY_READS = (
    "FUNCTIONAL_DEAD_LETTER_QUEUE_URL",
    "PAYMENT_DEAD_LETTER_QUEUE_URL",
    "SIGNATURE_DEAD_LETTER_QUEUE_URL",
    "MAIL_DEAD_LETTER_QUEUE_URL",
    "MAIL_EVENTS_DEAD_LETTER_QUEUE_URL",
    "ROUTING_FAILURES_URL",
)


@dataclass(frozen=True)
class Rush:
    """What the citizens were answered, and what the register holds since."""

    answers: list[Answer]
    recorded: dict[str, list[dict[str, Any]]]
    """All items of each new incident."""

    @property
    def sent_to(self) -> dict[str, str]:
        """The category of each accepted incident."""
        receipts = [answer.json() for answer in self.answers if answer.status == 201]
        return {receipt["reference"]: receipt["category"] for receipt in receipts}


@pytest.fixture(scope="module")
def rush(service: Service) -> Rush:
    def unrouted() -> list[Any]:
        return [item for item in service.register() if "route_reason" in item]

    before = {item["reference"] for item in service.register()}
    sent = [
        submission(
            category=category, description=f"Incidència simultània {number}", error={"code": "E"}
        )
        for number, category in enumerate(islice(cycle(CATEGORIES), COUNT))
    ]
    with ThreadPoolExecutor(AT_ONCE) as citizens:
        answers = list(citizens.map(service.submit, sent))
    accepted = {answer.json()["reference"] for answer in answers if answer.status == 201}
    service.inbox.await_all(accepted)
    await_truth(lambda: not unrouted())
    service.inbox.watch(3)
    recorded: dict[str, list[dict[str, Any]]] = {}
    for item in service.register():
        counts_mails = item["kind"] == "acknowledgements"
        if item["reference"] not in before and not counts_mails:
            recorded.setdefault(item["reference"], []).append(item)
    return Rush(answers, recorded)


def test_every_submission_is_accepted(rush: Rush) -> None:
    assert [answer.text for answer in rush.answers if answer.status != 201] == []


def test_every_submission_has_a_reference_of_its_own(rush: Rush) -> None:
    assert len(rush.sent_to) == COUNT


def test_register_holds_what_was_accepted_and_nothing_else(rush: Rush) -> None:
    assert rush.recorded.keys() == rush.sent_to.keys()


def test_register_holds_what_each_citizen_wrote(rush: Rush) -> None:
    written = {
        item["description"]
        for items in rush.recorded.values()
        for item in items
        if item["entry"] == "incident"
    }
    assert written == {f"Incidència simultània {number}" for number in range(COUNT)}


def test_each_is_once_in_the_queue_of_its_category_and_in_no_other(
    service: Service, rush: Rush
) -> None:
    arrived = {
        reference: [queue for queue, _ in service.inbox.of(reference)] for reference in rush.sent_to
    }
    assert arrived == {reference: [category] for reference, category in rush.sent_to.items()}


@pytest.mark.parametrize("queue", NOBODY_READS)
def test_nothing_went_astray(service: Service, rush: Rush, queue: str) -> None:
    assert (len(rush.answers), service.waiting(queue)) == (COUNT, 0)


def test_each_is_recorded_as_queued_once(rush: Rush) -> None:
    def told(items: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
        states = [item["status"] for item in items if item["entry"] == "incident"]
        actions = [item["content"]["action"] for item in items if item["kind"] == "action"]
        # all gave one address, which gets so many receipts within an hour
        return states, [action for action in actions if action != "mail_set_aside"]

    otherwise = {
        reference: told(items)
        for reference, items in rush.recorded.items()
        if told(items) != (["queued"], ["queued"])
    }
    assert otherwise == {}
