"""What the desk shows if it could not do something: a page about it, or the form again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from suport.http.problem import Problem, ProblemName
from suport.texts.field_names import PROBLEM_FIELDS
from suport.texts.message import N_, Message
from suport.web.desk.frame import DeskForm, DeskPage
from suport.web.desk.pages.phone_call import LABELS as CALL_LABELS

_WORDS: Mapping[str, Message] = {
    "body": N_("Your answer"),
    "note": N_("Note for the team"),
    "reason": N_("Reason"),
    "why": N_("Reason"),
    "person": N_("NIF, email address or phone number"),
    **PROBLEM_FIELDS,
    **CALL_LABELS,
}
"""The labels of the texts that operators type, by field."""
_FOR_GOOD = {ProblemName.OTHER_TEAM, ProblemName.NOT_FOUND, ProblemName.ERASED}
"""What no second attempt changes."""


@dataclass(frozen=True, kw_only=True)
class ArrivalPage(DeskPage):
    """Leads to the same address once more, so that the browser shows its session."""

    template: ClassVar[str] = "desk/arrival.html"


@dataclass(frozen=True, kw_only=True)
class ProblemAtDesk(DeskPage):
    """What could not be done, with a link to go on.

    trouble: what went wrong. typed_is_lost: whether there was too much to be shown once more.
    reference: of the incident on whose page something could not be opened.
    """

    template: ClassVar[str] = "desk/problem.html"
    trouble: Problem
    typed_is_lost: bool
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class FormAtDesk(DeskForm):
    """A form that could not be handled, ready to send again; needs no register.

    form: its name in the address. signed_out: whether nobody is signed in any more.
    """

    template: ClassVar[str] = "desk/form_again.html"
    form: str
    trouble: Problem
    signed_out: bool

    @property
    def names(self) -> Mapping[str, Message]:
        """The labels of the texts, by field."""
        return _WORDS

    @property
    def texts(self) -> dict[str, Message]:
        """The labels of the texts in it, by field."""
        return {name: label for name, label in _WORDS.items() if self.fields.get(name)}

    @property
    def can_be_sent(self) -> bool:
        """Whether it may succeed if it is sent again."""
        return self.trouble.name not in _FOR_GOOD

    @property
    def unseen(self) -> list[tuple[str, str]]:
        """All other fields; the form sends them again unseen."""
        return [each for each in self.fields.items() if each[0] not in self.texts]
