"""The notices that every page links to: privacy, cookies, accessibility, who is responsible."""

from dataclasses import dataclass
from typing import ClassVar

from suport.http.problems import about_pages
from suport.runtime.settings import PrivacyContacts
from suport.texts import published_notices
from suport.texts.message import N_, Message
from suport.texts.published_notices import CURRENT_VERSIONS, Subject
from suport.web.rendering import Page
from suport.web.site_map import LEGAL_PAGES, PAGES, address

_LISTED_AS = {
    Subject.PRIVACY: N_(
        "What this service does with the personal data in an incident, for how long it keeps them, "
        "and what you can ask for."
    ),
    Subject.COOKIES: N_(
        "The cookies that this service sets, what they are for, and how long they last."
    ),
    Subject.ACCESSIBILITY: N_(
        "How accessible this service is, what is not yet, and how to report a barrier."
    ),
    Subject.RESPONSIBLE: N_(
        "Who is responsible for this service, what it is for, and what it does not replace."
    ),
}


@dataclass(frozen=True, kw_only=True)
class NoticePage(Page):
    """The text of a notice, and what may change while its version stays the same.

    subject: which notice. version: an earlier one, or None. contacts: whom to contact today about
    personal data, below the notice on privacy.
    """

    template: ClassVar[str] = "notice.html"
    subject: Subject
    version: str | None = None
    contacts: PrivacyContacts | None = None

    @property
    def title(self) -> Message:
        """The name of the notice's page."""
        return LEGAL_PAGES.get(self.subject) or PAGES[self.subject]

    @property
    def here(self) -> str:
        """The notice's address: its subject, and the version if it is an earlier one."""
        return address(self.subject, {"version": self.version or ""})

    @property
    def description(self) -> Message | None:
        """What search engines say of it, if it is the version that applies."""
        return None if self.version else _LISTED_AS.get(self.subject)

    @property
    def shown(self) -> str:
        """The version whose text is on the page."""
        return self.version or CURRENT_VERSIONS[self.subject]

    @property
    def others(self) -> list[str]:
        """The earlier versions besides the one on the page, the latest first."""
        return [each for each in published_notices.earlier(self.subject) if each != self.version]


def earlier_version(subject: Subject, asked: str | None) -> str | None:
    """The version that a query asks for; None if that is the current one.

    Raises
    ------
    Problem
        404 if there never was such a version.
    """
    if not asked or asked == CURRENT_VERSIONS[subject]:
        return None
    if asked not in published_notices.published(subject):
        raise about_pages.no_such_page()
    return asked
