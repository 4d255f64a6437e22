"""What a support team reads in its queue: the incident, without the person.

Name, e-mail, phone and NIF never enter a queue. They are shown to the operator who claims the
incident, and the register keeps that look.
"""

from datetime import datetime
from typing import Any

from suport.incident import Incident
from suport.legal_time import utc_text

SCHEMA = "suport.incident/1"


def queue_message(incident: Incident, queued_at: datetime) -> dict[str, Any]:
    """The message for the queue of the incident's category, ready for JSON.

    Raises
    ------
    ValueError
        If nothing asks for this incident to be queued.
    """
    if incident.route_reason is None:
        raise ValueError(f"incident {incident.reference} does not have to be queued")
    return {
        "schema": SCHEMA,
        "reference": incident.reference,
        "category": incident.category,
        "language": incident.language,
        "reason": incident.route_reason,
        "submitted_at": utc_text(incident.submitted_at),
        "queued_at": utc_text(queued_at),
        "description": incident.description,
        "error": incident.error or None,
        "procedure": incident.procedure or None,
        "attachments": [
            {"file": file_id} | {name: file[name] for name in ("type", "bytes", "state")}
            for file_id, file in incident.files.items()
        ],
        **({"topic": incident.topic} if incident.topic else {}),
    }
