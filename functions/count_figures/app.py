"""Counts each night what happened the day before, and closes a month once it is over.

A record stands: the same night again changes nothing. A night that was missed is made up for by the
next one, up to `CAUGHT_UP` days later.
"""

from datetime import date, timedelta
from typing import Any

from suport.domain.category import Category
from suport.domain.figures import (
    CAUGHT_UP,
    SPANS,
    Facts,
    Latest,
    by_day,
    close_month,
    count_day,
    day_of,
    days_to_count,
    month_of,
    spans,
    totals,
)
from suport.domain.forecast import halves
from suport.register.deployed import register
from suport.register.other_tables import figures_table
from suport.runtime import clock

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


def count_until(today: date, facts: list[Facts]) -> list[date]:
    """Counts the days before today that are not counted yet; returns them."""
    table = figures_table()
    yesterday = today - timedelta(days=1)
    counted = table.counted(today - timedelta(days=CAUGHT_UP), yesterday)
    days, happened = days_to_count(today, counted, facts), by_day(facts)
    for day in days:
        for category in Category:
            table.record_day(count_day(day, category, happened.get(day, [])))
    longest = timedelta(days=max(SPANS))
    first_answers = table.first_answers(today - longest, yesterday)
    shown = table.days(today - longest, yesterday)
    for category, values in table.values(today - longest, yesterday).items():
        half = halves(first_answers[category], yesterday)
        of_days = {day: totals(by[category]) for day, by in shown.items() if category in by}
        latest = Latest(spans(values, yesterday), of_days)
        table.replace_latest(category, latest, half, yesterday)
    table.forget_values(today - 2 * longest, today - longest - timedelta(days=1))
    return days


def close_months(today: date) -> list[str]:
    """Closes the months before this one that are not closed yet; returns them."""
    table, closed = figures_table(), []
    for month in months_before(today):
        if days := table.unclosed(month):
            table.close(month, close_month(days))
            closed.append(month)
        else:
            table.forget_small_counts(month)  # if the night that closed it got no further
    return closed


def months_before(today: date) -> list[str]:
    """The months before this one in which a night may still count a day."""
    first = today.replace(day=1)
    days = (first - timedelta(days=number) for number in range(1, CAUGHT_UP + 1))
    return sorted({month_of(day) for day in days})


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001  only the time
    """Handles the schedule."""
    at = clock.now()
    facts = register().facts(at)
    days = count_until(day_of(at), facts)
    months = close_months(day_of(at))
    logger.info("figures counted", days=[str(day) for day in days], months=months)
