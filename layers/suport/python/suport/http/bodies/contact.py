"""How to reach a citizen, in words that the citizen would use."""

from collections.abc import Collection, Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, computed_field, model_validator
from pydantic_core import PydanticCustomError

from suport.domain import plain_contact, typed_text
from suport.http.bodies.parts import LINE, Length, Part
from suport.http.problem import FieldError
from suport.http.problems import about_requests
from suport.texts.message import N_


def _email(typed: str) -> str:
    if plain := plain_contact.email(typed):
        return plain
    from suport.http.bodies.email_address import the_address  # noqa: PLC0415  for what is not plain

    return the_address(typed)


def _dial(typed: str) -> str | None:
    if plain := plain_contact.dial(typed):
        return plain
    from suport.http.bodies.phone import dialable  # noqa: PLC0415  as above

    return dialable(typed)


def _without_number(typed: str) -> str:
    """What is wrong with a text that has no number to dial."""
    from suport.http.bodies.phone import is_fax  # noqa: PLC0415  as above

    return "fax" if is_fax(typed) else "phone"


def _identity(typed: str) -> str:
    if plain := plain_contact.identity(typed):
        return plain
    from suport.http.bodies.identity_number import identity_number  # noqa: PLC0415  as above

    return identity_number(typed)


def _phone(typed: str) -> str:
    """The text itself, without marks of direction, if it has a number that can be dialled."""
    if _dial(typed) is None:
        raise PydanticCustomError(_without_number(typed), "phone")
    return typed_text.undirected(typed)


def reached_at(typed: str) -> str:
    """How somebody says they are reached: an email address, or a phone number as it is dialled."""
    try:
        return _email(typed)
    except PydanticCustomError:
        number = _dial(typed)
    if number is None:
        raise PydanticCustomError("reached_at", "e-mail or phone")
    return number


class ContactParts(Part):
    """How to reach the citizen, or what to correct about it; null takes a part away."""

    name: Annotated[str, LINE, Length(200)] | None = None
    email: Annotated[str, LINE, Length(500), AfterValidator(_email)] | None = Field(
        default=None, description="One address; a text with one in it will do."
    )
    phone: Annotated[str, LINE, Length(200), AfterValidator(_phone)] | None = Field(
        default=None, description="From another country with its prefix."
    )
    nif: Annotated[str, LINE, Length(100), AfterValidator(_identity)] | None = Field(
        default=None, description="DNI, NIE, NIF, or a document of another country."
    )
    availability: Annotated[str, LINE, Length(200)] | None = Field(
        default=None, description="When to reach the citizen."
    )

    @computed_field  # type: ignore[prop-decorator]
    @property
    def dial(self) -> str | None:
        """The number to dial, of those in `phone`."""
        return _dial(self.phone) if self.phone else None

    def corrected(
        self, contact: Mapping[str, str], emptied: Collection[str] = ()
    ) -> dict[str, str]:
        """These contact data with the corrections stated here, and without the parts `emptied`."""
        stated = {name: getattr(self, name) for name in {*self.model_fields_set, *emptied}}
        merged = {**contact, **stated}
        if "phone" in stated:
            merged["dial"] = self.dial
        return {name: value for name, value in merged.items() if value is not None}


class Contact(ContactParts):
    """How to reach the citizen; an email address or a phone number is needed."""

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
        message = N_("Enter an email address or a phone number.")
        raise about_requests.invalid([FieldError(field, message)])
    return contact
