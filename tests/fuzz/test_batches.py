"""Batches with something wrong in them: it is named as failed or leaves no harm, and hides nothing.

The sound record of each batch is handled wherever it is in it. Nothing is logged of what messages
and items hold, and nothing else in the register and the store changes.
"""

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suport.runtime import aws
from tests.fuzz.batches import (
    CHANGED,
    SOUND,
    SOURCES,
    UNTOUCHED,
    World,
    address,
    changed,
    named,
)
from tests.support import template
from tests.support.event_source_mapping import matches
from tests.support.failures import PRIVATE
from tests.support.gateway import Load
from tests.support.logged import Logged

SECONDS = 5
"""For a batch; most take some milliseconds."""

TRIED_OUT = "Successfully validated SNS topic"


@pytest.fixture
def world(load: Load, monkeypatch: pytest.MonkeyPatch) -> World:
    aws.service_secret.cache_clear()
    return World(load, monkeypatch)


@pytest.mark.parametrize("source", SOURCES)
@settings(
    max_examples=max(1, settings().max_examples // 10),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_what_is_wrong_in_a_batch_hides_nothing_and_harms_nothing(
    world: World, source: str, data: st.DataObject
) -> None:
    world.go_back()
    batches = SOURCES[source]
    [sound, *_] = batches.records(world, SOUND)
    sent = st.sampled_from(batches.records(world, CHANGED)).flatmap(changed)
    wrong = data.draw(st.lists(sent, max_size=3))
    wrong = [named(each, f"wrong {number}") for number, each in enumerate(wrong)]
    place = data.draw(st.integers(0, len(wrong)))
    batch = [*wrong[:place], named(sound, "sound"), *wrong[place:]]
    if data.draw(st.booleans()):
        batch.append(named(sound, "sound"))  # delivered twice
    untouched = world.untouched()
    with Logged() as logged:
        started = time.perf_counter()
        answer = world.invoke(batches.function, batch)
        took = time.perf_counter() - started
    failed = [each["itemIdentifier"] for each in answer["batchItemFailures"]]
    assert took < SECONDS
    assert set(failed) <= {f"wrong {number}" for number in range(len(wrong))}, logged.text
    assert batches.is_done(world, SOUND)
    assert world.untouched() == untouched
    mailed = [each["Destination"]["ToAddresses"] for each in world.asked("SendEmail")]
    assert [address(UNTOUCHED)] not in mailed
    assert PRIVATE not in logged.text
    assert "citizen-" not in logged.text
    for record in wrong if batches.is_known else []:
        if not _is_known(batches.is_known, record["body"]):
            assert record["messageId"] in failed, record["body"][:100]


def _is_known(is_known: Any, body: str) -> bool:
    """Whether the message may be handled, and not only named as failed."""
    if body.startswith(TRIED_OUT):
        return True
    try:
        return bool(is_known(json.loads(body)))
    except (ValueError, RecursionError):
        return False


@pytest.mark.parametrize("source", SOURCES)
def test_an_empty_batch_is_no_failure(world: World, source: str) -> None:
    assert world.invoke(SOURCES[source].function, []) == {"batchItemFailures": []}


@pytest.mark.parametrize("source", [name for name in SOURCES if name.endswith(".stream")])
def test_every_pattern_of_a_filter_lets_a_record_through(world: World, source: str) -> None:
    _, event = template.EVENTS[source]
    records = SOURCES[source].records(world, CHANGED)
    for pattern in event["Properties"]["FilterCriteria"]["Filters"]:
        assert any(matches(json.loads(pattern["Pattern"]), record) for record in records)
