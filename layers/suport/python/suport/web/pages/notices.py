"""The notices that every page links to: privacy, cookies, accessibility, who is responsible."""

from dataclasses import dataclass
from typing import ClassVar

from suport.texts.published_notices import Subject
from suport.web.rendering import Page


@dataclass(frozen=True, kw_only=True)
class NoticePage(Page):
    """A notice as it stands. subject: one of `LEGAL_PAGES`."""

    template: ClassVar[str] = "notice.html"
    subject: Subject

    @property
    def here(self) -> str:
        """Its address, which is what it is about."""
        return self.subject
