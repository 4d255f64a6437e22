"""The 012 line: whom to call, from where, and when."""

from dataclasses import dataclass
from typing import ClassVar

from suport.domain.phone_line import Availability
from suport.web.rendering import Page


@dataclass(frozen=True, kw_only=True)
class ContactPage(Page):
    """Whom to call, from where, and when. line: whether it answers now."""

    name: ClassVar[str] = "contact"
    template: ClassVar[str] = "contact.html"
    line: Availability
