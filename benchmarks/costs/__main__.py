"""Counts again what each act asks of AWS, keeps it, and prints what the service costs."""

import json
from collections.abc import Iterator

from benchmarks.costs import bills, counted, model, price_list
from tests.support import package_data


def main() -> None:
    """Writes `calls.json`, and prints the bills."""
    package_data.build()
    acts = {name: act.told() for name, act in counted.count().items()}
    counted.FILE.write_text(json.dumps(acts, indent=1) + "\n")
    print("\n".join(told()))


def told() -> Iterator[str]:
    """The bills, line by line, in dollars."""
    prices, acts = price_list.read(), model.recorded()
    yield f"Dollars, at the prices of {prices.date} (assumed), without free allowances."
    for title, bill in (
        (bills.INCIDENTS, thousand(prices, acts)),
        (bills.IDLE.capitalize(), model.of_idle_month(prices, acts)),
        (bills.SERVER.capitalize(), model.of_server(prices)),
        ("The relay for remote support, a month", model.of_relay(prices)),
    ):
        yield f"\n{title}: {bill.total:.2f}"
        yield from (f"  {price:6.3f}  {name}" for name, price in bill.lines.items() if price)
    yield "\nA switch costs a month more, used or not:"
    for name, price in model.of_switches(prices, acts):
        yield f"  {price:6.2f}  {name}"
    key = model.of_idle_month(prices, acts, "prod").lines[model.KEY_OF_THE_TOPICS]
    yield f"\n`pre` and `prod` also have the key of the topics: {key:.2f}"


def thousand(prices: price_list.PriceList, acts: model.Acts) -> model.Bill:
    """What a thousand incidents cost."""
    return model.of_incidents(1000, prices, acts)


if __name__ == "__main__":
    main()
