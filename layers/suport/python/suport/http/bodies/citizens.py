"""What citizens send: an incident, a message, a rating, a consent."""

import re
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from suport.domain.consent import ConsentAction, Scope
from suport.domain.incident import Category, Charged, Topic
from suport.domain.submission import LONGEST_DESCRIPTION, SHORTEST_DESCRIPTION, Submission
from suport.http.bodies.contact import Contact
from suport.http.bodies.parts import Line, Paragraphs, Part, SpokenPart
from suport.texts import published_notices
from suport.texts.published_notices import Subject


def _published(version: str) -> str:
    """A version of the privacy notice; an older one is what an older page has shown."""
    if version not in published_notices.published(Subject.PRIVACY):
        raise PydanticCustomError("unpublished", "unpublished")
    return version


def _number(value: object) -> object:
    """A form sends a number as its digits."""
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value) else value


class ErrorSeen(Part):
    """The error that the citizen saw: its code, its message, or both."""

    code: Annotated[Line, Field(max_length=100)] | None = None
    message: Annotated[Paragraphs, Field(max_length=1000)] | None = None


class ProcedureStated(Part):
    """The procedure in which the citizen got stuck."""

    code: Annotated[Line, Field(max_length=100)] | None = None
    name: Annotated[Line, Field(max_length=300)] | None = None


class Context(Part):
    """Where and with what the citizen got stuck: an operator would otherwise have to ask."""

    step: Annotated[Line, Field(max_length=300)] | None = None
    browser: Annotated[Line, Field(max_length=200)] | None = None
    charged: Charged | None = None


class SubmissionBody(SpokenPart):
    """An incident as the citizen submits it: of a category, or with a topic, or both."""

    topic: Topic | None = None
    category: Category | None = Field(default=None, validate_default=True)
    description: Annotated[
        Paragraphs, Field(min_length=SHORTEST_DESCRIPTION, max_length=LONGEST_DESCRIPTION)
    ]
    error: ErrorSeen | None = Field(default=None, validate_default=True)
    procedure: ProcedureStated | None = None
    contact: Contact
    privacy_notice: Annotated[str, AfterValidator(_published)] | None = None
    context: Context | None = None

    @field_validator("category")
    @classmethod
    def _kind_stated(cls, category: Category | None, info: ValidationInfo) -> Category | None:
        if category is None and not info.data.get("topic"):
            raise PydanticCustomError("missing", "missing")
        return category

    @field_validator("error")
    @classmethod
    def _payment_needs_the_error(
        cls, error: ErrorSeen | None, info: ValidationInfo
    ) -> ErrorSeen | None:
        nothing_seen = error is None or error == ErrorSeen()
        is_payment = info.data.get("category") is Category.PAYMENT and not info.data.get("topic")
        if nothing_seen and is_payment:
            raise PydanticCustomError("no_payment_error", "no payment error")
        return None if nothing_seen else error

    @field_validator("context")
    @classmethod
    def _something_stated(cls, context: Context | None) -> Context | None:
        return None if context == Context() else context

    def submission(self, other_matters_team: Category = Category.FUNCTIONAL) -> Submission:
        """What the citizen submits, without the empty parts.

        other_matters_team: gets an incident with a topic that states no category.
        """
        content = self.model_dump(mode="json", exclude_none=True)
        category = self.category or other_matters_team
        return Submission(
            **content | {"category": category, "language": self.language, "topic": self.topic}
        )


class MessageBody(Part):
    """A message that the citizen adds to an incident."""

    body: Annotated[Paragraphs, Field(max_length=LONGEST_DESCRIPTION)]


class RatingBody(Part):
    """How the citizen rates the help with a resolved incident."""

    score: Annotated[int, BeforeValidator(_number), Field(ge=1, le=5)]
    comment: Annotated[Paragraphs, Field(max_length=500)] | None = None


class ConsentRequest(SpokenPart):
    """What the citizen agrees to or takes back; a withdrawal need not name a notice."""

    scope: Scope
    action: ConsentAction
    notice_sha256: Annotated[Line, Field(max_length=64)] | None = None

    @model_validator(mode="after")
    def _granted_on_a_notice(self) -> Self:
        if self.action is ConsentAction.GRANT and self.notice_sha256 is None:
            raise PydanticCustomError("no_notice", "no notice")
        return self
