"""An incident as it is submitted, by its citizen or by an operator on the phone."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from suport.domain import typed_text
from suport.domain.category import Category
from suport.domain.incident import Charged, Topic
from suport.domain.submission import (
    LONGEST_DESCRIPTION,
    LONGEST_ERROR,
    SHORTEST_DESCRIPTION,
    Submission,
)
from suport.http.bodies.contact import Contact
from suport.http.bodies.parts import LINE, PARAGRAPHS, Length, Part, Pasted, SpokenPart
from suport.http.text_length import wrong_length
from suport.texts import published_notices
from suport.texts.published_notices import Subject

_LONGEST_CODE = 100  # characters


def _published(version: str) -> str:
    """A version of the privacy notice; an older one is what an older page has shown."""
    if version not in published_notices.published(Subject.PRIVACY):
        raise PydanticCustomError("unpublished", "unpublished")
    return version


class ErrorSeen(Part):
    """The error that the citizen saw: its code, its message, or both."""

    code: Annotated[str, LINE, Length(_LONGEST_CODE)] | None = None
    message: Annotated[Pasted, Length(LONGEST_ERROR)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _message_for_code(cls, fields: object) -> object:
        """Takes for the message, or its beginning, what is too long for a code.

        If that makes the message too long, the code is refused.
        """
        if not isinstance(fields, dict) or not isinstance(code := fields.get("code"), str):
            return fields
        message = fields.get("message") or ""
        if not wrong_length(typed_text.line(code), _LONGEST_CODE) or not isinstance(message, str):
            return fields
        repeated = typed_text.line(code) in typed_text.line(message)
        whole = message if repeated else f"{code}\n\n{message}"
        if wrong_length(typed_text.pasted(whole), LONGEST_ERROR) or "\0" in code:
            return fields
        return {**fields, "code": None, "message": whole}


class ProcedureStated(Part):
    """The procedure in which the citizen got stuck."""

    code: Annotated[str, LINE, Length(100)] | None = None
    name: Annotated[str, LINE, Length(300)] | None = None


class Context(Part):
    """Where and with what the citizen got stuck: an operator would otherwise have to ask."""

    step: Annotated[str, LINE, Length(300)] | None = Field(
        default=None, description="The page or the step of the procedure."
    )
    browser: Annotated[str, LINE, Length(200)] | None = None
    charged: Charged | None = Field(default=None, description="Whether the money was taken.")


class SubmissionBody(SpokenPart):
    """An incident as the citizen submits it: of a category, or with a topic, or both."""

    topic: Topic | None = Field(default=None, description="For what is no problem of a procedure.")
    category: Category | None = Field(
        default=None,
        validate_default=True,
        description="The kind of problem. It is needed unless there is a topic.",
    )
    description: Annotated[str, PARAGRAPHS, Length(LONGEST_DESCRIPTION, SHORTEST_DESCRIPTION)]
    error: ErrorSeen | None = Field(
        default=None,
        validate_default=True,
        description="What the citizen saw: its code or its message. A payment problem needs it.",
    )
    procedure: ProcedureStated | None = None
    contact: Contact
    privacy_notice: Annotated[str, AfterValidator(_published)] | None = Field(
        default=None, description="The version of the notice that the citizen was shown."
    )
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

    def content(self) -> dict[str, Any]:
        """What is recorded of it, without the empty parts, in the shape of the JSON."""
        return self.model_dump(mode="json", exclude_none=True)

    def submission(self, other_matters_team: Category = Category.FUNCTIONAL) -> Submission:
        """What the citizen submits, without the empty parts.

        other_matters_team: gets an incident with a topic that states no category.
        """
        content = self.content()
        category = self.category or other_matters_team
        return Submission(
            **content | {"category": category, "language": self.language, "topic": self.topic}
        )
