"""What operators see of an incident of their team: all of it, but contact data only if they help.

Contact data are shown to the operator who has claimed the incident, and to nobody else. The rest of
the team sees them masked, as the citizen's own page does, and without when to reach the citizen.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from suport.domain import retention
from suport.domain.history import Action, Entry, HistoryPart, Kind, SentMail
from suport.domain.incident import Incident
from suport.domain.language import Language
from suport.domain.legal_time import utc_text
from suport.domain.operator_acts import sees_contact
from suport.views.citizen_view import masked
from suport.views.file_view import file_views

if TYPE_CHECKING:
    from suport.domain.desk_list import ListedIncident

# what the desk needs about a consent: what is in force, and on which text it was given
_OF_A_CONSENT = ("scope", "action", "by", "operator", "notice")


def operator_view(incident: Incident, part: HistoryPart, operator: str) -> dict[str, Any]:
    """The incident as that operator of its team may see it, ready for JSON.

    `etag` names what the citizen wrote last; an operator's answer may say that they have read it.
    """
    contact_shown = sees_contact(incident, operator)
    return {
        "reference": incident.reference,
        "category": incident.category,
        "status": incident.status,
        "language": incident.language,
        "origin": incident.origin,
        "submitted_at": utc_text(incident.submitted_at),
        "expires_on": retention.last_day_before(incident.expires_at).isoformat(),
        "claimed_by": incident.claimed_by,
        "snoozed_until": incident.snoozed_until and utc_text(incident.snoozed_until),
        "answered_with": incident.answered_with,
        "resolved_by": incident.resolved_by,
        "description": incident.description,
        "error": incident.error or None,
        "procedure": incident.procedure or None,
        "context": incident.context or None,
        "topic": incident.topic,
        "answer_by": incident.answer_by and incident.answer_by.isoformat(),
        "contact": dict(incident.contact) if contact_shown else _hidden(incident.contact),
        "contact_shown": contact_shown,
        "mail_trouble": incident.mail_trouble,
        "files": file_views(incident),
        "consents": sorted(incident.consents, reverse=True),  # view comes before control
        "rating": incident.rating,
        "history": [shown(entry) for entry in part.entries],
        "earlier": part.earlier,
        "etag": incident.citizen_wrote,
    }


def listed(incident: "ListedIncident", language: Language) -> dict[str, Any]:
    """An incident in the list of its team, ready for JSON, for a reader of that language."""
    return {
        "reference": incident.reference,
        "category": incident.category,
        "status": incident.status,
        "language": incident.language,
        "submitted_at": utc_text(incident.submitted_at),
        "due_at": incident.due_at and utc_text(incident.due_at),
        "claimed_by": incident.claimed_by,
        "snoozed_until": incident.snoozed_until and utc_text(incident.snoozed_until),
        "changed_at": utc_text(incident.changed_at),
        "last_written": {
            "at": utc_text(incident.last_written.at),
            "by": incident.last_written.by,
        },
        "unread": incident.unread,
        "expires_on": retention.last_day_before(incident.expires_at).isoformat(),
        "ending": incident.ending,
        "topic": incident.topic,
        "answer_by": incident.answer_by and incident.answer_by.isoformat(),
        "procedure": incident.procedure and _named(incident.procedure, language),
        "error_code": incident.known_error,
        "linked": incident.linked,
    }


def _named(code: str, language: Language) -> dict[str, str | None]:
    """The procedure as the catalogue names it; without a name where the catalogue has none."""
    from suport.domain.procedures import catalogue  # noqa: PLC0415  only where a code is listed

    known = catalogue().find(code)
    return {"code": code, "name": known.name_in(language)[0] if known else None}


def _hidden(contact: Mapping[str, str]) -> dict[str, str]:
    """Masked, and without when to reach the citizen: that is free text, and may also say how."""
    return {name: value for name, value in masked(contact).items() if name != "availability"}


def shown(entry: Entry) -> dict[str, Any]:
    """An entry of the history as operators see it, ready for JSON."""
    facts = entry.facts
    if entry.kind is Kind.CONSENT:
        facts = {name: facts[name] for name in _OF_A_CONSENT if name in facts}
    elif isinstance(entry.content, SentMail | Action) and entry.content.mail:
        facts["mail"] = facts.pop("kind")
    return {"entry": entry.id, "at": utc_text(entry.recorded_at), "kind": entry.kind} | facts
