"""The record of the retention audit: one item for each day, with counts and dates only."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from suport.domain.legal_time import utc_text
from suport.domain.overdue import Overdue
from suport.domain.retention_run import Checked, Run
from suport.register.marshalling import Item, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class RetentionRuns:
    """The table of the audit's runs, by month and day."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """The runs in that table, reached with this client."""
        self._client, self._table = client, table

    def run(self, day: date) -> Run | None:
        """The run of that day, as far as it has got."""
        answer = self._client.get_item(
            TableName=self._table, Key=marshalled(_key(day)), ConsistentRead=True
        )
        return _run(unmarshalled(answer["Item"])) if "Item" in answer else None

    def month(self, month: str) -> list[Run]:
        """The runs of a month, such as 2026-11, the first day first."""
        answer = self._client.query(  # 31 small items are one page
            TableName=self._table,
            KeyConditionExpression="#month = :month",
            ExpressionAttributeNames={"#month": "month"},
            ExpressionAttributeValues=marshalled({":month": month}),
            ConsistentRead=True,
        )
        return [_run(unmarshalled(item)) for item in answer["Items"]]

    def write(self, run: Run) -> Run | None:
        """Writes the run, unless somebody has written it since it was read.

        Returns it for the next write; None if somebody else has it.
        """
        written = replace(run, revision=run.revision + 1)
        condition: Mapping[str, Any] = {
            "ConditionExpression": "revision = :seen",
            "ExpressionAttributeValues": marshalled({":seen": run.revision}),
        }
        if not run.revision:
            condition = {"ConditionExpression": "attribute_not_exists(revision)"}
        try:
            self._client.put_item(
                TableName=self._table, Item=marshalled(_item(written)), **condition
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return written


def _key(day: date) -> Item:
    return {"month": day.isoformat()[:7], "day": day.isoformat()}


def _item(run: Run) -> Item:
    moments = {
        "begun_at": run.begun_at,
        "finished_at": run.finished_at,
        "held_until": run.held_until,
    }
    return {
        **_key(run.day),
        **{name: utc_text(moment) for name, moment in moments.items() if moment},
        "done": sorted(run.done),
        "checked": {str(kind): number for kind, number in run.checked.items()},
        "erased": {str(kind): number for kind, number in run.erased.items()},
        "oldest_s": {str(kind): seconds for kind, seconds in run.oldest_s.items()},
        "breaches": run.breaches,
        "revision": run.revision,
    }


def _run(item: Item) -> Run:
    moments = {
        name: datetime.fromisoformat(item[name])
        for name in ("finished_at", "held_until")
        if name in item
    }
    return Run(
        day=date.fromisoformat(item["day"]),
        begun_at=datetime.fromisoformat(item["begun_at"]),
        done=frozenset(item["done"]),
        checked={Checked(kind): number for kind, number in item["checked"].items()},
        erased={Overdue(kind): number for kind, number in item["erased"].items()},
        oldest_s={Overdue(kind): seconds for kind, seconds in item["oldest_s"].items()},
        breaches=item["breaches"],
        revision=item["revision"],
        **moments,
    )
