"""Which incidents DynamoDB itself leaves out of what it answers for a list.

The domain decides what a list shows, see `Wanted.admits`. What is left out here is never more than
that: an incident that the list shows passes. Whether an incident is snoozed, or linked to others,
is part of the index's key, which no filter may look at. Nor is DynamoDB asked for what is typed and
not printable: it refuses half a character, such as a lone surrogate.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from suport.domain.deadlines import ENDS_SOON
from suport.domain.desk_list import Wanted
from suport.domain.incident import Status
from suport.domain.legal_time import first_after, start_of, to_madrid, utc_text
from suport.register.marshalling import Item, epoch


class Condition(NamedTuple):
    """An expression that filters, with what its names and values stand for."""

    text: str
    names: Item
    values: Item


def condition_of(wanted: Wanted, now: datetime) -> Condition:
    """The condition that every incident fulfils that this list shows; its text may be empty."""
    terms: list[str] = []
    values: Item = {}
    for term, compared in (*_about_the_incident(wanted), *_about_moments(wanted, now)):
        terms.append(term)
        values |= compared
    names = {"#status": "status"} if wanted.states else {}  # a reserved word
    return Condition(" AND ".join(terms), names, values)


def _about_the_incident(wanted: Wanted) -> Iterator[tuple[str, Item]]:
    if wanted.mine is not None and wanted.mine.isprintable():
        yield "claimed_by = :mine", {"mine": wanted.mine}
    if wanted.procedure is not None and wanted.procedure.isprintable():
        yield "procedure_code = :procedure", {"procedure": wanted.procedure}
    if wanted.states:
        states = wanted.states | ({Status.RESOLVED} if wanted.resolved else set())
        stated = {f"state{number}": str(each) for number, each in enumerate(sorted(states))}
        yield f"#status IN ({', '.join(f':{name}' for name in stated)})", stated
    if wanted.unread:
        yield "unread > :none", {"none": 0}


def _about_moments(wanted: Wanted, now: datetime) -> Iterator[tuple[str, Item]]:
    if wanted.since is not None:
        yield "recorded_at >= :since", {"since": utc_text(start_of(wanted.since))}
    if wanted.until is not None and (after := first_after(wanted.until)):
        yield "recorded_at < :after", {"after": utc_text(after)}
    if wanted.ending:
        yield "expires_at <= :ending", {"ending": epoch(now + ENDS_SOON)}
    if wanted.overdue:
        today = to_madrid(now).date().isoformat()
        yield "(due_at <= :due OR answer_by < :today)", {"due": utc_text(now), "today": today}
    if wanted.changed_since is not None:
        # an incident that nobody has changed since the attribute was added has none
        changed = "(attribute_not_exists(changed_at) OR changed_at > :changed)"
        yield changed, {"changed": utc_text(wanted.changed_since)}
