"""The copy of an incident for its citizen (GDPR art. 15): everything that the register holds.

That is more than the page shows: the teams' notes, why an incident was passed on, every look at it
and every attempt that was refused. Only the names of operators are left out, and the reference of
the incident with which this one is answered: it may be another person's. How the citizen is reached
is masked as on the page, for the same reason. The page, the API and the desk give this one copy, as
JSON or as a document.
"""

from datetime import datetime
from typing import Any

from suport.domain import erasure
from suport.domain.contact_acts import confirmable_until
from suport.domain.deadlines import erasure_confirmable_until
from suport.domain.history import Action, Consent, Entry, HistoryPart, SentMail
from suport.domain.incident import Incident
from suport.domain.legal_time import utc_text
from suport.texts.published_notices import CONTROLLERS
from suport.views.citizen_view import citizen_view, masked
from suport.views.consent_receipt import receipt
from suport.views.file_view import file_name, file_number

SCHEMA = "suport.export/1"
LEFT_OUT = {"operator", "colleague", "held_by", "leader"}
"""The facts of an entry that a copy leaves out: operators' names, and another incident."""


def export(incident: Incident, part: HistoryPart, now: datetime) -> dict[str, Any]:
    """The incident, a part of its history and one receipt for each consent in it, ready for JSON.

    A consent that has ended has the receipt of its end, which also says when it was given. Links
    are left out: they lead nowhere from a file.
    """
    view = citizen_view(incident, part)
    del view["links"]
    for file in view["files"]:
        file["name"] = file_name(incident, file["file"])
    receipts = [
        receipt(incident.reference, entry)
        for entry in reversed(part.entries)
        if isinstance(entry.content, Consent)
    ]
    return {
        "schema": SCHEMA,
        "controller": CONTROLLERS[incident.language],
        "incident": {
            **view,
            **_besides(incident, now),
            "history": [_told(entry, incident) for entry in part.entries],
        },
        "consents": list({proof["record_id"]: proof for proof in receipts}.values()),
    }


def _besides(incident: Incident, now: datetime) -> dict[str, Any]:
    """What else the register holds, and no page shows. What nobody can confirm any more is over."""
    asked, until = incident.address_change, confirmable_until(incident, now)
    to_be_erased = erasure.pending(incident, now) and erasure_confirmable_until(incident)
    other = None
    if asked and until:
        address = masked({"email": asked.email})["email"] if asked.email else None
        other = {"email": address, "confirm_by": utc_text(until)}
    return {
        "origin": incident.origin,
        "former_teams": list(incident.former_teams),
        "mail_trouble": incident.mail_trouble,
        "mails_to_be_sent": [mail.kind for mail in incident.mails.values()],
        "address_change": other,
        "erasure_to_be_confirmed_by": utc_text(to_be_erased) if to_be_erased else None,
    }


def _told(entry: Entry, incident: Incident) -> dict[str, Any]:
    """An entry with all that is known of it, but what is `LEFT_OUT`."""
    known = entry.facts.items()
    facts = {name: fact for name, fact in known if name not in LEFT_OUT}
    if isinstance(entry.content, SentMail | Action) and entry.content.mail:
        facts["mail"] = facts.pop("kind")
    if "file" in facts:
        facts["number"] = file_number(incident, facts["file"])
    return {"entry": entry.id, "at": utc_text(entry.recorded_at), "kind": entry.kind} | facts
