"""The table of the figures: a record for each day and category, and those of each month.

Its keys are `period` (the month, or `latest`) and `dimension` (`day/2026-11-03/payment`,
`month/payment`, `month`). What may be shown of a record is under `shown`, and no question reads
anything else, except the night's own. The record `latest` of a category also has the totals that
each of the latest days shows, under `days`, in the order of `Line`: a team's figures are one item.
All that was counted of a day, small counts included, is under `unshown` until the month is closed,
because its sum may be shown then. What percentiles over several days are made of is under `values`,
of the counts that the day shows, as long as the longest of these spans; what a forecast is made of,
how long each first answer of the day took, under `first_answers`, as long. Nothing here names an
incident or a person, and nothing else expires.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from suport.domain.category import Category
from suport.domain.figures import (
    Breakdown,
    CategoryFigures,
    DayCount,
    DayFigures,
    Latest,
    Line,
    MonthFigures,
    Quality,
    Spread,
    Totals,
    Values,
    month_of,
    shown,
)
from suport.domain.small_counts import Shown
from suport.register.marshalling import Item, marshalled, unmarshalled

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_LATEST, _MONTH, _DAY = "latest", "month", "day/"
_AFTER_ALL = "~"  # sorts after every day and category


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of a month: its days, and the month itself once that is closed."""

    days: Mapping[date, DayFigures]
    month: MonthFigures | None


