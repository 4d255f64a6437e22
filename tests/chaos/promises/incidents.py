"""What must hold whatever fails, judged by what lies in the tables, the queues and the mailboxes.

Nothing here imports the service's own code: a rule that is wrong there is not wrong here as well.
"""

import json
from datetime import datetime, timedelta
from random import Random

from tests.chaos.dynamodb import Written
from tests.chaos.expressions import Item
from tests.chaos.promises import desk, expiry, files, remote_support, rights
from tests.chaos.town import Case, Town
from tests.chaos.world import take_log
from tests.support.six_months import six_months_on

OF_THE_SERVICE = {
    *("route_incident", "notify_citizen", "watch_incidents", "audit_retention", "index_incidents"),
    *("check_attachment", "erase_expired", "count_figures"),
}
"""The functions that nobody's request starts."""
COUNTER = "acknowledgements"
"""The kind of the items that count mails to an address for an hour; they are about no case."""
LIKELY_POISON = 5
"""How often a message has come to a function that cannot do anything with it."""
SETTLED_WITHIN = timedelta(days=3)
"""After the last failure, all that is owed is done."""


def watch(town: Town) -> None:
    """Judges each change of the register while it happens."""

    def judge(written: Written) -> None:
        if written.table != "Register" or written.before is None or written.after is None:
            return
        if written.after["kind"]["S"] == COUNTER:
            return
        for entry in _asked_for_again(written.before, written.after):
            town.world.aws.attempted.pop((str(written.key[0]), entry), None)
        before, after = _expiry(written.before), _expiry(written.after)
        world = town.world
        actor = world.processes[-1].function if world.processes else "nobody"
        if _is_of_the_citizen(written.before, written.after):
            return
        if before and after and after > before and actor in OF_THE_SERVICE:
            world.broken.append(f"{actor} has {written.key} kept longer: {before} to {after}")

    town.world.observers.append(judge)


def _asked_for_again(before: Item, after: Item) -> set[str]:
    """The mails that confirm an erasure and that the citizen asks for, perhaps once more."""
    had, has = (each.get("mails", {"M": {}})["M"] for each in (before, after))
    return {name for name in has.keys() - had.keys() if has[name]["M"]["kind"]["S"] == "erasure"}


def _is_of_the_citizen(before: Item, after: Item) -> bool:
    """Whether the service only records what the citizen did: sent a file, or lost the code."""
    had, has = (each.get("files", {"M": {}})["M"].keys() for each in (before, after))
    return bool(has - had) or before.get("code_number") != after.get("code_number")


def recover(town: Town, chance: Random) -> None:
    """Ends all failures, and gives the service the time in which it must have done everything."""
    world = town.world
    world.faults.calm()
    world.others, world.scheduler_away_until = [], world.now
    town.calm_at = world.now
    end, step = world.now + SETTLED_WITHIN, timedelta(minutes=5)
    while True:
        world.settle(chance)
        world.schedule("watch_incidents")
        world.settle(chance)
        is_over = world.now >= end
        if is_over or (step > timedelta(minutes=5) and not _is_at_work(town)):
            break
        world.wait(step)
        step = min(step * 3, timedelta(hours=18))
    world.schedule("watch_incidents")
    world.settle(chance)
    is_night_due = any(_is_past_its_time(town, each) for each in _register(town))
    if is_night_due or files.need_a_night(town) or chance.random() < 0.05:
        # An earlier start that died may still count as being at work, and what depends on something
        # that a night erases goes in the next one.
        for pause in (timedelta(minutes=15), timedelta(minutes=15), timedelta(days=1)):
            world.wait(pause)
            world.schedule("audit_retention")
            world.settle(chance)
        world.schedule("watch_incidents")
    world.settle(chance)


