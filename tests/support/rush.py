"""Many citizens who report incidents at once, and the fate of these incidents."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any

from tests.support.service import CATEGORIES, Answer, Service, submission

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
    """The answers to the citizens, and all traces of their incidents afterwards."""

    answers: list[Answer]
    recorded: dict[str, list[dict[str, Any]]]
    """All items of each new incident in the register."""
    queued: dict[str, list[str]]
    """The categories of the queues with a message about each incident."""
    astray: dict[str, int]
    """The number of messages in each queue that nobody reads."""

    @property
    def sent_to(self) -> dict[str, str]:
        """The category of each accepted incident."""
        receipts = [answer.json() for answer in self.answers if answer.status == 201]
        return {receipt["reference"]: receipt["category"] for receipt in receipts}


def rush(service: Service, count: int, at_once: int) -> Rush:
    """Reports `count` incidents, `at_once` of them at the same time."""
    service.settle()
    before = {item["reference"] for item in service.register()}
    sent = [
        submission(category=category, description=description_of(number), error={"code": "E"})
        for number, category in enumerate(islice(cycle(CATEGORIES), count))
    ]
    with ThreadPoolExecutor(at_once) as citizens:
        answers = list(citizens.map(service.submit, sent))
    last = service.settle()
    recorded: dict[str, list[dict[str, Any]]] = {}
    for item in service.register():
        counts_mails = item["kind"] == "acknowledgements"
        if item["reference"] not in before | {last} and not counts_mails:
            recorded.setdefault(item["reference"], []).append(item)
    return Rush(
        answers,
        recorded,
        {each: [queue for queue, _ in service.inbox.of(each)] for each in recorded},
        {name: service.waiting(name) for name in NOBODY_READS},
    )


def description_of(number: int) -> str:
    return f"Incidència simultània {number}"


def expect_nothing_lost_doubled_or_misplaced(rush: Rush) -> None:
    """Fails unless each citizen's incident is in the register and in its queue, once."""
    assert [answer.text for answer in rush.answers if answer.status != 201] == []
    assert len(rush.sent_to) == len(rush.answers)
    assert rush.recorded.keys() == rush.sent_to.keys()
    own = [
        item for items in rush.recorded.values() for item in items if item["entry"] == "incident"
    ]
    written = {item["description"] for item in own}
    assert written == {description_of(number) for number in range(len(rush.answers))}
    assert rush.queued == {reference: [category] for reference, category in rush.sent_to.items()}
    assert set(rush.astray.values()) == {0}, rush.astray
    otherwise = {
        reference: told
        for reference, items in rush.recorded.items()
        if (told := _states_and_actions(items)) != (["queued"], ["queued"])
    }
    assert otherwise == {}


def _states_and_actions(items: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    states = [item["status"] for item in items if item["entry"] == "incident"]
    actions = [item["content"]["action"] for item in items if item["kind"] == "action"]
    # all gave one address, for which the service limits receipts per hour
    return states, [action for action in actions if action != "mail_set_aside"]
