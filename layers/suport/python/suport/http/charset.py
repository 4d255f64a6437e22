"""The charsets that a body may declare, and what its bytes mean.

Browsers send UTF-8, other programs not always. Whatever a body declares: valid UTF-8 is hardly ever
meant as anything else.
"""

import codecs

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
