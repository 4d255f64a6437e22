"""A form that came when no incident was open, kept until its page can get it again."""

from collections.abc import Mapping

from suport.domain.typed_text import is_blank

CONTACT, ERASURE = "contact-data", "erase"
"""The pages that get such a form again, as soon as the incident is open."""


def has_contact(fields: Mapping[str, str]) -> bool:
    """Whether the form states contact data."""
    return any(
        name.startswith("contact.") and not is_blank(value) for name, value in fields.items()
    )


def has_confirmation(fields: Mapping[str, str]) -> bool:
    """Whether the form has the code of a mail, which confirms an address or an erasure."""
    return not is_blank(fields.get("confirmation", ""))


def page_of(fields: Mapping[str, str]) -> str | None:
    """The page that gets the form again; None if it has nothing for any of them.

    Both pages have a field for a code: `kept_on` names the page on which it was typed.
    """
    if has_confirmation(fields) and fields.get("kept_on") == ERASURE:
        return ERASURE
    return CONTACT if has_contact(fields) or has_confirmation(fields) else None
