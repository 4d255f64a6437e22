"""`make bench`: measures, prints and, if it measured everything, keeps the figures."""

import argparse
from collections.abc import Callable, Iterator

from benchmarks import cold, growth, idle, incident, memory, operations, peer, results, sizes, warm
from benchmarks.bench import Bench, bench
from benchmarks.costs import bills, price_list
from benchmarks.figures import Figure
from local import stack

GROUPS: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "cold": cold.figures,
    "warm": warm.figures,
    "operations": operations.figures,
    "incident": incident.figures,
    "growth": growth.figures,
    "sizes": sizes.figures,
    "peer": peer.figures,
    "idle": idle.figures,
    "costs": lambda _: bills.figures(),
}


def main() -> None:
    """Measures what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=GROUPS, help="one group of figures")
    parser.add_argument("--function", default="", help="one function, or one of its samples")
    parser.add_argument("--rounds", type=int, default=9, help="how often each is measured")
    parser.add_argument("--calls", type=int, default=40, help="of a warm process, in each round")
    asked = parser.parse_args()
    stack.build()
    found: dict[str, list[Figure]] = {}
    for name in [asked.only] if asked.only else list(GROUPS):
        print(f"\n{name}", flush=True)
        found[name] = []
        # a register of its own: lists would grow with what other groups have submitted
        with bench(asked.rounds, asked.calls, asked.function) as ready:
            for figure in GROUPS[name](ready):
                print(told(figure), flush=True)
                found[name].append(figure)
    if found.keys() == GROUPS.keys() and not asked.function:
        found["cold"].append(most_memory(found["cold"]))
        measured = {each.name: each.value for every in found.values() for each in every}
        found["memory"] = list(memory.figures(measured, price_list.read()))
        results.keep(peer.beside(found))


def most_memory(figures: list[Figure]) -> Figure:
    """The largest process of a function."""
    measured = [each.value for each in figures if each.name.endswith(", memory")]
    return Figure(peer.MEMORY, max(measured), "MB")


def told(figure: Figure) -> str:
    """The figure in one line."""
    beside = f"{figure.ratio:6.2f} × {figure.reference}" if figure.ratio is not None else ""
    verdict = {True: "met", False: "not met", None: ""}[figure.is_met]
    line = f"  {figure.name:<48}{figure.value:10.4g} {figure.unit:<6} {beside}"
    return f"{line}   {figure.target} {verdict}".rstrip()


if __name__ == "__main__":
    main()
