"""What became of each incident that the service accepted: nothing may be lost, or be there twice.

An incident is accepted once its sender has been told its reference. It must then be in the
register, in its team's queue, and acknowledged by a mail, unless that mail was visibly set aside.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from operations.load.measured import Request


@dataclass(frozen=True)
class Accepted:
    """An incident that the service has accepted."""

    reference: str
    code: str = field(repr=False)
    category: str


@dataclass(frozen=True)
class Traces:
    """What is found of one incident afterwards."""

    registered: bool = False
    queues: tuple[str, ...] = ()
    """The categories of the queues with a message about it."""
    mailed: int = 0
    """How many acknowledgements were sent."""
    set_aside: bool = False
    """Whether its history says that the acknowledgement is not sent."""


@dataclass(frozen=True)
class Ledger:
    """The accepted incidents, and the traces of each by its reference."""

    accepted: tuple[Accepted, ...]
    traces: Mapping[str, Traces]
    others: tuple[str, ...] = ()
    """Sentences on all else that is wrong."""

    @property
    def counts(self) -> dict[str, int]:
        """How many incidents reached each place."""
        found = [self.traces.get(each.reference, Traces()) for each in self.accepted]
        return {
            "accepted": len(self.accepted),
            "registered": sum(each.registered for each in found),
            "queued": sum(each.queues != () for each in found),
            "mailed": sum(each.mailed > 0 for each in found),
            "set aside": sum(each.set_aside and not each.mailed for each in found),
        }

    def faults(self) -> Iterator[str]:
        """A sentence for each incident that is not where it must be."""
        yield from self.others
        for each in self.accepted:
            yield from (f"{each.reference} {fault}" for fault in self._faults_of(each))

    def _faults_of(self, incident: Accepted) -> Iterator[str]:
        found = self.traces.get(incident.reference, Traces())
        if not found.registered:
            yield "was accepted, and is not in the register."
            return
        if found.queues != (incident.category,):
            there = " and ".join(found.queues) or "none"
            yield f"belongs into the queue {incident.category}, and is in {there}."
        if not (found.mailed or found.set_aside):
            yield "owes its citizen a mail, which was neither sent nor set aside."
        if found.mailed > 1:
            yield f"was acknowledged by {found.mailed} mails."


def accepted(requests: Iterable[Request]) -> tuple[tuple[Accepted, ...], tuple[str, ...]]:
    """The incidents that these requests submitted, and what is wrong with their references.

    Each key makes one incident, however often it is sent, and each incident has one key.
    """
    incidents: dict[str, Accepted] = {}
    references, keys = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for each in requests:
        if each.key and each.reference:
            incidents[each.reference] = Accepted(each.reference, each.code, each.category)
            references[each.key].add(each.reference)
            keys[each.reference].add(each.key)
    doubled = [
        f"{' and '.join(sorted(found))} were made by one submission that was sent again."
        for found in references.values()
        if len(found) > 1
    ]
    merged = [
        f"{reference} was given to {len(found)} submissions."
        for reference, found in keys.items()
        if len(found) > 1
    ]
    return tuple(incidents.values()), (*doubled, *merged)
