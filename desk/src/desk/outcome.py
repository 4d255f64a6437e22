"""What an incident, as it is shown, tells about a request whose answer was lost.

A repeated request goes out with the key of the first one, and the service records it once. That is
right only as long as it is the same request: a release of last week and one of today look alike.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""at most: AWS refuses the signature of a computer whose clock is further off"""
_MESSAGES = ("reply", "ask", "resolve")
TRANSFER = "transfer-"
"""Begins the kind of a transfer's draft, which names the team: `transfer-signature`."""


def is_recorded(kind: str, text: str, written_at: datetime, incident: Mapping[str, Any]) -> bool:
    """Whether the history that was shown has this text, recorded since it was written."""
    if not text or kind not in {*_MESSAGES, "note"}:
        return False
    history = [
        entry
        for entry in incident.get("history") or []
        if datetime.fromisoformat(entry["at"]) >= written_at - CLOCKS_DIFFER_BY
    ]
    if kind == "resolve" and not any(entry.get("action") == "resolved" for entry in history):
        return False
    wanted = "note" if kind == "note" else "message"
    return any(
        entry.get("kind") == wanted
        and entry.get("by") == "operator"
        and _lines(str(entry.get("body", ""))) == _lines(text)
        for entry in history
    )


def is_undone(kind: str, text: str, incident: Mapping[str, Any]) -> bool:
    """Whether this command was never done, or the incident has come back since."""
    if kind.startswith(TRANSFER):
        return bool(incident.get("category") != kind.removeprefix(TRANSFER))
    if kind == "release":
        return incident.get("claimed_by") is not None
    return kind == "resolve" and not text and incident.get("status") != "resolved"


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()
