"""What nobody does: deliveries, the schedule, time, outages, what TTL deletes."""

from datetime import timedelta
from random import Random

from tests.chaos.faults import OUTAGES, SERVICES, Outage
from tests.chaos.town import Town, act

WAITS = (
    *(timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=6), timedelta(minutes=20)),
    *(timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=15)),
)
TABLES_WITH_TTL = ("Register", "SearchIndex", "RemoteSessions", "DeskTable", "KnownProblems")


@act(weight=24)
def delivers(town: Town, chance: Random) -> None:
    """AWS brings something to a function."""
    town.world.deliver(chance)


@act(weight=8)
def delivers_all(town: Town, chance: Random) -> None:
    """AWS brings whatever waits, as it mostly does at once."""
    town.world.settle(chance, budget=12)


@act(weight=3)
def watches(town: Town, chance: Random) -> None:
    """Five minutes are over, and the watcher looks."""
    town.world.wait(timedelta(seconds=chance.randint(1, 300)))
    town.world.schedule("watch_incidents")


@act(weight=1)
def nights(town: Town, chance: Random) -> None:
    """A night is over: what it audits and counts."""
    town.world.wait(timedelta(hours=chance.randint(6, 20)))
    town.world.schedule("audit_retention")
    town.world.schedule("count_figures")


@act(weight=8)
def waits(town: Town, chance: Random) -> None:
    """Time passes, and the service does what it does meanwhile."""
    span = chance.choice(WAITS)
    passes(town, chance, span)


def passes(town: Town, chance: Random, span: timedelta) -> None:
    """Lets time pass; a long time in some steps, after each of which the service goes on."""
    end = town.world.now + span
    step = timedelta(minutes=5)
    while town.world.now < end:
        if step > timedelta(days=1):
            town.gaps.append(town.world.now)
        town.world.wait(min(step, end - town.world.now))
        town.world.settle(chance, budget=30)
        town.world.schedule("watch_incidents")
        if step >= timedelta(days=1) and chance.random() < 0.2:
            town.world.schedule("audit_retention")
        step *= 12


@act(weight=1)
def a_season_passes(town: Town, chance: Random) -> None:
    """Months go by, in which the service works on, and TTL deletes some of what it should."""
    span = timedelta(days=chance.choice((60, 120, 184)))
    for _ in range(3):
        town.gaps.append(town.world.now)
        town.world.wait(span / 3)
        town.world.settle(chance, budget=60)
        town.world.schedule("watch_incidents")
        if chance.random() < 0.7:
            town.world.schedule("audit_retention")
        expires(town, chance)


@act(weight=3)
def breaks_down(town: Town, chance: Random) -> None:
    """A service is away for minutes or hours."""
    service, how = chance.choice(SERVICES), chance.choice(OUTAGES)
    until = town.world.now + timedelta(minutes=chance.choice((1, 10, 60, 300)))
    town.world.faults.outages[service] = Outage(how, until)


@act(weight=1)
def stops_the_schedule(town: Town, chance: Random) -> None:
    """Nothing starts what runs by the clock, for hours."""
    hours = chance.choice((1, 5, 30))
    town.world.scheduler_away_until = town.world.now + timedelta(hours=hours)


@act(weight=2)
def expires(town: Town, chance: Random) -> None:
    """TTL deletes some of what is past its time."""
    for table in TABLES_WITH_TTL:
        town.world.aws.dynamodb.expire(table, lambda: chance.random() < 0.5)


POISON = ("", "no JSON", "[]", '"text"', '{"schema": "unknown/9"}', '{"Records": [{}]}', "\ud800")
"""Messages that no function can do anything with."""


@act(weight=2)
def poisons(town: Town, chance: Random) -> None:
    """Something that nobody understands comes among what a function gets."""
    world = town.world
    if chance.random() < 0.6:
        queue = world.queue(chance.choice(world.consumers).queue)
        world.aws.put(queue, chance.choice(POISON))
    else:
        chance.choice(world.streams).poison(chance, world.now)
