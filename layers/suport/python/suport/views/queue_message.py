"""What a support team reads in its queue: that there is something to do, and about what.

Nothing that a citizen typed enters a queue: messages cannot be erased from it before their time,
and people paste names and numbers wherever they can write. The message has an error's code only if
that is a known one, and a procedure only as the catalogue names it. The operator who claims the
incident sees all the rest, and the register records that look.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from suport.domain.attachment import State
from suport.domain.incident import Incident
from suport.domain.language import Language
from suport.domain.legal_time import utc_text

SCHEMA = "suport.incident/2"


def queue_message(incident: Incident, queued_at: datetime) -> dict[str, Any]:
    """The message for the queue of the incident's category, ready for JSON.

    Raises
    ------
    ValueError
        If the incident does not have to be queued.
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
        "error_code": _stated_code(incident.error),
        "procedure": _known_procedure(incident.procedure, incident.language),
        "attachments": [
            {"file": file_id, "type": file.type, "bytes": file.bytes, "state": file.state}
            for file_id, file in incident.files.items()
            if file.state not in {State.REMOVED, State.LOST}
        ],
        **({"topic": incident.topic} if incident.topic else {}),
    }


def _stated_code(error: Mapping[str, str]) -> str | None:
    """The code of a known error that the citizen stated, as the catalogue spells it."""
    if not error:
        return None
    from suport.domain.known_errors import stated_code  # noqa: PLC0415  few state an error

    return stated_code(error)


def _known_procedure(procedure: Mapping[str, str], language: Language) -> dict[str, str] | None:
    """The procedure as the catalogue names it, if the catalogue has one with that code."""
    if "code" not in procedure:
        return None
    from suport.domain.procedures import catalogue  # noqa: PLC0415  only where a code was given

    known = catalogue().find(procedure["code"])
    return {"code": known.code, "name": known.name_in(language)[0]} if known else None
