"""Crockford's base 32: digits and capitals without I, L, O and U, made to be read aloud."""

import re
from itertools import pairwise
from urllib.parse import unquote

from suport.domain import typed_text

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID_CHARACTERS = 26
_WORD = re.compile(r"[^\W_]+")
_AS_MEANT = str.maketrans("OIL", "011")  # what people write for 0 and 1
_LONGEST = 2000  # characters; the rest of a longer text is not read


def encode(number: int, length: int) -> str:
    """The lowest `5 * length` bits of a number as `length` characters, most significant first."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def normalise(text: str) -> str:
    """What somebody typed, as they meant it: its letters and digits, in capitals, 0 and 1 for O, I.

    Characters of full width and those that a link encodes are read as what they stand for.
    """
    return "".join(_WORD.findall(_as_meant(text)))


def runs(text: str, length: int) -> list[str]:
    """The runs of whole words in a text that have so many characters, all of them of the alphabet.

    Words end at whatever is neither letter nor digit: a code may be in groups, behind a label, or
    in a link. The likeliest run is the first: its groups are of one size, parted by one sign, and
    what is before and after it is parted by another.
    """
    meant = _as_meant(text)
    words = list(_WORD.finditer(meant))
    found = []
    for first in range(len(words)):
        run = ""
        for last in range(first, len(words)):
            run += words[last][0]
            if len(run) >= length:
                break
        if len(run) == length and set(run) <= set(ALPHABET):
            groups = words[first : last + 1]
            found.append((_unlikelihood(meant, groups), run))
    return [run for _, run in sorted(found, key=lambda ranked: ranked[0])]


def _unlikelihood(text: str, groups: list[re.Match[str]]) -> tuple[bool, bool, bool]:
    inside = {text[one.end() : other.start()] for one, other in pairwise(groups)}
    start, end = groups[0].start(), groups[-1].end()
    sizes = {len(group[0]) for group in groups}
    around = {text[max(0, start - 1) : start], text[end : end + 1]}
    return len(sizes) > 1, len(inside) > 1, bool(inside & around)


def _as_meant(text: str) -> str:
    text = unquote(unquote(text[:_LONGEST]))  # a link in a link has its signs encoded twice
    if "&" in text:
        from html import unescape  # noqa: PLC0415  seldom needed, and slow to import

        text = unescape(text)
    return typed_text.bare(text).upper().translate(_AS_MEANT)


def grouped(text: str) -> str:
    """The same characters in groups of four."""
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def is_id(text: str) -> bool:
    """Whether the text can name an entry of the register: a ULID, 26 of these characters."""
    return len(text) == _ID_CHARACTERS and set(text) <= set(ALPHABET)


def decode(text: str) -> int:
    """The number that these characters of the alphabet encode."""
    number = 0
    for character in text:
        number = number << 5 | ALPHABET.index(character)
    return number
