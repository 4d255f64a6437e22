"""The pages and forms of the service: their names in the address, and their titles."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from suport.texts.message import N_, Message
from suport.texts.published_notices import Subject

PAGES = {
    "help": N_("Help"),
    "procedures": N_("Procedures"),
    "incident": N_("Report an incident"),
    "track": N_("Your incident"),
    "contact": N_("Phone"),
    "remote-support": N_("Remote support"),
}
LEGAL_PAGES = {
    Subject.PRIVACY: N_("Privacy"),
    Subject.COOKIES: N_("Cookies"),
    Subject.ACCESSIBILITY: N_("Accessibility statement"),
    Subject.RESPONSIBLE: N_("Legal notice"),
}
"""The pages that every page links to; the legal ones each show a notice."""

GUIDES = N_("Guides")
"""The title of the list of guides, to which the pages about help lead."""

DONE = {
    "replied": N_("Your message has been sent."),
    "closed": N_("The incident has been closed."),
    "reopened": N_("The incident is open again and back in its team’s queue."),
    "rated": N_("Thank you for your rating."),
    "agreed": N_("Your consent has been recorded."),
    "withdrawn": N_("Your consent has been withdrawn."),
    "corrected": N_("Your contact details have been corrected."),
    "to-be-confirmed": N_(
        "We have sent an email to your current address. We use the new address once you have "
        "entered the code from that email below."
    ),
    "address-changed": N_(
        "The email address has been changed. We are sending a new access code to the new address. "
        "The old code no longer opens the incident."
    ),
    "erasure-asked": N_(
        "We are sending you an email with a code. Nothing is erased until you have entered it "
        "below."
    ),
    "unchanged": N_("Nothing has been changed."),
    "code-mailed": N_("Your incident has a new access code. We are sending it by email."),
    "code-replaced": N_("Your incident has a new access code. Write it down now."),
    "removed": N_("The file has been removed."),
}
"""What the citizen has just done, as the next page says it, by the name in that page's address."""


class Form(NamedTuple):
    """The text of a form's button, and the page that the form is on."""

    button: Message
    page: str


FORMS = {
    "help": Form(N_("Search for the error"), "help"),
    "incident": Form(N_("Send the incident"), "incident"),
    "track": Form(N_("Show the incident"), "track"),
    "reply": Form(N_("Send the message"), "track"),
    "close": Form(N_("Close the incident"), "track"),
    "reopen": Form(N_("Reopen the incident"), "track"),
    "rate": Form(N_("Send the rating"), "track"),
    "remove-file": Form(N_("Remove the file"), "track"),
    "remote-support": Form(N_("Send again"), "remote-support"),
    "join": Form(N_("Go on"), "remote-support"),
    "access-code": Form(N_("Replace the access code"), "track"),
    "contact-data": Form(N_("Save"), "track"),
    "erase": Form(N_("Erase the incident"), "track"),
    "lost-code": Form(N_("Send a new access code"), "track"),
    "leave": Form(N_("Sign out of this incident"), "track"),
}
"""Every form, by its name in the address."""


def address(page: str, asked: Mapping[str, str]) -> str:
    """The address of a page with a query, relative to its language.

    >>> address("help", {"category": "payment", "q": ""})
    'help?category=payment'
    """
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{page}?{query}" if query else page
