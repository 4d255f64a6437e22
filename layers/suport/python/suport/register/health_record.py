"""The record of the service's state: one item in the table of the figures.

The watcher writes it every five minutes. It has counts only, and names no incident and nobody.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from suport.domain.health import Counts, Health, Integration, Part, State, Tally
from suport.domain.legal_time import utc_text
from suport.register.marshalling import Item, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PERIOD = "health"
"""The period under which the table has it, apart from all figures."""

_KEY = {"period": PERIOD, "dimension": "latest"}


class HealthRecord:
    """The record in the table of that name."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """The record, reached with this client."""
        self._client, self._table = client, table

    def read(self) -> Health | None:
        """The state that was written last; None before the first time.

        What another version of the service wrote and this one cannot read is as good as none.
        """
        answer = self._client.get_item(TableName=self._table, Key=marshalled(_KEY))
        try:
            return _health(unmarshalled(answer["Item"])) if "Item" in answer else None
        except (KeyError, TypeError, ValueError):
            return None

    def write(self, health: Health) -> None:
        """Replaces the record."""
        self._client.put_item(TableName=self._table, Item=marshalled(_KEY | _item(health)))


def _item(health: Health) -> Item:
    until = health.counted_until
    return {
        "seen_at": utc_text(health.seen_at),
        **({"counted_until": utc_text(until)} if until else {}),
        "database": _tally_item(health.database),
        "integrations": {str(each): _tally_item(of) for each, of in health.integrations.items()},
        "parts": {str(each): _tally_item(of) for each, of in health.parts.items()},
        "dead_letters": {str(each): many for each, many in health.dead_letters.items()},
        "overdue": health.overdue,
        "in_maintenance": health.in_maintenance,
    }


def _health(item: Item) -> Health:
    until = item.get("counted_until")
    return Health(
        seen_at=datetime.fromisoformat(item["seen_at"]),
        counted_until=until and datetime.fromisoformat(until),
        database=_tally(item["database"]),
        integrations={
            each: _tally(item["integrations"][each])
            for each in Integration
            if each in item["integrations"]
        },
        parts={each: _tally(item["parts"][each]) for each in Part if each in item["parts"]},
        dead_letters={
            each: item["dead_letters"][each] for each in Part if each in item["dead_letters"]
        },
        overdue=item["overdue"],
        in_maintenance=item["in_maintenance"],
    )


def _tally_item(tally: Tally) -> Item:
    return {
        name: [counts.done, counts.failed, counts.time_ms]
        for name, counts in (("total", tally.total), ("latest", tally.latest))
    } | {"state": str(tally.state)}


def _tally(item: Item) -> Tally:
    return Tally(Counts(*item["total"]), Counts(*item["latest"]), State(item["state"]))
