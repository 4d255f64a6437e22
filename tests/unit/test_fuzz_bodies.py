"""Every field of every body, given every type of JSON: what does not fit is named, and why.

The cases are derived from the models, so that a new field or body is among them.
"""

import json
import types
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from suport.domain.language import Language
from suport.http.bodies import citizens, operators, reading
from suport.http.bodies.citizens import ConsentRequest, MessageBody, RatingBody, SubmissionBody
from suport.http.bodies.operators import (
    NoteBody,
    ReplyBody,
    ResolutionBody,
    TransferBody,
    WithdrawalBody,
)
from suport.http.bodies.parts import Part, SpokenPart
from suport.http.problem import Problem
from suport.texts import notice
from suport.texts.message import N_
from suport.texts.notice import Subject
from tests.support.gateway import read

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
    ReplyBody: {"body": "Ja funciona?"},
    NoteBody: {"body": "Ha pagat"},
    TransferBody: {"category": "signature", "reason": "Falla la signatura"},
    ResolutionBody: {},
    WithdrawalBody: {"scope": "view"},
}
"""The least that each body needs."""

NO_JSON = [
    '"\\ud800"',  # half of a character
    '"\\udfff and more"',
    "1" * 5000,
    "[" * 1000 + "]" * 1000,
    '{"x":' * 1000 + "1" + "}" * 1000,
]
"""What cannot be read, wherever it is: the whole body is unreadable."""

VALUES = [
    *("null", "true", "false"),
    *("0", "-1", "3", "1.5", "1e400", "-1e400", "-0.0", "1" + "0" * 30),
    *('""', '" "', '"\\t\\n\\u00a0"', '"0"', '"x"', '"\\u0000"', '"{x} %s \\"\\\\"', '"ca"'),
    json.dumps("x" * 5000),
    *("[]", "[null]", '["x"]', "[" * 100 + "]" * 100),
    *("{}", '{"x": 1}', '{"": {"": {}}}'),
]
"""Every type of JSON, as it is written."""

NAMES = [
    *("", " ", ".", "a.b", "contact.email", ".body", "{x}", "%s", "<b>", "language ", "LANGUAGE"),
    *("__class__", "model_config", "\x00", "\r\n", "\u202e", "\U0001f600", "x" * 5000),
]
"""Fields that no body has, and some are hard to name."""


UNEXPLAINED = "This is not allowed here."
"""What is said where no message is meant for the rule."""

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
"""Texts of pieces to which a parser may attach a meaning."""


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
        """The type that its value has to have, where there is one."""
        return kinds(self.field.annotation)[0]

    @property
    def optional(self) -> bool:
        return not self.field.is_required() or self.path == ("language",)

    @property
    def nullable(self) -> bool:
        return type(None) in kinds(self.field.annotation) or self.path == ("language",)

    def with_value(self, value: str) -> bytes:
        """The body with that JSON there."""
        return body_with(self.body, self.path, value)


def body_with(body: type[BaseModel], path: tuple[str, ...], value: str) -> bytes:
    """The least that the body needs, with that JSON at that path."""
    content = part = json.loads(json.dumps(VALID[body]))
    for name in path[:-1]:
        part = part.setdefault(name, {})
    part[path[-1]] = "to be replaced"
    return json.dumps(content).replace('"to be replaced"', value).encode()


def kinds(annotation: Any) -> list[Any]:
    """The types that an annotation allows: its own first, None if that will do."""
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
    """Whether that is of the type that the field has."""
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
    """What is said of a value of a wrong type there."""
    if issubclass(place.kind, BaseModel):
        return "This must be an object with named fields."
    if issubclass(place.kind, StrEnum):
        return f"Choose one of these: {', '.join(place.kind)}."
    return {
        str: "This must be text.",
        bool: "This must be true or false.",
        int: "Choose a number from 1 to 5.",
    }[place.kind]


def refusal(body: type[Any], content: bytes) -> tuple[int, list[tuple[str, str]]] | None:
    """Status, fields and messages with which the body is refused, if it is."""
    try:
        read(body, content, Language.ENGLISH)
    except Problem as problem:
        told = problem.body(Language.ENGLISH)
        return problem.status, [(each["field"], each["message"]) for each in told["errors"]]
    return None


def test_every_body_is_among_them() -> None:
    models = {
        each
        for module in (citizens, operators)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseModel) and each.__name__[0] != "_"
    }
    assert models - {place.kind for place in PLACES} == {Part, SpokenPart, *VALID}
    for body, content in VALID.items():
        assert refusal(body, json.dumps(content).encode()) is None


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_value_of_a_wrong_type_is_refused_by_the_name_of_its_field(place: Place) -> None:
    for value in VALUES:
        given = json.loads(value)
        refused = refusal(place.body, place.with_value(value))
        if not fits(place, given):
            message = why(place)
            if isinstance(given, str) and not given.strip():
                message = reading._MISSING.get(place.name, N_("This is needed.")).text
            assert refused == (422, [(place.name, message)]), value
        elif refused:  # by a rule about the field, or one in it
            status, errors = refused
            assert status == 422
            assert all(f"{name}.".startswith(f"{place.name}.") for name, _ in errors), value
            assert UNEXPLAINED not in {message for _, message in errors}, value


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_what_is_no_json_makes_the_whole_body_unreadable(place: Place) -> None:
    for value in NO_JSON:
        refused = refusal(place.body, place.with_value(value))
        assert refused == (400, [("body", "This must be JSON in UTF-8.")])


