"""The form in which a citizen reports an incident: its kind, the questions, the answers to check.

Each page has everything that was typed on the others, unseen if need be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from suport.domain.incident import Charged
from suport.domain.reference import Reference
from suport.domain.submission import LONGEST_DESCRIPTION, LONGEST_ERROR, SHORTEST_DESCRIPTION
from suport.texts.labels import CHARGED
from suport.texts.message import N_, Message
from suport.web.questions import (
    ALL,
    ASKED,
    CHOICE,
    KEPT,
    Kind,
    kind_of,
    labels_of,
)
from suport.web.rendering import FormPage
from suport.web.site_map import address

if TYPE_CHECKING:
    from suport.domain.known_problem import KnownProblem
    from suport.domain.phone_line import Availability
    from suport.domain.procedures import Procedure

_DESCRIPTION = N_(
    "Report a problem with an online procedure of the Govern de les Illes Balears: with the form, "
    "a payment, a signature or a certificate."
)
_MOST_FOUND = 10  # procedures that a search offers
_PERSON = ("contact.name", "contact.nif", "contact.availability")


@dataclass(frozen=True, kw_only=True)
class _PageOfTheForm(FormPage):
    """What the pages of the form have in common.

    key: the idempotency key, the same on each. problems: the known ones that may be why. line:
    whether the 012 line answers now, on the form that is still blank.
    """

    _steps: ClassVar[tuple[str, str]]
    """The steps of the main button, and of a switch of the language, which shows the same page."""
    own: ClassVar = {
        *(*ALL, "contact", "category", "topic", "idempotency_key", "privacy_notice"),
        *("step", CHOICE),
    }
    key: str
    problems: Sequence["KnownProblem"] = ()
    line: "Availability | None" = None

    @property
    def step(self) -> str:
        """What Enter does in a field; empty where no field is."""
        return self._steps[0]

    @property
    def same_step(self) -> str:
        """Leads to the same page, in another language."""
        return self._steps[1]

    @property
    def here(self) -> str:
        """The form's address, with what a link to it may carry and nobody typed."""
        carried = ("category", "procedure.code", "topic")
        return address("incident", {name: self.fields.get(name, "") for name in carried})

    @property
    def kind(self) -> Kind | None:
        """What the form is about, if the citizen has chosen."""
        return kind_of(self.fields)

    @property
    def names(self) -> Mapping[str, Message]:
        """The labels of the questions, by field."""
        return labels_of(self.kind)


@dataclass(frozen=True, kw_only=True)
class KindPage(_PageOfTheForm):
    """The question what kind of problem it is."""

    template: ClassVar[str] = "incident_kind.html"
    listed_as: ClassVar[Message | None] = _DESCRIPTION
    _steps: ClassVar = ("questions", "kind")

    @property
    def typed(self) -> list[tuple[str, str]]:
        """The answers to all other questions."""
        return [(name, self.fields[name]) for name in ALL if name in self.fields]


@dataclass(frozen=True, kw_only=True)
class _PageOfAnswers(_PageOfTheForm):
    """What the page with the questions and the page with the answers have in common."""

    @property
    def asked(self) -> Sequence[str]:
        """The fields of the kind, and any other that something is wrong with."""
        kind = self.kind
        if kind is None:
            return ALL
        return [name for name in ALL if name in {*ASKED[kind], *self.errors}]

    @property
    def unasked(self) -> list[tuple[str, str]]:
        """The answers to questions of other kinds."""
        asked = self.asked
        return [
            (name, value) for name in ALL if name not in asked and (value := self.fields.get(name))
        ]

    @property
    def of_the_kind(self) -> list[tuple[str, str]]:
        """The fields that say what the form is about."""
        names = ("category", "topic")
        return [(name, value) for name in names if (value := self.fields.get(name))]


@dataclass(frozen=True, kw_only=True)
class IncidentForm(_PageOfAnswers):
    """The questions of the chosen kind; without one, the kind and all questions.

    found: the procedures that the citizen searched for, if they did. instead: the similar words
    that were found instead of those searched for. partly: whether what was found has only some of
    the words, because no procedure has all of them. shortest: the least characters that a
    description has. longest: the most. longest_error: the most of an error's message.
    """

    template: ClassVar[str] = "incident_form.html"
    connects: ClassVar[bool] = True  # to suggest procedures
    listed_as: ClassVar[Message | None] = _DESCRIPTION
    _steps: ClassVar = ("check", "language")
    found: Sequence["Procedure"] | None = None
    instead: Mapping[str, Sequence[str]] = MappingProxyType({})
    partly: bool = False
    shortest: int = SHORTEST_DESCRIPTION
    longest: int = LONGEST_DESCRIPTION
    longest_error: int = LONGEST_ERROR

    @property
    def offered(self) -> Sequence["Procedure"]:
        """The procedures to choose from."""
        return (self.found or ())[:_MOST_FOUND]

    @property
    def code_is_typed(self) -> bool:
        """Whether the procedure has a code that the catalogue does not know."""
        code = self.fields.get("procedure.code", "")
        if not code or "procedure.code" in self.errors:
            return bool(code)
        from suport.domain.procedures import catalogue  # noqa: PLC0415  only where there is a code

        return catalogue().find(code) is None

    @property
    def person_stated(self) -> bool:
        """Whether there is anything in the questions about the person, which are folded away."""
        return any(self.fields.get(name) or name in self.errors for name in _PERSON)


class AnswerGiven(NamedTuple):
    """An answer to check: its field, what the question is called, and what the citizen answered."""

    field: str
    question: Message
    answer: str
    said: Message | None = None
    """The text of an answer that was chosen, not typed."""
    dial: str | None = None
    """The number that is dialled, if the answer is a phone number."""
    extension: str | None = None
    """The extension of that number, if it has one."""


@dataclass(frozen=True, kw_only=True)
class CheckPage(_PageOfAnswers):
    """All answers as they are recorded, before the citizen sends them. The kind is known.

    recorded: what becomes of the answers, by the name of the field; besides, `contact.dial`.
    """

    recorded: Mapping[str, str]
    template: ClassVar[str] = "incident_check.html"
    _steps: ClassVar = ("", "check")

    @property
    def answers(self) -> list[AnswerGiven]:
        """The answers, in the order of the questions."""
        assert self.kind
        shown = [name for name in ASKED[self.kind] if name != "procedure.code"]
        return [self._answer(name) for name in shown]

    @property
    def typed(self) -> list[tuple[str, str]]:
        """The fields to send."""
        return [(name, self.fields[name]) for name in self.asked if name in self.fields]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The answers to questions of other kinds, under the names that are not recorded."""
        return [(f"{KEPT}{name}", value) for name, value in self.unasked]

    def _answer(self, name: str) -> AnswerGiven:
        given = self.recorded.get(name, "")
        chosen = name == "context.charged" and given in Charged
        said = CHARGED[Charged(given)] if chosen else None
        answer = AnswerGiven(name, self.names[name], given, said)
        if name != "contact.phone" or not given:
            return answer
        dial, _, extension = self.recorded["contact.dial"].partition(";ext=")
        return answer._replace(dial=dial, extension=extension or None)


@dataclass(frozen=True, kw_only=True)
class SecondPage(_PageOfTheForm):
    """Asks whether a text sent just before is about a second problem.

    sent: the incident that the text made.
    """

    template: ClassVar[str] = "incident_second.html"
    _steps: ClassVar = ("", "check")
    own: ClassVar = {"idempotency_key", "privacy_notice", "step"}
    sent: Reference
