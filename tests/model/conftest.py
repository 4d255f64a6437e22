"""The models run in this process; `make model` runs them long, as this profile says."""

from hypothesis import HealthCheck, settings
from pytest_socket import disable_socket

settings.register_profile(
    "model",
    max_examples=10_000,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def pytest_runtest_setup() -> None:
    disable_socket(allow_unix_socket=True)
