"""Every body, with values that fit its fields and values that do not."""

import json
import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from suport.domain.language import Language
from suport.http.bodies.citizens import (
    ConfirmationBody,
    ConsentRequest,
    ContactCorrection,
    LostCodeBody,
    MessageBody,
    RatingBody,
)
from suport.http.bodies.operators import (
    NoteBody,
    ReplyBody,
    ResolutionBody,
    SnoozeBody,
    TakeOverBody,
    TransferBody,
    WithdrawalBody,
)
from suport.http.bodies.remote_support import AnswerBody, ControlBody, EndBody, OfferBody
from suport.http.bodies.submission import SubmissionBody
from suport.http.problem import Problem
from tests.support.gateway import read
from tests.support.session_descriptions import ANSWER, OFFER

VALID: dict[type[BaseModel], dict[str, Any]] = {
    SubmissionBody: {
        "category": "payment",
        "description": "En pagar surt un error",
        "error": {"code": "190"},
        "contact": {"email": "xisca@example.org"},
    },
    MessageBody: {"body": "Encara falla"},
    ConsentRequest: {"scope": "view", "action": "withdraw"},
    RatingBody: {"score": 4},
    ContactCorrection: {"contact": {"name": "Xisca"}},
    ConfirmationBody: {"confirmation": "7K3M-9QXA"},
    LostCodeBody: {"reference": "0000-0000-0000", "reached_at": "xisca@example.org"},
    ReplyBody: {"body": "Ja funciona?"},
    NoteBody: {"body": "Ha pagat"},
    TakeOverBody: {"reason": "En Joan és de baixa"},
    TransferBody: {"category": "signature", "reason": "Falla la signatura"},
    SnoozeBody: {"until": "2026-12-09"},
    ResolutionBody: {},
    WithdrawalBody: {"scope": "view"},
    OfferBody: {"n": 1, "sdp": OFFER, "notice_sha256": "0" * 64},
    AnswerBody: {"n": 1, "sdp": ANSWER},
    ControlBody: {"action": "withdraw"},
    EndBody: {},
}
"""The smallest valid content of each body."""


NO_JSON = [
    "1" * 5000,
    "[" * 1000 + "]" * 1000,
    '{"x":' * 1000 + "1" + "}" * 1000,
]
"""Unreadable values; one of them, at any place, makes the whole body unreadable."""


HALVES = ['"\\ud800"', '"\\udfff and more"', '"\\ude00\\ud83d"']
"""Texts with half a character, which JSON can write and UTF-8 cannot."""


VALUES = [
    *("null", "true", "false"),
    *("0", "-1", "3", "1.5", "1e400", "-1e400", "-0.0", "1" + "0" * 30),
    *('""', '" "', '"\\t\\n\\u00a0"', '"0"', '"x"', '"\\u0000"', '"{x} %s \\"\\\\"', '"ca"'),
    json.dumps("x" * 5000),
    *("[]", "[null]", '["x"]', "[" * 100 + "]" * 100),
    *("{}", '{"x": 1}', '{"": {"": {}}}'),
]
"""Values of every type of JSON, as text."""


NAMES = [
    *("", " ", ".", "a.b", "contact.email", ".body", "{x}", "%s", "<b>", "language ", "LANGUAGE"),
    *("__class__", "model_config", "\x00", "\r\n", "\u202e", "\U0001f600", "x" * 5000),
]
"""Fields that no body has; some are hard to name."""


UNEXPLAINED = "{field} is not in a correct format."
"""The message of a rule without its own text."""


ODD = st.lists(
    st.sampled_from(
        [
            *(
                "a",
                "@",
                ".",
                "-",
                "xn--",
                "[",
                "]",
                '"',
                "\\",
                "(",
                ")",
                "/",
                "+34",
                "ext",
                "x",
                "1",
            ),
            *("é", "ß", "\u200d", "\u0301", "٣", "０", "²", "İ", "ſ", "。", "\u202e", "\U0001f600"),
            *("org", "test", "12345678Z", "X1234567L", "B12345678", "127.0.0.1", "IPv6:::1", " "),
        ]
    ),
    max_size=9,
).map("".join)
"""Texts made of pieces with a meaning to a parser."""


@dataclass(frozen=True)
class Place:
    """A field of a body, by the names that lead to it."""

    body: type[BaseModel]
    path: tuple[str, ...]
    field: FieldInfo

    def __str__(self) -> str:
        return f"{self.body.__name__}.{'.'.join(self.path)}"

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def kind(self) -> Any:
        """The type of its value."""
        return kinds(self.field.annotation)[0]

    @property
    def optional(self) -> bool:
        return not self.field.is_required() or self.path == ("language",)

    @property
    def nullable(self) -> bool:
        return type(None) in kinds(self.field.annotation) or self.path == ("language",)

    def with_value(self, value: str) -> bytes:
        """The body with that JSON in this field."""
        return body_with(self.body, self.path, value)


def body_with(body: type[BaseModel], path: tuple[str, ...], value: str) -> bytes:
    """The smallest valid body, with that JSON at that path."""
    content = part = json.loads(json.dumps(VALID[body]))
    for name in path[:-1]:
        part = part.setdefault(name, {})
    part[path[-1]] = "to be replaced"
    return json.dumps(content).replace('"to be replaced"', value).encode()


def kinds(annotation: Any) -> list[Any]:
    """The types that an annotation allows: its own first, then None if it is allowed."""
    if get_origin(annotation) in {Union, types.UnionType}:
        return [kind for part in get_args(annotation) for kind in kinds(part)]
    if hasattr(annotation, "__metadata__"):
        return kinds(get_args(annotation)[0])
    return [annotation]


def places(body: type[BaseModel], part: type[BaseModel], path: tuple[str, ...]) -> Iterator[Place]:
    """The fields of a part of a body, and those of the parts in it."""
    for name, field in part.model_fields.items():
        place = Place(body, (*path, name), field)
        yield place
        if issubclass(place.kind, BaseModel):
            yield from places(body, place.kind, place.path)


PLACES = [place for body in VALID for place in places(body, body, ())]


def fits(place: Place, value: Any) -> bool:
    """Whether the value is of the field's type."""
    if value is None:
        return place.nullable
    if isinstance(value, str) and not value.strip():
        return place.optional  # blank is absent
    if issubclass(place.kind, BaseModel):
        return isinstance(value, dict)
    if place.kind is int:
        return type(value) is int or (isinstance(value, str) and value.isdecimal())
    return isinstance(value, bool if place.kind is bool else str)


def why(place: Place) -> str:
    """The message about a value of a wrong type in that field; `{field}` is for its name."""
    if issubclass(place.kind, BaseModel):
        return "{field} must be an object with named fields."
    if issubclass(place.kind, StrEnum):
        return f"{{field}} must be one of these: {', '.join(place.kind)}."
    return {
        str: "{field} must be text.",
        bool: "{field} must be true or false.",
        int: "Choose a rating from 1 to 5."
        if place.name == "score"
        else "{field} must be a whole number.",
        date: "{field} must be a date like 2026-11-03 or 03-11-2026.",
    }[place.kind]


def refusal(body: type[Any], content: bytes) -> tuple[int, list[tuple[str, str]]] | None:
    """The status, the fields and the messages of the refusal; None if the body is taken."""
    try:
        read(body, content, Language.ENGLISH)
    except Problem as problem:
        told = problem.body(Language.ENGLISH)
        return problem.status, [(each["field"], each["message"]) for each in told["errors"]]
    return None
