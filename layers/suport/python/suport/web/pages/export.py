"""The incident as a document that the citizen keeps."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from suport.domain.language import Language
from suport.texts.published_notices import CONTROLLERS
from suport.views.citizen_view import CitizenView
from suport.web import conversation
from suport.web.conversation import Told
from suport.web.rendering import Document


@dataclass(frozen=True, kw_only=True)
class ExportPage(Document):
    """Everything about the incident, with the same part of a long history as its page.

    It says in words what the JSON copy holds. view: the incident as `views.export` has it.
    receipts: those of the consents. exported_at: when, written as in the view. before: see
    `IncidentPage`. controllers: the body responsible for the data, as each language calls it.
    """

    template: ClassVar[str] = "export.html"
    view: CitizenView
    receipts: list[dict[str, Any]] = field(default_factory=list)
    exported_at: str
    before: str = ""
    controllers: dict[Language, str] = field(default_factory=lambda: CONTROLLERS)

    @property
    def told(self) -> list[Told]:
        """The conversation."""
        return conversation.conversation(self.view)

    @property
    def log(self) -> list[Told]:
        """What was done with the incident, without the words."""
        return conversation.log(self.view)
