"""Parts of pages that are the same for every reader of a language, made once in a process.

The navigation, the footer and the fields of a form take most of the time that a page takes. What a
person typed, and what is wrong with it, is put in each time and never kept.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from jinja2 import Undefined
from jinja2.runtime import Macro
from markupsafe import Markup

_MOST_KEPT = 1024  # parts; there are fewer, unless somebody makes up addresses
_VALUE = "\ue000"  # where a kept field has its value; no text of the service has this character
_NO_VALUE = Undefined(name="value")  # unlike that of a page, it refers to no form


class KeptParts:
    """What the macros of one language have made so far."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.once: Callable[..., Markup] = lru_cache(_MOST_KEPT, typed=True)(_made)
        """What a macro makes of its arguments, all of which are the service's own texts."""

    def filled_in(
        self, field: Macro, value: str | Undefined, wrong: str, *fixed: Any, **attributes: str
    ) -> Markup:
        """A field of a form, with its value.

        field: a macro that takes these arguments and shows the value in one place. value: undefined
        if the form has none. wrong: what is wrong with it; empty if nothing is. fixed, attributes:
        texts of the service.
        """
        if wrong:  # it may repeat the value
            return _made(field, value, wrong, *fixed, **attributes)
        if isinstance(value, Undefined):
            return self.once(field, _NO_VALUE, "", *fixed, **attributes)
        before, after = self.once(field, _VALUE, "", *fixed, **attributes).split(_VALUE)
        return before + value + after  # markup escapes the text that is added to it


def _made(macro: Macro, *given: Any, **attributes: Any) -> Markup:
    return Markup(macro(*given, **attributes))  # noqa: S704  the macro has escaped its arguments
