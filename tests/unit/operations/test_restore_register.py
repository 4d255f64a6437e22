"""The copy is put back once, however often the command runs, and overwrites nothing."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from operations.restore_register import (
    IN_ONE_TRANSACTION,
    Pace,
    Restoration,
    restoration_of,
)
from operations.stage import Unable
from suport.domain.reference import Reference
from suport.register.items import INCIDENT
from suport.register.marshalling import Item, marshalled, unmarshalled
from suport.register.register import Register
from suport.register.tombstones import Tombstones
from suport.runtime import clock
from tests.support.register import a_submission
from tests.support.template import properties

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SECRET = b"a secret that only tests know"
NOW = datetime(2026, 11, 26, 9, tzinfo=UTC)
# Names of these tests only: moto may be the same one for all tests of a process.
COPY, REGISTER, TOMBSTONES = "restored-copy", "restored-register", "restored-tombstones"
UNHURRIED = 1e9  # entries a second


class Tables:
    """The three tables, and the registers in two of them."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self.client = client
        for name, resource in (
            (COPY, "Register"),
            (REGISTER, "Register"),
            (TOMBSTONES, "Tombstones"),
        ):
            made = properties(resource)
            client.create_table(
                TableName=name,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=made["KeySchema"],
                AttributeDefinitions=made["AttributeDefinitions"],
                **(
                    {"GlobalSecondaryIndexes": made["GlobalSecondaryIndexes"]}
                    if "GlobalSecondaryIndexes" in made
                    else {}
                ),
            )
        self.tombstones = Tombstones(client, TOMBSTONES, lambda: SECRET)
        self.copy = Register(client, COPY, self.tombstones)
        self.register = Register(client, REGISTER, self.tombstones)

    def reported(
        self, key: str = "k", messages: int = 0, *, to: str = COPY, at: datetime = NOW
    ) -> Reference:
        """An incident with these messages of its citizen."""
        register = Register(self.client, to, self.tombstones)
        reference = register.submit(a_submission(), key * 20, SECRET, at).reference
        for number in range(messages):
            self.client.put_item(TableName=to, Item=marshalled(message(reference, number)))
        return reference

    def put_back(self, copy: str = COPY) -> Restoration:
        restoration = Restoration(self.client, copy, REGISTER, self.tombstones, Pace(UNHURRIED))
        restoration.put_all_back()
        return restoration

    def items(self, table: str = REGISTER) -> list[Item]:
        pages = self.client.get_paginator("scan").paginate(TableName=table)
        found = [unmarshalled(item) for page in pages for item in page["Items"]]
        return sorted(found, key=lambda item: (item["reference"], item["entry"]))


def message(reference: Reference, number: int) -> Item:
    return {
        "reference": reference,
        "entry": f"01M8BHAHM1000000000000{number:04}",  # of the millisecond after
        "kind": "message",
        "recorded_at": "2026-11-26T09:00:00.000Z",
        "expires_at": 1_800_000_000,
        "content": {"by": "citizen", "body": f"Missatge {number}"},
    }


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        yield Tables(client)
        for name in (COPY, REGISTER, TOMBSTONES):
            client.delete_table(TableName=name)


def test_an_incident_comes_back_with_its_history_however_long(tables: Tables) -> None:
    count = 2 * IN_ONE_TRANSACTION + 3
    reference = tables.reported(messages=count)
    restoration = tables.put_back()
    bodies = [
        entry.facts["body"]
        for entry in tables.register.entries(reference, NOW)
        if "body" in entry.facts
    ]
    assert bodies == [f"Missatge {number}" for number in reversed(range(count))]
    assert restoration.counts == {"incidents": 1, "open": 1, "entries": count}


def test_a_second_run_changes_nothing(tables: Tables) -> None:
    tables.reported("a", messages=2)
    tables.reported("b")
    tables.put_back()
    once = tables.items()
    again = tables.put_back()
    assert tables.items() == once
    assert again.counts == {"there": 2}


def test_a_run_that_broke_off_is_finished_by_the_next(tables: Tables) -> None:
    """Until then nobody sees a part of the incident."""
    reference = tables.reported(messages=2 * IN_ONE_TRANSACTION)
    whole, writes = tables.client.transact_write_items, 0

    def breaks_off(**asked: Any) -> Any:
        nonlocal writes
        writes += 1
        if writes == 2:
            raise KeyboardInterrupt
        return whole(**asked)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tables.client, "transact_write_items", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            tables.put_back()
    assert {item["entry"] for item in tables.items()}.isdisjoint({INCIDENT})
    assert tables.put_back().counts["incidents"] == 1
    assert len(tables.items()) == 2 * IN_ONE_TRANSACTION + 2
    assert tables.register.incident(reference, NOW).reference == reference


