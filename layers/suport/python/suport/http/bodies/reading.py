"""Reads a body as one of the models, and says what is wrong with each wrong field."""

import re
from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails, from_json

from suport.domain.language import Language
from suport.http.bodies.parts import Part
from suport.http.form_encoding import nested
from suport.http.problem import IDEMPOTENCY_KEY, FieldError
from suport.http.problems import about_requests
from suport.http.request import JSON, Request
from suport.texts import published_notices
from suport.texts.message import N_, Message
from suport.texts.published_notices import Subject

FIT_KEY = re.compile(r"[!-~]{16,128}")
"""16 to 128 visible ASCII characters: long enough that nobody hits on one by chance."""

_ERRORS_NAMED = 20


def read[Body: Part](model: type[Body], request: Request) -> Body:
    """The request's JSON as that model; the language in it becomes that of the request.

    If the body states no language, the browser's is used.

    Raises
    ------
    Problem
        400 if the body is not JSON in UTF-8, 422 with each wrong field named.
    """
    body = request.body(JSON)
    try:
        content = _read(model, body, request.language)
    finally:
        request.stated_language = _stated_language(body)
    return content


def read_fields[Body: Part](
    model: type[Body], fields: Mapping[str, str], language: Language
) -> Body:
    """The fields of a form as that model; a field that the model does not have is wrong.

    Raises
    ------
    Problem
        422 with each wrong field named.
    """
    return _read(model, nested(fields), language)


def checked_key(key: str) -> str:
    """The key, if it can be an idempotency key.

    Raises
    ------
    Problem
        422 if it is too short, too long or has other characters.
    """
    if not FIT_KEY.fullmatch(key):
        message = N_("Use 16 to 128 visible ASCII characters, others for each new request.")
        raise about_requests.invalid([FieldError(IDEMPOTENCY_KEY, message)])
    return key


def sent_key(request: Request) -> str | None:
    """The request's idempotency key, if it has one.

    Raises
    ------
    Problem
        As `checked_key`.
    """
    key = request.headers.get(IDEMPOTENCY_KEY.lower())
    return checked_key(key) if key else None


def _read[Body: Part](model: type[Body], body: bytes, language: Language) -> Body:
    try:
        return model.model_validate_json(body, context={"language": language})
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        if details[0]["type"] == "json_invalid":
            raise about_requests.unreadable(N_("This must be JSON in UTF-8.")) from None
        raise about_requests.invalid(
            [_field_error(each) for each in details[:_ERRORS_NAMED]]
        ) from None


def _stated_language(body: bytes) -> Language | None:
    try:
        content = from_json(body)
    except ValueError:
        return None
    stated = content.get("language") if isinstance(content, dict) else None
    return Language(stated) if isinstance(stated, str) and stated in Language else None


# the field to correct, for a rule about an object as a whole
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
    "control_character": N_("This contains a character that cannot be used."),
    "email": N_("Give an e-mail address like name@example.com."),
    "phone": N_("Give a phone number; from another country with its prefix, like +49 30 123456."),
    "nif": N_("This NIF, NIE or CIF is not correct; check its letters and digits."),
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
    "score": N_("Choose a number from 1 to 5."),
    "reason": N_("Say why, so that the other team understands it."),
}


def _field_error(error: ErrorDetails) -> FieldError:
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
        case "too_short":
            return N_("Write at least {least} characters.", least=error["ctx"]["min_length"])
        case "too_long":
            return N_(
                "Write at most {most} characters; these are {length}.",
                most=error["ctx"]["max_length"],
                length=error["ctx"]["actual_length"],
            )
        case "enum":
            return N_("Choose one of these: {choices}.", choices=_choices(error))
        case _:  # a rule that has no text of its own yet
            return N_("This is not allowed here.")


def _choices(error: ErrorDetails) -> str:
    return str(error["ctx"]["expected"]).replace(" or ", ", ").replace("'", "")
