"""Contact data as most people type them, read without the rules and libraries for all others.

Those take time to import, for which the first citizen of a process would wait. What is not plain is
left to them, and what is plain they would read in the same way.
"""

import re

_LONGEST_EMAIL = 254  # characters, RFC 5321
_EMAIL = re.compile(
    r"(?=[^@]{1,64}@) [A-Za-z0-9]+ (?:[._][A-Za-z0-9]+)*"
    r"@ (?:(?=[^.]{1,63}\.) [A-Za-z0-9]+ (?:-[A-Za-z0-9]+)* \.)+ (?P<top>[A-Za-z]{2,63})",
    re.VERBOSE,
)
_NO_TOP_LEVEL = {"arpa", "invalid", "local", "localhost", "onion"}
_SPANISH_PHONE = re.compile(
    r"(?:(?:\+|00)34\ ?)? ((?:6\d|7[1-4]|9[1-8])\d (?:(?:\ ?\d\d){3} | (?:\ ?\d\d\d){2}))",
    re.VERBOSE | re.ASCII,
)
_OF_A_PERSON = re.compile(r"(?:\d|[XYZ])\d{7}[A-Z]", re.ASCII)
_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"  # by the remainder, as the Ministry of the Interior has them
_AS_A_DIGIT = str.maketrans("XYZ", "012")


def email(typed: str) -> str | None:
    """The address with its domain in small letters; None if it is not plain."""
    plain = _EMAIL.fullmatch(typed)
    if plain is None or len(typed) > _LONGEST_EMAIL or plain["top"].lower() in _NO_TOP_LEVEL:
        return None
    mailbox, _, domain = typed.partition("@")
    return f"{mailbox}@{domain.lower()}"


def dial(typed: str) -> str | None:
    """The number to dial (E.164) of a text that is only a Spanish one; None if it is not plain."""
    plain = _SPANISH_PHONE.fullmatch(typed)
    return f"+34{plain[1].replace(' ', '')}" if plain else None


def identity(typed: str) -> str | None:
    """A DNI or NIE in capitals, whose letter belongs to its number; None if it is not plain."""
    number = typed.upper()
    if not _OF_A_PERSON.fullmatch(number):
        return None
    digits = int(number[:-1].translate(_AS_A_DIGIT))
    return number if _LETTERS[digits % len(_LETTERS)] == number[-1] else None
