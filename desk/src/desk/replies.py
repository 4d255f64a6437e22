"""Canned replies: text files per category and language, to be adapted before they are sent.

The shipped ones lie beside this file; those in `replies` of the operator's settings folder go
before them, file by file: `<category>/<name>.<lang>.txt`. A place to be filled in is written in
double brackets, `[[which document]]`, and keeps a text from being sent as long as it is there.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from desk.trouble import Misused

SHIPPED = Path(__file__).parent / "replies"

_GAP = re.compile(r"\[\[[^\]]*\]\]")
_FILE = re.compile(r"(?P<name>[a-z0-9-]+)\.(?P<language>[a-z]{2})\.txt")


@dataclass(frozen=True)
class Reply:
    """One canned reply in one language."""

    category: str
    name: str
    language: str
    path: Path

    @property
    def text(self) -> str:
        """What it says."""
        return self.path.read_text(encoding="utf-8").strip()

    @property
    def beginning(self) -> str:
        """Its first line after the greeting."""
        return next(filter(None, self.text.splitlines()[1:]), "")


def replies(folders: list[Path], category: str) -> list[Reply]:
    """All replies of a category, by name and language; an earlier folder's go before."""
    found: dict[tuple[str, str], Reply] = {}
    for folder in folders:
        for path in sorted((folder / category).glob("*.txt")):
            if file := _FILE.fullmatch(path.name):
                reply = Reply(category, file["name"], file["language"], path)
                found.setdefault((reply.name, reply.language), reply)
    return [found[each] for each in sorted(found)]


def named(folders: list[Path], category: str, name: str, language: str) -> Reply:
    """The reply of that name in that language.

    Raises
    ------
    Misused
        If there is none; the text names those that there are.
    """
    known = replies(folders, category)
    for reply in known:
        if (reply.name, reply.language) == (name, language):
            return reply
    others = sorted({reply.name for reply in known if reply.language == language})
    raise Misused(
        f"There is no reply {name!r} for {category} in {language}."
        f" There are: {', '.join(others) or 'none'}."
    )


def gaps(text: str) -> list[str]:
    """The places that are still to be filled in."""
    return _GAP.findall(text)
