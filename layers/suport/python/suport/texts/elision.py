"""The article before a number whose spoken name begins with a vowel or is singular.

Catalan writes "fins al 2 de maig" but "fins a l'1 de maig", and "a les 2:00" but "a la 1:00";
Spanish "a las 2:00" but "a la 1:00". A translation has the form that fits most values, and this
module puts in the other one where the value asks for it. It changes words of the translation only,
never the value, which a person may have typed.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache

from suport.domain.language import Language

_PLACEHOLDER = r"(?P<space>[ \N{NO-BREAK SPACE}])(?P<place>%\((?P<old>\w+)\)s|\{(?P<new>\w+)\})"
# un, onze; 11.000 is "onze mil", but 1.000 is "mil"
_VOWEL = re.compile(r"(?:1(?!\.\d{3})|11)(?!\d)")
_ONE_O_CLOCK = re.compile(r"0?1:\d\d")

type _Form = tuple[re.Pattern[str], re.Pattern[str], Callable[[re.Match[str]], str]]


def _form(before: Mapping[str, str], value: re.Pattern[str], joint: str) -> _Form:
    """How each of these words is written before such a value, and what comes between the two."""
    words = re.compile(rf"\b(?P<word>{'|'.join(before)}){_PLACEHOLDER}", re.IGNORECASE)

    def put(found: re.Match[str]) -> str:
        word, written = found["word"], before[found["word"].lower()]
        if word[0].isupper():
            written = written[0].upper() + written[1:]
        return written + (joint or found["space"]) + found["place"]

    return words, value, put


@cache
def _forms() -> Mapping[Language, tuple[_Form, ...]]:
    """Compiled when the first text is translated: few starts say anything."""
    return {
        Language.CATALAN: (
            _form({"les": "la"}, _ONE_O_CLOCK, ""),
            _form(
                {"el": "l", "al": "a l", "del": "de l", "pel": "per l", "de": "d"},
                _VOWEL,
                "'",
            ),
        ),
        Language.SPANISH: (_form({"las": "la"}, _ONE_O_CLOCK, ""),),
    }


def elided(text: str, values: Mapping[str, object], language: Language) -> str:
    """The translation with its articles as its values ask for; its placeholders stay.

    >>> elided("Es conserva fins al {day}.", {"day": "11 de maig"}, Language.CATALAN)
    'Es conserva fins a l'{day}.'
    """
    for words, value, put in _forms().get(language, ()) if values else ():
        text = words.sub(
            lambda found, value=value, put=put: (  # type: ignore[misc]
                put(found)
                if value.match(str(values.get(found["old"] or found["new"], "")))
                else found[0]
            ),
            text,
        )
    return text
