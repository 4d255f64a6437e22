"""The dated list of prices (`prices.toml`)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FILE = Path(__file__).parent / "prices.toml"


@dataclass(frozen=True)
class Price:
    """Dollars for one, and the page of AWS that states it."""

    price: float
    source: str


@dataclass(frozen=True)
class PriceList:
    """Prices by what is paid for: each request, each month, a machine; and what is assumed."""

    date: date
    requests: Mapping[str, Price]
    months: Mapping[str, Price]
    machines: Mapping[str, Price]
    assumed: Mapping[str, float]

    def request(self, kind: str) -> float:
        return self.requests[kind].price

    def month(self, kind: str) -> float:
        return self.months[kind].price


def read() -> PriceList:
    """The list as it is in the file."""
    told = tomllib.loads(FILE.read_text())
    sections = {
        name: {kind: Price(**each) for kind, each in told[name].items()}
        for name in ("requests", "months", "machines")
    }
    return PriceList(
        told["date"],
        sections["requests"],
        sections["months"],
        sections["machines"],
        told["assumed"],
    )
