"""The history of an incident: immutable entries, in the order in which they were recorded."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

LONGEST_HISTORY_PART = 50  # entries: read, shown and exported at once


class Kind(StrEnum):
    """What an entry of the register is."""

    INCIDENT = "incident"
    MESSAGE = "message"
    NOTE = "note"
    MAIL = "mail"
    ACTION = "action"
    CONSENT = "consent"
    ATTACHMENT = "attachment"
    RATING = "rating"
    ACKNOWLEDGEMENTS = "acknowledgements"  # of no incident: how many one address got of late


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One immutable entry of an incident's history; `content` depends on its kind."""

    id: str
    kind: Kind
    recorded_at: datetime
    expires_at: int
    content: dict[str, Any]


@dataclass(frozen=True, slots=True)
class HistoryPart:
    """At most `LONGEST_HISTORY_PART` entries of a history, the newest first.

    earlier: names the entry before which the next, older part begins; None where there is none.
    """

    entries: tuple[Entry, ...] = ()
    earlier: str | None = None
