"""The kinds of drafts: what the request of a draft does."""

from enum import StrEnum


class Kind(StrEnum):
    """A kind as in a draft's file name; a transfer's also names the team."""

    REPLY = "reply"
    ASK = "ask"
    NOTE = "note"
    RESOLVE = "resolve"
    SNOOZE = "snooze"
    RELEASE = "release"
    NEW_CODE = "new-code"
    CALL = "call"  # an incident that an operator records for a person who phones


TRANSFER = "transfer-"  # begins the kind of a transfer's draft: `transfer-signature`
