"""The words of the service in the reader's language, from the gettext catalogues in `locales`.

The source is English; a text without a catalogue entry appears in English.
"""

import gettext
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from suport.domain.language import Language
from suport.texts.elision import elided

DOMAIN = "suport"
LOCALES = Path(__file__).parent / "locales"


@dataclass(frozen=True, slots=True)
class Message:
    """A text to say once the reader's language is known.

    `values` fill its placeholders; a message among them is said in the same language.
    """

    text: str
    values: Mapping[str, object] = field(default=MappingProxyType({}), hash=False)

    def in_(self, language: Language) -> str:
        """The text in that language."""
        if not self.values:
            return _unfilled(self.text, language)
        said = {
            name: value.in_(language) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        text = translations(language).gettext(self.text)
        return elided(text, said, language).format_map(said)


def N_(text: str, **values: object) -> Message:  # noqa: N802  the name gettext's tools look for
    """Marks a text for translation, and keeps it until the reader's language is known."""
    return Message(text, values)


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """The catalogue of a language; that of English, the source, is empty."""
    if language is Language.ENGLISH:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALES, [language])


@cache  # as many as the code marks with `N_`
def _unfilled(text: str, language: Language) -> str:
    return translations(language).gettext(text).format_map({})


def preferred_language(accept_language: str | None) -> Language:
    """The offered language that a browser likes best, by its `Accept-Language`; else Catalan.

    Regions are ignored; a malformed weight counts as zero (RFC 9110, 12.4.2 and 12.5.4).
    """
    best, best_weight = Language.CATALAN, 0.0
    for choice in (accept_language or "").split(","):
        tag, _, parameter = choice.strip().lower().partition(";")
        language = tag.strip().partition("-")[0]
        weight = _weight(parameter.strip())
        if language in Language and weight > best_weight:
            best, best_weight = Language(language), weight
    return best


def _weight(parameter: str) -> float:
    if not parameter:
        return 1.0
    weight = re.fullmatch(r"q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", parameter, re.ASCII)
    return float(weight[1]) if weight else 0.0
