"""The pages in a real browser."""

from tests.support.browser import chromium, visitor

__all__ = ["chromium", "visitor"]
