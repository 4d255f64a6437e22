"""Canned replies: text files by category and language, which operators adapt and send.

The shipped ones are in `desk/replies`. Those in `replies` of the operator's settings folder replace
them, file by file: `<category>/<name>.<language>.txt`. `placeholders` says what the desk fills in,
and what the operator has to. The service offers the shipped ones in the web desk, too.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from desk.errors import Misused
from desk.service_vocabulary import Category, Language
from desk.settings import config_folder

SHIPPED = Path(__file__).parents[1] / "replies"

_FILE = re.compile(r"(?P<name>[a-z0-9-]+)\.(?P<language>[a-z]{2})\.txt")


@dataclass(frozen=True)
class Reply:
    """One canned reply in one language."""

    name: str
    language: str
    path: Path

    @property
    def text(self) -> str:
        """What it says; raises Misused if that is not UTF-8."""
        try:
            return self.path.read_text(encoding="utf-8-sig").strip()
        except UnicodeDecodeError as error:
            raise Misused(f"{self.path} cannot be read: save it as UTF-8.") from error

    @property
    def beginning(self) -> str:
        """Its first line after the greeting."""
        return next(filter(None, self.text.splitlines()[1:]), "")


def own_replies() -> Path:
    """The folder of the operator's own canned replies."""
    return config_folder() / "replies"


def replies(category: Category) -> list[Reply]:
    """All replies of a category, by name and language; the operator's own replace shipped ones."""
    found: dict[tuple[str, str], Reply] = {}
    for folder in (own_replies(), SHIPPED):
        for path in sorted((folder / category).glob("*.txt")):
            if file := _FILE.fullmatch(path.name):
                reply = Reply(file["name"], file["language"], path)
                found.setdefault((reply.name, reply.language), reply)
    return [found[each] for each in sorted(found)]


def names(team: Category | None, beginning: str) -> list[str]:
    """The names, in that category or else in all, that begin like that."""
    known = {reply.name for each in Category if team in {None, each} for reply in replies(each)}
    return sorted(name for name in known if name.startswith(beginning))


def named(category: Category, name: str, language: Language) -> Reply:
    """The reply of that name and language; without one, raises Misused with the names there are."""
    known = {reply.name: reply for reply in replies(category) if reply.language == language}
    if name in known:
        return known[name]
    raise Misused(
        f"There is no reply {name!r} for {category} in {language}."
        f" There are: {', '.join(known) or 'none'}."
    )
