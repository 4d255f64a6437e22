"""Cold: a process from its start to the end of its first call."""

import statistics
from collections.abc import Iterator

from benchmarks.bench import Bench
from benchmarks.figures import Figure
from benchmarks.measured import Cold, cold_in_turns, ratio
from benchmarks.references import EMPTY, PUT_ITEM, PUT_ITEM_PLAIN

SAMPLES = (
    "submit_incident.json",
    "submit_incident.form",
    "show_help.help_page",
    "show_help.form_page",
    "track_incident.json",
    "track_incident.page",
    "update_incident.close_page",
    "update_incident.close",
    "correct_contact.page",
    "erase_incident.page",
    "attach_file.page",
    "record_consent.page",
    "share_screen.join_page",
    "lookup_contact.contact",
    "lookup_contact.page",
    "serve_asset.asset",
    "route_incident.stream",
    "index_incidents.stream",
    "notify_citizen.mail",
    "check_attachment.arrivals",
    "erase_expired.erasures",
    "work_incident.incidents",
    "work_incident.claim",
    "work_incident.stats",
    "show_desk.page",
    "sign_in_operator.sign_in",
    "show_looks.looks",
    "answer_comanda.yesterday",
    "answer_linked.job",
    "count_figures.schedule",
    "watch_incidents.schedule",
    "audit_retention.begin",
)
"""One or two events of every function."""


def figures(bench: Bench) -> Iterator[Figure]:
    """Processor time of references and functions, in turns."""
    names = bench.wanted(SAMPLES)
    subjects = [*bench.references.values(), *map(bench.subject, names)]
    found = cold_in_turns(subjects, bench.rounds)
    empty, put, plain = (_cpu(found[name]) for name in (EMPTY, PUT_ITEM, PUT_ITEM_PLAIN))
    for name, starts in found.items():
        cpu, middle = _cpu(starts), statistics.median(_cpu(starts))
        yield Figure(f"{name}, cold", middle, "ms", PUT_ITEM, ratio(cpu, put))
        if name in bench.references:
            continue
        first = statistics.median(each.first_call.cpu for each in starts)
        yield Figure(f"{name}, cold, of it the first call", first, "ms")
        wall = statistics.median(each.wall for each in starts)
        yield Figure(f"{name}, cold, elapsed", wall, "ms")
        over = statistics.median(map(float.__sub__, cpu, empty))
        yield Figure(f"{name}, cold, over (a)", over, "ms")
        beside = ratio(cpu, plain)
        yield Figure(f"{name}, cold, beside (c)", middle, "ms", PUT_ITEM_PLAIN, beside)
        yield Figure(f"{name}, memory", max(each.memory for each in starts), "MB")


def _cpu(starts: list[Cold]) -> list[float]:
    return [each.cpu for each in starts]
