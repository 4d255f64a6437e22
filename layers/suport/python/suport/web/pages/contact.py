"""The 012 line: what to dial, from where, and when."""

from dataclasses import dataclass
from typing import ClassVar

from suport.domain.phone_line import Availability
from suport.texts.message import N_, Message
from suport.web.rendering import Page


@dataclass(frozen=True, kw_only=True)
class ContactPage(Page):
    """What to dial, from where, and when. line: whether the line answers now."""

    name: ClassVar[str] = "contact"
    template: ClassVar[str] = "contact.html"
    listed_as: ClassVar[Message | None] = N_(
        "The 012 phone line for electronic signatures and certificates: its numbers, its hours, "
        "and whether somebody answers now."
    )
    line: Availability
