"""The incident as a document of its own, to be kept by the citizen."""

from dataclasses import dataclass
from typing import ClassVar

from suport.texts.published_notices import CONTROLLER
from suport.views.citizen_view import CitizenView
from suport.web.rendering import Document


@dataclass(frozen=True, kw_only=True)
class ExportPage(Document):
    """Everything about the incident. Of a long history it has the same part as the page.

    view: the incident as its citizen sees it. exported_at: when, written as in the view. before: as
    of `IncidentPage`. controller: who answers for the data.
    """

    template: ClassVar[str] = "export.html"
    view: CitizenView
    exported_at: str
    before: str = ""
    controller: str = CONTROLLER
