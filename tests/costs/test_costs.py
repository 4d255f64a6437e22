"""What the documents say that the service costs is what follows from prices and counted calls."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from benchmarks.costs import bills, counted, model, price_list
from local import ROOT

PRICES = price_list.read()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
MOST_WHILE_IDLE = 3.0


@cache
def idle() -> model.Bill:
    return model.of_idle_month(PRICES, model.recorded())


@cache
def switches() -> dict[str, float]:
    return dict(model.of_switches(PRICES, model.recorded()))


def rows(title: str) -> Iterator[list[str]]:
    """The cells of each row of the tables below that title of the operations document."""
    section = OPERATIONS.partition(f"## {title}\n")[2].partition("\n## ")[0]
    for line in re.findall(r"^\| (.+) \|$", section, re.MULTILINE):
        yield [cell.strip("`* ") for cell in line.split(" | ")]


def test_the_model_has_the_calls_that_the_functions_make() -> None:
    """`make costs` counts them again: a difference is a change of what each incident costs."""
    assert {name: act.told() for name, act in counted.count().items()} == model.recorded()


def test_a_month_without_citizens_costs_at_most_three_dollars() -> None:
    assert idle().total <= MOST_WHILE_IDLE


def test_the_operations_document_has_the_bill_of_such_a_month() -> None:
    bill = idle()
    stated = dict(rows("What a stage costs while nobody uses it"))
    assert stated.pop("together") == f"{bill.total:.2f}"
    assert {what: price for what, price in stated.items() if "." in price} == {
        what: f"{price:.2f}" for what, price in bill.lines.items() if price
    }


def test_the_operations_document_compares_incidents_with_a_server() -> None:
    thousand = model.of_incidents(1000, PRICES, model.recorded()).total
    server = model.of_server(PRICES).total
    assert f"cost {thousand:.2f} more" in OPERATIONS
    assert f"costs {server:.2f}, used or not" in OPERATIONS
    assert idle().total + 20 * thousand < server


@pytest.mark.parametrize("switch", sorted(model.SWITCHES.keys() - {"MailFrom"}))
def test_the_operations_document_has_the_price_of_each_switch(switch: str) -> None:
    costs = switches()[switch]
    (row,) = [each for each in rows("What the switches cost") if each[0] == switch]
    stated = float(re.findall(r"\d+(?:\.\d+)?", row[1])[0])
    used = (
        "for a " in row[1] and costs == 0
    )  # it is charged for what it is used for, and not before
    assert used or stated == pytest.approx(costs, abs=0.11), row


def test_where_no_mail_leaves_nobody_asks_the_queue_of_what_happened_to_mails() -> None:
    costs = switches()["MailFrom"]
    assert f"with `MailFrom` a month costs {costs:.2f} more" in OPERATIONS


def test_the_operations_document_has_the_price_of_the_relay_and_of_the_topics_key() -> None:
    relay = model.of_relay(PRICES)
    section = OPERATIONS.partition("**What it costs**, used or not")[2].partition(
        "**What it carries"
    )[0]
    stated = [float(price) for price in re.findall(r"\| \**(\d+\.\d\d)\** \|", section)]
    assert stated == [round(price, 2) for price in (*relay.lines.values(), relay.total)]
    assert f"{relay.total:.2f} a month\nwith its secret" in OPERATIONS
    for stage, keys in {"dev": 0, "pre": 1, "prod": 1}.items():
        month = model.of_idle_month(PRICES, model.recorded(), stage)
        assert month.lines[model.KEY_OF_THE_TOPICS] == keys * PRICES.month("key")
    assert f"the key of the topics ({PRICES.month('key'):.0f})" in OPERATIONS


def test_the_results_have_the_bills_beside_the_server() -> None:
    found = {each.name: each for each in bills.figures()}
    server = model.of_server(PRICES).total
    idle_month, thousand = found[bills.IDLE], found[bills.INCIDENTS]
    assert idle_month.value == idle().total
    assert idle_month.ratio == idle().total / server
    assert thousand.ratio is not None
    incidents = found[bills.AS_DEAR].value
    assert idle_month.ratio + thousand.ratio * incidents / 1000 == pytest.approx(1)


def test_each_price_names_the_page_that_states_it() -> None:
    for section in (PRICES.requests, PRICES.months, PRICES.machines):
        for name, price in section.items():
            assert price.price > 0, name
            assert price.source.startswith("https://aws.amazon.com/"), name
    assert f"{PRICES.date}" in OPERATIONS
