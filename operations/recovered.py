"""What the register gets of an incident that a recovery copy holds.

A copy holds what has expired, been erased or been rectified since it was made. None of that comes
back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from suport.domain import retention, service_acts, tombstone
from suport.domain.deadlines import first_words_are_due
from suport.domain.erasure import Erasure
from suport.domain.incident import Status
from suport.domain.tombstone import Tombstone, What
from suport.domain.working_hours import ALWAYS, TeamHours
from suport.register.items import (
    INCIDENT,
    entry_item,
    entry_of,
    incident_of,
    is_erased,
    remains_of,
    restored_item,
)
from suport.register.marshalling import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What comes back of one incident.

    incident: its item, None if it does not come back. entries: the items of its history in the
    copy. added: those of the entries that tell of its return. expired: how many items of the copy
    are past their time. erased: whether only what an erasure leaves comes back. rectified: whether
    contact data stay behind.
    """

    incident: Item | None = None
    entries: tuple[Item, ...] = ()
    added: tuple[Item, ...] = ()
    expired: int = 0
    erased: bool = False
    rectified: bool = False
    is_open: bool = False


def recovered(
    items: Iterable[Item],
    tombstones: Iterable[Tombstone],
    now: datetime,
    hours: TeamHours = ALWAYS,
) -> Recovered:
    """What comes back of an incident.

    items: all that the copy holds of it. tombstones: all of this incident. hours: in which the
    teams work. Entries whose incident has expired stay behind: nobody can read them any more.
    """
    items = list(items)
    kept = [item for item in items if retention.is_visible(item.get("expires_at", 0), now)]
    own = next((item for item in kept if item["entry"] == INCIDENT), None)
    if own is None:
        return Recovered(expired=len(items))
    expired = len(items) - len(kept)
    entries = {item["entry"]: item for item in kept if item is not own}
    if is_erased(own):
        left = tuple(entries[entry] for entry in own["kept"] if entry in entries)
        return Recovered(incident=own, entries=left, expired=expired, erased=True)
    incident, tombstones = incident_of(own, now), list(tombstones)
    applied = tombstone.applied(incident, map(entry_of, entries.values()), tombstones, now)
    if applied.erased_at:
        left = tuple(item for entry, item in entries.items() if entry not in applied.gone)
        last = max((each for each in tombstones if each.what is What.ERASED), key=lambda t: t.act)
        kept_of_it = tuple(map(entry_of, left))
        done = Erasure(
            seen=incident,
            at=last.at,
            act=last.act,
            by=last.by,
            operator=last.operator,
            team=last.team,
            kept=kept_of_it,
        )
        return Recovered(incident=remains_of(done), entries=left, expired=expired, erased=True)
    change = applied.rectified
    rectified = not change.is_empty
    if first_words_are_due(incident, now):
        change.set(holds_first_words=False)
    service_acts.take_back(change, hours[incident.category])
    return Recovered(
        incident=restored_item(own, change.result),
        entries=tuple(entries.values()),
        added=tuple(entry_item(incident.reference, entry) for entry in change.entries),
        expired=expired,
        rectified=rectified,
        is_open=incident.status is not Status.RESOLVED,
    )
