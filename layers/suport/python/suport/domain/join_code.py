"""The code that an operator tells a citizen, who enters it to join a remote session.

It is derived from the session, so that it is stored nowhere: the table has a keyed digest of it. It
has 40 bits, and admits one browser within ten minutes. It gives the right to be seen, never to see.
"""

from suport.domain import crockford
from suport.domain.keyed_hash import Purpose, keyed_hash

_CHARACTERS = 8
_LABELS = ("C0D1", "C0DE")  # "codi" and "code", as they are read, before the code itself


def code_for(secret: bytes, session: str) -> str:
    """The code of the session with that id, as it is read out: `7K3M-9QXA`."""
    number = int.from_bytes(keyed_hash(secret, Purpose.JOIN_CODE, session)[:5])
    return crockford.grouped(crockford.encode(number, _CHARACTERS))


def code_digest(secret: bytes, code: str) -> str:
    """A digest of a code, in hexadecimal, by which its session is found."""
    return keyed_hash(secret, Purpose.JOIN_CODE_DIGEST, code).hex()


def read_code(typed: str) -> str | None:
    """The code in what somebody typed or pasted, as `code_for` writes it; None if it has none.

    >>> read_code("el codi: 7k3m 9qxa")
    '7K3M-9QXA'
    """
    found = crockford.runs(typed, _CHARACTERS, lambda _: True)
    found.sort(key=lambda run: run.startswith(_LABELS))
    return crockford.grouped(found[0]) if found else None
