"""What grows with the register, and what does not: incidents in it, entries of one of them."""

import re
import statistics
from collections.abc import Iterator, Sequence

from benchmarks import population
from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.measured import Running, Subject
from benchmarks.operations import asked_by, told
from benchmarks.plots import Panel
from suport.domain.category import Category
from tests.support.sample_events import Event, sample

ENTRIES = (1, 100, 1000)
INCIDENTS = (10, 1000, 30_000)
OPEN = 300
LIST = f"list of {OPEN} open, a page of 50"
WHOLE_LIST = f"list of {OPEN} open, all of it as JSON"
_BEFORE = 3  # calls
_GROWS = re.compile(r"(.+) (?:at|of) ([\d,]+) (incidents|entries)(, calls)?")


def figures(bench: Bench) -> Iterator[Figure]:
    """Longer and longer histories, then larger and larger registers."""
    for entries in ENTRIES:
        event = population.page_of(bench, entries)
        name = f"track_incident.page of {entries} entries"
        yield from cost(bench, bench.subject(name, "track_incident.page", lambda: event))  # noqa: B023  used at once
    population.add_figures(bench)
    population.add_open(bench, Category.PAYMENT, OPEN, label="payment")
    there = 0
    for incidents in INCIDENTS:
        population.add_resolved(bench, incidents - there, label=f"resolved {incidents}")
        there = incidents
        many = f"{incidents:,} incidents"
        yield from cost(bench, bench.subject(f"submission at {many}", "submit_incident.json"))
        yield from cost(bench, the_list(bench, f"list at {many}"))
        yield from cost(bench, stats(bench, f"stats of 180 days at {many}"))
    others = [category for category in Category if category is not Category.PAYMENT]
    yield from cost(bench, bench.subject(LIST, "show_desk.page"))
    yield from cost(bench, the_list(bench, WHOLE_LIST))
    for category in others:
        population.add_open(bench, category, OPEN, label="others")
    beside = "as many in each other team"
    yield from cost(bench, bench.subject(f"{LIST}, {beside}", "show_desk.page"))
    yield from cost(bench, the_list(bench, f"{WHOLE_LIST}, {beside}"))


def cost(bench: Bench, subject: Subject) -> Iterator[Figure]:
    """Processor time, calls and units of a warm call."""
    process = Running(subject)
    with process.started():
        for _ in range(_BEFORE):
            process.call()
        cpu = statistics.median(process.call().cpu for _ in range(2 * bench.rounds))
        asked = asked_by(bench, process)
    yield Figure(subject.name, cpu, "ms")
    yield from told(subject.name, asked)


def the_list(bench: Bench, name: str) -> Subject:
    """The list of a team's open incidents, as the command line asks for it."""
    event = sample("work_incident.incidents")
    return bench.subject(name, "work_incident.incidents", lambda: event)


def stats(bench: Bench, name: str) -> Subject:
    """The team's figures of half a year."""
    event = _with_query(sample("work_incident.stats"), days=str(population.HALF_A_YEAR))
    return bench.subject(name, "work_incident.stats", lambda: event)


def _with_query(event: Event, **query: str) -> Event:
    return event | {
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
    }


def panels(figures: Sequence[Figure]) -> list[Panel]:
    """Milliseconds and calls over incidents and over entries, as `plots` draws them."""
    found: dict[str, dict[str, dict[int, float]]] = {}
    for each in figures:
        if grows := _GROWS.fullmatch(each.name):
            name, size, what, calls = grows.groups()
            panel = found.setdefault(f"{'Calls to AWS' if calls else 'ms'}, by {what}", {})
            panel.setdefault(name, {})[int(size.replace(",", ""))] = each.value
    return [Panel(title, lines) for title, lines in found.items()]
