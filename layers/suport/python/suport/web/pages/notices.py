"""The notices that every page links to: privacy, cookies, accessibility, who is responsible."""

from dataclasses import dataclass
from typing import ClassVar

from suport.texts.published_notices import Subject
from suport.web.rendering import Page


@dataclass(frozen=True, kw_only=True)
class NoticePage(Page):
    """The current text of a notice. subject: one of `LEGAL_PAGES`."""

    template: ClassVar[str] = "notice.html"
    subject: Subject

    @property
    def here(self) -> str:
        """The notice's address, which is its subject."""
        return self.subject
