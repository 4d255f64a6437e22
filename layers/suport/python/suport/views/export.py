"""The copy of an incident for its citizen: all that the page shows, and the consents' receipts.

It is masked as the page is, for the same reason. Apart from that it has everything in the register
that the citizen may read.
"""

from typing import Any

from suport.domain.history import Consent, HistoryPart
from suport.domain.incident import Incident
from suport.texts.published_notices import CONTROLLER
from suport.views.citizen_view import citizen_view
from suport.views.consent_receipt import receipt

SCHEMA = "suport.export/1"


def export(incident: Incident, part: HistoryPart) -> dict[str, Any]:
    """The incident, a part of its history and one receipt for each consent in it, ready for JSON.

    A consent that has ended has the receipt of its end, which also says when it was given. Links
    are left out: they lead nowhere from a file.
    """
    view = citizen_view(incident, part)
    del view["links"]
    receipts = [
        receipt(incident.reference, entry)
        for entry in reversed(part.entries)
        if isinstance(entry.content, Consent)
    ]
    return {
        "schema": SCHEMA,
        "controller": CONTROLLER,
        "incident": view,
        "consents": list({proof["record_id"]: proof for proof in receipts}.values()),
    }
