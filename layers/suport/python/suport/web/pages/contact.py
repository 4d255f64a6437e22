"""The 012 line: what to dial, from where, and when."""

from dataclasses import dataclass
from typing import ClassVar

from suport.domain.phone_line import Availability
from suport.web.rendering import Page


@dataclass(frozen=True, kw_only=True)
class ContactPage(Page):
    """What to dial, from where, and when. line: whether the line answers now."""

    name: ClassVar[str] = "contact"
    template: ClassVar[str] = "contact.html"
    line: Availability
