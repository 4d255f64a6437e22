"""The notices that citizens are shown: on their personal data, and before remote support.

A notice is identified by its version (the day it was published) and the SHA-256 of its exact
text, so that what somebody was told can be proved later. A published text is never changed: a
new wording is a new version in a folder of its own, and the constants below point to it.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from suport.incident import Language

CONTROLLER = (
    "Govern de les Illes Balears, Direcció General d'Estratègia Digital i "
    "Simplificació Administrativa"
)
"""Who answers for the personal data: the Directorate-General that keeps the register."""

_NOTICES = Path(__file__).parent / "notices"


class Subject(StrEnum):
    """What a notice is about."""

    PRIVACY = "privacy"
    REMOTE_SUPPORT = "remote-support"


CURRENT_VERSIONS = {Subject.PRIVACY: "2026-11-23", Subject.REMOTE_SUPPORT: "2026-11-23"}


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice in one language; `sha256` is the hexadecimal digest of `text` in UTF-8."""

    version: str
    language: Language
    sha256: str
    text: str

    def identity(self) -> dict[str, str]:
        """What proves which text it was, without the text."""
        return {"version": self.version, "language": self.language, "sha256": self.sha256}


@cache
def current(subject: Subject, language: Language) -> Notice:
    """The notice that citizens are shown today."""
    version = CURRENT_VERSIONS[subject]
    content = (_NOTICES / subject / version / f"{language}.txt").read_bytes()
    return Notice(version, language, hashlib.sha256(content).hexdigest(), content.decode())
