"""Messages received a hundred times and never deleted: what they are about, and back to work.

The register, not the message, knows how an incident stands. So a dead letter whose incident still
waits is redriven through the register: claimed and released, which queues it with a new message.
For this the team's role needs to send to no queue. Every other dead letter is only out of date.
"""

from dataclasses import dataclass
from typing import Any

from desk.api import Api
from desk.drafts import Drafts
from desk.team_queue import Received, TeamQueue
from desk.trouble import Refused, Trouble

_HELD_S = 5  # the role cannot give them back at once
_WAITS_FOR_AN_OPERATOR = {"received", "queued"}
# Somebody else has the incident by now, or nobody has to: the letter is of no use.
_SOMEBODY_WAS_FASTER = {
    *("claimed-by-another", "not-claimed", "already-resolved", "other-team", "not-found"),
}


@dataclass(frozen=True)
class DeadLetter:
    """A message that nobody dealt with; `status` is how its incident stands, if it is open."""

    message: Received
    status: str | None
    claimed_by: str | None = None

    @property
    def reference(self) -> str | None:
        """Its incident, if it is a message of this service."""
        return str(self.message.content["reference"]) if self.message.content else None

    @property
    def waits(self) -> bool:
        """Whether its incident waits for an operator, and should be in the queue."""
        return self.status in _WAITS_FOR_AN_OPERATOR

    @property
    def explanation(self) -> str:
        """What it means, for people."""
        if self.message.content is None:
            return "no message of this service: tell the people who run it; it stays here"
        if self.waits:
            return "its incident still waits: redrive it"
        if self.status == "claimed":
            return f"{self.claimed_by or 'a colleague'} has its incident: nothing is lost"
        if self.status == "waiting":
            return "its incident waits for the citizen: nothing is lost"
        return "its incident is resolved, erased or with another team: nothing is lost"


def dead_letters(queue: TeamQueue, api: Api) -> list[DeadLetter]:
    """All dead letters of the team; looked at, they are out of sight for some seconds."""
    messages = queue.receive_all(_HELD_S)
    standing: dict[str, Any] = {}
    if messages:
        standing = {each["reference"]: each for each in api.open_incidents()}
    found = []
    for message in messages:
        incident = standing.get(message.content["reference"], {}) if message.content else {}
        letter = DeadLetter(message, incident.get("status"), incident.get("claimed_by"))
        found.append(letter)
    return found


def redrive(letter: DeadLetter, queue: TeamQueue, api: Api, drafts: Drafts) -> str:
    """Has its incident queued again where it waits, deletes the letter, and says what was done."""
    if letter.message.content is None or letter.reference is None:
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


def _release(reference: str, api: Api, drafts: Drafts) -> None:
    """Releases it with a key that `desk release` sends again where the answer is lost."""
    draft = drafts.command(reference, "release")
    try:
        api.release(reference, draft.key)
    except Refused:
        draft.discard()
        raise
    except Trouble as trouble:
        trouble.args = (f"{trouble} {reference} may still be yours: desk release {reference}",)
        raise
    draft.discard()
