"""The pages on which an editor announces known problems and answers all who have one at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from suport.domain.desk_list import ListedIncident
from suport.domain.group_answer import Act, GroupAnswer, Skipped
from suport.domain.incident import Status
from suport.domain.known_problem import LONGEST_TEXT, KnownProblem
from suport.domain.language import Language
from suport.domain.submission import LONGEST_DESCRIPTION
from suport.texts import desk_labels
from suport.texts.message import N_, Message
from suport.web.desk.frame import DeskForm, DeskPage
from suport.web.desk.pages.lists import STATES

CHOICES: Mapping[Act, Message] = {
    Act.TELL: N_("They stay linked and wait for the solution"),
    Act.RESOLVE: N_("The problem is solved: all of them are resolved with this message"),
    Act.GIVE_BACK: N_(
        "The problem is solved: they go back to their teams. You can leave the message empty"
    ),
}
"""What an editor may do with all that are linked."""

ACTS: Mapping[Act, Message] = {
    Act.LINK: N_("Linked"),
    Act.TELL: N_("Message sent"),
    Act.ASK: N_("Question sent"),
    Act.RESOLVE: N_("Resolved"),
    Act.GIVE_BACK: N_("Given back to the teams"),
}
SKIPPED: Mapping[Skipped, Message] = {
    Skipped.RESOLVED: N_("Already resolved"),
    Skipped.ELSEWHERE: N_("Now linked to another problem"),
    Skipped.UNLINKED: N_("No longer linked"),
    Skipped.UNREAD: N_("Not resolved because the citizen has written"),
    Skipped.SOLVED: N_("Not linked because the problem had been solved"),
    Skipped.GONE: N_("Erased in the meantime"),
    Skipped.FAILED: N_("Not done"),
}
"""Why an incident was left out."""


@dataclass(frozen=True, kw_only=True)
class KnownProblemList(DeskPage):
    """All known problems.

    opened: those that are announced. solved: the others of the last six months. done: what was just
    done.
    """

    template: ClassVar[str] = "desk/problems.html"
    opened: Sequence[KnownProblem]
    solved: Sequence[KnownProblem]
    done: str = ""


@dataclass(frozen=True, kw_only=True)
class KnownProblemPage(DeskForm):
    """A known problem: what is announced, the incidents that it is about, and one answer to them.

    problem: None for one that is still to be opened. revision: that of the problem when the form
    was made. key: the idempotency key of what is done. linked: the first of those that are.
    linked_count: how many are. matching: incidents that it may be about. has_more: whether there
    are more of these. meanwhile: what another editor has changed since, with the labels of the
    fields. jobs: what was done for all, the latest first. procedures: the names of procedures by
    their codes. done: what was just done. longest_text: the most characters that a text has.
    longest_message: the most of a message.
    """

    template: ClassVar[str] = "desk/known_problem.html"
    connects: ClassVar[bool] = True  # to show how far the answers to all have got
    problem: KnownProblem | None = None
    revision: str = ""
    key: str
    linked: Sequence[ListedIncident] = ()
    linked_count: int = 0
    matching: Sequence[ListedIncident] = ()
    meanwhile: Sequence[tuple[Message, str]] = ()
    has_more: bool = False
    jobs: Sequence[GroupAnswer] = ()
    procedures: Mapping[str, str]
    done: str = ""
    longest_text: int = LONGEST_TEXT
    longest_message: int = LONGEST_DESCRIPTION

    @property
    def has_words(self) -> bool:
        """Whether a message to all was typed: it is kept even if nothing is linked any more."""
        return any(text.strip() for name, text in self.fields.items() if name.startswith("body."))

    @property
    def under_way(self) -> bool:
        """Whether something is still being done for all."""
        return any(job.finished_at is None for job in self.jobs)

    @property
    def languages(self) -> Mapping[Language, Message]:
        """The languages in which it is announced."""
        return desk_labels.LANGUAGES

    @property
    def states(self) -> Mapping[Status, Message]:
        """What each state is called."""
        return STATES

    @property
    def choices(self) -> Mapping[Act, Message]:
        """What may be done with all that are linked."""
        return CHOICES

    @property
    def acts(self) -> Mapping[Act, Message]:
        """What was done, by the act."""
        return ACTS

    @property
    def skipped(self) -> Mapping[Skipped, Message]:
        """Why an incident was left out."""
        return SKIPPED


@dataclass(frozen=True, kw_only=True)
class AnswerToAllPage(DeskPage):
    """What all get, to be checked before it is sent.

    fields: the form's. problem: which they are linked to. linked_count: how many are.
    """

    template: ClassVar[str] = "desk/answer_all.html"
    fields: Mapping[str, str]
    problem: KnownProblem
    linked_count: int

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What is sent if it is right."""
        return list(self.fields.items())

    @property
    def languages(self) -> Mapping[Language, Message]:
        """The languages of the message."""
        return desk_labels.LANGUAGES

    @property
    def choices(self) -> Mapping[Act, Message]:
        """What may be done with all that are linked."""
        return CHOICES
