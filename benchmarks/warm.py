"""Warm: what a further call costs."""

import statistics
from collections.abc import Iterator

from benchmarks import population
from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.measured import Subject, ratio, warm_in_turns
from benchmarks.references import EMPTY, PUT_ITEM

SAMPLES = (
    "submit_incident.json",
    "submit_incident.form",
    "show_help.help_page",
    "show_help.form_page",
    "show_help.guide",
    "track_incident.json",
    "track_incident.page",
    "track_incident.message",
    "update_incident.close_page",
    "update_incident.close",
    "record_consent.page",
    "lookup_contact.contact",
    "lookup_contact.page",
    "serve_asset.asset",
    "route_incident.stream",
    "index_incidents.stream",
    "notify_citizen.mail",
    "work_incident.incident",
    "work_incident.claim",
    "work_incident.message",
    "answer_comanda.yesterday",
)
TEN_ENTRIES = "track_incident.page of 10 entries"


def figures(bench: Bench) -> Iterator[Figure]:
    """Processor time of a call, Lambda's runtime client included."""
    names = bench.wanted((*SAMPLES, TEN_ENTRIES))
    subjects = [
        ten_entries(bench) if name == TEN_ENTRIES else bench.subject(name) for name in names
    ]
    every = [bench.references[EMPTY], *subjects]
    reference = bench.references[PUT_ITEM]
    beside: list[float] = []
    for subject, own, other in warm_in_turns(every, reference, bench.rounds, bench.calls):
        beside += other
        yield Figure(
            f"{subject.name}, warm", statistics.median(own), "ms", PUT_ITEM, ratio(own, other)
        )
    yield Figure(f"{PUT_ITEM}, warm", statistics.median(beside), "ms")


def ten_entries(bench: Bench) -> Subject:
    """The page of an incident whose history has ten entries."""
    event = population.page_of(bench, 10)
    return bench.subject(TEN_ENTRIES, "track_incident.page", lambda: event)
