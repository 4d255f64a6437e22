"""The form in which a citizen reports an incident."""

from dataclasses import dataclass
from typing import ClassVar

from suport.domain.submission import LONGEST_DESCRIPTION, LONGEST_ERROR, SHORTEST_DESCRIPTION
from suport.web.rendering import FormPage
from suport.web.site_map import address


@dataclass(frozen=True, kw_only=True)
class IncidentForm(FormPage):
    """The form of an incident.

    key: its idempotency key. shortest: the least characters that a description has. longest: the
    most. longest_error: the most of an error's message.
    """

    template: ClassVar[str] = "incident_form.html"
    own: ClassVar = {
        *("category", "description", "error.code", "error.message", "topic"),
        *("procedure.code", "procedure.name", "context.step", "context.browser", "context.charged"),
        *("contact", "contact.email", "contact.phone", "contact.name", "contact.nif"),
        *("contact.availability", "idempotency_key", "privacy_notice", "start"),
    }
    key: str
    shortest: int = SHORTEST_DESCRIPTION
    longest: int = LONGEST_DESCRIPTION
    longest_error: int = LONGEST_ERROR

    @property
    def here(self) -> str:
        """The form's address, with what a link to it may carry and nobody typed."""
        carried = ("category", "procedure.code", "topic")
        return address("incident", {name: self.fields.get(name, "") for name in carried})
