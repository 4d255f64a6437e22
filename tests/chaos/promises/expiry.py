"""What must hold of the six months: the parts of an incident, and the end of everything."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from tests.chaos.expressions import Item
from tests.chaos.town import Case, Town
from tests.support.six_months import six_months_on

FIRST_WORDS = {"description", "error", "procedure", "context"}
A_DAY = timedelta(days=1)
LONGEST_IN_A_QUEUE = timedelta(days=14)
KEEPS_NOTHING = {
    *("refused", "viewed", "exported", "erasure_asked", "snoozed", "resumed"),
    *("problem_linked", "problem_unlinked", "followed", "unfollowed"),
}
"""What is done, and does not keep the incident: docs/privacy.md."""


def judge(town: Town) -> list[str]:
    """Every promise about the time that things are kept, in one sentence each; after an audit."""
    return [
        each
        for item in town.world.aws.dynamodb.items("Register")
        if item["entry"]["S"] == "incident" and "erased_at" not in item
        for each in (*_of_parts(town, item), *_of_expiry(town, item))
    ]


def _of_parts(town: Town, item: Item) -> Iterator[str]:
    """That what was written first is gone after its own six months, and each file after its own."""
    name, now = item["reference"]["S"], town.world.now
    ends = six_months_on(datetime.fromisoformat(item["recorded_at"]["S"]))
    if now > ends + A_DAY and (left := FIRST_WORDS & item.keys()):
        yield f"{name}: still has {sorted(left)} after its six months"
    for file, listed in item.get("files", {"M": {}})["M"].items():
        if now.timestamp() > int(listed["M"]["expires_at"]["N"]) + A_DAY.total_seconds():
            yield f"{name}: still lists the file {file} after its six months"


def _of_expiry(town: Town, item: Item) -> Iterator[str]:
    """That an incident lasts as long as the last thing that a person did, and not a day longer."""
    name = item["reference"]["S"]
    entries = [
        each
        for each in town.world.aws.dynamodb.items("Register")
        if each["reference"]["S"] == name and each["entry"]["S"] != "incident" and _prolongs(each)
    ]
    begun = [item["recorded_at"]["S"], *(each["recorded_at"]["S"] for each in entries)]
    ends = max(six_months_on(datetime.fromisoformat(each)) for each in begun)
    if int(item["expires_at"]["N"]) != int(ends.timestamp()):
        yield f"{name}: ends at {item['expires_at']['N']}, its last act at {ends.timestamp():.0f}"


def _prolongs(entry: Item) -> bool:
    content = entry["content"]["M"]
    done, by = (content.get(each, {"S": ""})["S"] for each in ("action", "by"))
    is_of_the_service = by == "service" or entry["kind"]["S"] == "mail"
    return not is_of_the_service and done not in KEEPS_NOTHING


def outlive(town: Town, chance: Random) -> list[str]:
    """What is still there of anybody, more than six months after everything was over."""
    for _ in range(4):
        _lets_two_months_pass(town, chance)
    for name in town.world.aws.dynamodb.tables:  # TTL takes some days, and leaves nothing
        town.world.aws.dynamodb.expire(name, lambda: True)
    town.world.wait(A_DAY)
    town.world.schedule("audit_retention")
    town.world.settle(chance)
    return [each for case in town.cases for each in _of_case(town, case)]


def _lets_two_months_pass(town: Town, chance: Random) -> None:
    world = town.world
    world.wait(timedelta(days=54))
    world.settle(chance)
    world.schedule("watch_incidents")
    for name in world.aws.dynamodb.tables:
        world.aws.dynamodb.expire(name, lambda: chance.random() < 0.5)
    world.schedule("audit_retention")
    world.settle(chance)


def _of_case(town: Town, case: Case) -> Iterator[str]:
    reference = case.reference or case.marker
    names = (case.marker, reference, reference.replace("-", ""))
    for table in town.world.aws.dynamodb.tables.values():
        for item in table.items.values():
            if any(name in json.dumps(item) for name in names):
                yield f"{case.marker}: everything is over, and {table.name} has {sorted(item)}"
    for key, stored in town.world.aws.files.items():
        if key.startswith(reference) or case.marker.encode() in stored.content:
            yield f"{case.marker}: everything is over, and the store has {key}"
    since = town.world.now - LONGEST_IN_A_QUEUE
    for name, queue in town.world.aws.queues.items():
        messages = (*queue.visible(town.world.now), *queue.dead)
        if any(reference in each.body for each in messages if each.sent_at > since):
            yield f"{case.marker}: everything is over, and {name} has a message about it"
