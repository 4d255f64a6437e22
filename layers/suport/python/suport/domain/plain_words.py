"""The words of a text in plain letters, as they are compared wherever somebody looks for one."""

import re
import unicodedata

_APOSTROPHES = "'’‘ʼ′`´"
_ELIDED = re.compile(rf"\b[dlmnst][{_APOSTROPHES}]")  # l'habitatge is found by habitatge
_BETWEEN_LS = r"[.·‧•∙⋅・](?<=l.)(?=l)"  # the point of l·l, and what keyboards turn it into
_GEMINATE = re.compile(_BETWEEN_LS)
_MARKS = re.compile(r"[\u0300-\u036f]")
_WORD = re.compile(rf"[^\W_]+(?:{_BETWEEN_LS}[^\W_]+)*")


def plain(text: str) -> str:
    """The text without case, accents, cedillas, tildes and the point of l·l."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return _GEMINATE.sub("", _MARKS.sub("", letters))


def words(text: str) -> list[str]:
    """The words of a text as they are spelled, in small letters, without an article elided before.

    >>> words("L'Ajuda: instal·lació")
    ['ajuda', 'instal·lació']
    """
    small = unicodedata.normalize("NFKC", text.casefold())
    return _WORD.findall(_ELIDED.sub(" ", small))
