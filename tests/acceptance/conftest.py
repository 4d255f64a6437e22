"""The longer tests, for `make acceptance`; `make test` has a short test of each promise."""

from tests.support.browser import chromium, visitor
from tests.support.deployment import service
from tests.support.uploads import store

__all__ = ["chromium", "service", "store", "visitor"]
