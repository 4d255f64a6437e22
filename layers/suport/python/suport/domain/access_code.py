"""Access codes, which open an incident to its citizen.

A code is secret, and nothing of it is stored: it follows from the service's secret.
"""

import hmac
from typing import NewType

from suport.domain import crockford
from suport.domain.keyed_hash import Purpose, keyed_hash
from suport.domain.reference import Reference

AccessCode = NewType("AccessCode", str)

CODE_CHARACTERS = 28  # 140 bits


def access_code_for(secret: bytes, reference: Reference) -> AccessCode:
    """The code that opens an incident to the person who submitted it: seven groups of four."""
    digest = keyed_hash(secret, Purpose.ACCESS_CODE, reference)
    return AccessCode(crockford.grouped(crockford.encode(int.from_bytes(digest), CODE_CHARACTERS)))


def opens(secret: bytes, reference: Reference, typed: str) -> bool:
    """Whether what somebody typed or pasted has the access code of this reference in it."""
    expected = crockford.normalise(access_code_for(secret, reference))
    return any(
        hmac.compare_digest(expected, given) for given in crockford.runs(typed, CODE_CHARACTERS)
    )


def has_code(typed: str) -> bool:
    """Whether there is anything in the text that can be an access code."""
    return bool(crockford.runs(typed, CODE_CHARACTERS))
