"""What people are told about an erasure: what is kept, and until when copies remain."""

from collections.abc import Iterable
from typing import Any

from suport.domain.history import Consent, Entry
from suport.domain.legal_time import utc_text
from suport.domain.retention import last_day


def kept_views(kept: Iterable[Entry]) -> list[dict[str, Any]]:
    """The entries that an erasure leaves, ready for JSON: proofs of consents, without contact."""
    return [
        {
            "what": "consent",
            "scope": entry.content.scope,
            "action": entry.content.action,
            "recorded_at": utc_text(entry.recorded_at),
            "until": last_day(entry.recorded_at).isoformat(),
        }
        for entry in kept
        if isinstance(entry.content, Consent)
    ]
