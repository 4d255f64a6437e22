"""A message in a team's queue: that an incident waits, and what kind of problem it is.

The service sends `suport.incident/2` (docs/suport.incident-2.schema.json), which has no word that
the citizen typed. An older message of `suport.incident/1` may still wait; the desk reads it as one
of `/2`, without the description and the error message in it. The claim shows these.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.service_vocabulary import FORMER_INCIDENT_SCHEMA, INCIDENT_SCHEMA


@dataclass(frozen=True)
class Received:
    """One message, while the queue keeps it from others."""

    id: str
    handle: str
    content: dict[str, Any] | None  # None if it is not a message of the service
    times_seen: int  # how often it was received, this time included, as SQS counts: approximately
    sent_at: datetime


def understood(body: str) -> dict[str, Any] | None:
    """The message in the shape of `/2`, or None if it is not a message of the service.

    Members that later versions add are not used.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("reference"), str):
        return None
    if content.get("schema") == FORMER_INCIDENT_SCHEMA:
        return _in_the_present_shape(content)
    return content if content.get("schema") == INCIDENT_SCHEMA else None


def _in_the_present_shape(former: dict[str, Any]) -> dict[str, Any]:
    error = former.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    kept = {name: value for name, value in former.items() if name not in {"description", "error"}}
    return kept | {"schema": INCIDENT_SCHEMA, "error_code": code}
