"""Errors that citizens meet in procedures, and how to recognise one by a code or a pasted text.

`recognition` reads whole texts, and is imported by who has one; most starts read a code at most.

`known_errors.toml` has them all, one block each; what a block may say stands at its beginning.
"""

from suport.domain.known_errors.catalogue import KnownError, known_errors
from suport.domain.known_errors.codes import known_code, stated_code

__all__ = [
    "KnownError",
    "known_code",
    "known_errors",
    "stated_code",
]
