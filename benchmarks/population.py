"""Registers of any size: many incidents, long histories, half a year of figures."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from urllib.parse import urlencode

from benchmarks.bench import Bench
from suport.domain.access_code import access_code_for
from suport.domain.category import Category
from suport.domain.figures import SPANS, Facts, count_day, day_of
from suport.domain.history import next_entry_id
from suport.domain.incident import Channel, Incident, Status
from suport.domain.language import Language
from suport.domain.legal_time import start_of
from suport.domain.reference import Reference, reference_for
from suport.domain.retention import expires_at
from suport.register.figures_table import FiguresTable
from suport.register.items import incident_item
from suport.register.marshalling import marshalled
from tests.support.built_service import SECRET
from tests.support.sample_events import Event, sample, with_body, with_headers

HALF_A_YEAR = 180  # days
A_DAY = 30_000 // HALF_A_YEAR
"""The incidents of a day, where half a year has 30,000."""
_WORDS = "He tornat a provar-ho amb un altre navegador i surt el mateix error 190. " * 3


def page_of(bench: Bench, entries: int) -> Event:
    """The request for the page of an incident with so long a history, with its session."""
    reference = with_history(bench, entries)
    key = {"reference": reference, "access_code": access_code_for(SECRET.encode(), reference)}
    opening = with_body(sample("track_incident.form"), urlencode(key))
    opened = bench.samples.service.answer("track_incident.form", opening)
    (cookie,) = opened["multiValueHeaders"]["Set-Cookie"]
    return with_headers(sample("track_incident.page"), {"Cookie": cookie.partition(";")[0]})


def with_history(bench: Bench, entries: int) -> Reference:
    """A new incident to which its citizen has written that often."""
    reference = bench.samples.submitted()
    bench.samples.register.add_citizen_message(reference, _WORDS, datetime.now(UTC))
    tables = bench.account.tables
    register = tables.tables["Register"]
    own = dict(register.items[reference, "incident"])
    first = register.items[reference, own["last_entry"]["S"]]
    last = str(own["last_entry"]["S"])
    for _ in range(entries - 1):
        last = next_entry_id(datetime.now(UTC), last)
        tables.put("Register", first | {"entry": {"S": last}})
    tables.put("Register", own | {"last_entry": {"S": last}})
    return reference


def add_open(bench: Bench, category: Category, many: int, *, label: str) -> None:
    """Adds open incidents of that team, the oldest a month old."""
    now = datetime.now(UTC)
    for number, reference in enumerate(_references(many, f"{label} {category}")):
        at = now - timedelta(days=30) * (many - number) / many
        waiting = replace(_example(bench, reference, category, at), status=Status.QUEUED)
        _put(bench, replace(waiting, due_at=at + timedelta(days=60)))


def add_resolved(bench: Bench, many: int, *, label: str) -> None:
    """Adds incidents of all teams that were resolved, over half a year."""
    now, teams = datetime.now(UTC), list(Category)
    for number, reference in enumerate(_references(many, label)):
        at = now - timedelta(days=HALF_A_YEAR) * (number / many)
        done = _example(bench, reference, teams[number % len(teams)], at)
        _put(bench, replace(done, status=Status.RESOLVED, resolved_at=at, due_at=None))


def add_figures(bench: Bench) -> None:
    """Records half a year of days, as the nights after them do: each with as many incidents."""
    table = FiguresTable(bench.account.dynamodb, bench.account.known["Figures"])
    yesterday = day_of(datetime.now(UTC)) - timedelta(days=1)
    for number in range(max(SPANS)):
        day = yesterday - timedelta(days=number)
        facts = [_fact(day, each) for each in range(A_DAY)]
        for category in Category:
            table.record_day(count_day(day, category, facts))
    # what the latest night says of the days before it
    bench.samples.service.answer("count_figures.schedule", sample("count_figures.schedule"))


def _fact(day: date, number: int) -> Facts:
    """One of the incidents of a day: answered within hours, most of them resolved."""
    teams, languages = list(Category), list(Language)
    at = start_of(day) + timedelta(minutes=8 * number)
    return Facts(
        category=teams[number % len(teams)],
        language=languages[number % len(languages)],
        channel=Channel.WEB if number % 5 else Channel.PHONE,
        submitted_at=at,
        first_answered_at=at + timedelta(minutes=3 * number),
        ended_at=at + timedelta(minutes=7 * number) if number % 4 else None,
        rating=1 + number % 5 if number % 3 else None,
        rated_at=at + timedelta(minutes=8 * number) if number % 3 else None,
    )


def _example(bench: Bench, reference: Reference, category: Category, at: datetime) -> Incident:
    """The incident of the samples under another reference, as submitted at another moment."""
    return replace(
        _of_samples(bench),
        reference=reference,
        category=category,
        submitted_at=at,
        expires_at=expires_at(at),
        last_entry=next_entry_id(at),
        mails={},
    )


@cache
def _of_samples(bench: Bench) -> Incident:
    return bench.samples.register.incident(bench.samples.submitted(), datetime.now(UTC))


def _put(bench: Bench, incident: Incident) -> None:
    bench.account.tables.put("Register", marshalled(incident_item(incident)))


def _references(many: int, label: str) -> Iterator[Reference]:
    for number in range(many):
        yield reference_for(label.encode(), str(number), 0)
