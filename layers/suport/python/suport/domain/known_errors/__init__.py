"""Errors that citizens meet in procedures, and how to recognise one by a code or a pasted text.

`known_errors.toml` has them all, one block each; what a block may say stands at its beginning.
`recognition` reads whole texts. It is not imported here, because most functions read only a code.
"""

from suport.domain.known_errors.catalogue import KnownError, known_errors
from suport.domain.known_errors.codes import known_code, stated_code

__all__ = [
    "KnownError",
    "known_code",
    "known_errors",
    "stated_code",
]
