"""The record of the service's state is read as it was written."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.health import Counts, Health, Integration, Part, State, Tally
from suport.register.health_record import HealthRecord
from suport.register.marshalling import marshalled
from tests.support.table import PlainTable

many = st.integers(0, 10**12)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001  as below
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
counts = st.builds(Counts, many, many, many)
tallies = st.builds(Tally, counts, counts, st.sampled_from(State))
states = st.builds(
    Health,
    moments,
    moments | st.none(),
    tallies,
    st.dictionaries(st.sampled_from(Integration), tallies),
    st.dictionaries(st.sampled_from(Part), tallies),
    st.dictionaries(st.sampled_from(Part), many),
    many,
    st.booleans(),
)


def record(table: PlainTable | None = None) -> HealthRecord:
    client: Any = table or PlainTable(("period", "dimension"))
    return HealthRecord(client, "figures")


@given(states)
def test_what_was_written_is_read(health: Health) -> None:
    own = record()
    assert own.read() is None
    own.write(health)
    assert own.read() == health


@pytest.mark.parametrize(
    "written", [{}, {"seen_at": "yesterday"}, {"seen_at": "2026-11-26", "database": 7}]
)
def test_what_another_version_wrote_is_as_good_as_nothing(written: dict[str, Any]) -> None:
    table = PlainTable(("period", "dimension"))
    own = record(table)
    key = {"period": "health", "dimension": "latest"}
    table.put_item(TableName="figures", Item=marshalled(key | written))
    assert own.read() is None