@pytest.mark.parametrize("body", VALID)
def test_a_body_that_is_no_object_is_refused_as_a_whole(body: type[BaseModel]) -> None:
    for value in VALUES:
        if not value.startswith("{"):
            expected = [("body", "This must be an object with named fields.")]
            assert refusal(body, value.encode()) == (422, expected)
    unreadable = [b"", b" ", b"{", b"{}{}", b"\xff", b"\xef\xbb\xbf{}", b"\x00", b"{'body': 1}"]
    for content in [*unreadable, *(value.encode() for value in NO_JSON)]:
        assert refusal(body, content) == (400, [("body", "This must be JSON in UTF-8.")])


@pytest.mark.parametrize(
    ("body", "within"),
    [
        *((body, ()) for body in VALID),
        *((place.body, place.path) for place in PLACES if issubclass(place.kind, BaseModel)),
    ],
)
def test_a_field_that_does_not_exist_is_refused_by_its_name(
    body: type[BaseModel], within: tuple[str, ...]
) -> None:
    for name in NAMES:
        for value in ("1", '"x"', "null", "{}"):
            content = json.loads(json.dumps(VALID[body]))
            part = content
            for each in within:
                part = part.setdefault(each, {})
            part[name] = json.loads(value)
            named = ".".join([*within, name[:100] or '""'])
            refused = refusal(body, json.dumps(content).encode())
            assert refused == (422, [(named, "This field does not exist.")])


def test_no_more_fields_are_named_than_somebody_reads() -> None:
    content = VALID[NoteBody] | {f"{number:05}": number for number in range(10_000)}
    refused = refusal(NoteBody, json.dumps(content).encode())
    assert refused
    assert [name for name, _ in refused[1]] == [f"{number:05}" for number in range(20)]


def test_a_rule_without_words_of_its_own_is_refused_all_the_same() -> None:
    error = ErrorDetails(type="brand_new", loc=("contact", "email"), msg="", input="")
    told = reading._field_error(error)
    assert (told.field, told.message.text) == ("contact.email", UNEXPLAINED)


@pytest.mark.parametrize("language", [None, "", " ", "\n"])
def test_a_language_that_is_null_or_blank_is_the_browsers(language: str | None) -> None:
    for body in (SubmissionBody, ConsentRequest):
        content = json.dumps(VALID[body] | {"language": language}).encode()
        assert read(body, content, Language.GERMAN).language is Language.GERMAN
    stated = json.dumps(VALID[SubmissionBody] | {"language": "es"}).encode()
    assert read(SubmissionBody, stated, Language.GERMAN).language is Language.SPANISH


@given(st.sampled_from(["email", "phone", "nif"]), st.text(max_size=60) | ODD)
def test_contact_data_is_taken_or_refused_by_name_whatever_it_is(name: str, typed: str) -> None:
    contact = {"email": "xisca@example.org"} | {name: typed}
    content = VALID[SubmissionBody] | {"contact": contact}
    refused = refusal(SubmissionBody, json.dumps(content).encode())
    assert refused is None or refused[1][0][0] in {f"contact.{name}", "contact.email"}


def with_notice(version: str, language: str = "en") -> bytes:
    return json.dumps(
        VALID[SubmissionBody] | {"privacy_notice": version, "language": language}
    ).encode()


@pytest.mark.parametrize(
    "version",
    ["2020-01-01", "not a version", "2026-11-23x", ".", "..", "/", "ca", "\x00", "x" * 5000],
)
@pytest.mark.parametrize("language", Language)
def test_a_privacy_notice_that_was_never_published_is_refused_with_the_current_one(
    version: str, language: Language
) -> None:
    current = notice.current(Subject.PRIVACY, language).version
    message = f"This privacy notice was never published. The current version is {current}."
    refused = refusal(SubmissionBody, with_notice(version, language))
    assert refused == (422, [("privacy_notice", message)])


def test_a_privacy_notice_of_today_or_of_former_days_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = notice.CURRENT_VERSIONS[Subject.PRIVACY]
    assert refusal(SubmissionBody, with_notice(current)) is None
    assert refusal(SubmissionBody, with_notice(f" {current} ")) is None
    (tmp_path / Subject.PRIVACY / current).mkdir(parents=True)
    (tmp_path / Subject.PRIVACY / "2025-03-02").mkdir()
    (tmp_path / Subject.PRIVACY / "README.txt").touch()
    (tmp_path / Subject.COOKIES / "2024-05-06").mkdir(parents=True)
    monkeypatch.setattr(notice, "_NOTICES", tmp_path)
    notice.published.cache_clear()
    try:
        assert read(SubmissionBody, with_notice("2025-03-02"), Language.ENGLISH).privacy_notice
        for version in ("README.txt", "2024-05-06"):
            assert refusal(SubmissionBody, with_notice(version))
    finally:
        notice.published.cache_clear()


def test_the_current_version_of_every_notice_is_published() -> None:
    for subject, version in notice.CURRENT_VERSIONS.items():
        assert version in notice.published(subject)
