"""The procedures of the electronic office, as its catalogue lists them.

`make procedures` imports `procedures.json` from the answers of the catalogue's own service, which
speaks Catalan and Spanish. Readers of other languages get the Catalan texts, marked as such.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from suport.domain.language import Language
from suport.domain.plain_words import plain

CATALOGUE = Path(__file__).with_name("procedures.json")
LANGUAGES = (Language.CATALAN, Language.SPANISH)
"""The catalogue's languages, in the order in which they replace a missing one."""
UNLISTED = "unlisted"
"""Instead of a code, for a procedure that the catalogue does not list."""


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure. `code` is the catalogue's, `sia_code` that of the state's inventory.

    It has a name in at least one language; it may have no purpose at all. `telematic` says
    whether it can be done online, `fee` whether it costs a fee.
    """

    code: str
    sia_code: str | None
    names: dict[Language, str]
    purposes: dict[Language, str]
    telematic: bool
    fee: bool

    def name_in(self, language: Language) -> tuple[str, Language]:
        """The name for a reader of that language, and the language that the name is really in."""
        said_in = _nearest(language, self.names)
        return self.names[said_in], said_in

    def purpose_in(self, language: Language) -> tuple[str, Language] | None:
        """The purpose, if it is known, and the language that it is really in."""
        if not self.purposes:
            return None
        said_in = _nearest(language, self.purposes)
        return self.purposes[said_in], said_in


@dataclass(frozen=True)
class Catalogue:
    """All procedures. `sample` is true until the real ones have been imported."""

    sample: bool
    procedures: tuple[Procedure, ...]

    def find(self, code: str) -> Procedure | None:
        """The procedure with exactly that code."""
        return self._by_code.get(code)

    def named(self, text: str) -> Procedure | None:
        """The only procedure with that name in some language, or with that code or SIA code.

        Case, accents and the ways to write l·l make no difference.
        """
        named = self._by_name.get(_as_name(text), [])
        return named[0] if len(named) == 1 else None

    def alphabetical(self, language: Language) -> list[Procedure]:
        """All procedures in the order of their names for a reader of that language."""
        return sorted(
            self.procedures, key=lambda each: (plain(each.name_in(language)[0]), each.code)
        )

    @cached_property
    def _by_code(self) -> dict[str, Procedure]:
        return {procedure.code: procedure for procedure in self.procedures}

    @cached_property
    def _by_name(self) -> dict[str, list[Procedure]]:
        named: dict[str, list[Procedure]] = {}
        for procedure in self.procedures:
            called = (*procedure.names.values(), procedure.code, procedure.sia_code)
            for name in {_as_name(each) for each in called if each}:
                named.setdefault(name, []).append(procedure)
        return named


def listed_code(stated: Mapping[str, str]) -> str | None:
    """The code of a stated procedure (`code`, `name`), as far as the catalogue knows it.

    Nothing else of what was stated: a citizen may have typed anything.
    """
    if not stated:
        return None
    code = stated.get("code", "")
    return code if catalogue().find(code) else UNLISTED


@cache
def catalogue() -> Catalogue:
    """The catalogue that is shipped, read at the first call."""
    return read(CATALOGUE.read_text(encoding="utf-8"))


def read(text: str) -> Catalogue:
    """A catalogue from its JSON.

    Raises
    ------
    ValueError, KeyError, TypeError, AttributeError
        If the text is not a catalogue.
    """
    content = json.loads(text)
    return Catalogue(
        sample=content["sample"],
        procedures=tuple(_procedure(**fields) for fields in content["procedures"]),
    )


def _procedure(names: dict[str, str], purposes: dict[str, str], **facts: Any) -> Procedure:
    return Procedure(names=_by_language(names), purposes=_by_language(purposes), **facts)


def _by_language(texts: dict[str, str]) -> dict[Language, str]:
    return {Language(language): text for language, text in texts.items()}


def _nearest(language: Language, texts: dict[Language, str]) -> Language:
    return next(each for each in (language, *LANGUAGES) if each in texts)


def _as_name(text: str) -> str:
    """A whole name or code in plain letters."""
    return plain(" ".join(text.split()))
