"""References as people type and paste them, written as the service writes them."""

import re
import unicodedata
from itertools import pairwise
from urllib.parse import unquote

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_WORD = re.compile(r"[^\W_]+")
_AS_MEANT = str.maketrans("OIL", "011")  # what people write for 0 and 1
_LONGEST = 2000  # characters; the rest of a longer text is not read
_LENGTH, _GROUP = 12, 4


def as_written(typed: str) -> str:
    """The reference in the text, in capitals and groups of four; other text stays as it is.

    >>> as_written("gqnc yqby ih8c")
    'GQNC-YQBY-1H8C'
    """
    return found_in(typed) or typed


def found_in(typed: str) -> str | None:
    """The reference in the text; None if nothing in it can be one."""
    for characters in _runs(typed):
        if characters[-1] == _check_character(characters[:-1]):
            return "-".join(characters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
    return None


# What follows is as in the service's `domain.crockford` and `domain.reference`, which say why.


def _runs(typed: str) -> list[str]:
    """The runs of whole words with the length of a reference and its alphabet, likeliest first."""
    from html import unescape  # noqa: PLC0415  help does not need it

    text = unescape(unquote(unquote(typed[:_LONGEST])))  # a link in a link is encoded twice
    seen = "".join(each for each in text if unicodedata.category(each) != "Cf")
    meant = unicodedata.normalize("NFKC", seen).upper().translate(_AS_MEANT)
    words = list(_WORD.finditer(meant))
    found = []
    for first in range(len(words)):
        run = ""
        for last in range(first, len(words)):
            run += words[last][0]
            if len(run) >= _LENGTH:
                break
        if len(run) == _LENGTH and set(run) <= set(_ALPHABET):
            groups = words[first : last + 1]
            found.append((_unlikelihood(meant, groups), run))
    return [run for _, run in sorted(found, key=lambda ranked: ranked[0])]


def _unlikelihood(text: str, groups: list[re.Match[str]]) -> tuple[bool, bool, bool]:
    inside = {text[one.end() : other.start()] for one, other in pairwise(groups)}
    start, end = groups[0].start(), groups[-1].end()
    sizes = {len(group[0]) for group in groups}
    around = {text[max(0, start - 1) : start], text[end : end + 1]}
    return len(sizes) > 1, len(inside) > 1, bool(inside & around)


def _check_character(data: str) -> str:
    check = 0
    for character in data:
        check = (check ^ _ALPHABET.index(character)) << 1
        if check & 0b100000:
            check ^= 0b100101
    return _ALPHABET[check]
