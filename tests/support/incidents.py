"""Incidents made by hand, for tests of rules."""

from datetime import UTC, datetime
from typing import Any

from suport.domain.category import Category
from suport.domain.change import Change
from suport.domain.incident import Incident, Status
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.domain.retention import expires_at

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def an_incident(**fields: Any) -> Incident:
    """An incident of the payment team, with an address to write to; `fields` may change it."""
    known: dict[str, Any] = {
        "reference": Reference("7K3M-9QXA-2BTC"),
        "category": Category.PAYMENT,
        "status": Status.QUEUED,
        "language": Language.CATALAN,
        "submitted_at": NOW,
        "expires_at": expires_at(NOW),
        "last_entry": "01KAXC4WW0AAAAAAAAAAAAAAAA",
        "description": "El pagament ha fallat.",
        "contact": {"email": "anna@example.org"},
    }
    return Incident(**known | fields)


def actions(change: Change) -> list[str]:
    """The actions in a change, in order."""
    facts = [entry.facts for entry in change.entries]
    return [each["action"] for each in facts if "action" in each and "scope" not in each]
