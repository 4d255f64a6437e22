"""The fields of the forms that correct how a citizen is reached."""

from collections.abc import Mapping

from suport.domain.typed_text import is_blank


def has_contact(fields: Mapping[str, str]) -> bool:
    """Whether a form states contact data, or the code that confirms another e-mail address."""
    return any(
        (name.startswith("contact.") or name == "confirmation") and not is_blank(value)
        for name, value in fields.items()
    )
