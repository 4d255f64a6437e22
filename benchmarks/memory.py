"""How much memory to give a function: what each size makes of the times that were measured.

A function gets processor time in proportion to its memory, one vCPU at 1,769 MB.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
One on demand has a whole vCPU while it starts, for at most ten seconds, whatever its memory.
https://serverlessland.com/content/service/lambda/guides/effectively-running-java-on-serverless/init-heavy-lifting
A run is charged by the millisecond, waiting included.
https://aws.amazon.com/lambda/pricing/
"""

import math
from collections.abc import Iterator, Mapping

from benchmarks.costs.price_list import PriceList
from benchmarks.figures import Figure
from tests.support import template

SIZES = (256, 512, 1024, 1769)  # MB
WHOLE_CORE = 1769  # MB
COLUMNS = tuple(f"at {size:,} MB" for size in SIZES)
LEAST_MARGIN = 1.5
"""How many times the memory that was measured a function is given, at least."""
MANY = 1000  # calls
_START, _MEMORY = ", cold, of it the first call", ", memory"


def figures(measured: Mapping[str, float], prices: PriceList) -> Iterator[Figure]:
    """A cold start, a warm call and the price of many, with each size, from what was measured."""
    for first in [name for name in measured if name.endswith(_START)]:
        name = first.removesuffix(_START)
        start = measured[f"{name}, cold"] - measured[first]
        warm = measured.get(f"{name}, warm")
        waits = measured.get(f"{name}, warm, calls", 0) * prices.assumed["call_ms"]
        for size, column in zip(SIZES, COLUMNS, strict=True):
            cold = start + elapsed(measured[first], size) + waits
            yield Figure(f"{name}, cold, {column}", cold, "ms")
            if warm is not None:
                ms = elapsed(warm, size) + waits
                yield Figure(f"{name}, warm, {column}", ms, "ms")
                charged = MANY * price(ms, size, prices)
                yield Figure(f"{name}, {MANY:,} warm calls, {column}", charged, "dollars")
    least = min(margins(measured).values())
    yield Figure("least memory given, times the memory in use", least, "×")


def elapsed(cpu: float, size: int) -> float:
    """How long so much processor time takes with that memory; both in milliseconds."""
    return cpu * WHOLE_CORE / min(size, WHOLE_CORE)


def price(ms: float, size: int, prices: PriceList) -> float:
    """What Lambda charges for a run of that length with that memory, in dollars."""
    gigabyte_seconds = math.ceil(ms) / 1000 * size / 1024
    return prices.request("run") + gigabyte_seconds * prices.request("gigabyte_second")


def margins(measured: Mapping[str, float]) -> dict[str, float]:
    """How many times the most memory that was measured of it the template gives each function."""
    most: dict[str, float] = {}
    for name, used in measured.items():
        if name.endswith(_MEMORY):
            function = template.EVENTS[name.removesuffix(_MEMORY)][0]
            most[function] = max(most.get(function, 0), used)
    return {
        function: template.of_function(function, "MemorySize") / used
        for function, used in most.items()
    }
