"""How often each guide helped its readers: counts in the table of the figures.

An item for each month, with how many readers of each guide pressed Yes and how many No. It has
nothing else: no moment, no language, nothing about who pressed.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from suport.domain.guide import Guide
from suport.register.marshalling import Item, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PERIOD = "guides"
"""The period under which the table has them, apart from all figures."""


@dataclass(frozen=True, slots=True)
class Votes:
    """How many readers of a guide said that it helped, and how many that it did not."""

    helped: int = 0
    did_not_help: int = 0


class GuideVotes:
    """The counts in the table of that name."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """The counts, reached with this client."""
        self._client, self._table = client, table

    def count(self, guide: Guide, month: str, *, helped: bool) -> None:
        """Adds one reader's vote to those of the month (`2026-11`)."""
        self._client.update_item(
            TableName=self._table,
            Key=_key(month),
            UpdateExpression="ADD #vote :one",
            ExpressionAttributeNames={"#vote": _attribute(guide, helped=helped)},
            ExpressionAttributeValues=marshalled({":one": 1}),
        )

    def of(self, month: str) -> dict[Guide, Votes]:
        """The votes of a month for every guide."""
        answer = self._client.get_item(TableName=self._table, Key=_key(month))
        counts = unmarshalled(answer.get("Item", {}))
        return {
            guide: Votes(
                counts.get(_attribute(guide, helped=True), 0),
                counts.get(_attribute(guide, helped=False), 0),
            )
            for guide in Guide
        }


def _key(month: str) -> Item:
    return marshalled({"period": PERIOD, "dimension": month})


def _attribute(guide: Guide, *, helped: bool) -> str:
    return f"{guide}/{'helped' if helped else 'did-not-help'}"
