"""The longer tests, for `make acceptance`; `make test` has a short test of each promise."""

from tests.support.browser import chromium, visitor
from tests.support.deployment import service
from tests.support.operator_desk import anna, bert, short_visibility, sign_in
from tests.support.uploads import store

__all__ = ["anna", "bert", "chromium", "service", "short_visibility", "sign_in", "store", "visitor"]
