"""Taking the next incident: received, claimed in the register, and only then out of the queue.

Whatever breaks off in between, nothing is lost. Before the claim the message comes back to the
queue by itself; after it the register has the incident, and a message that comes once more finds
that out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from desk.api import Api
from desk.team_queue import Received, TeamQueue
from desk.trouble import Refused, Trouble, Unreached


@dataclass(frozen=True)
class Skipped:
    """A message that led to nothing to do, and is out of the queue if `deleted`."""

    reference: str | None
    why: str
    deleted: bool = True
    claimed_by: str | None = None


@dataclass(frozen=True)
class Taken:
    """An incident that is now the operator's, as the register shows it to them."""

    message: Received
    incident: dict[str, Any]
    warning: str | None = None


@dataclass
class Pull:
    """What one pull met on its way."""

    taken: Taken | None = None
    declined: bool = False
    """The operator did not want it, and it went back."""
    skipped: list[Skipped] = field(default_factory=list)


# problems by which the register says that the message is out of date: it is of no use to anybody
_STALE = {
    "already-resolved": "it is resolved already",
    "other-team": "it was transferred to another team",
    "not-found": "it was erased, or there is no such incident",
}


def pull(
    queue: TeamQueue,
    api: Api,
    *,
    wait_s: int,
    skipped: Callable[[Skipped], None],
    wanted: Callable[[Received], bool] = lambda _: True,
) -> Pull:
    """Takes the next incident that can be taken; `taken` is None where none came in that time.

    skipped: told of each message that is passed over. wanted: asked before the claim, while the
    message is kept from others; a message that is not wanted goes back, and the pull ends.

    Raises
    ------
    Unreached, NotAllowed, Refused
        Where the queue or the service cannot be asked; the message is then in the queue.
    """
    met = Pull()
    while message := queue.receive(wait_s):
        with queue.held(message):
            outcome = _handled(queue, api, message, wanted)
        if isinstance(outcome, Skipped):
            met.skipped.append(outcome)
            skipped(outcome)
            continue
        met.taken, met.declined = outcome, outcome is None
        return met
    return met


def _handled(
    queue: TeamQueue, api: Api, message: Received, wanted: Callable[[Received], bool]
) -> Taken | Skipped | None:
    if message.content is None:
        # left to the dead letters, where somebody looks into it
        return Skipped(None, "it is no message of this service", deleted=False)
    reference = message.content["reference"]
    try:
        if not wanted(message):
            queue.give_back(message)
            return None
        incident = _claimed(api, reference)
    except Refused as refused:
        if refused.name == "claimed-by-another":
            # The register has it with that colleague, and queues it again if they leave it.
            by = str(refused.facts.get("claimed_by", "a colleague"))
            return _out_of_the_queue(
                queue, message, Skipped(reference, f"{by} has it", claimed_by=by)
            )
        if refused.name in _STALE:
            return _out_of_the_queue(queue, message, Skipped(reference, _STALE[refused.name]))
        _give_back(queue, message)
        raise
    except BaseException:
        _give_back(queue, message)
        raise
    return Taken(message, incident, _deleted(queue, message))


def _claimed(api: Api, reference: str) -> dict[str, Any]:
    try:
        return api.claim(reference)
    except Unreached as unreached:
        told = f"{unreached} {reference} may be yours all the same: desk claim {reference}"
        raise Unreached(told, unreached.facts) from unreached


def _out_of_the_queue(queue: TeamQueue, message: Received, skipped: Skipped) -> Skipped:
    if _deleted(queue, message) is None:
        return skipped
    return replace(skipped, deleted=False)


def _deleted(queue: TeamQueue, message: Received) -> str | None:
    """Deletes the message; says so where that failed, which harms nothing."""
    try:
        queue.delete(message)
    except Trouble as trouble:
        return f"The incident is yours; its message stays in the queue and comes again. {trouble}"
    return None


def _give_back(queue: TeamQueue, message: Received) -> None:
    """For the others at once; where that fails, after five minutes."""
    try:
        queue.give_back(message)
    except Trouble:
        return
