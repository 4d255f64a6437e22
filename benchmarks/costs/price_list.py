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
    """Prices by what is paid for: each request, each month, the server; and what is assumed."""

    date: date
    requests: Mapping[str, Price]
    months: Mapping[str, Price]
    server: Mapping[str, Price]
    disk_gigabytes: float
    assumed: Mapping[str, float]

    def request(self, kind: str) -> float:
        return self.requests[kind].price

    def month(self, kind: str) -> float:
        return self.months[kind].price


def read() -> PriceList:
    """The list as it is in the file."""
    told = tomllib.loads(FILE.read_text())
    disk_gigabytes = told["server"].pop("disk_gigabytes")
    sections = {
        name: {kind: Price(**each) for kind, each in told[name].items()}
        for name in ("requests", "months", "server")
    }
    return PriceList(
        told["date"],
        sections["requests"],
        sections["months"],
        sections["server"],
        disk_gigabytes,
        told["assumed"],
    )
