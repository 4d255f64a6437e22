"""What all bodies have in common: strict parts, and texts without control characters."""

import unicodedata
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from suport.domain.language import Language


def _one_newline(value: object) -> object:
    """Makes each line break one character; a browser's form sends two."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _lines(value: str) -> str:
    return _without_control_characters(value, allowed="\n\t")


def _line(value: str) -> str:
    return _without_control_characters(value, allowed="")


def _without_control_characters(value: str, allowed: str) -> str:
    if any(unicodedata.category(each) == "Cc" and each not in allowed for each in value):
        raise PydanticCustomError("control_character", "control character")
    return value


Line = Annotated[str, AfterValidator(_line)]
Paragraphs = Annotated[str, BeforeValidator(_one_newline), AfterValidator(_lines)]


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
        return {
            name: value
            for name, value in fields.items()
            if not (isinstance(value, str) and not value.strip())
        }


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
        blank = stated is None or (isinstance(stated, str) and not stated.strip())
        return fields | info.context if blank else fields
