"""Messages received a hundred times and never deleted: what they mean, and how to redrive them.

The register, not the message, knows what state an incident is in. If the incident of a dead letter
still waits, the desk redrives it through the register: it claims and releases the incident, which
queues it with a new message. The team's role needs no right to send to a queue for this. Every
other dead letter is out of date.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from desk.drafts.kept_files import Drafts
from desk.drafts.kinds import Kind
from desk.errors import Refused, Trouble
from desk.queue.message import Received
from desk.service_vocabulary import UNCLAIMED, Problem, Status

if TYPE_CHECKING:
    from desk.queue.team_queue import TeamQueue
    from desk.service.api import Api

_HELD_S = 5  # the role has no right to give them back at once
# Somebody else has the incident by now, or nobody has to work on it: nobody needs the letter.
_SOMEBODY_WAS_FASTER = {
    *(Problem.CLAIMED_BY_ANOTHER, Problem.NOT_CLAIMED, Problem.ALREADY_RESOLVED),
    *(Problem.OTHER_TEAM, Problem.NOT_FOUND, Problem.ERASED),
}


@dataclass(frozen=True)
class DeadLetter:
    """A message that nobody dealt with; `status` is that of its incident, if it is open."""

    message: Received
    status: str | None
    claimed_by: str | None = None

    @property
    def reference(self) -> str | None:
        """The incident's reference, if it is a message of this service."""
        return str(self.message.content["reference"]) if self.message.content else None

    @property
    def waits(self) -> bool:
        """Whether its incident waits for an operator, and should be in the queue."""
        return self.status in UNCLAIMED

    @property
    def explanation(self) -> str:
        """What it means, for people."""
        if self.message.content is None:
            return "no message of this service: tell the people who run it; it stays here"
        if self.waits:
            return "its incident still waits: redrive it"
        if self.status == Status.CLAIMED:
            return f"{self.claimed_by or 'a colleague'} has its incident: nothing is lost"
        if self.status == Status.WAITING:
            return "its incident waits for the citizen: nothing is lost"
        return "its incident is resolved, erased or with another team: nothing is lost"


def dead_letters(queue: "TeamQueue", api: "Api") -> list[DeadLetter]:
    """All dead letters of the team; for some seconds after this, nobody else sees them."""
    messages = queue.receive_all(_HELD_S)
    incidents: dict[str, Any] = {}
    if messages:
        incidents = {each["reference"]: each for each in api.open_incidents()}
    letters = []
    for message in messages:
        incident = incidents.get(message.content["reference"], {}) if message.content else {}
        letters.append(DeadLetter(message, incident.get("status"), incident.get("claimed_by")))
    return letters


def redrive(letter: DeadLetter, queue: "TeamQueue", api: "Api", drafts: Drafts) -> str:
    """Queues the incident again if it waits, deletes the letter, and says what was done."""
    if letter.reference is None:
        return "left here"
    done = "deleted, it was out of date"
    if letter.waits:
        try:
            drafts.settle(api.claim(letter.reference))
            _release(letter.reference, api, drafts)
            done = "queued again"
        except Refused as refused:
            if refused.name not in _SOMEBODY_WAS_FASTER:
                raise
    queue.delete(letter.message)
    return done


def _release(reference: str, api: "Api", drafts: Drafts) -> None:
    """Releases the incident; if the answer is lost, `desk release` sends the same key again."""
    draft = drafts.command(reference, Kind.RELEASE)
    try:
        api.release(reference, draft.key)
    except Refused:
        draft.discard()
        raise
    except Trouble as trouble:
        trouble.args = (f"{trouble} {reference} may still be yours: desk release {reference}",)
        raise
    draft.discard()
