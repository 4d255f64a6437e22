"""How the citizen is reached: the page that corrects it, and the one that replaces the code."""

from dataclasses import dataclass
from typing import ClassVar

from suport.views.citizen_view import CitizenView
from suport.web.rendering import FormPage


@dataclass(frozen=True, kw_only=True)
class ContactDataPage(FormPage):
    """How the citizen is reached, to be corrected.

    view: the incident as its citizen sees it. submitted_here: whether the session submitted the
    incident; the fields then hold the data, and an empty field takes a part away. until: by when
    the present address has to confirm another one, if that was asked for, written as in the view.
    done: one of `DONE`.
    """

    name: ClassVar[str] = "contact-data"
    template: ClassVar[str] = "contact_data.html"
    own: ClassVar = {
        *("contact", "contact.email", "contact.phone", "contact.name", "contact.nif"),
        *("contact.availability", "reference", "confirmation", "shown"),
    }
    view: CitizenView
    submitted_here: bool = False
    until: str | None = None
    done: str = ""


@dataclass(frozen=True, kw_only=True)
class ReplaceCodePage(FormPage):
    """Asks whether to replace the access code.

    view: the incident as its citizen sees it. key: the form's idempotency key. mailed: whether the
    new one goes out by mail.
    """

    name: ClassVar[str] = "access-code"
    template: ClassVar[str] = "access_code.html"
    own: ClassVar = {"reference", "idempotency_key", "noted"}
    view: CitizenView
    key: str
    mailed: bool
