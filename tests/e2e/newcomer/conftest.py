"""A newcomer's machine: nothing leaves it, and `make` only prints its commands."""

from tests.support.newcomer import commands, outside

__all__ = ["commands", "outside"]
