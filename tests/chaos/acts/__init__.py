"""What can happen in a schedule, by who does it."""

from tests.chaos.acts import (
    citizens,
    files,
    forms,
    known_problems,
    nature,
    operators,
    remote,
    rights,
    web_desk,
)
from tests.chaos.town import ACTS

__all__ = [
    "ACTS",
    "citizens",
    "files",
    "forms",
    "known_problems",
    "nature",
    "operators",
    "remote",
    "rights",
    "web_desk",
]
