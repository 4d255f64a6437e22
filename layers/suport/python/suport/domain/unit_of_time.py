"""In what a length of time is told."""

from enum import StrEnum


class Unit(StrEnum):
    """Each as a person counts it."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
