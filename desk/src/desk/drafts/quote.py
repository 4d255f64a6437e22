"""The line in an operator's text below which nothing is sent, and the citizen's words below it.

They are there while the editor is open, and only then: the draft that stays has none of them. Every
line of theirs begins with a sign, by which what the operator wrote below the line is told apart.
"""

import re

_SIGN = ">"
_LINE = "---------- Nothing below this line is sent. The citizen's words: ----------"
_DRAWN = re.compile(r"^-+ Nothing below this line is sent\b.*$", re.MULTILINE)
# An editor may take a line such as `vim: set …`, which another person can have typed, as an order.
_ORDER = re.compile(r"\b(vim?|ex)([<=>]?\d*):", re.IGNORECASE)


def with_quote(text: str, words: str, below: str = "") -> str:
    """The text, with the line and these words below it.

    below: what the operator has written there before.
    """
    quoted = (f"{_SIGN} {_ORDER.sub(r'\1\2 :', line)}".rstrip() for line in words.splitlines())
    return "\n".join([text, "", _LINE, *quoted, below, ""])


def above_the_line(content: str) -> str:
    """What is sent of it, without blank lines around it."""
    return _DRAWN.split(content, maxsplit=1)[0].strip()


def written_below(content: str) -> str:
    """What the operator wrote below the line, where nothing is sent; empty if nothing."""
    _, *below = _DRAWN.split(content, maxsplit=1)
    own = [line for part in below for line in part.splitlines() if not line.startswith(_SIGN)]
    return "\n".join(own).strip()
