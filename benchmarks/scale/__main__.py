"""`make simulate`: prints what becomes of the incidents of a busy day, and draws the queues."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.scale import limits
from benchmarks.scale.chart import drawn
from benchmarks.scale.demand import shares
from benchmarks.scale.simulation import Day, run
from local import ROOT

PICTURE = ROOT / "docs/rush.svg"
DRAWN = 100
COMPARED_TIMES = (10, 100, 10_000)
SHOWN = (
    *((10, limits.REGIONAL), (100, limits.REGIONAL), (1000, limits.REGIONAL)),
    *((1000, limits.NATIONAL), (10_000, limits.NATIONAL)),
)
TITLES = (
    *("Times", "Throughput", "Incidents", "Attempts refused, by what", "Most who come again"),
    *("Most mails that wait", "Nothing waits from", "Lost"),
)


def main() -> None:
    """Simulates what the command line asks for, or the days of `docs/scale.md`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--times", type=int, help="how many times a regional office's day")
    parser.add_argument("--throughput", choices=(limits.REGIONAL, limits.NATIONAL), default=None)
    asked = parser.parse_args()
    table = limits.read()
    chosen = asked.throughput or limits.REGIONAL
    days = SHOWN if asked.times is None else ((asked.times, chosen),)
    print("\n".join(rows([(run(times, table, how), how) for times, how in days])))
    if asked.times is None:
        Path(PICTURE).write_text(drawn(run(DRAWN, table), run(DRAWN, table, limits.NATIONAL)))


def limit_rows(table: Mapping[str, limits.Limit]) -> Iterator[str]:
    """Every limit, with the page that states it and what answers it."""
    yield "| Limit | Figure | With `Throughput=national` | What answers it |"
    yield "|---|---|---|---|"
    for limit in table.values():
        more = f"{limit.national:,}" if limit.national else "the same"
        what = limit.what
        if limit.source.startswith("https:"):
            what = f"[{limit.what}]({limit.source})"
        figure = f"{limit.figure:,}{' (assumed)' if limit.assumed else ''}"
        yield f"| {what} | {figure} | {more} | {limit.answer} |"


def share_rows(table: Mapping[str, limits.Limit]) -> Iterator[str]:
    """How much of each limit the worst second, or the day, takes."""
    yield f"| Of this limit | {' | '.join(f'{times:,} times takes' for times in COMPARED_TIMES)} |"
    yield "|---" * (len(COMPARED_TIMES) + 1) + "|"
    taken = [shares(times, table) for times in COMPARED_TIMES]
    for name in taken[0]:
        cells = [_percent(each[name]) for each in taken]
        yield f"| {table[name].what} | {' | '.join(cells)} |"


def rows(days: Sequence[tuple[Day, str]]) -> Iterator[str]:
    """The table, as a document has it."""
    yield f"| {' | '.join(TITLES)} |"
    yield "|---" * len(TITLES) + "|"
    for day, throughput in days:
        refused = ", ".join(f"{many:,} {name}" for name, many in day.refused.items() if many)
        cells = (
            f"{day.times:,}",
            throughput,
            f"{day.arrived:,}",
            refused or "none",
            f"{day.most_coming_again:,}",
            f"{day.most_mails:,}",
            _clock(day.drained_s),
            f"{day.lost}",
        )
        yield f"| {' | '.join(cells)} |"


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:,.0f}\u00a0%" if percent >= 1 else "less than 1\u00a0%"


def _clock(second: int | None) -> str:
    if second is None:
        return "not within two days"
    days, rest = divmod(second, 86_400)
    time = f"{rest // 3600:02}:{rest // 60 % 60:02}"
    return f"{time} the next day" if days else time if second else "at once"


if __name__ == "__main__":
    main()
