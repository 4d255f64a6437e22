"""What the service costs: an incident, an idle month, each switch, the relay; and a server instead.

What is paid for each month is read from the template as it is deployed. What is paid for each call
follows from `calls.json`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.costs import counted
from benchmarks.costs.price_list import PriceList
from tests.support.template import TEMPLATE, watched_metrics
from tests.support.transformed import deployed

type Acts = Mapping[str, Mapping[str, Mapping[str, float]]]
"""What each act asks of AWS, as in `calls.json`."""
type Parameters = Mapping[str, str]

NO_SWITCH = {"AlarmsOfEachCause": "off", "AlarmsOfEachFunction": "off", "Comanda": "off"}
"""Those that are on unless a stage says otherwise."""
EMAIL = "suport@example.org"
SWITCHES: dict[str, Parameters] = {
    "AlarmsOfEachCause": {"AlarmsOfEachCause": "on"},
    "AlarmsOfEachFunction": {"AlarmsOfEachFunction": "on"},
    "Comanda": {"Comanda": "on"},
    "Overview": {"Overview": "on"},
    "Firewall": {"Firewall": "on"},
    "AccessLogs": {"AccessLogs": "on"},
    "Traces": {"Traces": "on"},
    "MalwareScanning": {"MalwareScanning": "on"},
    "MailFrom": {"MailFrom": EMAIL},
}
KEY_OF_THE_TOPICS = "a key of its own"
"""What a stage that holds citizens' data has besides, and no switch takes away."""
WATCHES_AN_HOUR = 12
STARTS_OF_THE_AUDIT = 22
"""A night: two that begin it, and twenty that go on with it."""
NIGHTS = 30.4
GIGABYTE = 1e9


@dataclass(frozen=True)
class Bill:
    """Dollars by what they are paid for."""

    lines: Mapping[str, float]

    @property
    def total(self) -> float:
        return sum(self.lines.values())


def recorded() -> Acts:
    """What was counted last."""
    acts: Acts = json.loads(counted.FILE.read_text())
    return acts


def of_act(paid: Mapping[str, float], prices: PriceList) -> float:
    """What an act costs, with the time that its functions run and what they log."""
    runs = paid.get("run", 0)
    memory_gb: float = TEMPLATE["Globals"]["Function"]["MemorySize"] / 1024
    seconds = runs * prices.assumed["run_seconds"]
    logged = runs * prices.assumed["log_bytes"] / GIGABYTE
    return (
        sum(many * prices.request(kind) for kind, many in paid.items())
        + seconds * memory_gb * prices.request("gigabyte_second")
        + logged * prices.request("logged_gigabyte")
    )


def of_incidents(many: int, prices: PriceList, acts: Acts) -> Bill:
    """What so many incidents cost, from the help page to the last mail."""
    life = {name: of_act(act["paid"], prices) for name, act in acts.items()}
    return Bill(
        {
            name: many * price
            for name, price in life.items()
            if name not in counted.WITHOUT_AN_INCIDENT
        }
    )


def of_idle_month(
    prices: PriceList, acts: Acts, stage: str = "dev", given: Parameters = NO_SWITCH
) -> Bill:
    """What a month costs in which nobody asks for anything."""
    resources = deployed(stage, **given)["Resources"]
    hours = prices.assumed["month_hours"]
    watches = hours * WATCHES_AN_HOUR

    def every(kind: str) -> list[dict[str, Any]]:
        return [it.get("Properties", {}) for it in resources.values() if it["Type"] == kind]

    def act(name: str) -> float:
        return of_act(acts[name]["paid"], prices) + prices.request("schedule")

    watch = counted.A_WATCH if given.get("Comanda") == "off" else counted.A_WATCH_FOR_COMANDA
    alarm_metrics = sum(len(watched_metrics(it)) for it in every("AWS::CloudWatch::Alarm"))
    polled = [
        it
        for it in every("AWS::Lambda::EventSourceMapping")
        if "StartingPosition" not in it
        and it.get("Enabled") is not False  # asking a stream is free
    ]
    polls = prices.assumed["pollers"] * hours * 3600 / prices.assumed["poll_seconds"]
    nightly = prices.assumed["nightly_metric_hours"] / 24
    rules = [len(it["Rules"]) for it in every("AWS::WAFv2::WebACL")]
    return Bill(
        {
            "secrets": len(every("AWS::SecretsManager::Secret")) * prices.month("secret"),
            "asking the queues": len(polled) * polls * prices.request("queue"),
            "alarms": alarm_metrics * prices.month("alarm_metric"),
            "metrics of its own": (1 + nightly) * prices.month("own_metric"),
            "the watcher": watches * act(watch),
            "the nights": NIGHTS
            * (
                act(counted.AN_AUDIT)
                + (STARTS_OF_THE_AUDIT - 1) * act(counted.AFTER_THE_AUDIT)
                + act(counted.A_COUNT)
            ),
            "the tables' key": watches
            * prices.assumed["key_requests_a_watch"]
            * prices.request("key"),
            KEY_OF_THE_TOPICS: len(every("AWS::KMS::Key")) * prices.month("key"),
            "the firewall": len(rules) * prices.month("web_acl")
            + sum(rules) * prices.month("web_acl_rule"),
            "the dashboard": len(every("AWS::CloudWatch::Dashboard")) * prices.month("dashboard"),
        }
    )


def of_switches(prices: PriceList, acts: Acts) -> Iterator[tuple[str, float]]:
    """By how much each switch makes a month dearer in which nobody asks for anything."""
    without = of_idle_month(prices, acts).total
    for name, given in SWITCHES.items():
        yield name, of_idle_month(prices, acts, given={**NO_SWITCH, **given}).total - without


def of_server(prices: PriceList) -> Bill:
    """What one small server costs a month, used or not, with nobody's work to look after it."""
    return Bill(_machine("t4g_small", 20, prices))


def of_relay(prices: PriceList) -> Bill:
    """What the relay for remote support costs a month, used or not, with the secret that it has."""
    return Bill(_machine("t4g_micro", 8, prices) | {"its secret": prices.month("secret")})


def _machine(name: str, disk_gigabytes: int, prices: PriceList) -> dict[str, float]:
    """A machine of that type that is always on, with an address and a disk of its own."""
    hours = prices.assumed["month_hours"]
    return {
        "the machine": hours * prices.machines[name].price,
        "its address": hours * prices.machines["address"].price,
        "its disk": disk_gigabytes * prices.machines["disk_gigabyte"].price,
    }
