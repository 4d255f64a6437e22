"""Links that dial the 012 line, in place of its numbers in a text."""

import re

from markupsafe import Markup, escape

from suport.domain.phone_line import INTERNATIONAL_NUMBER, NUMBERS, Origin

_TARGETS = {
    number: number if origin is Origin.BALEARIC_ISLANDS else INTERNATIONAL_NUMBER
    for origin, number in NUMBERS.items()
}
_NUMBER = re.compile(  # the longest first: it ends like another
    r"(?<![\w.+-])(?:{})(?![\w-]|\.\d)".format(
        "|".join(
            number.replace(" ", "[ \N{NO-BREAK SPACE}]")
            for number in sorted(_TARGETS, key=len, reverse=True)
        )
    )
)


def dialled(text: str, style: str = "") -> Markup:
    """The text as HTML, with a link in place of each number of the line; none breaks in two lines.

    style: the class of the links.

    >>> dialled("Call 012 & ask.")
    Markup('Call <a href="tel:012">012</a> &amp; ask.')
    """
    # safe: what is not ours has been escaped, and the links hold constants
    return Markup(_NUMBER.sub(lambda found: _link(found[0], style), escape(text)))  # noqa: S704


def _link(found: str, style: str) -> str:
    number = found.replace("\N{NO-BREAK SPACE}", " ")
    shown = number.replace(" ", "\N{NO-BREAK SPACE}")
    classes = f'class="{style}" ' if style else ""
    return f'<a {classes}href="tel:{_TARGETS[number]}">{shown}</a>'