def _is_at_work(town: Town) -> bool:
    """Whether the service has something left to do by itself."""
    waiting = any(
        message.receives < LIKELY_POISON
        for each in town.world.consumers
        for message in town.world.queue(each.queue).messages
    )
    changes = any(each.owed for each in town.world.streams)
    owing = any(
        item.get("mails", {}).get("M") or item.get("status", {}).get("S") == "received"
        for item in _register(town)
    )
    sessions = [
        item
        for item in town.world.aws.dynamodb.items("RemoteSessions")
        if item["owner"]["S"] == "sessions"
    ]
    showing = any(
        item["state"]["S"] != "ended" and (_expiry(item) or 0) > town.world.now.timestamp()
        for item in sessions
    )
    # what its incident's erasure ended is told to both pages, and then removed
    telling = any(item.get("end_reason", {}).get("S") == "erased" for item in sessions)
    answering = any(
        item["item"]["S"].startswith("job/") and "finished_at" not in item
        for item in town.world.aws.dynamodb.items("KnownProblems")
    )
    # what was left to an answer that is over comes back within a day
    returning = any(_lacks_its_message(town, item) for item in _register(town))
    doing = (waiting, changes, owing, showing, telling, answering, returning)
    return any((*doing, town.world.aws.started))


def _is_past_its_time(town: Town, item: Item) -> bool:
    """Whether a night has to erase the item, or parts of an incident that lives on."""
    over = six_months_on(datetime.fromisoformat(item["recorded_at"]["S"])) <= town.world.now
    return over or (_expiry(item) or 0) < town.world.now.timestamp()


def judge(town: Town) -> list[str]:
    """Every promise that is not kept, in one sentence each."""
    town.ledger.settle()
    return [
        *town.world.broken,
        *(each for case in town.cases for each in _of_case(town, case)),
        *_of_each_item(town),
        *files.judge(town),
        *rights.judge(town),
        *expiry.judge(town),
        *_of_mails(town),
        *_of_queues(town),
        *_of_the_log(town),
        *remote_support.judge(town),
        *desk.judge(town),
    ]


def _of_case(town: Town, case: Case) -> list[str]:
    wrong = []
    now, is_erased = town.world.now, rights.is_erased(town, case)
    items = [item for item in _register(town) if case.marker in json.dumps(item)]
    for said in case.said:
        found = [item for item in items if said.words in json.dumps(item)]
        if len(found) > 1:
            wrong.append(f"{case.marker}: {len(found)} items hold {said.words!r}")
        wanted = said.accepted and now < six_months_on(said.written_at) and not is_erased
        if wanted and not [item for item in found if item["kind"]["S"] == said.kind]:
            wrong.append(f"{case.marker}: the {said.kind} {said.words!r} was accepted, and is lost")
    references = {item["reference"]["S"] for item in items}
    if case.reference and (others := references - {case.reference}):
        wrong.append(f"{case.marker}: its words are in {sorted(others)}, which are others")
    incidents = {item["reference"]["S"] for item in items if item["entry"]["S"] == "incident"}
    if len(incidents) > 1:
        wrong.append(f"{case.marker}: one submission made {sorted(incidents)}")
    return wrong


def _of_each_item(town: Town) -> list[str]:
    wrong = []
    for item in _register(town):
        if item["kind"]["S"] == COUNTER or "erased_at" in item:
            continue
        name, expiry = f"{item['reference']['S']}/{item['entry']['S']}", _expiry(item)
        if expiry is None:
            wrong.append(f"{name}: has no expiry")
            continue
        if expiry < town.world.now.timestamp() - timedelta(days=2).total_seconds():
            wrong.append(f"{name}: is past its time, and the audit has left it")
        if item["entry"]["S"] != "incident":
            own = int(six_months_on(datetime.fromisoformat(item["recorded_at"]["S"])).timestamp())
            if expiry != own:
                wrong.append(f"{name}: ends at {expiry} and not after its six months, {own}")
            continue
        wrong += _of_incident(town, name, item)
    return wrong


def _of_incident(town: Town, name: str, item: Item) -> list[str]:
    """That an incident is in its team's queue or in somebody's hands, and owes nothing."""
    wrong = []
    team, status = item["category"]["S"], item["status"]["S"]
    if item.get("mails", {}).get("M"):
        wrong.append(f"{name}: still owes {sorted(item['mails']['M'])}")
    if status == "received":
        wrong.append(f"{name}: never reached its queue")
    if _lacks_its_message(town, item):
        wrong.append(f"{name}: is queued, and not in the queue of {team}")
    if status == "claimed" and "claimed_by" not in item:
        wrong.append(f"{name}: is claimed by nobody")
    if status != "resolved" and "due_at" not in item:
        wrong.append(f"{name}: is open, and nothing is due")
    return wrong


