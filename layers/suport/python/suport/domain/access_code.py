"""Access codes, which open an incident to its citizen.

A code is secret, and nothing of it is stored: it follows from the service's secret, the reference
and a number on the incident. With the next number the incident has another code, and the code
before it opens nothing any more.
"""

import hmac
from typing import NewType

from suport.domain import crockford
from suport.domain.keyed_hash import Purpose, keyed_hash
from suport.domain.reference import Reference

AccessCode = NewType("AccessCode", str)

_CODE_CHARACTERS = 28  # 140 bits
_CONFIRMATION_CHARACTERS = 8  # 40 bits, of use for one change, to somebody with the access code


def access_code_for(secret: bytes, reference: Reference, number: int = 1) -> AccessCode:
    """The code of that number, which opens an incident to its citizen: seven groups of four."""
    digest = keyed_hash(secret, Purpose.ACCESS_CODE, f"{reference}/{number}")
    return AccessCode(crockford.grouped(crockford.encode(int.from_bytes(digest), _CODE_CHARACTERS)))


def opens(secret: bytes, reference: Reference, code: str, number: int = 1) -> bool:
    """Whether a code, as somebody typed it, is the one of that number for this reference."""
    expected = crockford.normalise(access_code_for(secret, reference, number))
    given = crockford.normalise(code).encode(errors="replace")
    return hmac.compare_digest(expected.encode(), given)


def confirmation_for(secret: bytes, reference: Reference, entry: str) -> str:
    """The code `XXXX-XXXX` that confirms what the entry asks for; only a mail tells it."""
    digest = keyed_hash(secret, Purpose.CONFIRMATION, f"{reference}/{entry}")
    return crockford.grouped(crockford.encode(int.from_bytes(digest), _CONFIRMATION_CHARACTERS))


def confirms(secret: bytes, reference: Reference, entry: str, code: str) -> bool:
    """Whether a code, as somebody typed it, confirms what that entry asks for."""
    expected = crockford.normalise(confirmation_for(secret, reference, entry))
    return hmac.compare_digest(
        expected.encode(), crockford.normalise(code).encode(errors="replace")
    )
