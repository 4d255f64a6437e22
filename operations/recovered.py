"""What the register gets of an incident that a recovery copy holds.

A copy holds what has expired, been erased or been rectified since it was made. None of that comes
back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from suport.domain import retention, service_acts, tombstone
from suport.domain.deadlines import first_words_are_due
from suport.domain.incident import Status
from suport.domain.tombstone import Tombstone
from suport.register.items import INCIDENT, entry_item, entry_of, incident_of, restored_item
from suport.register.marshalling import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What comes back of one incident.

    incident: its item, None if it does not come back. entries: the items of its history in the
    copy. added: those of the entries that tell of its return. expired: how many items of the copy
    are past their time. erased, rectified: whether a tombstone changed what comes back.
    """

    incident: Item | None = None
    entries: tuple[Item, ...] = ()
    added: tuple[Item, ...] = ()
    expired: int = 0
    erased: bool = False
    rectified: bool = False
    is_open: bool = False


def recovered(items: Iterable[Item], tombstones: Iterable[Tombstone], now: datetime) -> Recovered:
    """What comes back of an incident.

    items: all that the copy holds of it. tombstones: all of this incident. Entries whose incident
    has expired stay behind: nobody can read them any more.
    """
    items = list(items)
    kept = [item for item in items if retention.is_visible(item.get("expires_at", 0), now)]
    own = next((item for item in kept if item["entry"] == INCIDENT), None)
    if own is None:
        return Recovered(expired=len(items))
    expired = len(items) - len(kept)
    incident = incident_of(own, now)
    entries = {item["entry"]: item for item in kept if item is not own}
    applied = tombstone.applied(incident, map(entry_of, entries.values()), tombstones, now)
    if applied.erased_at:
        return Recovered(expired=expired, erased=True)
    change = applied.rectified
    rectified = not change.is_empty
    if first_words_are_due(incident, now):
        change.set(holds_first_words=False)
    service_acts.take_back(change)
    return Recovered(
        incident=restored_item(own, change.result),
        entries=tuple(entries.values()),
        added=tuple(entry_item(incident.reference, entry) for entry in change.entries),
        expired=expired,
        rectified=rectified,
        is_open=incident.status is not Status.RESOLVED,
    )
