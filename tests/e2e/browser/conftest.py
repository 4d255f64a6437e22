"""The pages in a real browser."""

import pytest

from tests.support.browser import chromium, visitor

__all__ = ["chromium", "visitor"]


@pytest.fixture
def javascript() -> bool:
    """Whether the browser runs scripts; `tests/acceptance` runs the same tests without them."""
    return True
