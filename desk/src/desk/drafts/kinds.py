"""The kinds of drafts: what the request does that a draft is kept for."""

from enum import StrEnum


class Kind(StrEnum):
    """A kind as it stands in a draft's file name; a transfer's also names the team."""

    REPLY = "reply"
    ASK = "ask"
    NOTE = "note"
    RESOLVE = "resolve"
    RELEASE = "release"
    CALL = "call"  # an incident that was taken by phone


TRANSFER = "transfer-"  # begins the kind of a transfer's draft: `transfer-signature`
