"""The pages in a real browser."""

import pytest

from tests.support.browser import chromium, visitor
from tests.support.service import Service
from tests.support.web_desk import WebDesk

__all__ = ["chromium", "visitor"]


@pytest.fixture
def javascript() -> bool:
    """Whether the browser runs scripts; `tests/acceptance` runs the same tests without them."""
    return True


@pytest.fixture(scope="session")
def desk(service: Service) -> WebDesk:
    """The desk; whoever has signed in there stays signed in."""
    return WebDesk(service)
