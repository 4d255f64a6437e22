"""Runs schedules; a failing one is printed, made smaller, and can be run again by its number.

python -m tests.chaos --schedules 10000
python -m tests.chaos --seed 4711
python -m tests.chaos --seed 4711 --steps 0,7,12
python -m tests.chaos --schedules 200 --only adds_a_file,sends_a_file_once_more
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from tests.chaos.schedule import Outcome, Schedule, focused, outcome_of, run, smaller
from tests.chaos.town import ACTS
from tests.support import package_data

type Kinds = tuple[str, ...]
"""The kinds of steps of the schedules, besides deliveries."""

MOST_SHOWN = 3
"""Failing schedules that are made smaller; the numbers of all are printed."""


def main() -> int:
    """Returns 0 if every promise was kept in every schedule."""
    asked = arguments().parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of a set is part of a schedule
        os.execve(  # noqa: S606  this command again
            sys.executable,
            [sys.executable, "-m", "tests.chaos", *sys.argv[1:]],
            os.environ | {"PYTHONHASHSEED": "0"},
        )
    package_data.build()
    kinds = tuple(asked.only.split(",")) if asked.only else tuple(ACTS)
    if unknown := set(kinds) - ACTS.keys():
        sys.exit(f"no such kinds of steps: {sorted(unknown)}")
    if asked.seed is not None:
        return replay(focused(asked.seed, kinds), asked.steps, kinds)
    return run_many(range(asked.first, asked.first + asked.schedules), kinds)


def arguments() -> argparse.ArgumentParser:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--schedules", type=int, default=10_000, help="how many to run")
    parser.add_argument("--first", type=int, default=0, help="the number of the first one")
    parser.add_argument("--seed", type=int, help="run this one again, and make it smaller")
    parser.add_argument("--steps", help="of that one, only these steps: 0,7,12")
    parser.add_argument("--only", help="only these kinds of steps, and deliveries: submits,writes")
    return parser


def replay(whole: Schedule, steps: str | None, kinds: Kinds) -> int:
    """Runs one schedule and prints what happens in it; one that fails is made smaller first."""
    if steps is not None:
        whole = whole.only([int(each) for each in steps.split(",")])
    elif run(whole).broken:
        whole = smaller(whole)
    broken = run(whole).broken
    show(whole, broken, kinds)
    return 1 if broken else 0


def show(what: Schedule, broken: Sequence[str], kinds: Kinds) -> None:
    """Prints a schedule, the promises that it breaks, and how to run it again."""
    print(f"schedule {what.seed}: {what.rate} % of all calls fail, scanning {what.scanning}")
    for step in what.steps:
        print(f"  {step.number:3} {step.kind}")
    for promise in broken:
        print(f"  BROKEN {promise}")
    numbers = ",".join(str(step.number) for step in what.steps)
    among = "" if kinds == tuple(ACTS) else f" ONLY={','.join(kinds)}"
    print(f'  again: make chaos SEED={what.seed} STEPS="{numbers}"{among}')


def run_many(seeds: range, kinds: Kinds) -> int:
    """Runs many schedules, as many at once as the machine has processors."""
    begun, failed, happened = time.monotonic(), [], Counter[str]()
    for number, (seed, outcome) in enumerate(outcomes(seeds, kinds), 1):
        happened.update(outcome.happened)
        if outcome.broken:
            failed.append(seed)
            print(f"schedule {seed} breaks a promise: {outcome.broken[0]}", flush=True)
        if number % 500 == 0:
            print(f"{number} of {len(seeds)} after {time.monotonic() - begun:.0f} s", flush=True)
    for seed in failed[:MOST_SHOWN]:
        small = smaller(focused(seed, kinds))
        show(small, run(small).broken, kinds)
    faults = sum(happened.values()) - happened["steps"]
    print(
        f"{len(seeds)} schedules from seed {seeds.start}, {happened['steps']} steps, "
        f"{faults} faults: {len(failed)} broke a promise {failed or ''}"
    )
    for name, many in happened.most_common():
        print(f"  {many:8} {name}")
    return 1 if failed else 0


def outcomes(seeds: range, kinds: Kinds) -> Iterator[tuple[int, Outcome]]:
    """The outcomes of these schedules, in whatever order they come."""
    with multiprocessing.get_context("spawn").Pool() as processes:
        yield from processes.imap_unordered(partial(outcome_of, kinds=kinds), seeds, chunksize=4)


if __name__ == "__main__":
    sys.exit(main())