def test_an_incident_that_its_citizen_sent_again_keeps_its_state_and_gets_its_history(
    tables: Tables,
) -> None:
    reference = tables.reported(messages=1)
    later = NOW + timedelta(hours=3)
    assert tables.reported(to=REGISTER, at=later) == reference
    category = tables.register.incident(reference, later).category
    tables.register.claim(reference, "aina", category, later)
    before = tables.register.incident(reference, later)
    counts = tables.put_back().counts
    after, part = tables.register.history(reference, later)
    assert after == replace(before, history_from=NOW)
    assert [entry.kind for entry in part.entries] == ["action", "action", "message"]
    assert counts == {"there": 1, "entries": 1}
    assert tables.put_back().counts == {"there": 1}


def test_an_incident_that_changes_while_it_is_put_back_is_looked_at_again(tables: Tables) -> None:
    """Here it is sent again between the look at the register and the write."""
    reference = tables.reported(messages=1)
    whole, writes = tables.client.transact_write_items, 0

    def overtaken(**asked: Any) -> Any:
        nonlocal writes
        writes += 1
        if writes == 1:
            tables.reported(to=REGISTER)
        return whole(**asked)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tables.client, "transact_write_items", overtaken)
        counts = tables.put_back().counts
    assert writes == 2
    assert tables.register.incident(reference, NOW).revision == 1
    assert counts == {"there": 1, "entries": 1}


def test_an_incident_that_cannot_be_read_stops_no_other_and_is_named(tables: Tables) -> None:
    broken, whole = tables.reported("a"), tables.reported("b")
    tables.client.update_item(
        TableName=COPY,
        Key=marshalled({"reference": broken, "entry": INCIDENT}),
        UpdateExpression="SET category = :none",
        ExpressionAttributeValues=marshalled({":none": "Xisca Qzrvwbauçà"}),
    )
    restoration = tables.put_back()
    assert restoration.failed == {broken: "ValueError"}  # not what a citizen wrote
    assert tables.register.incident(whole, NOW).reference == whole


def test_the_open_incidents_come_first(tables: Tables) -> None:
    references = [tables.reported(key) for key in "abcdef"]
    for reference in references[::2]:
        tables.copy.resolve_by_citizen(reference, NOW)
    written: list[str] = []
    whole = tables.client.transact_write_items

    def noted(**asked: Any) -> Any:
        written.append(asked["TransactItems"][0]["Put"]["Item"]["reference"]["S"])
        return whole(**asked)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tables.client, "transact_write_items", noted)
        tables.put_back()
    assert set(written[:3]) == set(references[1::2])


def test_entries_are_written_at_the_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = 100.0

    def sleep(seconds: float) -> None:
        nonlocal moment
        moment += seconds

    monkeypatch.setattr(time, "monotonic", lambda: moment)
    monkeypatch.setattr(time, "sleep", sleep)
    pace = Pace(50)
    for _ in range(11):
        pace.spend(10)
    assert moment == pytest.approx(102)


@pytest.mark.parametrize(
    ("copy", "said"), [(REGISTER, "the register of suport-test itself"), ("nowhere", "missing")]
)
def test_a_wrong_table_is_refused_before_anything_is_written(
    tables: Tables, monkeypatch: pytest.MonkeyPatch, copy: str, said: str
) -> None:
    outputs = {"RegisterTable": REGISTER, "TombstonesTable": TOMBSTONES}
    stack = {"Outputs": [{"OutputKey": each, "OutputValue": outputs[each]} for each in outputs]}
    cloudformation = SimpleNamespace(describe_stacks=lambda **_: {"Stacks": [stack]})
    made: Any = boto3.client
    monkeypatch.setattr(
        boto3,
        "client",
        lambda name, **of: cloudformation if name == "cloudformation" else made(name, **of),
    )
    settings = {"region": "eu-west-1", "stack_name": "suport-test"}
    with pytest.raises(Unable, match=said):
        restoration_of(settings, copy, Pace(UNHURRIED))
    assert tables.items() == []
