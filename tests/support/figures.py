"""The table of the figures in this process, beside that of the register.

It knows as much of DynamoDB as the figures use. The end-to-end tests use the real requests.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from suport.domain.category import Category
from suport.domain.figures import SPANS, Facts, Latest, close_month, count_day, shown, spans, totals
from suport.domain.incident import Channel
from suport.domain.language import Language
from suport.domain.legal_time import start_of
from suport.domain.procedures import catalogue
from suport.register.figures_table import FiguresTable
from suport.views.figures_view import report
from tests.support.table import PAGE, ConditionalCheckFailedException, Item, PlainTable, Table

FIGURES = "figures"
LISTED = catalogue().procedures[0]


class RegisterAndFigures(Table):
    """A client of both tables. `records` are those of the figures, by their keys.

    There is no remote session, about which the watcher asks.
    """

    def __init__(self) -> None:
        super().__init__(remote_sessions=PlainTable(("owner", "item")))
        self.records: dict[tuple[str, str], Item] = {}

    def paginate(self, **asked: Any) -> Iterator[Any]:
        if asked["TableName"] != FIGURES:
            yield from super().paginate(**asked)
            return
        found = self._found(**asked)
        for start in range(0, max(len(found), 1), PAGE):
            yield {"Items": found[start : start + PAGE]}

    def _answer(self, name: str, asked: dict[str, Any]) -> Any:
        if asked.get("TableName") != FIGURES:
            return super()._answer(name, asked)
        answers: dict[str, Callable[..., Any]] = {
            "get_item": self._get,
            "put_item": self._record,
            "update_item": self._update,
        }
        return answers[name](**asked)

    def _get(self, *, TableName: str, Key: Item) -> Any:  # noqa: N803
        assert TableName
        found = self.records.get(_key(Key))
        return {"Item": found} if found else {}

    def _record(self, *, TableName: str, Item: Item, **asked: Any) -> Any:  # noqa: N803
        assert TableName
        if asked and _key(Item) in self.records:
            assert asked["ConditionExpression"] == "attribute_not_exists(#period)"
            told: Any = {"Error": {"Code": "ConditionalCheckFailedException"}}
            raise ConditionalCheckFailedException(told, "PutItem")
        self.records[_key(Item)] = dict(Item)
        return {}

    def _update(self, *, TableName: str, Key: Item, **asked: Any) -> Any:  # noqa: N803
        """Removes an attribute, or adds one to a count."""
        assert TableName
        act, name, *_ = asked["UpdateExpression"].split()
        attribute = asked["ExpressionAttributeNames"][name]
        record = dict(self.records.get(_key(Key), Key))
        before = record.pop(attribute, {"N": "0"})
        if act == "ADD":
            record[attribute] = {"N": str(int(before["N"]) + 1)}
        self.records[_key(Key)] = record
        return {}

    def _found(self, **asked: Any) -> list[Item]:
        condition, values = asked["KeyConditionExpression"], asked["ExpressionAttributeValues"]
        period, between, rest = condition.partition(" AND #dimension BETWEEN :first AND :last")
        assert (period, rest) == ("#period = :period", "")
        names = asked["ExpressionAttributeNames"]
        shown = [names[each] for each in asked["ProjectionExpression"].split(", ")]
        return [
            {name: item[name] for name in shown if name in item}
            for (of, dimension), item in sorted(self.records.items())
            if of == values[":period"]["S"]
            and (not between or values[":first"]["S"] <= dimension <= values[":last"]["S"])
        ]


def recorded(table: FiguresTable, facts: list[Facts], first: date, last: date) -> None:
    """Records these days as the nights after them would, and closes the months that are over."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    for day in days:
        for category in Category:
            table.record_day(count_day(day, category, facts))
    for month in {f"{day:%Y-%m}" for day in days} - {f"{last + timedelta(days=1):%Y-%m}"}:
        table.close(month, close_month(table.unclosed(month)))
    told = table.days(last - timedelta(days=max(SPANS) - 1), last)
    for category, values in table.values(first, last).items():
        of_days = {day: totals(by[category]) for day, by in told.items()}
        table.replace_latest(category, Latest(spans(values, last), of_days), {}, last)


def november(*, closed: bool = True) -> dict[str, Any]:
    """What the API tells of a November with 9 incidents on the 3rd and 2 on each of two days."""
    known: dict[str, Any] = {
        "category": Category.PAYMENT,
        "language": Language.CATALAN,
        "channel": Channel.WEB,
    }
    facts = [
        Facts(**known, submitted_at=start_of(date(2026, 11, day)), procedure=code)
        for day, many, code in ((3, 9, LISTED.code), (4, 3, None), (5, 2, None), (6, 25, None))
        for _ in range(many)
    ]
    last = 30 if closed else 6
    days = [date(2026, 11, number) for number in range(1, last + 1)]
    counted = [count_day(day, category, facts) for day in days for category in Category]
    by_day = {
        day: {each.category: shown(each) for each in counted if each.day == day} for day in days
    }
    month = close_month(counted) if closed else None
    view: dict[str, Any] = report("2026-11", by_day, month, catalogue())
    return view


def _key(item: Item) -> tuple[str, str]:
    return item["period"]["S"], item["dimension"]["S"]
