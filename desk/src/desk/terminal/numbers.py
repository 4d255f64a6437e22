"""Numbers of things in words: 1 day, 7 days."""


def so_many(number: int, one: str, more: str | None = None) -> str:
    """The number with its noun. more: the plural, if it is not the singular with an s."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"
