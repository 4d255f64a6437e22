"""What all bodies have in common: strict parts, and texts without what nobody sees in them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

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


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value) else value


DIGITS = BeforeValidator(_number)
"""A number, which a form sends as its digits."""

Pasted = Annotated[
    str, StringConstraints(strip_whitespace=False), BeforeValidator(_mended(typed_text.pasted))
]
"""The message of an error, with the spaces that stand in it."""


@dataclass(frozen=True, slots=True)
class Length:
    """Refuses a text that is longer or shorter than so many characters, as a person counts them.

    The schema's `maxLength` counts code points, which are never fewer: what fits it is accepted.
    """

    most: int
    least: int = 0

    def __get_pydantic_core_schema__(
        self, kind: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """The text's own schema, and then the check."""
        return core_schema.no_info_after_validator_function(self._checked, handler(kind))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """What JSON Schema can say of it."""
        least = {"minLength": self.least} if self.least else {}
        return handler(schema) | least | {"maxLength": self.most}

    def _checked(self, value: str) -> str:
        if told := wrong_length(value, self.most, self.least):
            raise PydanticCustomError("length", "length", {"told": told})
        return value


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
        defer_build=True,  # a function reads few of the bodies that it imports
    )

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, fields: object) -> object:
        if not isinstance(fields, dict):
            return fields
        return {name: value for name, value in fields.items() if not is_blank(value)}


def _with_optional_language(schema: dict[str, Any]) -> None:
    """The sender may leave it out or send null, unlike the model."""
    schema["required"].remove("language")
    schema["properties"]["language"] = {
        "anyOf": [schema["properties"]["language"], {"type": "null"}]
    }


class SpokenPart(Part):
    """A body that may state its language; without one, or with null, the browser's is used."""

    language: Language

    model_config = ConfigDict(json_schema_extra=_with_optional_language)

    @model_validator(mode="before")
    @classmethod
    def _else_the_browsers_language(cls, fields: object, info: ValidationInfo) -> object:
        assert info.context
        if not isinstance(fields, dict):
            return fields
        stated = fields.get("language")
        return fields | info.context if stated is None or is_blank(stated) else fields
