"""A schedule: what happens, one thing after the other, all from one number.

The same number makes the same schedule. Each step has a seed of its own, so a failing schedule is
made smaller by leaving steps out.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from random import Random

from tests.chaos.acts import ACTS
from tests.chaos.promises import expiry, incidents
from tests.chaos.town import Town
from tests.chaos.world import World, running, take_log

RATES = (0, 0, 2, 8, 20, 35)
"""Of a hundred attempts of calls to AWS, how many have a fault."""
INTERLEAVINGS = (0, 0.02, 0.1)
"""How often somebody else acts between two calls of a function."""
DELIVERIES = ("delivers", "delivers_all")
"""What AWS brings, in every schedule."""
OUTLIVED = 0.05
"""How many of the schedules go on until everything must be gone."""


@dataclass(frozen=True)
class Step:
    """One thing that happens, with its number in the schedule and the seed of its chances."""

    number: int
    kind: str
    seed: int


@dataclass(frozen=True)
class Schedule:
    """What happens, and how bad the weather is."""

    seed: int
    steps: tuple[Step, ...]
    rate: int
    interleaving: float
    scanning: bool
    outlived: bool
    """Whether all is looked at again once everything must be gone."""

    def only(self, numbers: Collection[int]) -> "Schedule":
        """The same with the steps of these numbers alone."""
        return replace(self, steps=tuple(each for each in self.steps if each.number in numbers))


@dataclass(frozen=True)
class Outcome:
    """What came of a schedule: the promises that were broken, and how much happened."""

    broken: list[str]
    happened: dict[str, int]


def schedule(seed: int) -> Schedule:
    """The schedule of that number."""
    return focused(seed, ACTS)


def focused(seed: int, kinds: Collection[str]) -> Schedule:
    """The schedule of that number in which only these kinds of steps happen, and deliveries.

    A kind that is named more than once is as many times as frequent.
    """
    chance = Random(seed)  # noqa: S311  repeatable, not secret
    named = Counter([*kinds, *({*DELIVERIES} - {*kinds})])
    weights = {kind: weight * named[kind] for kind, (weight, _) in ACTS.items() if named[kind]}
    drawn = chance.choices(list(weights), list(weights.values()), k=chance.randint(10, 40))
    return _with_steps(seed, drawn, chance)


def in_order(seed: int, kinds: Sequence[str]) -> Schedule:
    """The schedule of that number in which these steps happen, one after the other."""
    return _with_steps(seed, kinds, Random(seed))  # noqa: S311  as above


def _with_steps(seed: int, kinds: Sequence[str], chance: Random) -> Schedule:
    steps = tuple(
        Step(number, kind, chance.getrandbits(32))
        for number, kind in enumerate(["submits", *kinds])
    )
    return Schedule(
        seed,
        steps,
        rate=chance.choice(RATES),
        interleaving=chance.choice(INTERLEAVINGS),
        scanning=chance.random() < 0.3,
        outlived=chance.random() < OUTLIVED,
    )


def run(what: Schedule) -> Outcome:
    """Lets all of it happen, then lets the service recover, and judges what is left."""
    towns: list[Town] = []

    def does(kind: str, chance: Random) -> None:
        ACTS[kind][1](towns[0], chance)

    world = World(what.seed, does, scanning=what.scanning)
    town = Town(world)
    towns.append(town)
    incidents.watch(town)
    world.faults.rate, world.interleaving = what.rate, what.interleaving
    world.others = [kind for kind in ACTS if kind not in TAKES_LONG]
    with running(world):
        take_log()
        for step in what.steps:
            with world.chances_of(step.seed) as chance:
                does(step.kind, chance)
        with world.chances_of(what.seed) as chance:
            incidents.recover(town, chance)
            broken = incidents.judge(town)
            if what.outlived:
                broken += expiry.outlive(town, chance)
    return Outcome(sorted(set(broken)), {**world.faults.happened, "steps": len(what.steps)})


def outcome_of(seed: int, kinds: Collection[str]) -> tuple[int, Outcome]:
    """What came of the schedule of that number with these kinds of steps, with the number."""
    return seed, run(focused(seed, kinds))


TAKES_LONG = {"waits", "nights", "delivers_all", "watches", "a_season_passes"}
"""What cannot happen between two calls of a function."""


def smaller(what: Schedule) -> Schedule:
    """The schedule without the steps that the failure does not need (delta debugging)."""
    numbers, chunk = [each.number for each in what.steps], max(1, len(what.steps) // 2)
    while True:
        for start in range(0, len(numbers), chunk):
            rest = numbers[:start] + numbers[start + chunk :]
            if rest and run(what.only(rest)).broken:
                numbers = rest
                break
        else:
            if chunk == 1:
                return what.only(numbers)
            chunk = max(1, chunk // 2)
