"""The charsets that a body may declare, and what its bytes mean.

Browsers send UTF-8, other programs not always. Whatever a body declares: valid UTF-8 is hardly ever
meant as anything else.
"""

import codecs
import re
from collections.abc import Callable
from functools import partial

# The character of each byte. The five bytes that windows-1252 leaves undefined are read as Latin-1.
# Browsers do the same, and they, too, read what is declared as Latin-1 as windows-1252.
WINDOWS_1252 = "".join(
    byte.decode("cp1252", "ignore") or byte.decode("latin-1")
    for byte in (bytes([number]) for number in range(256))
)
_LATIN_9 = bytes(range(256)).decode("iso-8859-15")
_OF_ONE_BYTE = {
    **dict.fromkeys(("windows-1252", "cp1252", "x-cp1252", "1252", "ansi"), WINDOWS_1252),
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "iso88591", "latin-1", "latin1", "l1"), WINDOWS_1252
    ),
    **dict.fromkeys(("iso-8859-15", "iso8859-15", "latin-9", "latin9"), _LATIN_9),
}
_UNICODE = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})
# As `surrogateescape` has a byte that is not part of any character (PEP 383), and what it means.
_AS_STRAY = {0xDC00 + byte: WINDOWS_1252[byte] for byte in range(0x80, 0x100)}
_HALF = re.compile("[\ud800-\udfff]")
_BYTE_ORDER_MARK = codecs.BOM_UTF8


def is_known(charset: str) -> bool:
    """Whether a body may declare that charset; the empty one means none."""
    return _name(charset) in _UNICODE | _OF_ONE_BYTE.keys()


def characters(charset: str) -> str | None:
    """The character of each byte in a charset of one byte a character; None for any other."""
    return _OF_ONE_BYTE.get(_name(charset))


def read(octets: bytes, characters: str) -> str:
    """The text of bytes that each mean one of the 256 characters."""
    return codecs.charmap_decode(octets, "strict", characters)[0]


def reader(octets: bytes, charset: str) -> Callable[[bytes], str]:
    """How to read each part of a body that is not UTF-8 as a whole, and declares that charset.

    octets: all of its parts. Surrogates that a program has encoded one by one become the characters
    that they are halves of; a half alone remains. In what is UTF-8 for the greater part, each byte
    that is not means its character in windows-1252. Else all bytes do, or what they are declared
    to mean.
    """
    if declared := characters(charset):
        return partial(read, characters=declared)
    try:
        octets.decode(errors="surrogatepass")
    except UnicodeDecodeError:
        others = [each for each in octets.decode(errors="surrogateescape") if not each.isascii()]
        stray = sum(ord(each) in _AS_STRAY for each in others)
        return (
            _read_with_strays if len(others) > 2 * stray else partial(read, characters=WINDOWS_1252)
        )
    return _read_in_halves


def _read_with_strays(octets: bytes) -> str:
    return octets.decode(errors="surrogateescape").translate(_AS_STRAY)


def _read_in_halves(octets: bytes) -> str:
    halves = octets.decode(errors="surrogatepass")
    return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def is_whole(text: str) -> bool:
    """Whether the text is without halves of characters: lone surrogates, which no encoding has."""
    return _HALF.search(text) is None


def made_whole(text: str) -> str:
    """The text with a mark (U+FFFD) for each half of a character."""
    return _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def without_mark(body: bytes) -> bytes:
    """The body without the byte-order mark with which some programs begin it."""
    return body.removeprefix(_BYTE_ORDER_MARK)


def in_utf8(body: bytes, charset: str) -> bytes:
    """The body in UTF-8, if it is in that or in a declared charset of one byte a character."""
    body = without_mark(body)
    try:
        body.decode()
    except UnicodeDecodeError:
        if declared := characters(charset):
            return read(body, declared).encode()
    return body


def _name(charset: str) -> str:
    return charset.strip(" '\"").lower().replace("_", "-")
