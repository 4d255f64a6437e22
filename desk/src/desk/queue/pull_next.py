"""Pulls the next incident: receives its message, claims it, and only then deletes the message.

Wherever this breaks off, nothing is lost. Before the claim, the message comes back to the queue by
itself. After the claim, the register has the incident with its operator, and a message that comes
once more is out of date.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from desk.errors import Refused, Trouble, Unreached
from desk.queue.message import Received
from desk.service_vocabulary import Problem

if TYPE_CHECKING:
    from desk.queue.team_queue import TeamQueue
    from desk.service.api import Api


@dataclass(frozen=True)
class Skipped:
    """A message that leaves nothing to do; it is out of the queue if `deleted`."""

    reference: str | None
    why: str
    deleted: bool = True
    claimed_by: str | None = None


@dataclass(frozen=True)
class Taken:
    """An incident that the operator has just claimed, as the service shows it to them."""

    message: Received
    incident: dict[str, Any]
    warning: str | None = None


@dataclass(frozen=True)
class Pull:
    """What one pull found."""

    taken: Taken | None
    skipped: list[Skipped]
    declined: bool = False  # the operator did not want the incident, and its message went back


# problems that mean that the message is out of date, and nobody needs it
_STALE: dict[str, str] = {
    Problem.ALREADY_RESOLVED: "it is resolved already",
    Problem.OTHER_TEAM: "it was transferred to another team",
    Problem.ERASED: "its citizen had it erased",
    Problem.ANSWERED_TOGETHER: "it is answered together with others",
    Problem.WAITS_FOR_CITIZEN: "it waits for its citizen",
    Problem.NOT_FOUND: "it was erased, or there is no such incident",
}


def pull_next(
    queue: "TeamQueue",
    api: "Api",
    *,
    wait_s: int,
    skipped: Callable[[Skipped], None],
    wanted: Callable[[Received], bool] = lambda _: True,
) -> Pull:
    """Claims the next incident that nobody has; `taken` is None if none came in that time.

    skipped: called with each message that is passed over. wanted: called before the claim, while
    nobody else gets the message; a message that is not wanted goes back, and the pull ends. Raises
    Unreached, NotAllowed or Refused if the queue or the service does not do its part; the message
    is then in the queue.
    """
    passed_over: list[Skipped] = []
    while message := queue.receive(wait_s):
        with queue.held(message):
            found = _handled(queue, api, message, wanted)
        if not isinstance(found, Skipped):
            return Pull(found, passed_over, declined=found is None)
        passed_over.append(found)
        skipped(found)
    return Pull(None, passed_over)


def _handled(
    queue: "TeamQueue", api: "Api", message: Received, wanted: Callable[[Received], bool]
) -> Taken | Skipped | None:
    if message.content is None:
        # it becomes a dead letter, and somebody looks into it
        return Skipped(None, "it is no message of this service", deleted=False)
    reference = message.content["reference"]
    try:
        if not wanted(message):
            queue.give_back(message)
            return None
        incident = _claimed(api, reference)
    except Refused as refused:
        if skipped := _out_of_date(reference, refused):
            return replace(skipped, deleted=_deleted(queue, message) is None)
        _give_back(queue, message)
        raise
    except BaseException:
        _give_back(queue, message)
        raise
    return Taken(message, incident, _deleted(queue, message))


def _claimed(api: "Api", reference: str) -> dict[str, Any]:
    try:
        return api.claim_from_queue(reference)
    except Unreached as unreached:
        told = f"{unreached} {reference} may be yours all the same: desk claim {reference}"
        raise Unreached(told, unreached.facts) from unreached
    except KeyboardInterrupt as interrupted:
        interrupted.args = (f"{reference} may be yours all the same: desk claim {reference}",)
        raise


def _out_of_date(reference: str, refused: Refused) -> Skipped | None:
    """Why nobody needs the message any more, if the refusal of the claim shows that."""
    if refused.name == Problem.CLAIMED_BY_ANOTHER:
        # That colleague has the incident; the register queues it again if they do nothing with it.
        by = str(refused.facts.get("claimed_by", "a colleague"))
        return Skipped(reference, f"{by} has it", claimed_by=by)
    if refused.name in _STALE:
        return Skipped(reference, _STALE[refused.name])
    return None


def _deleted(queue: "TeamQueue", message: Received) -> str | None:
    """Deletes the message; if that fails, returns a warning: it does no harm."""
    try:
        queue.delete(message)
    except Trouble as trouble:
        return f"The incident is yours; its message stays in the queue and comes again. {trouble}"
    return None


def _give_back(queue: "TeamQueue", message: Received) -> None:
    """Gives the message to the others at once; if that fails, they get it after five minutes."""
    with suppress(Trouble):
        queue.give_back(message)
