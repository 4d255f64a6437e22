"""What a team's figures cost to read once there are six months of them, and many incidents."""

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import batched
from typing import TYPE_CHECKING, Any

from suport.domain.category import Category
from suport.domain.figures import SPANS, Facts, Latest, count_day, spans, totals
from suport.domain.incident import Status
from suport.domain.legal_time import to_madrid
from suport.domain.reference import reference_for
from suport.register.figures_table import FiguresTable
from suport.register.items import incident_item
from suport.register.marshalling import marshalled
from suport.register.register import Register
from tests.support.incidents import an_incident
from tests.support.operator import Operator, operator
from tests.support.service import Answer, Service

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["operator"]

INCIDENTS = 2000


def test_six_months_of_figures_are_read_sooner_than_the_incidents_would_be(
    service: Service, operator: Callable[[Category], Operator]
) -> None:
    anna = operator(Category.PAYMENT)
    fill(service)
    register = Register(service.dynamodb, service.environment["REGISTER_TABLE"])

    def ask(days: int) -> Callable[[], None]:
        return lambda: expect_ok(anna.request("GET", f"/stats?days={days}"))

    month, half_a_year = median_ms(ask(30)), median_ms(ask(180))
    incidents = median_ms(lambda: expect_many(register.facts(datetime.now(UTC))))
    print(  # noqa: T201  to be noted in the decisions
        f"{os.cpu_count()} cores: 30 days {month:.0f} ms, 180 days {half_a_year:.0f} ms;"
        f" reading {INCIDENTS} incidents alone {incidents:.0f} ms"
    )
    assert half_a_year < incidents


def median_ms(ask: Callable[[], None]) -> float:
    ask()  # the first one starts the function
    taken = []
    for _ in range(9):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def expect_ok(answer: Answer) -> None:
    assert answer.status == HTTPStatus.OK, answer.text


def expect_many(found: list[Facts]) -> None:
    assert len(found) >= INCIDENTS


def fill(service: Service) -> None:
    """Six months of figures, and as many resolved incidents as nobody has to read for them."""
    client: DynamoDBClient = service.dynamodb
    now = datetime.now(UTC)
    yesterday = to_madrid(now).date() - timedelta(days=1)
    table = FiguresTable(client, service.environment["FIGURES_TABLE"])
    for number in range(max(SPANS)):
        for category in Category:
            table.record_day(count_day(yesterday - timedelta(days=number), category, []))
    told = table.days(yesterday - timedelta(days=180), yesterday)
    for category, values in table.values(yesterday - timedelta(days=180), yesterday).items():
        of_days = {day: totals(by[category]) for day, by in told.items()}
        table.replace_latest(category, Latest(spans(values, yesterday), of_days), {}, yesterday)
    resolved = an_incident(
        category=Category.PAYMENT, status=Status.RESOLVED, submitted_at=now, resolved_at=now
    )
    items = [
        incident_item(replace(resolved, reference=reference_for(b"many", str(number), 0)))
        for number in range(INCIDENTS)
    ]
    for some in batched(items, 25, strict=False):
        puts: Any = [{"PutRequest": {"Item": marshalled(item)}} for item in some]
        client.batch_write_item(RequestItems={service.environment["REGISTER_TABLE"]: puts})
