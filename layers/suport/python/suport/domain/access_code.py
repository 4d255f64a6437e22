"""Access codes, which open an incident to its citizen.

A code is secret, and nothing of it is stored: it follows from the service's secret, the reference
and a number on the incident. With the next number the incident has another code, and the code
before it opens nothing any more.
"""

from typing import NewType

from suport.domain import crockford
from suport.domain.keyed_hash import Purpose, keyed_hash
from suport.domain.reference import Reference

AccessCode = NewType("AccessCode", str)

CODE_CHARACTERS = 28  # 140 bits
_CONFIRMATION_CHARACTERS = 8  # 40 bits, of use for one change, to somebody with the access code


def access_code_for(secret: bytes, reference: Reference, number: int = 1) -> AccessCode:
    """The code of that number, which opens an incident to its citizen: seven groups of four."""
    digest = keyed_hash(secret, Purpose.ACCESS_CODE, f"{reference}/{number}")
    return AccessCode(crockford.grouped(crockford.encode(int.from_bytes(digest), CODE_CHARACTERS)))


def opens(secret: bytes, reference: Reference, typed: str, number: int = 1) -> bool:
    """Whether what somebody typed or pasted has the code of that number of this reference in it."""
    return _is_in(access_code_for(secret, reference, number), typed)


def has_code(typed: str) -> bool:
    """Whether there is anything in the text that can be an access code."""
    return crockford.has_run(typed, CODE_CHARACTERS)


def confirmation_for(secret: bytes, reference: Reference, entry: str) -> str:
    """The code `XXXX-XXXX` that confirms what the entry asks for; only the mail states it."""
    digest = keyed_hash(secret, Purpose.CONFIRMATION, f"{reference}/{entry}")
    return crockford.grouped(crockford.encode(int.from_bytes(digest), _CONFIRMATION_CHARACTERS))


def confirms(secret: bytes, reference: Reference, entry: str, typed: str) -> bool:
    """Whether what somebody typed or pasted has the code in it that confirms that entry."""
    return _is_in(confirmation_for(secret, reference, entry), typed)


def _is_in(code: str, typed: str) -> bool:
    import hmac  # noqa: PLC0415  loads OpenSSL, which not all functions need

    expected = crockford.normalise(code)
    return bool(
        crockford.runs(typed, len(expected), lambda run: hmac.compare_digest(expected, run))
    )
