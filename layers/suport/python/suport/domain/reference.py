"""References, which name an incident. They are no secret.

A reference is twelve characters of Crockford's base 32 in three groups of four, `7K3M-9QXA-2BTC`;
the last is a check character, so that a misheard or swapped one is noticed.
"""

from typing import NewType

from suport.domain import crockford
from suport.domain.keyed_hash import Purpose, keyed_hash

Reference = NewType("Reference", str)

_CHARACTERS = 12


class MisreadReference(ValueError):
    """The text is not a reference: a character is missing, foreign, wrong or out of place."""


def reference_for(secret: bytes, idempotency_key: str, attempt: int = 0) -> Reference:
    """The reference that an idempotency key leads to, always the same one.

    Two keys in 2⁵⁵ may lead to the same one; the later key then takes that of its next `attempt`.
    """
    digest = keyed_hash(secret, Purpose.REFERENCE, f"{attempt}/{idempotency_key}")
    data = crockford.encode(int.from_bytes(digest), _CHARACTERS - 1)
    return Reference(crockford.grouped(data + _check_character(data)))


def key_digest(secret: bytes, idempotency_key: str) -> str:
    """What the register keeps of an idempotency key, to tell a retry from a chance collision."""
    return keyed_hash(secret, Purpose.IDEMPOTENCY_KEY, idempotency_key).hex()


def parse_reference(text: str) -> Reference:
    """The first reference in what somebody typed or pasted: in any case and grouping.

    O is read as 0, I and L as 1. Before and after the reference there may be other words.

    Raises
    ------
    MisreadReference
        If there is nothing in the text that can be the reference of an incident.
    """
    found = crockford.runs(text, _CHARACTERS, _is_right)
    if not found:
        raise MisreadReference(text)
    return Reference(crockford.grouped(found[0]))


def agrees(reference: Reference, text: str) -> bool:
    """Whether a text, as somebody typed it, is this reference or is empty."""
    try:
        return not text.strip() or parse_reference(text) == reference
    except MisreadReference:
        return False


def _is_right(characters: str) -> bool:
    return characters[-1] == _check_character(characters[:-1])


def _check_character(data: str) -> str:
    """A weighted sum in the field of 32 elements, modulo x⁵ + x² + 1.

    The weights are the powers of x: none is zero and no two are equal. Any single wrong character
    and any swap of two different ones therefore change the sum.
    """
    check = 0
    for character in data:
        check = (check ^ crockford.ALPHABET.index(character)) << 1
        if check & 0b100000:
            check ^= 0b100101
    return crockford.ALPHABET[check]
