"""Reads the parts of an event that should be texts: what is not one was not sent.

API Gateway keeps to its form. An event of another form gets an answer all the same, because an
exception would ring the alarm that watches for failures of the service.
"""

from collections.abc import Mapping
from typing import Any


def text(value: object) -> str:
    """The text; empty if it is none."""
    return value if isinstance(value, str) else ""


def members(value: object) -> Mapping[str, Any]:
    """The members of an object; none if it is no object."""
    return value if isinstance(value, Mapping) else {}


def texts(value: object) -> dict[str, str]:
    """The members of an object that are texts."""
    return {name: each for name, each in members(value).items() if isinstance(each, str)}
