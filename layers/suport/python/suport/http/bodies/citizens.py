"""What citizens send about their incident: a message, a rating, a consent, corrections."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from suport.domain.consent import ConsentAction, Scope
from suport.domain.reference import MisreadReference, parse_reference
from suport.domain.submission import LONGEST_DESCRIPTION
from suport.http.bodies.contact import ContactParts, reached_at
from suport.http.bodies.parts import DIGITS, LINE, PARAGRAPHS, Length, Part, SpokenPart


def _reference(value: str) -> str:
    try:
        return parse_reference(value)
    except MisreadReference:
        raise PydanticCustomError("misread_reference", "misread reference") from None


class MessageBody(Part):
    """A message that the citizen adds to an incident."""

    body: Annotated[str, PARAGRAPHS, Length(LONGEST_DESCRIPTION)]


class ContactCorrection(Part):
    """The form in which a citizen corrects the contact data; an empty field changes nothing."""

    contact: ContactParts


class ConfirmationBody(Part):
    """The code that confirms another email address, from the mail to the present one."""

    confirmation: Annotated[str, LINE, Length(200)]


class LostCodeBody(Part):
    """Whose access code is lost: a reference, and an email address or phone number of it."""

    reference: Annotated[str, LINE, AfterValidator(_reference)]
    reached_at: Annotated[str, LINE, Length(500), AfterValidator(reached_at)]


class RatingBody(Part):
    """How the citizen rates the help with a resolved incident."""

    score: Annotated[int, DIGITS, Field(ge=1, le=5)]
    comment: Annotated[str, PARAGRAPHS, Length(500)] | None = None


class ConsentRequest(SpokenPart):
    """What the citizen agrees to or takes back; a withdrawal need not name a notice."""

    scope: Scope
    action: ConsentAction
    notice_sha256: Annotated[str, LINE, Length(64)] | None = Field(
        default=None, description="Of the notice that was shown. A grant needs it."
    )

    @model_validator(mode="after")
    def _granted_on_a_notice(self) -> Self:
        if self.action is ConsentAction.GRANT and self.notice_sha256 is None:
            raise PydanticCustomError("no_notice", "no notice")
        return self
