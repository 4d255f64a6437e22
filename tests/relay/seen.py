"""What has arrived: the colour of a picture, and the addresses that pages tell each other."""

import re

RED = (200, 30, 30)
"""What is shown."""


def addresses(description: str) -> set[str]:
    """The addresses in a session description: of connections, candidates and what is behind them.

    Not the one of its origin, for which browsers write 127.0.0.1; nor 0.0.0.0, which is none.
    """
    lines = [line for line in description.splitlines() if not line.startswith("o=")]
    found = re.findall(r"\b(?:\d+\.){3}\d+\b|\S+\.local\b|(?<= IP6 )\S+", "\n".join(lines))
    return set(found) - {"0.0.0.0"}  # noqa: S104


def is_like(seen: list[int] | None, colour: tuple[int, int, int]) -> bool:
    """Whether it is that colour, but for what its way through a video codec does to it."""
    return seen is not None and all(abs(a - b) <= 20 for a, b in zip(seen, colour, strict=True))
