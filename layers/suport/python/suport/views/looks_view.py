"""What data protection sees of an incident: who looked at it, and nothing that anybody wrote."""

from typing import Any

from suport.domain.history import HistoryPart
from suport.domain.incident import Incident
from suport.domain.legal_time import utc_text

_SHOWN = ("action", "by", "operator", "team", "purpose", "contact", "file")


def looks_view(incident: Incident, part: HistoryPart) -> dict[str, Any]:
    """A part of the looks at an incident, the newest first, ready for JSON.

    Each look has every fact of `_SHOWN`; what is not known or does not apply is None.
    """
    return {
        "reference": incident.reference,
        "looks": [
            {"entry": entry.id, "at": utc_text(entry.recorded_at)}
            | {name: entry.facts.get(name) for name in _SHOWN}
            for entry in part.entries
        ],
        "earlier": part.earlier,
    }
