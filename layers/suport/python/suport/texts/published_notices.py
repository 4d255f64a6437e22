"""The notices that citizens are shown: on their data, before remote support, and on the site.

Its version (the day of its publication) and the SHA-256 of its exact text identify a notice: they
prove later what somebody was shown. A published text is never changed: a new wording is a new
version in a folder of its own, and the constants below point to it.

Every version can be read for as long as the service exists, under its address and its version.

A text is written in the markup of `texts/markup.py`. What comes before its first heading is the
first layer, which says the most important on its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import takewhile
from pathlib import Path

from suport.domain.consent import NoticeIdentity
from suport.domain.language import Language
from suport.texts.markup import Block, blocks

_IN_CATALAN = (
    "Govern de les Illes Balears, Direcció General d'Estratègia Digital i "
    "Simplificació Administrativa"
)
CONTROLLERS = dict.fromkeys(Language, _IN_CATALAN) | {
    Language.SPANISH: (
        "Govern de les Illes Balears, Dirección General de Estrategia Digital y "
        "Simplificación Administrativa"
    )
}
"""Who is responsible for the personal data: the Directorate-General that keeps the register.

It has an official name in Catalan and in Spanish.
"""

_NOTICES = Path(__file__).parent / "notices"


class Subject(StrEnum):
    """What a notice is about: the name of its folder and of its page."""

    PRIVACY = "privacy"
    REMOTE_SUPPORT = "remote-support"
    ACCESSIBILITY = "accessibility"
    COOKIES = "cookies"
    RESPONSIBLE = "responsible"


CURRENT_VERSIONS = {
    Subject.PRIVACY: "2026-11-28",
    Subject.REMOTE_SUPPORT: "2026-11-28",
    Subject.ACCESSIBILITY: "2026-11-27",
    Subject.COOKIES: "2026-11-28",
    Subject.RESPONSIBLE: "2026-11-27",
}


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
        return blocks(self.text)

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
    import hashlib  # noqa: PLC0415  loads OpenSSL, which not all functions need

    if version not in published(subject):
        raise KeyError(version)
    content = (_NOTICES / subject / version / f"{language}.txt").read_bytes()
    return Notice(version, language, hashlib.sha256(content).hexdigest(), content.decode())


@cache
def published(subject: Subject) -> frozenset[str]:
    """Every version that citizens have ever seen; none is changed or removed."""
    versions = (_NOTICES / subject).iterdir()
    return frozenset(version.name for version in versions if version.is_dir())


def earlier(subject: Subject) -> list[str]:
    """The published versions before the current one, the latest first."""
    return sorted(published(subject) - {CURRENT_VERSIONS[subject]}, reverse=True)
