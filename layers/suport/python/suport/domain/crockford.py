"""Crockford's base 32: digits and capitals without I, L, O and U, made to be read aloud."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Spaces and hyphens only group; O, I and L are what people write for 0 and 1.
_ID_CHARACTERS = 26
_AS_MEANT = str.maketrans("OIL", "011", " -")


def encode(number: int, length: int) -> str:
    """The lowest `5 * length` bits of a number as `length` characters, most significant first."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def normalise(text: str) -> str:
    """What somebody typed, as they meant it: capitals, no grouping, 0 and 1 for O, I and L."""
    return text.upper().translate(_AS_MEANT)


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
