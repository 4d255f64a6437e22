"""The notices that citizens are shown: on their data, before remote support, and on the site.

Its version (the day of its publication) and the SHA-256 of its exact text identify a notice: they
prove later what somebody was shown. A published text is never changed: a new wording is a new
version in a folder of its own, and the constants below point to it.

Every version can be read for as long as the service exists, under its address and its version.

A text is made of paragraphs with an empty line between them. What comes before its first heading is
the first layer, which says the most important on its own. A paragraph that begins with `## ` is a
heading; one in which every line begins with `- ` is a list, one item to a line. `[text](target)`
is a link, to a page of the service (relative, so that the language stays) or to a public body.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from suport.domain.consent import NoticeIdentity
from suport.domain.language import Language

CONTROLLER = (
    "Govern de les Illes Balears, Direcció General d'Estratègia Digital i "
    "Simplificació Administrativa"
)
"""Who is responsible for the personal data: the Directorate-General that keeps the register."""

_NOTICES = Path(__file__).parent / "notices"
_MARKS = {"## ": "heading", "- ": "list"}
_LINK = re.compile(r"\[([^][]+)\]\(([^()\s]+)\)")


class Subject(StrEnum):
    """What a notice is about: the name of its folder and of its page."""

    PRIVACY = "privacy"
    REMOTE_SUPPORT = "remote-support"
    ACCESSIBILITY = "accessibility"
    COOKIES = "cookies"
    RESPONSIBLE = "responsible"


CURRENT_VERSIONS = {
    Subject.PRIVACY: "2026-11-26",
    Subject.REMOTE_SUPPORT: "2026-11-23",
    Subject.ACCESSIBILITY: "2026-11-23",
    Subject.COOKIES: "2026-11-26",
    Subject.RESPONSIBLE: "2026-11-23",
}


class Block(NamedTuple):
    """A heading, a list or a paragraph, by its `kind`. Each of its `lines` comes from `linked`."""

    kind: str
    lines: list[list[tuple[str, str | None]]]


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice in one language; `sha256` is the hexadecimal digest of `text` in UTF-8."""

    version: str
    language: Language
    sha256: str
    text: str

    @property
    def identity(self) -> NoticeIdentity:
        """Proves which text it was, without the text."""
        return NoticeIdentity(self.version, self.language, self.sha256)

    def blocks(self) -> Iterator[Block]:
        """Its headings, lists and paragraphs, in order."""
        for paragraph in self.text.strip().split("\n\n"):
            mark = next((each for each in _MARKS if paragraph.startswith(each)), "")
            lines = [linked(line.removeprefix(mark)) for line in paragraph.splitlines()]
            yield Block(_MARKS.get(mark, "paragraph"), lines)

    def first_layer(self) -> Iterator[Block]:
        """What a form shows beside the button that sends personal data."""
        return takewhile(lambda block: block.kind != "heading", self.blocks())


def current(subject: Subject, language: Language) -> Notice:
    """The notice that citizens see today."""
    return of_version(subject, language, CURRENT_VERSIONS[subject])


@cache
def of_version(subject: Subject, language: Language, version: str) -> Notice:
    """That published version of the notice.

    Raises
    ------
    KeyError
        If there has never been such a version.
    """
    if version not in published(subject):
        raise KeyError(version)
    content = (_NOTICES / subject / version / f"{language}.txt").read_bytes()
    return Notice(version, language, hashlib.sha256(content).hexdigest(), content.decode())


@cache
def published(subject: Subject) -> frozenset[str]:
    """Every version that citizens have ever seen; none is changed or removed."""
    versions = (_NOTICES / subject).iterdir()
    return frozenset(version.name for version in versions if version.is_dir())


def linked(text: str) -> list[tuple[str, str | None]]:
    """A paragraph or item, piece by piece: words, and their target if they are a link.

    >>> linked("See [cookies](cookies).")
    [('See ', None), ('cookies', 'cookies'), ('.', None)]
    """
    pieces = iter(_LINK.split(text))
    said: list[tuple[str, str | None]] = []
    for plain in pieces:
        said.append((plain, None))
        if words := next(pieces, None):
            said.append((words, next(pieces)))
    return [piece for piece in said if piece[0]]
