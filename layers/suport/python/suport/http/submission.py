"""What citizens and operators may send, checked field by field, from JSON or from a form."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError, from_json

from suport.domain.consent import Action, Scope
from suport.domain.incident import (
    LONGEST_DESCRIPTION,
    SHORTEST_DESCRIPTION,
    Category,
    Charged,
    Language,
    Topic,
)
from suport.http import problem
from suport.http.problem import IDEMPOTENCY_KEY, FieldError
from suport.texts import notice
from suport.texts.message import N_, Message
from suport.texts.notice import Subject

# 16 to 128 visible ASCII characters: long enough not to be met by chance
FIT_KEY = re.compile(r"[!-~]{16,128}")

_ERRORS_NAMED = 20


def _one_newline(value: object) -> object:
    """Line breaks as a browser's form sends them are one character each."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _lines(value: str) -> str:
    return _without_control_characters(value, allowed="\n\t")


def _line(value: str) -> str:
    return _without_control_characters(value, allowed="")


def _without_control_characters(value: str, allowed: str) -> str:
    if any(unicodedata.category(each) == "Cc" and each not in allowed for each in value):
        raise PydanticCustomError("control_character", "control character")
    return value


def _email(value: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  only where given

    try:
        # Whether it exists is seen when mail is sent; ".test" reaches nobody and serves trials.
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise PydanticCustomError("email", "e-mail") from error


def _phone(value: str) -> str:
    import phonenumbers  # noqa: PLC0415  only where given

    try:
        if not re.fullmatch(r"[\d\s+()./-]+(?:(?:ext\.?|x)\s*\d+)?", value):  # more than a number
            raise PydanticCustomError("phone", "phone")
        number = phonenumbers.parse(value, "ES")
    except phonenumbers.NumberParseException as error:
        raise PydanticCustomError("phone", "phone") from error
    if not phonenumbers.is_possible_number(number):
        raise PydanticCustomError("phone", "phone")
    return value


def _nif(value: str) -> str:
    from stdnum.es import nif  # noqa: PLC0415  only where given

    compact: str = nif.compact(value)
    if not nif.is_valid(compact):
        raise PydanticCustomError("nif", "NIF")
    return compact


def _published(version: str) -> str:
    """A version of the privacy notice; an older one is what an older page has shown."""
    if version not in notice.published(Subject.PRIVACY):
        raise PydanticCustomError("unpublished", "unpublished")
    return version


def _number(value: object) -> object:
    """A form sends a number as its digits."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value) else value


Line = Annotated[str, AfterValidator(_line)]
Paragraphs = Annotated[str, BeforeValidator(_one_newline), AfterValidator(_lines)]


class _Part(BaseModel):
    """A JSON object with these fields and no others; a blank field is the same as an absent one."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, fields: object) -> object:
        if not isinstance(fields, dict):
            return fields
        return {
            name: value
            for name, value in fields.items()
            if not (isinstance(value, str) and not value.strip())
        }


class ErrorSeen(_Part):
    """The error that the citizen saw: its code, its message, or both."""

    code: Annotated[Line, Field(max_length=100)] | None = None
    message: Annotated[Paragraphs, Field(max_length=1000)] | None = None


class Procedure(_Part):
    """The procedure in which the citizen got stuck."""

    code: Annotated[Line, Field(max_length=100)] | None = None
    name: Annotated[Line, Field(max_length=300)] | None = None


class Contact(_Part):
    """How to reach the citizen; an e-mail address or a phone number is needed."""

    name: Annotated[Line, Field(max_length=200)] | None = None
    email: Annotated[Line, Field(max_length=254), AfterValidator(_email)] | None = None
    phone: Annotated[Line, Field(max_length=40), AfterValidator(_phone)] | None = None
    nif: Annotated[Line, Field(max_length=20), AfterValidator(_nif)] | None = None
    availability: Annotated[Line, Field(max_length=200)] | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.email is None and self.phone is None:
            raise PydanticCustomError("no_contact", "no contact")
        return self


class Context(_Part):
    """Where and with what the citizen got stuck, which an operator would otherwise have to ask."""

    step: Annotated[Line, Field(max_length=300)] | None = None
    browser: Annotated[Line, Field(max_length=200)] | None = None
    charged: Charged | None = None


class _Spoken(_Part):
    """A body that may state its language; where it does not, the browser's is taken."""

    language: Language

    @model_validator(mode="before")
    @classmethod
    def _else_the_browsers_language(cls, fields: object, info: ValidationInfo) -> object:
        assert info.context
        if not isinstance(fields, dict):
            return fields
        stated = fields.get("language")
        blank = stated is None or (isinstance(stated, str) and not stated.strip())
        return fields | info.context if blank else fields


class Submission(_Spoken):
    """An incident as the citizen submits it."""

    category: Category
    description: Annotated[
        Paragraphs, Field(min_length=SHORTEST_DESCRIPTION, max_length=LONGEST_DESCRIPTION)
    ]
    error: ErrorSeen | None = Field(default=None, validate_default=True)
    procedure: Procedure | None = None
    contact: Contact
    privacy_notice: Annotated[str, AfterValidator(_published)] | None = None
    context: Context | None = None
    topic: Topic | None = None

    @field_validator("error")
    @classmethod
    def _payment_needs_the_error(
        cls, error: ErrorSeen | None, info: ValidationInfo
    ) -> ErrorSeen | None:
        nothing_seen = error is None or error == ErrorSeen()
        if nothing_seen and info.data.get("category") is Category.PAYMENT:
            raise PydanticCustomError("no_payment_error", "no payment error")
        return None if nothing_seen else error

    @field_validator("context")
    @classmethod
    def _something_stated(cls, context: Context | None) -> Context | None:
        return None if context == Context() else context

    def fingerprint(self) -> str:
        """The SHA-256 of the content; the language, which a browser may default, is not of it."""
        return hashlib.sha256(
            self.model_dump_json(exclude={"language"}, exclude_none=True).encode()
        ).hexdigest()


class CitizenMessage(_Part):
    """A message that the citizen adds to an incident."""

    body: Annotated[Paragraphs, Field(max_length=LONGEST_DESCRIPTION)]


class Rating(_Part):
    """How the citizen rates the help with a resolved incident."""

    score: Annotated[int, BeforeValidator(_number), Field(ge=1, le=5)]
    comment: Annotated[Paragraphs, Field(max_length=500)] | None = None


class Reply(_Part):
    """What an operator writes to the citizen; with `ask` the incident waits for the answer."""

    body: Annotated[Paragraphs, Field(max_length=LONGEST_DESCRIPTION)]
    ask: bool = False


class Note(_Part):
    """What an operator writes for the team; the citizen never sees it."""

    body: Annotated[Paragraphs, Field(max_length=LONGEST_DESCRIPTION)]


class Transfer(_Part):
    """To which team an incident goes, and why."""

    category: Category
    reason: Annotated[Paragraphs, Field(max_length=1000)]


class Resolution(_Part):
    """The last message to the citizen, where one is needed."""

    body: Annotated[Paragraphs, Field(max_length=LONGEST_DESCRIPTION)] | None = None


class Withdrawal(_Part):
    """Which consent the citizen takes back by telling an operator."""

    scope: Scope


class ConsentRequest(_Spoken):
    """What the citizen agrees to or takes back; to withdraw, no notice has to be named."""

    scope: Scope
    action: Action
    notice_sha256: Annotated[Line, Field(max_length=64)] | None = None

    @model_validator(mode="after")
    def _granted_on_a_notice(self) -> Self:
        if self.action is Action.GRANT and self.notice_sha256 is None:
            raise PydanticCustomError("no_notice", "no notice")
        return self


def read[Body: _Part](model: type[Body], body: bytes, browser_language: Language) -> Body:
    """The request's JSON as that model.

    Where the body states no language, the browser's is taken.

    Raises
    ------
    Problem
        400 if the body is no JSON in UTF-8, 422 with each wrong field named.
    """
    try:
        return model.model_validate_json(body, context={"language": browser_language})
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        if details[0]["type"] == "json_invalid":
            raise problem.unreadable(N_("This must be JSON in UTF-8.")) from None
        raise problem.invalid(
            [_field_error(each) for each in details[:_ERRORS_NAMED]], _stated_language(body)
        ) from None


def checked_key(key: str, language: Language | None = None) -> str:
    """The idempotency key, if it is one.

    Raises
    ------
    Problem
        422 if it is too short, too long or has other characters.
    """
    if not FIT_KEY.fullmatch(key):
        message = N_("Use 16 to 128 visible ASCII characters, others for each new request.")
        raise problem.invalid([FieldError(IDEMPOTENCY_KEY, message)], language)
    return key


def _stated_language(body: bytes) -> Language | None:
    content = from_json(body)
    stated = content.get("language") if isinstance(content, dict) else None
    return Language(stated) if isinstance(stated, str) and stated in Language else None


# where a rule concerns an object as a whole: the field in it to be mended
_MENDED_BY = {"no_contact": "email", "no_payment_error": "code", "no_notice": "notice_sha256"}

_MESSAGES: Mapping[str, Message] = {
    "no_contact": N_("Give an e-mail address or a phone number."),
    "no_payment_error": N_(
        "For a payment problem, give the code or the message of the error that you saw."
    ),
    "no_notice": N_("Name the notice that was shown, by its SHA-256."),
    "unpublished": N_(
        "This privacy notice was never published. The current version is {version}.",
        version=notice.CURRENT_VERSIONS[Subject.PRIVACY],
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
    # A field that came without a name is named as JSON writes that.
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
        case _:  # a rule that has no words of its own yet
            return N_("This is not allowed here.")


def _choices(error: ErrorDetails) -> str:
    return str(error["ctx"]["expected"]).replace(" or ", ", ").replace("'", "")
