"""The citizen's incident: its page, and the questions before the citizen closes and rates it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from suport.domain.incident import Status
from suport.domain.submission import LONGEST_DESCRIPTION
from suport.texts.message import N_, Message
from suport.texts.missed_mail import has_no_code
from suport.views.citizen_view import CitizenView
from suport.web import conversation
from suport.web.conversation import Told
from suport.web.questions import RATING
from suport.web.rendering import FormPage, Page
from suport.web.site_map import address

if TYPE_CHECKING:
    from suport.domain.forecast import Forecast


@dataclass(frozen=True, kw_only=True)
class IncidentPage(FormPage):
    """The incident that the session has open, with the form for a message.

    view: the incident as its citizen sees it. key: the message's idempotency key. sent: whether the
    citizen has just sent it. access_code: the code, while the session shows it. mailed: whether
    mails reach the citizen, as far as anybody knows. done: one of `DONE`. before: the entry that
    the shown part of the history ends before, if it is not the latest part. longest: how many
    characters a message may have. confirmable_until: until when another e-mail address waits for
    its confirmation. address: that of the page on which the citizen comes back, if it is known.
    forecast: how soon such incidents are answered, while this one is not.
    """

    template: ClassVar[str] = "incident.html"
    own: ClassVar = {"body", "idempotency_key", "reference"}
    view: CitizenView
    key: str
    sent: bool = False
    access_code: str | None = None
    mailed: bool = False
    done: str = ""
    before: str = ""
    longest: int = LONGEST_DESCRIPTION
    confirmable_until: str | None = None
    address: str = ""
    forecast: "Forecast | None" = None

    @property
    def names(self) -> Mapping[str, Message]:
        """The label of the message."""
        asked = self.view["status"] == Status.WAITING
        return {"body": N_("Your answer") if asked else N_("Your message")}

    @property
    def here(self) -> str:
        """The page's address, with the part of the history."""
        return address("track", {"before": self.before})

    @property
    def code_was_mailed(self) -> bool:
        """Whether the citizen gets the access code by mail, too, as far as anybody knows."""
        return self.mailed and not any(map(has_no_code, self.view["history"]))

    @property
    def latest(self) -> list[Told]:
        """The end of the conversation: the newest words, below what the citizen must not miss."""
        told = conversation.conversation(self.view)
        return told[: conversation.newest(told)]

    @property
    def earlier(self) -> list[Told]:
        """The rest of the conversation."""
        told = conversation.conversation(self.view)
        return told[conversation.newest(told) :]

    @property
    def log(self) -> list[Told]:
        """What was done with the incident, without the words."""
        return conversation.log(self.view)


@dataclass(frozen=True, kw_only=True)
class ClosingPage(Page):
    """Asks whether the incident is solved. view: the incident as its citizen sees it."""

    name: ClassVar[str] = "close"
    template: ClassVar[str] = "close.html"
    view: CitizenView


@dataclass(frozen=True, kw_only=True)
class RatingPage(FormPage):
    """Asks how the support was. view: the incident as its citizen sees it."""

    name: ClassVar[str] = "rate"
    template: ClassVar[str] = "rate.html"
    own: ClassVar = {"score", "comment", "reference"}
    view: CitizenView

    @property
    def names(self) -> Mapping[str, Message]:
        """The questions."""
        return RATING
