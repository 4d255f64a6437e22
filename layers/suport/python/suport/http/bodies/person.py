"""A person as an operator looks for them: by NIF, e-mail address or phone number."""

import re
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from suport.domain import typed_text
from suport.domain.search_terms import PersonFact, normalised
from suport.http.bodies.parts import LINE, Length, Part

_SHORTEST_DOCUMENT = 5  # characters
_IN_ONE = re.compile(r"(?!TE?L|TF)(?=\w*[A-Z])[A-Z]{0,3}\d[\dA-Z]*")
"""An identity number that is written in one word, whatever its country."""


def person_in(typed: str) -> tuple[PersonFact, str]:
    """What the text names a person by, normalised.

    Raises
    ------
    PydanticCustomError
        `person_nif` if the letter of a DNI, NIE or NIF does not belong to its number, `person` if
        there is nothing in the text that names anybody.
    """
    if "@" in typed:
        return PersonFact.EMAIL, normalised(PersonFact.EMAIL, _address(typed))
    document, is_right = _document(typed)
    is_document = document != typed or _IN_ONE.fullmatch(typed_text.bare(typed).upper())
    number = "" if is_right and is_document else _number(typed)
    if number:
        return PersonFact.PHONE, number
    if not is_right:
        raise PydanticCustomError("person_nif", "NIF")
    written = normalised(PersonFact.NIF, document)
    if len(written) < _SHORTEST_DOCUMENT:
        raise PydanticCustomError("person", "person")
    return PersonFact.NIF, written


def _address(typed: str) -> str:
    from suport.http.bodies.email_address import the_address  # noqa: PLC0415  only where given

    return the_address(typed)


def _number(typed: str) -> str:
    """The first number to dial; empty if there is none."""
    from suport.http.bodies.phone import dialable  # noqa: PLC0415  as above

    return normalised(PersonFact.PHONE, dialable(typed) or "")


def _document(typed: str) -> tuple[str, bool]:
    """The identity number as it is kept, and whether its letter belongs to it."""
    from suport.http.bodies.identity_number import identity_number  # noqa: PLC0415  as above

    try:
        return identity_number(typed), True
    except PydanticCustomError:
        return typed, False


def _named(typed: str) -> str:
    person_in(typed)
    return typed


class PersonBody(Part):
    """Whose incidents an operator looks for."""

    person: Annotated[str, LINE, Length(500), AfterValidator(_named)]

    @property
    def fact(self) -> tuple[PersonFact, str]:
        """By what the person is looked for, normalised."""
        return person_in(self.person)
