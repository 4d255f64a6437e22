"""What must hold of the work at the desk: who has what, what waits for what, answers to many."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.chaos.expressions import Item
from tests.chaos.ledger import Account, value

if TYPE_CHECKING:
    from tests.chaos.town import Town

LATE = timedelta(minutes=10)
"""After what is due, the watcher has seen to it."""


def judge(town: "Town") -> list[str]:
    """What of it was not kept, in one sentence each."""
    accounts = {name: it for name, it in town.ledger.accounts.items() if not it.is_gone}
    return [
        *(each for name, it in accounts.items() for each in _of_waiting(town, name, it)),
        *_of_jobs(town),
        *_of_those_answered(town, town.ledger.accounts),
        *_of_answers_to_all(town, accounts),
        *_of_answers_to_followers(town, accounts),
    ]


def _of_waiting(town: "Town", name: str, account: Account) -> list[str]:
    """That what an open incident waits for is watched: the watcher looks at it in time."""
    wrong = []
    item, now = account.item, town.world.now
    status = value(item, "status")
    for attribute in ("due_at", "follow_up_at"):
        moment = value(item, attribute)
        if moment and datetime.fromisoformat(moment) + LATE < now:
            wrong.append(f"{name}: {attribute} was {moment}, and nothing has happened since")
    if status != "resolved" and value(item, "follow_up_at") is None:
        wrong.append(f"{name}: is open, and nobody looks whether its end is near")
    snoozed, looked = value(item, "snoozed_until"), value(item, "follow_up_at")
    if snoozed and (looked is None or looked > snoozed):
        wrong.append(f"{name}: is snoozed until {snoozed}, and looked at {looked}")
    if snoozed and account.holder.now is None:
        wrong.append(f"{name}: is snoozed for nobody")
    if status in {"claimed", "queued", "received"} and (account.holder.now is None) is (
        status == "claimed"
    ):
        wrong.append(f"{name}: is {status}, and {account.holder.now} has it")
    return wrong


def is_left_to_others(town: "Town", item: Item) -> bool:
    """Whether a queued incident needs no message: it waits for an answer to several.

    It is linked to a known problem that is open, or follows an incident that is. Once that one is
    over or gone, the incident is its team's again.
    """
    if leader := value(item, "answered_with"):
        led = town.ledger.accounts.get(leader)
        return led is not None and not led.is_gone and value(led.item, "status") != "resolved"
    problem = value(item, "known_problem")
    return any(
        value(each, "id") == problem and "solved_at" not in each
        for each in town.world.aws.dynamodb.items("KnownProblems")
        if problem
    )


def _of_jobs(town: "Town") -> list[str]:
    return [
        f"the job {item['item']['S']} of {item['problem']['S']} never ended"
        for item in town.world.aws.dynamodb.items("KnownProblems")
        if item["item"]["S"].startswith("job/") and "finished_at" not in item
    ]


def _of_those_answered(town: "Town", accounts: dict[str, Account]) -> list[str]:
    """That whom a finished job counts as answered has its words, and names whom it failed at."""
    wrong = []
    for name, job in town.ledger.jobs.items():
        if not job.is_finished:
            continue
        if len(job.left) != job.skipped.get("failed", 0):
            wrong.append(f"{name}: names {sorted(job.left)} as failed, and counts {job.skipped}")
        answered = job.done - sum(job.skipped.values())
        if job.words is None:
            continue
        got = [each for each in job.references if _times(accounts[each], job.words)]
        if len(got) < answered:
            wrong.append(f"{name}: has answered {answered} incidents, and {len(got)} got it")
    return wrong


def _of_answers_to_all(town: "Town", accounts: dict[str, Account]) -> list[str]:
    wrong = []
    for sent in town.to_all:
        got = {name: _times(it, sent.words) for name, it in accounts.items()}
        for name, moments in got.items():
            if len(moments) > 1:
                wrong.append(f"{name}: got {sent.words!r} {len(moments)} times")
            if moments and sent.problem not in accounts[name].problem.during(moments[0]):
                wrong.append(f"{name}: got {sent.words!r}, and was not linked")
    return wrong


def _of_answers_to_followers(town: "Town", accounts: dict[str, Account]) -> list[str]:
    wrong = []
    for leader, said in town.to_followers:
        for name, account in accounts.items():
            moments = _times(account, said.words)
            if len(moments) > 1:
                wrong.append(f"{name}: got {said.words!r} {len(moments)} times")
            elif name == leader and said.accepted and not moments:
                wrong.append(f"{name}: {said.words!r} was accepted, and is lost")
            elif moments and leader not in {name, *account.leader.during(moments[0])}:
                wrong.append(f"{name}: got {said.words!r}, and did not follow {leader}")
    return wrong


def _times(account: Account, words: str) -> list[datetime]:
    return [at for at, text in account.words_of_operators if text == words]
