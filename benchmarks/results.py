"""What a whole run leaves: `results.json` for programs, `results.md` with its plots for people."""

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import plots
from benchmarks.figures import Figure
from benchmarks.references import PUT_ITEM

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
}
COUNTS = ("calls", "read units", "write units")
_PLOTTED = {"cold": ", cold", "warm": ", warm"}
type Groups = Mapping[str, Sequence[Figure]]


def keep(groups: Groups) -> None:
    """Writes the results into this folder."""
    figures = [each.as_json() for every in groups.values() for each in every]
    results = {"machine": machine(), "date": f"{datetime.now(UTC):%Y-%m-%d}", "figures": figures}
    text = json.dumps(results, ensure_ascii=False, indent=1)
    (FOLDER / "results.json").write_text(f"{text}\n")
    (FOLDER / "results.md").write_text("\n".join(report(groups)) + "\n")
    for group, ending in _PLOTTED.items():
        bars = [
            plots.Bar(each.name.removesuffix(ending), each.value, is_reference=each.name[0] == "(")
            for each in groups[group]
            if each.name.endswith(ending)
        ]
        (FOLDER / f"{group}.svg").write_text(plots.bars(TITLES[group], "ms", bars))


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
    for group, figures in groups.items():
        yield from ("", f"## {TITLES[group]}", "")
        if group in _PLOTTED:
            yield from (f"![{TITLES[group]}]({group}.svg)", "")
        plain = [each for each in figures if not _counted(each)]
        if plain:
            yield from _table(plain)
        if len(plain) < len(figures):
            yield from ([""] if plain else [])
            yield from _counts(figures)


def _table(figures: Sequence[Figure]) -> Iterator[str]:
    beside = any(each.ratio is not None for each in figures)
    yield f"| Figure | Measured |{f' Beside {PUT_ITEM} |' if beside else ''}"
    yield f"|---|--:|{'--:|' if beside else ''}"
    for each in figures:
        ratio = f"{each.ratio:.2f}" if each.ratio is not None else ""
        if each.reference not in {None, PUT_ITEM}:
            ratio += f" × {each.reference}"
        yield f"| {each.name} | {_value(each)} |{f' {ratio} |' if beside else ''}"


def _counts(figures: Sequence[Figure]) -> Iterator[str]:
    """Calls and units of each operation, in one line."""
    found: dict[str, dict[str, str]] = {}
    for each in filter(_counted, figures):
        name, _, what = each.name.rpartition(", ")
        found.setdefault(name, {})[what] = f"{each.value:g}"
    yield f"| Operation | {' | '.join(COUNTS)} |"
    yield f"|---|{'--:|' * len(COUNTS)}"
    for name, counts in found.items():
        yield f"| {name} | {' | '.join(counts.get(what, '') for what in COUNTS)} |"


def _counted(figure: Figure) -> bool:
    return figure.name.rpartition(", ")[2] in COUNTS


def _value(figure: Figure) -> str:
    return f"{figure.value:.4g} {figure.unit}"
