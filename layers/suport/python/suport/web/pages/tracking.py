"""The form that opens an incident by its reference and access code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from suport.domain.reference import Reference
from suport.texts.message import N_, Message
from suport.web.kept_form import has_confirmation, has_contact, page_of
from suport.web.questions import RATING
from suport.web.rendering import FormPage, Page
from suport.web.site_map import address


@dataclass(frozen=True, kw_only=True)
class SentPage(Page):
    """Says that an incident has arrived that this browser does not have open.

    The page's script shows the access code, which the address has in its fragment.
    reference: that of the incident. address: that of the page on which the citizen comes back to
    it, if it is known.
    """

    name: ClassVar[str] = "track"
    template: ClassVar[str] = "sent.html"
    reference: Reference
    address: str = ""

    @property
    def here(self) -> str:
        """The page's address, with the reference."""
        return address("track", {"sent": self.reference})


@dataclass(frozen=True, kw_only=True)
class LostCodePage(FormPage):
    """The question how a citizen who has lost the access code is reached.

    asked: whether another code was asked for just now.
    """

    name: ClassVar[str] = "lost-code"
    template: ClassVar[str] = "lost_code.html"
    listed_as: ClassVar[Message | None] = N_(
        "Get a new access code for the incident that you reported, if you have lost the first one."
    )
    own: ClassVar = {"reference", "reached_at"}
    asked: bool = False


@dataclass(frozen=True, kw_only=True)
class TrackingForm(FormPage):
    """The question which incident to open.

    It keeps a message (`body`), a rating (`score`, `comment`), a correction of the contact data or
    the code of a mail (`confirmation`) that could not be recorded, for the incident on whose page
    the citizen wrote it (`kept_for`; `kept_on` is the name of that page).
    """

    name: ClassVar[str] = "track"
    template: ClassVar[str] = "tracking_form.html"
    listed_as: ClassVar[Message | None] = N_(
        "Follow the incident that you reported: read the answers, write to the support team and "
        "add files."
    )
    own: ClassVar = {
        *("reference", "access_code", "body", "idempotency_key", "score", "comment"),
        *("kept_for", "kept_on"),
    }

    @property
    def names(self) -> Mapping[str, Message]:
        """The labels of the message and of the comment that it keeps."""
        return {"body": N_("Your message"), "comment": RATING["comment"]}

    @property
    def keeps_contact(self) -> bool:
        """Whether it keeps a correction of the contact data. The form sends it along unseen."""
        return has_contact(self.fields)

    @property
    def confirms_on(self) -> str | None:
        """The page whose code of a mail it keeps, also unseen; None if it keeps none."""
        return page_of(self.fields) if has_confirmation(self.fields) else None
