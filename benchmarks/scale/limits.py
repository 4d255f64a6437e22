"""The table of limits (`limits.toml`)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parent / "limits.toml"
REGIONAL, NATIONAL = "regional", "national"
"""The values of the template's parameter `Throughput`."""


@dataclass(frozen=True)
class Limit:
    """How much may pass, which page says so, and what answers it when it is too little.

    national: the figure with `Throughput=national`, if it is another one then. assumed: whether
    the page was not seen to state the figure.
    """

    figure: int
    what: str
    source: str
    answer: str
    national: int | None = None
    assumed: bool = False

    def at(self, throughput: str) -> int:
        """The figure with that throughput."""
        return self.national if self.national and throughput == NATIONAL else self.figure


def read() -> Mapping[str, Limit]:
    """Every limit by its name."""
    return {name: Limit(**told) for name, told in tomllib.loads(FILE.read_text()).items()}
