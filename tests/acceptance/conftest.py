"""The longer proofs, run by `make acceptance`; `make test` has a short one of each promise."""

from tests.support.browser import chromium, visitor
from tests.support.deployment import service
from tests.support.uploads import store

__all__ = ["chromium", "service", "store", "visitor"]
