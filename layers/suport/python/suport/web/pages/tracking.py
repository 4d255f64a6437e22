"""The form that opens an incident by its reference and access code."""

from dataclasses import dataclass
from typing import ClassVar

from suport.web.rendering import FormPage


@dataclass(frozen=True, kw_only=True)
class TrackingForm(FormPage):
    """The question which incident to open.

    It keeps a message (`body`) or a rating (`score`, `comment`) that could not be recorded, for the
    incident on whose page the citizen wrote it (`kept_for`).
    """

    name: ClassVar[str] = "track"
    template: ClassVar[str] = "tracking_form.html"
    own: ClassVar = {
        *("reference", "access_code", "body", "idempotency_key", "score", "comment", "kept_for"),
    }
