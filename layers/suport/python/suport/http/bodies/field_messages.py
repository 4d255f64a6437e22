"""What citizens and operators are told about a wrong field, by the rule that it breaks."""

from collections.abc import Mapping

from pydantic_core import ErrorDetails

from suport.http.problem import FieldError
from suport.http.problems.about_requests import CANNOT_BE_USED
from suport.http.query import NO_DAY, NO_NUMBER
from suport.http.tracking_key import MISREAD_REFERENCE, NO_REFERENCE
from suport.texts import published_notices
from suport.texts.field_names import with_name
from suport.texts.message import N_, Message
from suport.texts.published_notices import Subject

_FROM_1_TO_5 = N_("Choose a rating from 1 to 5.")
_MENDED_BY = {"no_contact": "email", "no_payment_error": "code", "no_notice": "notice_sha256"}
_MESSAGES: Mapping[str, Message] = {
    "no_contact": N_("Enter an email address or a phone number."),
    "no_payment_error": N_("Enter the code or the message of the error that you saw when paying."),
    "no_notice": N_("Send the SHA-256 of the notice that was shown."),
    "unpublished": N_(
        "This privacy notice was never published. The current version is {version}.",
        version=published_notices.CURRENT_VERSIONS[Subject.PRIVACY],
    ),
    "control_character": CANNOT_BE_USED,
    "email": N_("Enter an email address in the correct format, like name@example.com."),
    "cut_email": N_(
        "Enter only the email address, like name@example.com. This one has a space, a sign or a "
        "word that may not belong to it."
    ),
    "several_emails": N_("Enter only one email address. There are several here."),
    "unsendable_email": N_(
        "Enter another email address, or a phone number. We cannot send emails to an address with "
        "accents or another alphabet before the @."
    ),
    "phone": N_(
        "Enter a phone number in the correct format. If it is from another country, start with "
        "its code, like +49\u00a030\u00a0123456."
    ),
    "fax": N_("Enter a phone number that somebody answers. This is a fax number."),
    "reached_at": N_("Enter the email address or phone number that is in the incident."),
    "misread_reference": MISREAD_REFERENCE,
    "day": NO_DAY,
    "date_type": NO_DAY,
    "nif": N_(
        "Check the NIF or NIE: its letter and its number do not match. You can also leave it empty."
    ),
    "person": N_("Enter a NIF, an email address or a phone number."),
    "person_nif": N_(
        "Check the NIF or NIE: its letter and its number do not match. Ask the person to repeat "
        "both."
    ),
    "extra_forbidden": N_("There is no field {field}."),
    "string_type": N_("{field} must be text."),
    "bool_type": N_("{field} must be true or false."),
    "model_type": N_("{field} must be an object with named fields."),
}

_NUMBERS = {"int_type", "greater_than_equal", "less_than_equal"}
"""The rules that a number can break."""

_MISSING: Mapping[str, Message] = {
    "category": N_("Choose what kind of problem you have."),
    "description": N_("Describe the problem."),
    "contact": N_("Enter an email address or a phone number."),
    "body": N_("Write your message."),
    "reference": NO_REFERENCE,
    "reached_at": N_("Enter the email address or phone number that is in the incident."),
    "confirmation": N_("Enter the confirmation code from the email."),
    "score": _FROM_1_TO_5,
    "person": N_("Enter a NIF, an email address or a phone number."),
    "reason": N_("Enter a reason that your colleagues will understand."),
    "until": N_("Enter the day on which the incident comes back to you."),
}


def field_error(error: ErrorDetails) -> FieldError:
    """The field that a rule of pydantic found wrong, and what to say about it."""
    # An empty name is written as in JSON.
    path = [str(part)[:100] or '""' for part in error["loc"]]
    if within := _MENDED_BY.get(error["type"]):
        path.append(within)
    field = ".".join(path)
    message = _message(error, field)
    if not field or error["type"] == "extra_forbidden":  # nothing that people know by a name
        return FieldError(field or "body", with_name(field or "body", message))
    return FieldError(field, message)


def _message(error: ErrorDetails, field: str) -> Message:
    match error["type"]:
        case kind if kind in _MESSAGES:
            return _MESSAGES[kind]
        case kind if kind in _NUMBERS:
            return _FROM_1_TO_5 if field == "score" else NO_NUMBER
        case "missing":
            return _MISSING.get(field, N_("{field} is missing."))
        case "length":
            told: Message = error["ctx"]["told"]
            return told
        case "enum":
            return N_("{field} must be one of these: {choices}.", choices=_choices(error))
        case _:  # a rule that has no text of its own yet
            return N_("{field} is not in a correct format.")


def _choices(error: ErrorDetails) -> str:
    return str(error["ctx"]["expected"]).replace(" or ", ", ").replace("'", "")
