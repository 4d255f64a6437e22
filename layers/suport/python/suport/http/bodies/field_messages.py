"""What citizens and operators are told about a wrong field, by the rule that it breaks."""

from collections.abc import Mapping

from pydantic_core import ErrorDetails

from suport.http.problem import FieldError
from suport.http.problems.about_requests import CANNOT_BE_USED
from suport.http.query import NO_DAY
from suport.http.tracking_key import MISREAD_REFERENCE, NO_REFERENCE
from suport.texts import published_notices
from suport.texts.message import N_, Message
from suport.texts.published_notices import Subject

_MENDED_BY = {"no_contact": "email", "no_payment_error": "code", "no_notice": "notice_sha256"}
_MESSAGES: Mapping[str, Message] = {
    "no_contact": N_("Give an e-mail address or a phone number."),
    "no_payment_error": N_(
        "For a payment problem, give the code or the message of the error that you saw."
    ),
    "no_notice": N_("Name the notice that was shown, by its SHA-256."),
    "unpublished": N_(
        "This privacy notice was never published. The current version is {version}.",
        version=published_notices.CURRENT_VERSIONS[Subject.PRIVACY],
    ),
    "control_character": CANNOT_BE_USED,
    "email": N_("Give an e-mail address like name@example.com."),
    "cut_email": N_(
        "It is not clear where this address begins or ends, because of a space or another sign in "
        "it or a word before it. Write the address alone, like name@example.com."
    ),
    "several_emails": N_("Give one e-mail address only: these are several."),
    "unsendable_email": N_(
        "Our mail cannot reach this address, because it has letters with accents or of another "
        "alphabet before the @. Give another address or a phone number."
    ),
    "phone": N_("Give a phone number; from another country with its prefix, like +49 30 123456."),
    "fax": N_("This is the number of a fax. Give a phone number where somebody answers."),
    "reached_at": N_("Give the e-mail address or the phone number that is in the incident."),
    "misread_reference": MISREAD_REFERENCE,
    "day": NO_DAY,
    "date_type": NO_DAY,
    "nif": N_(
        "The letter of this DNI, NIE or NIF does not belong to its number. Check both, or leave "
        "the field empty: it is optional."
    ),
    "person": N_("Give a NIF, an e-mail address or a phone number."),
    "person_nif": N_(
        "The letter of this DNI, NIE or NIF does not belong to its number. Ask for both again."
    ),
    "extra_forbidden": N_("This field does not exist."),
    "string_type": N_("This must be text."),
    "bool_type": N_("This must be true or false."),
    "model_type": N_("This must be an object with named fields."),
    "int_type": N_("Choose a number from 1 to 5."),
    "greater_than_equal": N_("Choose a number from 1 to 5."),
    "less_than_equal": N_("Choose a number from 1 to 5."),
}

_MISSING: Mapping[str, Message] = {
    "category": N_("Choose what kind of problem it is."),
    "description": N_("Describe the problem."),
    "contact": N_("Give an e-mail address or a phone number."),
    "body": N_("Write your message."),
    "reference": NO_REFERENCE,
    "reached_at": N_("Give the e-mail address or the phone number that is in the incident."),
    "confirmation": N_("Type the confirmation code from the e-mail."),
    "score": N_("Choose a number from 1 to 5."),
    "person": N_("Give a NIF, an e-mail address or a phone number."),
    "reason": N_("Say why, so that the others understand it."),
    "until": N_("State the day on which the incident comes back."),
}


def field_error(error: ErrorDetails) -> FieldError:
    """The field that a rule of pydantic found wrong, and what to say about it."""
    # An empty name is written as in JSON.
    path = [str(part)[:100] or '""' for part in error["loc"]]
    if within := _MENDED_BY.get(error["type"]):
        path.append(within)
    field = ".".join(path)
    return FieldError(field or "body", _message(error, field))


def _message(error: ErrorDetails, field: str) -> Message:
    match error["type"]:
        case kind if kind in _MESSAGES:
            return _MESSAGES[kind]
        case "missing":
            return _MISSING.get(field, N_("This is needed."))
        case "length":
            told: Message = error["ctx"]["told"]
            return told
        case "enum":
            return N_("Choose one of these: {choices}.", choices=_choices(error))
        case _:  # a rule that has no text of its own yet
            return N_("This is not allowed here.")


def _choices(error: ErrorDetails) -> str:
    return str(error["ctx"]["expected"]).replace(" or ", ", ").replace("'", "")
