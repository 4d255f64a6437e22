"""What all bodies have in common: strict parts, and texts without what nobody sees in them."""

from collections.abc import Callable

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from suport.domain import typed_text
from suport.domain.language import Language
from suport.http.text_length import wrong_length


def _mended(mend: Callable[[str], str]) -> Callable[[object], object]:
    def mended(value: object) -> object:
        if not isinstance(value, str):
            return value
        if "\0" in value:
            raise PydanticCustomError("control_character", "control character")
        return mend(value)

    return mended


LINE = BeforeValidator(_mended(typed_text.line))
PARAGRAPHS = BeforeValidator(_mended(typed_text.paragraphs))
"""What becomes of the text of a field of one line, and of several lines, as somebody typed it."""


def length(most: int, least: int = 0) -> AfterValidator:
    """Refuses a text that is longer or shorter than so many characters, as a person counts them."""

    def checked(value: str) -> str:
        if told := wrong_length(value, most, least):
            raise PydanticCustomError("length", "length", {"told": told})
        return value

    return AfterValidator(checked)


def is_blank(value: object) -> bool:
    """Whether a field's value is a text without anything visible: the field counts as absent."""
    return isinstance(value, str) and typed_text.is_blank(value)


class Part(BaseModel):
    """A JSON object with these fields and no others; a blank field counts as absent."""

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
        return {name: value for name, value in fields.items() if not is_blank(value)}


class SpokenPart(Part):
    """A body that may state its language; without one, the browser's is used."""

    language: Language

    @model_validator(mode="before")
    @classmethod
    def _else_the_browsers_language(cls, fields: object, info: ValidationInfo) -> object:
        assert info.context
        if not isinstance(fields, dict):
            return fields
        stated = fields.get("language")
        return fields | info.context if stated is None or is_blank(stated) else fields
