"""What a run is reported as: tables for people, on the standard output."""

from collections.abc import Iterator

from operations.load.ledger import Ledger
from operations.load.measured import LATE_MS, PERCENTILES, Measured, outcomes, percentile


def of(name: str, measured: Measured) -> Iterator[str]:
    """How these citizens, or this client, were served: one line for each kind of request."""
    yield f"\n{name}: {measured.expected_arrivals} arrivals asked for, {measured.rate:g} a second"
    yield (
        f"  {len(measured.arrivals)} came, {measured.achieved_rate:.2f} a second;"
        f" {len(measured.requests)} requests"
    )
    if measured.lateness:
        yield _lateness(measured)
    heads = "".join(f"{_head(percent):>8}" for percent in PERCENTILES)
    yield f"  {'milliseconds':<20}{'sent':>6}{'failed':>8}{heads}   answers"
    for kind, requests in measured.named().items():
        took = [each.took for each in requests]
        cells = "".join(f"{percentile(took, percent):8.0f}" for percent in PERCENTILES)
        failed = sum(not each.succeeded for each in requests)
        yield f"  {kind:<20}{len(requests):>6}{failed:>8}{cells}   {outcomes(requests)}"


def warmed_up(measured: Measured) -> str:
    """What the first citizens met, whose requests started the functions."""
    slowest = max((each.took for each in measured.requests), default=0.0)
    failed = sum(not each.succeeded for each in measured.requests)
    return (
        f"Warming up: {len(measured.arrivals)} citizens, {len(measured.requests)} requests,"
        f" {failed} failed, the slowest answer after {slowest:.0f} ms."
        " What follows is without them."
    )


def _lateness(measured: Measured) -> str:
    late = sum(each > LATE_MS for each in measured.lateness)
    told = (
        f"  the generator began {late} arrivals over {LATE_MS:.0f} ms late;"
        f" p99 {percentile(measured.lateness, 99):.0f} ms,"
        f" at most {max(measured.lateness):.0f} ms"
    )
    if measured.kept_up:
        return told
    return f"{told}\n  IT DID NOT KEEP UP: this is not the rate that was asked for."


def side_by_side(alone: Measured, beside: Measured) -> Iterator[str]:
    """What the flood changed for the citizens."""
    yield "\nCitizens without the flood → with it, in milliseconds"
    with_flood = beside.named()
    heads = "".join(f"{_head(percent):>16}" for percent in PERCENTILES)
    yield f"  {'':<20}{heads}{'failed':>12}"
    for kind, requests in alone.named().items():
        others = with_flood.get(kind, [])
        cells = "".join(
            f"{percentile([each.took for each in requests], percent):8.0f} →"
            f"{percentile([each.took for each in others], percent):6.0f}"
            for percent in PERCENTILES
            if others
        )
        failed = [sum(not each.succeeded for each in some) for some in (requests, others)]
        yield f"  {kind:<20}{cells}{failed[0]:>8} →{failed[1]:>2}"


def counted(ledger: Ledger) -> Iterator[str]:
    """How many incidents reached each place."""
    yield "\nCounted afterwards"
    for place, count in ledger.counts.items():
        yield f"  {place:<12}{count:>6}"


def _head(percent: float) -> str:
    return "max" if percent == max(PERCENTILES) else f"p{percent:g}"
