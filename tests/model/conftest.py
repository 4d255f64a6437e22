"""The model runs in this process; `make acceptance` runs it long, as this profile says."""

from hypothesis import HealthCheck, settings
from pytest_socket import disable_socket

settings.register_profile(
    "acceptance",
    max_examples=10_000,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def pytest_runtest_setup() -> None:
    disable_socket(allow_unix_socket=True)
