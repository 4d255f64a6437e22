"""What citizens see of their incident: its state and history, with personal data masked.

The citizen already knows these data; masked, they reveal nothing to somebody who only found the
access code. Internal notes are the operators' own.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from suport.domain import retention
from suport.domain.citizen_acts import may_rate
from suport.domain.deadlines import closes_at, may_reopen, reopenable_until
from suport.domain.history import Action, Done, Entry, HistoryPart, Kind, LookPurpose, is_look
from suport.domain.incident import Incident
from suport.domain.legal_time import utc_text
from suport.domain.progress import steps
from suport.views.file_view import file_number, file_views

# the parts of an entry that its citizen may read, by kind; other kinds are not shown
_SHOWN: dict[Kind, tuple[str, ...]] = {
    Kind.MESSAGE: ("by", "body"),
    Kind.ACTION: ("action", "by", "reason", "state", "mail", "via", "surface", "seconds"),
    Kind.CONSENT: ("scope", "action", "by"),
    Kind.ATTACHMENT: ("type", "bytes", "state"),
    Kind.RATING: ("score", "comment"),
}
_OF_A_LOOK = ("team", "purpose", "contact", "file")
_NAMES_TEAM = {Done.REMOTE_INVITED, Done.REMOTE_VIEWING}
# how the service and the teams keep themselves in order, which concerns no citizen
_INTERNAL = {Done.REFUSED, Done.REQUEUED, Done.REROUTED, Done.SNOOZED, Done.RESUMED}

type CitizenView = dict[str, Any]
"""What a citizen sees of an incident, as `citizen_view` makes it, ready for JSON."""


def citizen_view(incident: Incident, part: HistoryPart) -> CitizenView:
    """The incident as its citizen may see it, ready for JSON; links are relative to its address.

    part: the entries that `is_shown` admits, the newest first.
    """
    earlier = {"earlier": f"{incident.reference}?before={part.earlier}"} if part.earlier else {}
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
        "contact": masked(incident.contact),
        "privacy_notice": incident.privacy_notice,
        "context": incident.context or None,
        "topic": incident.topic,
        "closes_at": _text(closes_at(incident)),
        "answer_by": incident.answer_by and incident.answer_by.isoformat(),
        "resolved_at": _text(incident.resolved_at),
        "resolved_by": incident.resolved_by,
        "reopenable_until": _text(reopenable_until(incident)),
        "rating": incident.rating,
        "files": file_views(incident),
        "consents": sorted(incident.consents, reverse=True),  # view comes before control
        "history": [_shown(entry, incident) for entry in part.entries if is_shown(entry)],
        "earlier": part.earlier,
        "links": {
            "self": incident.reference,
            "messages": f"{incident.reference}/messages",
            "consents": f"{incident.reference}/consents",
            "page": f"../../{incident.language}/track",
            **earlier,
        },
    }


def page_view(incident: Incident, part: HistoryPart, now: datetime) -> CitizenView:
    """The same for a page, with its steps; it offers to reopen and to rate it where possible."""
    offered = {"can_be_reopened": may_reopen(incident, now), "can_be_rated": may_rate(incident)}
    return citizen_view(incident, part) | offered | {"steps": steps(incident)}


def masked(contact: Mapping[str, str]) -> dict[str, str]:
    """The contact data, recognisable only to somebody who already knows them."""
    dial = contact.get("dial", contact.get("phone", "")).partition(";")[0]
    digits = "".join(filter(str.isdigit, dial))
    seen = dict.fromkeys(("phone", "dial"), f"…{digits[-2:]}")
    return {name: seen.get(name) or _masked(name, value) for name, value in contact.items()}


def is_shown(entry: Entry) -> bool:
    """Whether the citizen is shown this entry."""
    if isinstance(entry.content, Action):
        return entry.content.done not in _INTERNAL
    return entry.kind in _SHOWN


def _shown(entry: Entry, incident: Incident) -> dict[str, Any]:
    known = entry.facts
    is_copy = known.get("purpose") == LookPurpose.COPY
    names = _SHOWN[entry.kind] + (_OF_A_LOOK if is_look(entry) or is_copy else ())
    if isinstance(entry.content, Action) and entry.content.done in _NAMES_TEAM:
        names += ("team",)
    facts = {name: fact for name, fact in known.items() if name in names}
    if isinstance(entry.content, Action) and entry.content.mail:
        facts["mail"] = entry.content.mail
    if "file" in facts:  # what it is called may be gone before the entry
        facts["number"] = file_number(incident, facts["file"])
    return {"entry": entry.id, "at": utc_text(entry.recorded_at), "kind": entry.kind} | facts


def _text(moment: datetime | None) -> str | None:
    return utc_text(moment) if moment else None


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
