"""What an incident may be about: the categories, by which support teams share the work."""

from enum import StrEnum


class Category(StrEnum):
    """The kinds of problem; each has a support team and a queue."""

    FUNCTIONAL = "functional"
    PAYMENT = "payment"
    SIGNATURE = "signature"