class FiguresTable:
    """The figures in one DynamoDB table."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        """The table of that name, reached with this client."""
        self._client = client
        self._name = name

    # What everybody may ask

    def days(self, first: date, last: date) -> dict[date, DayFigures]:
        """What is shown of each recorded day from the first to the last, one request a month."""
        found: dict[date, dict[Category, CategoryFigures]] = {}
        for month in _months(first, last):
            for item in self._query(month, f"{_DAY}{first}", f"{_DAY}{last}/{_AFTER_ALL}", "shown"):
                day, category = _day_of(item)
                found.setdefault(day, {})[category] = _figures_of(item["shown"])
        return dict(sorted(found.items()))

    def month(self, month: str) -> Recorded:
        """What is recorded of a month, in one request."""
        days: dict[date, dict[Category, CategoryFigures]] = {}
        closed: dict[Category, CategoryFigures] = {}
        whole: Item | None = None
        for item in self._query(month, "", _AFTER_ALL, "shown"):
            kind, *of = item["dimension"].split("/")
            if kind != _MONTH:
                day, category = _day_of(item)
                days.setdefault(day, {})[category] = _figures_of(item["shown"])
            elif of:
                closed[Category(of[0])] = _figures_of(item["shown"])
            else:
                whole = item["shown"]
        if whole is None:
            return Recorded(days, None)
        procedures, languages = Breakdown(**whole["procedures"]), Breakdown(**whole["languages"])
        return Recorded(
            days, MonthFigures(categories=closed, procedures=procedures, languages=languages)
        )

    def latest(self, category: Category) -> Latest:
        """What the latest night says of a category, in one request."""
        answer = self._client.get_item(
            TableName=self._name, Key=marshalled({"period": _LATEST, "dimension": str(category)})
        )
        item = unmarshalled(answer.get("Item", {}))
        return Latest(_by_span(item), _totals_by_day(item.get("days", {})))

    def latest_of_all(self) -> dict[Category, tuple[date, dict[int, int]]]:
        """The last day counted, and the `halves` up to it, of each category: one request."""
        return {
            Category(item["dimension"]): (
                date.fromisoformat(item["until"]),
                {int(days): seconds for days, seconds in item["halves"].items()},
            )
            for item in self._query(_LATEST, "", _AFTER_ALL, "halves", "until")
            if "halves" in item
        }

    # What the night asks and records

    def counted(self, first: date, last: date) -> set[date]:
        """The days from the first to the last that are recorded for every category."""
        return {day for day, by in self.days(first, last).items() if by.keys() >= set(Category)}

    def record_day(self, counted: DayCount) -> None:
        """Records a day and category, unless that is done: a record stands."""
        self._put_unless_there(
            {
                "period": month_of(counted.day),
                "dimension": f"{_DAY}{counted.day}/{counted.category}",
                "shown": _figures_item(shown(counted)),
                "values": _values_item(counted.values_shown),
                "first_answers": [*counted.values[Line.ANSWERED]],
                "unshown": {
                    "lines": {str(line): [*parts] for line, parts in counted.lines.items()},
                    "values": _values_item(counted.values),
                    "procedures": dict(counted.procedures),
                    "languages": dict(counted.languages),
                },
            }
        )

    def unclosed(self, month: str) -> list[DayCount]:
        """All that was counted of the days of a month that is not closed; empty if it is."""
        found = []
        for item in self._query(month, "", _AFTER_ALL, "shown", "unshown"):
            if item["dimension"] == _MONTH:
                return []
            if "unshown" in item:
                day, category = _day_of(item)
                counted = item["unshown"]
                found.append(
                    DayCount(
                        day=day,
                        category=category,
                        lines={Line(name): tuple(each) for name, each in counted["lines"].items()},
                        procedures=counted["procedures"],
                        languages=counted["languages"],
                        values=_values_of(counted["values"]),
                    )
                )
        return found

    def close(self, month: str, figures: MonthFigures) -> None:
        """Records a month, unless that is done; then forgets the small counts of its days."""
        for category, each in figures.categories.items():
            self._put_unless_there(
                {
                    "period": month,
                    "dimension": f"{_MONTH}/{category}",
                    "shown": _figures_item(each),
                }
            )
        whole = {
            "procedures": _breakdown_item(figures.procedures),
            "languages": _breakdown_item(figures.languages),
        }
        self._put_unless_there({"period": month, "dimension": _MONTH, "shown": whole})
        self.forget_small_counts(month)

    def forget_small_counts(self, month: str) -> None:
        """Removes all that is not shown of the days of a closed month."""
        self._remove("unshown", month, _DAY, f"{_DAY}{_AFTER_ALL}")

    def values(self, first: date, last: date) -> dict[Category, dict[date, Values]]:
        """What percentiles over these days are made of."""
        found: dict[Category, dict[date, Values]] = {category: {} for category in Category}
        for month in _months(first, last):
            of_days = f"{_DAY}{first}", f"{_DAY}{last}/{_AFTER_ALL}"
            for item in self._query(month, *of_days, "values"):
                day, category = _day_of(item)
                found[category][day] = _values_of(item.get("values", {}))
        return found

    def first_answers(self, first: date, last: date) -> dict[Category, dict[date, list[int]]]:
        """How many minutes each first answer of these days took, small counts included."""
        found: dict[Category, dict[date, list[int]]] = {category: {} for category in Category}
        for month in _months(first, last):
            of_days = f"{_DAY}{first}", f"{_DAY}{last}/{_AFTER_ALL}"
            for item in self._query(month, *of_days, "first_answers"):
                day, category = _day_of(item)
                found[category][day] = item.get("first_answers", [])
        return found

    def forget_values(self, first: date, last: date) -> None:
        """Removes what figures over these days were made of: no span reaches back to them."""
        for month in _months(first, last):
            for attribute in ("values", "first_answers"):
                self._remove(attribute, month, f"{_DAY}{first}", f"{_DAY}{last}/{_AFTER_ALL}")

    def replace_latest(
        self, category: Category, latest: Latest, halves: Mapping[int, int], until: date
    ) -> None:
        """Replaces what the latest night says of a category, up to that day.

        halves: what its forecast is made from, see `domain/forecast.py`.
        """
        item = {
            "period": _LATEST,
            "dimension": str(category),
            "until": until.isoformat(),
            "shown": {str(days): _quality_item(each) for days, each in latest.quality.items()},
            "days": {
                day.isoformat(): [each.get(line) for line in Line]
                for day, each in latest.days.items()
            },
            "halves": {str(days): seconds for days, seconds in halves.items()},
        }
        self._client.put_item(TableName=self._name, Item=marshalled(item))

    # How it is done

    def _query(self, period: str, first: str, last: str, *attributes: str) -> Iterator[Item]:
        names = {f"#{name}": name for name in ("period", "dimension", *attributes)}
        condition = "#period = :period"
        values = {":period": period}
        if first or last != _AFTER_ALL:
            condition += " AND #dimension BETWEEN :first AND :last"
            values |= {":first": first, ":last": last}
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression=condition,
            ProjectionExpression=", ".join(names),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=marshalled(values),
        )
        for page in pages:
            yield from map(unmarshalled, page["Items"])

    def _remove(self, attribute: str, period: str, first: str, last: str) -> None:
        """Removes an attribute from the records of that period from the first to the last."""
        for item in self._query(period, first, last, attribute):
            if attribute in item:
                self._client.update_item(
                    TableName=self._name,
                    Key=marshalled({"period": period, "dimension": item["dimension"]}),
                    UpdateExpression=f"REMOVE #{attribute}",
                    ExpressionAttributeNames={f"#{attribute}": attribute},
                )

    def _put_unless_there(self, item: Item) -> None:
        try:
            self._client.put_item(
                TableName=self._name,
                Item=marshalled(item),
                ConditionExpression="attribute_not_exists(#period)",
                ExpressionAttributeNames={"#period": "period"},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return


def _months(first: date, last: date) -> Iterator[str]:
    """The month of each day from the first to the last, once."""
    for number in range(first.year * 12 + first.month, last.year * 12 + last.month + 1):
        year, month = divmod(number - 1, 12)
        yield month_of(date(year, month + 1, 1))


def _day_of(item: Item) -> tuple[date, Category]:
    _, day, category = item["dimension"].split("/")
    return date.fromisoformat(day), Category(category)


def _figures_item(figures: CategoryFigures) -> Item:
    return {
        "lines": {
            str(line): _some(total=each.total, parts=each.parts and [*each.parts])
            for line, each in figures.lines.items()
        },
        "quality": _quality_item(figures.quality),
    }


def _figures_of(item: Item) -> CategoryFigures:
    lines = {}
    for line in Line:
        told = item["lines"].get(line, {})
        parts = told.get("parts")
        lines[line] = Shown(told.get("total"), parts and tuple(parts))
    return CategoryFigures(lines, _quality_of(item["quality"]))


def _by_span(item: Item) -> dict[int, Quality]:
    return {int(days): _quality_of(each) for days, each in item.get("shown", {}).items()}


def _totals_by_day(item: Item) -> dict[date, Totals]:
    return {
        date.fromisoformat(day): dict(zip(Line, each, strict=False))
        for day, each in sorted(item.items())
    }


def _quality_item(quality: Quality) -> Item:
    mean = quality.mean_rating
    return _some(
        first_answer_s=_spread_item(quality.first_answer_s),
        solution_s=_spread_item(quality.solution_s),
        mean_tenths=None if mean is None else round(mean * 10),  # the table's numbers are whole
    )


def _quality_of(item: Item) -> Quality:
    tenths = item.get("mean_tenths")
    return Quality(
        Spread(*item.get("first_answer_s", ())),
        Spread(*item.get("solution_s", ())),
        None if tenths is None else tenths / 10,
    )


def _spread_item(spread: Spread) -> list[int] | None:
    return None if spread.p50 is None or spread.p90 is None else [spread.p50, spread.p90]


def _values_item(values: Values) -> Item:
    return {str(line): [*each] for line, each in values.items()}


def _values_of(item: Item) -> Values:
    return {Line(name): each for name, each in item.items()}


def _breakdown_item(breakdown: Breakdown) -> Item:
    return {"shown": dict(breakdown.shown), "others": breakdown.others}


def _some(**values: Any) -> Item:
    return {name: value for name, value in values.items() if value is not None}
