"""The page on which an operator writes down what somebody reports by telephone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, NamedTuple

from suport.domain.procedures import Procedure
from suport.domain.submission import LONGEST_DESCRIPTION, LONGEST_ERROR, SHORTEST_DESCRIPTION
from suport.texts.message import N_, Message
from suport.web.desk.frame import DeskPage
from suport.web.questions import CHOICE, KIND_ASKED, Kind, kind_of
from suport.web.rendering import FormFields

WORDS = (
    *("description", "error.code", "error.message", "procedure.name", "procedure.code"),
    *("context.step", "context.browser"),
    *("contact.phone", "contact.email", "contact.name", "contact.nif", "contact.availability"),
)
"""What the operator types, in the order of a call."""
CHOICES = ("category", "topic", "context.charged", "language", "take")
CALL, KEY = "call", "key"
"""The id of the call, and the key that makes one incident of it."""

_MOST_FOUND = 10  # procedures that a search offers


class BegunCall(NamedTuple):
    """A call that was not recorded yet. It is listed without what was said."""

    call: str
    changed_at: datetime


@dataclass(frozen=True, kw_only=True)
class PhoneCallPage(FormFields, DeskPage):
    """A telephone call, as far as it is written down.

    call: its id. key: its idempotency key. begun: the operator's other calls that are not recorded.
    is_kept: whether what stands here is kept. found: the procedures that were searched for.
    instead: the similar words that were found instead of those searched for. partly: whether what
    was found has only some of the words, because no procedure has all of them. done: what was just
    done. shortest: the least characters that a description has. longest: the most. longest_error:
    the most of an error's message.
    """

    template: ClassVar[str] = "desk/phone_call.html"
    connects: ClassVar[bool] = True  # to keep drafts, and to suggest procedures
    own: ClassVar = {*WORDS, *CHOICES, CALL, KEY, CHOICE, "contact", "step", "form"}
    call: str
    key: str
    begun: Sequence[BegunCall] = ()
    is_kept: bool = False
    found: Sequence[Procedure] | None = None
    instead: Mapping[str, Sequence[str]] = MappingProxyType({})
    partly: bool = False
    done: str = ""
    shortest: int = SHORTEST_DESCRIPTION
    longest: int = LONGEST_DESCRIPTION
    longest_error: int = LONGEST_ERROR

    @property
    def kind(self) -> Kind | None:
        """What the call is about, if that was chosen."""
        return kind_of(self.fields)

    @property
    def offered(self) -> Sequence[Procedure]:
        """The procedures to choose from."""
        return (self.found or ())[:_MOST_FOUND]

    @property
    def recorded_as(self) -> str:
        """The incident that this call has made already, if it has; else empty."""
        return self.trouble.members.get("reference", "") if self.trouble else ""

    @property
    def names(self) -> Mapping[str, Message]:
        """The labels of what the operator types and chooses, by field."""
        return {**KIND_ASKED, **LABELS, "language": N_("Language for the answers to the caller")}


LABELS: Mapping[str, Message] = {
    "description": N_("What the caller says"),
    "error.code": N_("Error code"),
    "error.message": N_("Error message"),
    "procedure.name": N_("Procedure name"),
    "procedure.code": N_("Procedure code"),
    "context.step": N_("Step or screen"),
    "context.browser": N_("Browser and system"),
    "contact.phone": N_("Phone number"),
    "contact.email": N_("Email address"),
    "contact.name": N_("Name"),
    "contact.nif": N_("NIF or NIE"),
    "contact.availability": N_("When to contact the caller"),
}
"""What the page calls what was typed."""
