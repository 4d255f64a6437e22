"""The reader of HTML by its former name; it is `tests.support.html`."""

from tests.support.html import Page as Markup

__all__ = ["Markup"]
