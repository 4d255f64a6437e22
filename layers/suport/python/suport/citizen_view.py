"""What citizens see of their incident: its state and history, with personal data masked.

Whoever holds the access code already knows these data; masked, they tell nothing to whoever only
found it. Internal notes are the operators' own.
"""

from typing import Any

from suport import retention
from suport.incident import Entry, Incident, Kind
from suport.legal_time import utc_text

# what of an entry's content its citizen may read, by kind; other kinds are not shown
_SHOWN: dict[Kind, tuple[str, ...]] = {
    Kind.MESSAGE: ("by", "body"),
    Kind.ACTION: ("action", "reason"),
    Kind.CONSENT: ("scope", "action"),
}


def citizen_view(incident: Incident, history: list[Entry]) -> dict[str, Any]:
    """The incident as its citizen may see it, ready for JSON; links are relative to its address."""
    return {
        "reference": incident.reference,
        "category": incident.category,
        "status": incident.status,
        "language": incident.language,
        "submitted_at": utc_text(incident.submitted_at),
        "expires_on": retention.last_day_before(incident.expires_at).isoformat(),
        "description": incident.description,
        "error": incident.error or None,
        "procedure": incident.procedure or None,
        "contact": {name: _masked(name, value) for name, value in incident.contact.items()},
        "privacy_notice": incident.privacy_notice,
        "consents": sorted(incident.consents, reverse=True),  # view comes before control
        "history": [_shown(entry) for entry in history if entry.kind in _SHOWN],
        "links": {
            "self": incident.reference,
            "messages": f"{incident.reference}/messages",
            "consents": f"{incident.reference}/consents",
            "page": f"../../{incident.language}/track",
        },
    }


def _shown(entry: Entry) -> dict[str, Any]:
    content = {name: entry.content[name] for name in _SHOWN[entry.kind] if name in entry.content}
    return {"at": utc_text(entry.recorded_at), "kind": entry.kind} | content


def _masked(name: str, value: str) -> str:
    match name:
        case "availability":
            return value
        case "email":
            mailbox, _, domain = value.rpartition("@")
            return f"{mailbox[0]}…@{domain}"
        case "name":
            return " ".join(f"{word[0]}…" for word in value.split())
        case _:
            return f"…{value[-2:]}"
