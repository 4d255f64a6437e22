"""How long `make fuzz` looks, and how what it found is looked at again."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.functions.conftest import embedded, figures, load, moto
from tests.support.deployment import deployed
from tests.support.service import Service

__all__ = ["embedded", "figures", "load", "moto"]

# Nothing is kept from one run to the next: seed and number alone say what a run draws.
settings.register_profile(
    "fuzz",
    max_examples=int(os.environ.get("EXAMPLES", "1000")),
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="session")
def service() -> Iterator[Service]:
    """The service of this process, which gets too much that is wrong to look at its logs."""
    with deployed() as running:
        yield running


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Says for each failure with which command the same examples are drawn again."""
    seed = config.getoption("--hypothesis-seed")
    if seed is None:
        return
    for report in terminalreporter.getreports("failed"):
        name = report.nodeid.rpartition("::")[2].partition("[")[0]
        how = f"SEED={seed} EXAMPLES={settings().max_examples} ARGS='-k {name}'"
        terminalreporter.write_line(f"Again: make fuzz {how}")
