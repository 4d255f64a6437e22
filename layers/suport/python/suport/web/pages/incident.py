"""The citizen's incident: its page, and the questions before the citizen closes and rates it."""

from dataclasses import dataclass
from typing import ClassVar

from suport.domain.submission import LONGEST_DESCRIPTION
from suport.views.citizen_view import CitizenView
from suport.web import conversation
from suport.web.conversation import Told
from suport.web.rendering import FormPage, Page
from suport.web.site_map import address


@dataclass(frozen=True, kw_only=True)
class IncidentPage(FormPage):
    """The incident that the session has open, with the form for a message.

    view: the incident as its citizen sees it. key: the message's idempotency key. sent: whether the
    citizen has just sent it. access_code: the code, while the session shows it. mailed: whether
    mails reach the citizen, as far as anybody knows. done: one of `DONE`. before: the entry that
    the shown part of the history ends before, if it is not the latest part. longest: how many
    characters a message may have. confirmable_until: until when another e-mail address waits for
    its confirmation.
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

    @property
    def here(self) -> str:
        """The page's address, with the part of the history."""
        return address("track", {"before": self.before})

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
