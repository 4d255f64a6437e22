"""What starts a function by itself: schedules, whose events say nothing, and another function."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suport.runtime import clock
from tests.fuzz.batches import World
from tests.support import template
from tests.support.failures import PRIVATE
from tests.support.figures import RegisterAndFigures
from tests.support.gateway import CONTEXT, Load
from tests.support.index_table import IndexTable
from tests.support.logged import Logged
from tests.support.mutation import VALUES, mutated
from tests.support.sample_events import sample
from tests.support.table import PlainTable
from tests.support.template import snake

NOW = datetime(2026, 11, 27, 1, 30, tzinfo=UTC)
SCHEDULES = [name for name, (_, each) in template.EVENTS.items() if each["Type"] == "ScheduleV2"]
STARTS = [name for name, (_, each) in template.EVENTS.items() if each["Type"] == "Invoke"]
IN_TIME = SimpleNamespace(**vars(CONTEXT), get_remaining_time_in_millis=lambda: 840_000)

type Start = Callable[[str, Any], Exception | None]


@pytest.fixture
def world(figures: RegisterAndFigures, load: Load, monkeypatch: pytest.MonkeyPatch) -> World:
    figures.beside |= {
        "search_index": IndexTable(),
        "retention_runs": PlainTable(("month", "day")),
        "desk": PlainTable(("owner", "item")),
        "known_problems": PlainTable(("problem", "item")),
    }
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr("suport.register.whole_table.time.sleep", lambda _: None)
    return World(load, monkeypatch)


def started(world: World, name: str, event: Any) -> Exception | None:
    """Starts the function of that event; the exception with which it ended."""
    function = snake(template.EVENTS[name][0])
    if function not in world.apps:
        world.apps[function] = world.load(function)
    try:
        world.apps[function].handler(event, IN_TIME)
    except Exception as failure:  # noqa: BLE001  Lambda starts it again, whatever it is
        return failure
    return None


def written(world: World) -> Any:
    """All that is in the tables and in the store, but how long the watcher's questions took."""
    beside = {
        name: table.items if isinstance(table, PlainTable) else table.all_items()
        for name, table in world.table.beside.items()
    }
    records = {key: each for key, each in world.table.records.items() if "integrations" not in each}
    tables = (world.table.items, world.table.tombstones, records, beside)
    return copy.deepcopy((tables, world.stored()))


@pytest.mark.parametrize("name", SCHEDULES)
@settings(
    max_examples=max(1, settings().max_examples * 3 // 100),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_what_a_schedule_says_changes_nothing_of_what_its_function_does(
    world: World, name: str, data: st.DataObject
) -> None:
    event = data.draw(st.sampled_from(VALUES) | mutated(sample(name)))
    done = []
    for each in (sample(name), event):
        world.go_back()
        with Logged() as logged:
            assert started(world, name, each) is None
        assert PRIVATE not in logged.text
        done.append(written(world))
    assert done[0] == done[1]


@pytest.mark.parametrize("name", STARTS)
@settings(
    max_examples=max(1, settings().max_examples * 15 // 100),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_a_start_that_names_no_job_does_nothing_and_quotes_nothing(
    world: World, name: str, data: st.DataObject
) -> None:
    world.go_back()
    before = written(world)
    event = data.draw(st.sampled_from(VALUES) | mutated(sample(name)))
    with Logged() as logged:
        failure = started(world, name, event)
    assert written(world) == before
    assert PRIVATE not in logged.text
    assert PRIVATE not in str(failure)
