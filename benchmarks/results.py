"""What a whole run leaves: `results.json` for programs, `results.md` with its plots for people."""

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import growth, memory, peer, plots
from benchmarks.costs import price_list
from benchmarks.figures import Figure
from benchmarks.references import PUT_ITEM
from tests.support import template

FOLDER = Path(__file__).parent
TITLES = {
    "cold": "Cold: from the start of a process to the end of its first call",
    "warm": "Warm: a further call",
    "operations": "What a warm call asks of AWS",
    "incident": "All of one incident",
    "growth": "What grows",
    "sizes": "Sizes",
    "peer": "The peer: django-helpdesk, one worker of gunicorn, SQLite",
    "idle": "make run while nobody asks anything",
    "costs": "What it costs",
    "memory": "Memory: how long it takes, and what it costs, with more or less of it",
}
NOTES = {
    "costs": (
        f"Reckoned at prices of {price_list.read().date} (assumed, `costs/prices.toml`), for calls",
        "that were counted (`costs/calls.json`), without free allowances. `make costs` says more.",
    ),
    "memory": (
        "Reckoned from the figures above. Lambda gives processor time in proportion to the memory,",
        f"a whole core at {memory.WHOLE_CORE:,} MB; before the first call, all have a whole one.",
        "Each call to AWS takes as long as `costs/prices.toml` assumes. What Lambda does before a",
        "process starts is left out, and its cores are not this machine's: compare the sizes.",
        f"The template gives {template.TEMPLATE['Globals']['Function']['MemorySize']:,} MB.",
    ),
}
COUNTS = ("calls", "read units", "write units")
_COLUMNS = (*COUNTS, *memory.COLUMNS)
_PLOTTED = {"cold", "warm", "growth"}
type Groups = Mapping[str, Sequence[Figure]]


def keep(groups: Groups) -> None:
    """Writes the results into this folder."""
    figures = [each.as_json() for every in groups.values() for each in every]
    results = {"machine": machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}", "figures": figures}
    text = json.dumps(results, ensure_ascii=False, indent=1)
    (FOLDER / "results.json").write_text(f"{text}\n")
    (FOLDER / "results.md").write_text("\n".join(report(groups)) + "\n")
    for group in _PLOTTED & groups.keys():
        (FOLDER / f"{group}.svg").write_text(_plot(group, groups[group]))


def _plot(group: str, figures: Sequence[Figure]) -> str:
    if group == "growth":
        return plots.lines(TITLES[group], growth.panels(figures))
    ending = f", {group}"
    bars = [
        plots.Bar(each.name.removesuffix(ending), each.value, is_reference=each.name[0] == "(")
        for each in figures
        if each.name.endswith(ending)
    ]
    return plots.bars(TITLES[group], "ms", bars)


def machine() -> str:
    """The machine in general words."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = ".".join(platform.python_version_tuple()[:2])
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GB,"
        f" {platform.system()}, Python {python}"
    )


def report(groups: Groups) -> Iterator[str]:
    """The results in Markdown."""
    yield "# What was measured"
    yield ""
    yield f"By `make bench` on {datetime.now(UTC):%Y-%m-%d}, on {machine()}. It writes this page."
    yield "Times are processor time, medians, on an AWS that answers at once. The machine has other"
    yield "work, too: compare the ratios, which are taken within the same turn."
    yield ""
    yield "## What is wanted"
    yield ""
    yield "| Figure | Measured | Beside its reference | Wanted | |"
    yield "|---|--:|--:|--:|---|"
    for each in (each for every in groups.values() for each in every if each.target):
        beside = "" if each.ratio is None else f"{each.ratio:.2f} × {each.reference}"
        verdict = "met" if each.is_met else "**not met**"
        yield f"| {each.name} | {_value(each)} | {beside} | {each.target} | {verdict} |"
    yield from _beside_the_peer(groups)
    for group, figures in groups.items():
        yield from ("", f"## {TITLES[group]}", "")
        if group in _PLOTTED:
            yield from (f"![{TITLES[group]}]({group}.svg)", "")
        if group in NOTES:
            yield from (*NOTES[group], "")
        plain = [each for each in figures if not _has_column(each)]
        if plain:
            yield from _table(plain, "Reckoned" if group in NOTES else "Measured")
        if len(plain) < len(figures):
            yield from ([""] if plain else [])
            yield from _in_columns(figures)


def _beside_the_peer(groups: Groups) -> Iterator[str]:
    """What the peer does, too: both figures, and how many times the peer's the service's is."""
    found = {each.name: each for every in groups.values() for each in every}
    yield from ("", "## Beside the peer", "")
    yield "In the same run, but not in turns. The peer composes its mails within the request. Here,"
    yield "three functions share an incident: on a quiet day each runs for it alone, in a rush for"
    yield "ten at once. It is made searchable besides, which is stated below and is not in either."
    yield ""
    yield f"| Figure | Here | {peer.NAME} | Ratio |"
    yield "|---|--:|--:|--:|"
    for each in found.values():
        if each.reference and each.reference.startswith(peer.NAME):
            theirs = _value(found[each.reference])
            yield f"| {each.name} | {_value(each)} | {theirs} | {each.ratio:.2f} |"


def _table(figures: Sequence[Figure], how: str) -> Iterator[str]:
    beside = {each.reference for each in figures if each.ratio is not None}
    reference = PUT_ITEM if PUT_ITEM in beside else "its reference"
    yield f"| Figure | {how} |{f' Beside {reference} |' if beside else ''}"
    yield f"|---|--:|{'--:|' if beside else ''}"
    for each in figures:
        ratio = f"{each.ratio:.2f}" if each.ratio is not None else ""
        if each.reference not in {None, PUT_ITEM}:
            ratio += f" × {each.reference}"
        yield f"| {each.name} | {_value(each)} |{f' {ratio} |' if beside else ''}"


def _in_columns(figures: Sequence[Figure]) -> Iterator[str]:
    """Calls and units of each operation, or what each size of memory makes of it, in one line."""
    columns = [name for name in _COLUMNS if any(_column(each) == name for each in figures)]
    found: dict[str, dict[str, str]] = {}
    for each in filter(_has_column, figures):
        name = each.name.removesuffix(f", {_column(each)}")
        shown = f"{each.value:g}" if _column(each) in COUNTS else _value(each)
        found.setdefault(name, {})[_column(each)] = shown
    yield f"| Operation | {' | '.join(columns)} |"
    yield f"|---|{'--:|' * len(columns)}"
    for name, cells in found.items():
        yield f"| {name} | {' | '.join(cells.get(column, '') for column in columns)} |"


def _column(figure: Figure) -> str:
    return figure.name.rpartition(", ")[2]


def _has_column(figure: Figure) -> bool:
    return _column(figure) in _COLUMNS


def _value(figure: Figure) -> str:
    value = f"{figure.value:.4g}" if figure.value < 10_000 else f"{figure.value:,.0f}"
    return f"{value} {figure.unit}"
