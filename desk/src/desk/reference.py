"""References as people type and paste them, written as the service writes them."""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_WORD = re.compile(r"[^\W_]+")
_AS_MEANT = str.maketrans("OIL", "011")  # what people write for 0 and 1
_LENGTH, _GROUP = 12, 4


def as_written(typed: str) -> str:
    """The first reference in the text, in capitals and groups of four; other text stays as it is.

    >>> as_written("gqnc yqby ih8c")
    'GQNC-YQBY-1H8C'
    """
    for characters in _runs(typed):
        if characters[-1] == _check_character(characters[:-1]):
            return "-".join(characters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
    return typed


def _runs(typed: str) -> Iterator[str]:
    """Each run of whole words that has the length of a reference and its alphabet."""
    capitals = unicodedata.normalize("NFKC", unquote(typed)).upper().translate(_AS_MEANT)
    words = _WORD.findall(capitals)
    for start in range(len(words)):
        run = ""
        for word in words[start:]:
            run += word
            if len(run) >= _LENGTH:
                break
        if len(run) == _LENGTH and set(run) <= set(_ALPHABET):
            yield run


def _check_character(data: str) -> str:
    """See the service's `domain.reference`."""
    check = 0
    for character in data:
        check = (check ^ _ALPHABET.index(character)) << 1
        if check & 0b100000:
            check ^= 0b100101
    return _ALPHABET[check]
