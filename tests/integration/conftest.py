"""The build on which these tests run."""

from collections.abc import Iterator

import pytest

from local import stack
from tests.integration.service import Service, service


@pytest.fixture(scope="session", autouse=True)
def _built() -> None:
    stack.build()


@pytest.fixture(scope="module")
def running(_built: None) -> Iterator[Service]:
    """The service, with one register for all tests of a module."""
    with service() as started:
        yield started