def _lacks_its_message(town: Town, item: Item) -> bool:
    """Whether an incident is queued, and its team's queue does not have it."""
    is_queued = item.get("status", {}).get("S") == "queued"
    if not is_queued or desk.is_left_to_others(town, item):
        return False
    queue = town.world.queue(f"{item['category']['S'].capitalize()}Queue")
    return not any(item["reference"]["S"] in each.body for each in queue.messages)


def _of_mails(town: Town) -> list[str]:
    wrong = _unsettled_mails(town)
    for name, times in town.world.aws.attempted.items():
        if times > 2:
            wrong.append(f"the mail {name} may have gone out {times} times")
    by_address = {address: each for each in town.cases for address in each.addresses}
    for sent in town.world.aws.sent:
        case = by_address.get(sent.to)
        if case is None:
            wrong.append(f"a mail went to {sent.to}, which nobody gave")
        elif case.reference and sent.tags["reference"] != case.reference:
            wrong.append(f"{case.marker} got a mail about {sent.tags['reference']}")
    return wrong


def _unsettled_mails(town: Town) -> list[str]:
    """What a citizen with an address should have heard of, where no mail was sent or set aside."""
    by_incident: dict[str, list[Item]] = {}
    for item in _register(town):
        by_incident.setdefault(item["reference"]["S"], []).append(item)
    wrong = []
    for reference, items in by_incident.items():
        contact: Item = next((each["contact"]["M"] for each in items if "contact" in each), {})
        contents = [each["content"]["M"] for each in items if "M" in each.get("content", {})]
        owes_none = (
            "undeliverable",
            "contact_corrected",
        )  # nobody knows since when it has owed any
        if "email" not in contact or any(_says(each, *owes_none) for each in contents):
            continue
        settled = {each["for"]["S"] for each in contents if "for" in each}
        owed = {
            item["entry"]["S"]
            for item in items
            if item["kind"]["S"] == "incident"
            # what is known of its mail ends with its own six months
            and six_months_on(datetime.fromisoformat(item["recorded_at"]["S"])) > town.world.now
        }
        owed |= {_mailed_as(item, items) for item in items if _is_from_an_operator(item)}
        wrong += [
            f"{reference}/{entry}: its mail was neither sent nor set aside"
            for entry in owed - settled
        ]
    return wrong


def _is_from_an_operator(item: Item) -> bool:
    return item["kind"] == {"S": "message"} and item["content"]["M"]["by"] == {"S": "operator"}


def _mailed_as(message: Item, items: list[Item]) -> str:
    """The entry that the mail about a message names: with the last one, that of the resolution."""
    for item in items:
        at_once = item["recorded_at"] == message["recorded_at"]
        if at_once and _says(item.get("content", {}).get("M", {}), "resolved"):
            return str(item["entry"]["S"])
    return str(message["entry"]["S"])


def _says(content: Item, *actions: str) -> bool:
    return content.get("action", {}).get("S") in actions


def _of_queues(town: Town) -> list[str]:
    return [
        f"{name} has {shown} in a message"
        for name, queue in town.world.aws.queues.items()
        for message in (*queue.messages, *queue.dead)
        if (shown := _private(town, message.body))
    ]


def _of_the_log(town: Town) -> list[str]:
    logged = take_log()
    return [f"the log has {shown}" for shown in [_private(town, logged)] if shown]


def _private(town: Town, text: str) -> str:
    """A word of somebody's that the text has; empty if it has none."""
    return next((each.marker for each in town.cases if each.marker in text), "")


def _register(town: Town) -> list[Item]:
    return list(town.world.aws.dynamodb.items("Register"))


def _expiry(item: Item) -> int | None:
    stated = item.get("expires_at")
    return int(stated["N"]) if stated else None
