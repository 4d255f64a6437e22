"""What an incident, as the service shows it, says about a request whose answer was lost.

A repeated request goes out with the key of the first one, and the service records it once. That is
right only if it is the same request: a release of last week and one of today look alike.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from desk.drafts.kinds import TRANSFER, Kind
from desk.service_vocabulary import RESOLVED, Actor, EntryKind

CLOCKS_DIFFER_BY = timedelta(minutes=5)  # if they differ by more, AWS refuses the signature


def is_recorded(kind: str, text: str, written_at: datetime, incident: Mapping[str, Any]) -> bool:
    """Whether the shown history has this text, recorded since the operator wrote it."""
    if not text or kind not in {Kind.REPLY, Kind.ASK, Kind.RESOLVE, Kind.NOTE}:
        return False
    history = [
        entry
        for entry in incident.get("history") or []
        if datetime.fromisoformat(entry["at"]) >= written_at - CLOCKS_DIFFER_BY
    ]
    if kind == Kind.RESOLVE and not any(entry.get("action") == RESOLVED for entry in history):
        return False
    wanted = EntryKind.NOTE if kind == Kind.NOTE else EntryKind.MESSAGE
    return any(
        entry.get("kind") == wanted
        and entry.get("by") == Actor.OPERATOR
        and _lines(str(entry.get("body", ""))) == _lines(text)
        for entry in history
    )


def is_undone(kind: str, text: str, incident: Mapping[str, Any]) -> bool:
    """Whether the service never did this command, or the incident has come back since."""
    if kind.startswith(TRANSFER):
        return bool(incident.get("category") != kind.removeprefix(TRANSFER))
    if kind == Kind.RELEASE:
        return incident.get("claimed_by") is not None
    return kind == Kind.RESOLVE and not text and incident.get("status") != RESOLVED


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()
