"""How to reach a citizen: which e-mail addresses, phone numbers and NIFs are taken."""

import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from suport.http.bodies.parts import Line, Part
from suport.http.problem import FieldError
from suport.http.problems import about_requests
from suport.texts.message import N_


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


def reached_at(value: str) -> str:
    """How somebody says they are reached: an e-mail address, or a phone number as it is dialled."""
    try:
        return _email(value)
    except PydanticCustomError:
        pass
    try:
        return _phone(value)
    except PydanticCustomError:
        raise PydanticCustomError("reached_at", "e-mail or phone") from None


class ContactParts(Part):
    """How to reach the citizen, or what to correct about it; null takes a part away."""

    name: Annotated[Line, Field(max_length=200)] | None = None
    email: Annotated[Line, Field(max_length=254), AfterValidator(_email)] | None = None
    phone: Annotated[Line, Field(max_length=40), AfterValidator(_phone)] | None = None
    nif: Annotated[Line, Field(max_length=20), AfterValidator(_nif)] | None = None
    availability: Annotated[Line, Field(max_length=200)] | None = None

    def corrected(self, contact: Mapping[str, str]) -> dict[str, str]:
        """These contact data with the corrections stated here."""
        stated = {name: getattr(self, name) for name in self.model_fields_set}
        merged = {**contact, **stated}
        return {name: value for name, value in merged.items() if value is not None}


class Contact(ContactParts):
    """How to reach the citizen; an e-mail address or a phone number is needed."""

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.email is None and self.phone is None:
            raise PydanticCustomError("no_contact", "no contact")
        return self


def reachable(contact: dict[str, str], field: str) -> dict[str, str]:
    """The same contact data, if the citizen can be reached by them.

    Raises
    ------
    Problem
        422 that names the field.
    """
    if not contact.keys() & {"email", "phone"}:
        message = N_("Give an e-mail address or a phone number.")
        raise about_requests.invalid([FieldError(field, message)])
    return contact
