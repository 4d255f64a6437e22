"""References as people type them, written as the service writes them."""

_ALPHABET = frozenset("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
# Spaces and hyphens only group; people write O, I and L for 0 and 1.
_AS_MEANT = str.maketrans("OIL", "011", " -")
_LENGTH, _GROUP = 12, 4


def as_written(typed: str) -> str:
    """The reference in capitals and groups of four; other text stays as it is.

    >>> as_written("gqnc yqby ih8c")
    'GQNC-YQBY-1H8C'
    """
    characters = typed.upper().translate(_AS_MEANT)
    if len(characters) != _LENGTH or not set(characters) <= _ALPHABET:
        return typed
    return "-".join(characters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
