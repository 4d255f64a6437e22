"""Errors that citizens meet in procedures, and how to recognise one by a code or a pasted text.

`known_errors.toml` has them all, one block each; what a block may say stands at its beginning.
"""

from suport.domain.known_errors.catalogue import KnownError, known_errors
from suport.domain.known_errors.codes import known_code, stated_code
from suport.domain.known_errors.recognition import Sign, only_code, recognise

__all__ = [
    "KnownError",
    "Sign",
    "known_code",
    "known_errors",
    "only_code",
    "recognise",
    "stated_code",
]
