"""Each function has memory to spare, and what its size makes of times and prices is reckoned."""

import json

import pytest

from benchmarks import memory
from benchmarks.costs import price_list
from benchmarks.results import FOLDER
from tests.support.template import FUNCTIONS

PRICES = price_list.read()
MEASURED: dict[str, float] = {
    each["name"]: each["value"]
    for each in json.loads((FOLDER / "results.json").read_text())["figures"]
}
CALL = PRICES.assumed["call_ms"]


def reckoned(measured: dict[str, float]) -> dict[str, float]:
    return {each.name: each.value for each in memory.figures(measured, PRICES)}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_each_function_has_half_as_much_memory_again_as_was_measured(function: str) -> None:
    assert memory.margins(MEASURED)[function] >= memory.LEAST_MARGIN


def test_a_function_that_answers_two_samples_needs_the_memory_of_the_larger() -> None:
    both = {"show_help.help_page, memory": 512.0, "show_help.form_page, memory": 1024.0}
    assert memory.margins(both) == {"ShowHelp": 1.0}


def test_with_half_a_core_calls_take_twice_as_long_but_not_the_start() -> None:
    half = memory.WHOLE_CORE // 2
    assert memory.elapsed(10, half) == pytest.approx(20, rel=0.01)
    assert memory.elapsed(10, 2 * memory.WHOLE_CORE) == 10  # one thread cannot use a second core
    found = reckoned(
        {
            "track_incident.page, cold": 500,
            "track_incident.page, cold, of it the first call": 100,
            "track_incident.page, memory": 50,
            "track_incident.page, warm": 8,
            "track_incident.page, warm, calls": 2,
        }
    )
    waits = 2 * CALL
    assert found["track_incident.page, cold, at 1,769 MB"] == 500 + waits
    assert found["track_incident.page, warm, at 1,769 MB"] == 8 + waits
    first_call, warm = (cpu * memory.WHOLE_CORE / 256 for cpu in (100, 8))
    assert found["track_incident.page, cold, at 256 MB"] == pytest.approx(400 + first_call + waits)
    assert found["track_incident.page, warm, at 256 MB"] == pytest.approx(warm + waits)


def test_a_run_is_charged_by_the_millisecond_and_the_gigabyte() -> None:
    request, second = PRICES.request("run"), PRICES.request("gigabyte_second")
    assert memory.price(10, 1024, PRICES) == pytest.approx(request + 0.010 * second)
    assert memory.price(9.1, 512, PRICES) == pytest.approx(request + 0.005 * second)


def test_more_memory_costs_more_where_calls_wait_but_no_cent_for_a_thousand() -> None:
    found = reckoned(MEASURED)
    name = "submit_incident.json, 1,000 warm calls"
    prices = [found[f"{name}, {column}"] for column in memory.COLUMNS]
    assert prices == sorted(prices)
    assert prices[-1] < 0.01
