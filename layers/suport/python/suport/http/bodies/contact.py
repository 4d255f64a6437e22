"""How to reach a citizen: which e-mail addresses, phone numbers and NIFs are taken."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from suport.http.bodies.parts import Line, Part


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


class Contact(Part):
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
