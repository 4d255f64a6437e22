"""Examples of answers, made of the examples of their members. A test holds each to its model."""

from collections.abc import Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def example_of(model: Any, differing: Mapping[str, Any] | None = None) -> Any:
    """An example of a model, or of what else an answer holds; some members may differ."""
    if isinstance(model, Mapping):
        return dict(differing or {})
    return _value(model) | dict(differing or {}) if differing else _value(model)


def _value(kind: Any) -> Any:  # noqa: PLR0911  one for each kind of type
    if isinstance(kind, TypeAliasType):
        return _value(kind.__value__)
    if get_origin(kind) is Annotated:
        base, *told = get_args(kind)
        shown = [each.examples for each in told if isinstance(each, FieldInfo) and each.examples]
        return shown[-1][0] if shown else _value(base)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        first = arguments[0]
        return first.value if isinstance(first, Enum) else first
    if origin in (Union, UnionType):
        return None if NoneType in arguments else _value(arguments[0])
    if origin is list:
        return [] if get_origin(arguments[0]) is Annotated else [_value(arguments[0])]
    if origin is dict:
        return {}
    if issubclass(kind, BaseModel):
        return _members(kind)
    if issubclass(kind, Enum):
        return next(iter(kind)).value
    return {str: "…", int: 1, float: 1.0, bool: False}[kind]


def _members(model: type[BaseModel]) -> dict[str, Any]:
    told = {}
    for name, field in model.model_fields.items():
        if field.examples:
            told[field.alias or name] = field.examples[0]
        elif field.is_required():
            told[field.alias or name] = _value(field.annotation)
    return told
