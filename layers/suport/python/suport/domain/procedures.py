"""The procedures of the electronic office, as its catalogue lists them, and a search in them.

`make procedures` imports `procedures.json` from the answers of the catalogue's own service, which
speaks Catalan and Spanish. Readers of other languages get the Catalan texts, marked as such.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from suport.domain.language import Language

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

    def search(
        self, query: str, language: Language, *, telematic_only: bool = False
    ) -> list[Procedure]:
        """The procedures that match a query, ordered for a reader of that language.

        Each word of the query must begin a word of the name or of the purpose, in any language,
        or be the code or the SIA code. Case, accents and the ways to write l·l make no difference.
        Matches by name and code alone come first; each group is in alphabetical order. An empty
        query matches all.
        """
        words = [(word.casefold(), _words(word)) for word in query.split()]
        found = []
        for procedure, texts in self._texts:
            if telematic_only and not procedure.telematic:
                continue
            missing_in_name = [
                parts
                for whole, parts in words
                if whole not in texts.codes and not _begin_words(parts, texts.name)
            ]
            if all(_begin_words(parts, texts.purpose) for parts in missing_in_name):
                name = _folded(procedure.name_in(language)[0])
                found.append((bool(missing_in_name), name, procedure.code, procedure))
        return [procedure for *_, procedure in sorted(found, key=lambda each: each[:3])]

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

    @cached_property
    def _texts(self) -> list[tuple[Procedure, "_Texts"]]:
        return [(procedure, _texts(procedure)) for procedure in self.procedures]


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


@dataclass(frozen=True, slots=True)
class _Texts:
    """What a query is compared with: words in folded letters, each with a space before it."""

    name: str
    purpose: str
    codes: tuple[str, ...]


def _texts(procedure: Procedure) -> _Texts:
    codes = (procedure.code, procedure.sia_code)
    return _Texts(
        name=_spaced(procedure.names.values()),
        purpose=_spaced(procedure.purposes.values()),
        codes=tuple(code.casefold() for code in codes if code),
    )


def _as_name(text: str) -> str:
    """A whole name or code in folded letters."""
    return _folded(" ".join(text.split()))


def _spaced(texts: Iterable[str]) -> str:
    return "".join(f" {word}" for word in _words(" ".join(texts)))


def _begin_words(parts: list[str], spaced: str) -> bool:
    return all(f" {part}" in spaced for part in parts)


_APOSTROPHES = "'’‘ʼ′`´"
_ELIDED = re.compile(rf"\b[dlmnst][{_APOSTROPHES}]")  # l'habitatge is found by habitatge
_GEMINATE = re.compile(r"(?<=l)[.·‧•∙⋅・](?=l)")  # l·l, and what keyboards turn it into
_MARKS = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")


def _words(text: str) -> list[str]:
    """The words of a text in folded letters, without articles elided before them."""
    return _WORD.findall(_folded(_ELIDED.sub(" ", text.casefold())))


def _folded(text: str) -> str:
    """Without case, accents, cedillas and the point of l·l."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return _GEMINATE.sub("", _MARKS.sub("", letters))
