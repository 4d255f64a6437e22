"""The notices that every page links to: privacy, cookies, accessibility, who is responsible."""

from dataclasses import dataclass
from typing import ClassVar

from suport.texts import published_notices
from suport.texts.published_notices import CURRENT_VERSIONS, Subject
from suport.web.rendering import Page
from suport.web.site_map import address


@dataclass(frozen=True, kw_only=True)
class NoticePage(Page):
    """The text of a notice. subject: one of `LEGAL_PAGES`. version: an earlier one, or None."""

    template: ClassVar[str] = "notice.html"
    subject: Subject
    version: str | None = None

    @property
    def here(self) -> str:
        """The notice's address: its subject, and the version if it is an earlier one."""
        return address(self.subject, {"version": self.version or ""})

    @property
    def shown(self) -> str:
        """The version whose text is on the page."""
        return self.version or CURRENT_VERSIONS[self.subject]

    @property
    def others(self) -> list[str]:
        """The earlier versions besides the one on the page, the latest first."""
        published = published_notices.published(self.subject)
        return sorted(published - {self.shown, CURRENT_VERSIONS[self.subject]}, reverse=True)
