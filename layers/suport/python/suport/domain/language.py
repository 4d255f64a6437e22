"""The languages of the service."""

from enum import StrEnum


class Language(StrEnum):
    """The languages of the service, in the order in which they are offered."""

    CATALAN = "ca"
    SPANISH = "es"
    ENGLISH = "en"
    GERMAN = "de"
