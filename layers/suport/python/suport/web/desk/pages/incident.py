"""An incident at the desk: what was said and done, and what its operator can do with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

from suport.desk.suggestions import Suggestions
from suport.domain.category import Category
from suport.domain.desk_list import ListedIncident
from suport.domain.group_answer import Act, GroupAnswer, Skipped
from suport.domain.history import Done, Kind
from suport.domain.incident import Actor, Status
from suport.domain.known_problem import KnownProblem
from suport.domain.reference import Reference
from suport.domain.submission import LONGEST_DESCRIPTION
from suport.texts import desk_labels
from suport.texts.message import N_, Message
from suport.web.desk.frame import DeskPage
from suport.web.desk.pages.known_problems import ACTS, SKIPPED
from suport.web.desk.pages.lists import STATES
from suport.web.rendering import Document, FormFields

type DeskView = dict[str, Any]
"""What an operator sees of an incident, as `operator_view` makes it."""

ANSWER, QUESTION, SOLUTION = "answer", "question", "solution"
KINDS: Mapping[str, Message] = {
    ANSWER: N_("An answer: I keep working on it"),
    QUESTION: N_("A question: the incident waits for the citizen"),
    SOLUTION: N_("The solution: the incident is resolved"),
}
"""What an operator may write to the citizen."""

_MAKES_MINE = {"taken", "taken-over", "recorded-taken", "answered", "asked"}
_TALK = {Kind.MESSAGE, Kind.NOTE, Kind.RATING, Kind.ATTACHMENT}
_NOT_TO_BE_MISSED = {
    *(Done.TRANSFERRED, Done.MAIL_SET_ASIDE, Done.UNDELIVERABLE, Done.ENDING, Done.RESOLVED),
    *(Done.REOPENED, Done.TAKEN_OVER, Done.HANDED_OVER, Done.REASSIGNED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherIncidents:
    """Other incidents of the same citizen, the latest first.

    followers: those that are answered together with this one. free: those that can be. more:
    whether there are earlier ones, which are not shown. jobs: what was done for the followers, the
    latest first.
    """

    rows: Sequence[ListedIncident]
    followers: frozenset[Reference]
    free: frozenset[Reference]
    more: bool
    jobs: Sequence[GroupAnswer]


@dataclass(frozen=True, kw_only=True)
class IncidentAtDesk(FormFields, DeskPage):
    """An incident as this operator sees it.

    view: what they see. key: the idempotency key of what they write. act_key: that of whatever else
    they do. done: what was just done. before: the entry that the shown part of the history ends
    before, if it is not the latest. seen: names what the citizen had written last when the operator
    began to answer. returns: whether the operator comes back to the answer.
    suggested: what may help with the answer. colleagues: to whom it can be handed over. drafts: the
    forms that hold a draft. longest: how many characters a message may have. known_problem:
    the id of the one to which it is linked, or nothing. linked_to: that one, while it is kept.
    problems: those to which it can be linked, the likeliest first. snoozed_until: None if it is not
    snoozed. snoozable: the first and the last day until which it can be. related: further incidents
    of the citizen, for the operator who has it. procedures: the names of procedures, by code.
    """

    template: ClassVar[str] = "desk/incident.html"
    connects: ClassVar[bool] = True  # to keep drafts
    own: ClassVar = {
        *("body", "kind", "note", "to", "reason", "why", "key", "seen", "reference", "step"),
        *("insert", "with", "problem", "until"),
    }
    view: DeskView
    key: str
    act_key: str
    seen: str
    returns: bool = False
    done: str = ""
    before: str = ""
    suggested: Suggestions
    colleagues: Sequence[str] = ()
    drafts: Sequence[str] = ()
    longest: int = LONGEST_DESCRIPTION
    known_problem: str = ""
    linked_to: KnownProblem | None = None
    problems: Sequence[KnownProblem] = ()
    snoozed_until: datetime | None
    snoozable: tuple[date, date]
    related: OtherIncidents | None = None
    procedures: Mapping[str, str] = field(default_factory=dict)

    @property
    def acts(self) -> Mapping[Act, Message]:
        """What was done for those that follow."""
        return ACTS

    @property
    def skipped(self) -> Mapping[Skipped, Message]:
        """Why one of them was left out."""
        return SKIPPED

    @property
    def states(self) -> Mapping[Status, Message]:
        """What each state is called."""
        return STATES

    @property
    def kinds(self) -> Mapping[str, Message]:
        """What can be written."""
        return KINDS

    @property
    def is_mine(self) -> bool:
        """Whether the operator has it, and may act on it."""
        operator = self.frame.operator
        return operator is not None and self.view["claimed_by"] == operator.name and self.is_open

    @property
    def is_open(self) -> bool:
        """Whether it is not resolved."""
        return bool(self.view["status"] != Status.RESOLVED)

    @property
    def done_now(self) -> Message | None:
        """What was just done. An address that says so may be old, or a colleague's."""
        if self.done in _MAKES_MINE and not self.is_mine:
            return None
        return desk_labels.DONE_NOW.get(self.done)

    @property
    def meanwhile(self) -> Sequence[Mapping[str, Any]]:
        """What the citizen wrote before the answer could be sent, the oldest first."""
        return self.trouble.members.get("written", ()) if self.trouble else ()

    @property
    def talk(self) -> list[Mapping[str, Any]]:
        """What was said, and what nobody must miss, the newest first."""
        told = [each for each in self.view["history"] if _is_talk(each)]
        if self.view["earlier"]:
            return told
        first = {
            "kind": "submission",
            "entry": "submission",
            "at": self.view["submitted_at"],
            "by": Actor.CITIZEN,
            "body": self.view["description"],
        }
        return [*told, first]

    @property
    def log(self) -> list[Mapping[str, Any]]:
        """Everything else that happened, the newest first."""
        return [each for each in self.view["history"] if not _is_talk(each)]

    @property
    def other_teams(self) -> list[Category]:
        """The teams that it can be passed on to."""
        return [each for each in Category if each != self.view["category"]]


@dataclass(frozen=True, kw_only=True)
class PreviewPage(DeskPage):
    """What the citizen will read, before it is sent.

    reference: the incident's. kind: one of `KINDS`. as_read: the message as the citizen's page
    shows it. language_read: the language in which it does. fields: what is sent if it is right.
    """

    template: ClassVar[str] = "desk/preview.html"
    connects: ClassVar[bool] = True  # to keep the draft
    reference: str
    kind: str
    as_read: str
    language_read: str
    fields: Mapping[str, str]

    @property
    def kinds(self) -> Mapping[str, Message]:
        """What can be written."""
        return KINDS


@dataclass(frozen=True, kw_only=True)
class MessageAsRead(Document):
    """A message of an operator as its citizen's page shows it.

    told: its entry, alone. spoken: the citizen's language.
    """

    template: ClassVar[str] = "desk/as_read.html"
    told: Sequence[Mapping[str, Any]]
    spoken: str


def _is_talk(entry: Mapping[str, Any]) -> bool:
    is_missed_by_nobody = entry.get("action") in _NOT_TO_BE_MISSED or "why" in entry
    return entry["kind"] in _TALK or is_missed_by_nobody
