"""A newcomer's machine: nothing leaves it, and `make` only says what it would do."""

from tests.support.newcomer import commands, outside

__all__ = ["commands", "outside"]
