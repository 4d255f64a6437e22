"""The page on which an operator passes on what they have, because their shift ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from suport.domain.desk_list import ListedIncident
from suport.domain.incident import Status
from suport.domain.reference import Reference
from suport.texts.message import Message
from suport.web.desk.frame import DeskForm
from suport.web.desk.pages.lists import STATES

TEAM, COLLEAGUE = "team", "colleague"
"""To whom the incidents go: each into the queue of its team, or `colleague:` and the name."""
TICK = "move:"
"""What the names of the boxes begin with; an incident's reference follows."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """What became of the incidents that an operator passed on.

    moved: those that are no longer theirs. stayed: why each of the others is where it was.
    """

    moved: Sequence[Reference]
    stayed: Mapping[Reference, Message]


@dataclass(frozen=True, kw_only=True)
class EndOfShift(DeskForm):
    """The incidents of an operator, each to be ticked, and to whom they go.

    mine: the incidents. ticked: their references that are. more: how many others the operator has,
    which the page leaves out. colleagues: of the operator's teams. key: the form's idempotency key.
    passed_on: what the form did, once it was sent.
    """

    template: ClassVar[str] = "desk/end_of_shift.html"
    mine: Sequence[ListedIncident]
    ticked: frozenset[str]
    more: int
    colleagues: Sequence[str]
    key: str
    passed_on: PassedOn | None = None

    @property
    def states(self) -> Mapping[Status, Message]:
        """What each state is called."""
        return STATES
