"""The markup in which notices and guides are written.

A text is made of paragraphs with an empty line between them. A paragraph that begins with `## ` is
a heading. One in which every line begins with `- ` is a list, and one in which every line begins
with its number (`1. `) is a list of steps: one item to a line. `[text](target)` is a link, to a
page of the service (relative, so that the language stays) or to a public body.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_MARKS = {
    "heading": re.compile(r"## "),
    "list": re.compile(r"- "),
    "steps": re.compile(r"[0-9]+\. "),
}
_LINK = re.compile(r"\[([^][]+)\]\(([^()\s]+)\)")

type Piece = tuple[str, str | None]
"""Words, and their target if they are a link."""


class Block(NamedTuple):
    """A heading, list, list of steps or paragraph, by its `kind`; each line is from `linked`."""

    kind: str
    lines: list[list[Piece]]


def blocks(text: str) -> Iterator[Block]:
    r"""The headings, lists, steps and paragraphs of a text, in order.

    >>> [block.kind for block in blocks("Do this:\n\n1. Open it.\n2. Close it.")]
    ['paragraph', 'steps']
    """
    for paragraph in text.strip().split("\n\n"):
        lines = paragraph.splitlines()
        kind = next((kind for kind, mark in _MARKS.items() if mark.match(lines[0])), "paragraph")
        if kind in _MARKS:
            lines = [_MARKS[kind].sub("", line, count=1) for line in lines]
        yield Block(kind, [linked(line) for line in lines])


def linked(text: str) -> list[Piece]:
    """A paragraph or item, piece by piece.

    >>> linked("See [cookies](cookies).")
    [('See ', None), ('cookies', 'cookies'), ('.', None)]
    """
    pieces = iter(_LINK.split(text))
    said: list[Piece] = []
    for plain in pieces:
        said.append((plain, None))
        if words := next(pieces, None):
            said.append((words, next(pieces)))
    return [piece for piece in said if piece[0]]
