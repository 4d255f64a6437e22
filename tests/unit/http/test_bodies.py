"""Every field of every body, with every type of JSON: a wrong one is refused by name, with why.

The cases come from the models: a new field or body is automatically among them.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic_core import ErrorDetails

from suport.domain.language import Language
from suport.http.bodies import citizens, field_messages, operators, remote_support, submission
from suport.http.bodies.citizens import ConsentRequest
from suport.http.bodies.operators import (
    NoteBody,
)
from suport.http.bodies.parts import Part, SpokenPart
from suport.http.bodies.reading import read_fields
from suport.http.bodies.submission import SubmissionBody
from suport.http.problem import FieldError, Problem
from suport.texts import published_notices
from suport.texts.field_names import FIELD_NAMES
from suport.texts.message import N_, Message
from suport.texts.published_notices import Subject
from tests.support.bodies import (
    HALVES,
    NAMES,
    NO_JSON,
    ODD,
    PLACES,
    UNEXPLAINED,
    VALID,
    VALUES,
    Place,
    fits,
    refusal,
    why,
)
from tests.support.gateway import read


def test_these_tests_cover_every_body() -> None:
    models = {
        each
        for module in (citizens, operators, remote_support, submission)
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseModel) and each.__name__[0] != "_"
    }
    assert models - {place.kind for place in PLACES} == {Part, SpokenPart, *VALID}
    for body, content in VALID.items():
        assert refusal(body, json.dumps(content).encode()) is None


def named(field: str, message: str) -> str:
    """The message with the name of that field in English."""
    return FieldError(field, Message(message)).message.in_(Language.ENGLISH)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_value_of_a_wrong_type_is_refused_with_the_name_of_its_field(place: Place) -> None:
    for value in VALUES:
        given = json.loads(value)
        refused = refusal(place.body, place.with_value(value))
        if not fits(place, given):
            message = why(place)
            if isinstance(given, str) and not given.strip():
                message = field_messages._MISSING.get(place.name, N_("{field} is missing.")).text
            assert refused == (422, [(place.name, named(place.name, message))]), value
        elif refused:  # by a rule about the field, or one in it
            status, errors = refused
            assert status == 422
            assert all(f"{name}.".startswith(f"{place.name}.") for name, _ in errors), value
            assert not any(UNEXPLAINED[8:] in message for _, message in errors), value


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_body_that_is_not_json_is_unreadable_as_a_whole(place: Place) -> None:
    for value in NO_JSON:
        refused = refusal(place.body, place.with_value(value))
        assert refused == (400, [("body", "The body must be JSON in UTF-8.")])


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_half_a_character_is_refused_with_the_name_of_its_field(place: Place) -> None:
    for value in HALVES:
        message = named(place.name, "{field} contains a character that cannot be used.")
        assert refusal(place.body, place.with_value(value)) == (422, [(place.name, message)])


@pytest.mark.parametrize("body", VALID)
def test_a_body_that_is_not_an_object_is_refused_as_a_whole(body: type[BaseModel]) -> None:
    for value in VALUES:
        if not value.startswith("{"):
            expected = [("body", "body must be an object with named fields.")]
            assert refusal(body, value.encode()) == (422, expected)
    unreadable = [
        b"",
        b" ",
        b"{",
        b"{}{}",
        b"\xff",
        b"\xef\xbb{}",
        b"\x00",
        *map(str.encode, HALVES),
        b"{'body': 1}",
    ]
    for content in [*unreadable, *(value.encode() for value in NO_JSON)]:
        assert refusal(body, content) == (400, [("body", "The body must be JSON in UTF-8.")])


@pytest.mark.parametrize(
    ("body", "within"),
    [
        *((body, ()) for body in VALID),
        *((place.body, place.path) for place in PLACES if issubclass(place.kind, BaseModel)),
    ],
)
def test_a_field_that_does_not_exist_is_refused_with_its_name(
    body: type[BaseModel], within: tuple[str, ...]
) -> None:
    for name in NAMES:
        for value in ("1", '"x"', "null", "{}"):
            content = json.loads(json.dumps(VALID[body]))
            part = content
            for each in within:
                part = part.setdefault(each, {})
            part[name] = json.loads(value)
            path = ".".join([*within, name[:100] or '""'])
            refused = refusal(body, json.dumps(content).encode())
            assert refused == (422, [(path, f"There is no field {path}.")])


def test_the_refusal_names_no_more_fields_than_somebody_reads() -> None:
    content = VALID[NoteBody] | {f"{number:05}": number for number in range(10_000)}
    refused = refusal(NoteBody, json.dumps(content).encode())
    assert refused
    assert [name for name, _ in refused[1]] == [f"{number:05}" for number in range(20)]


def test_a_value_that_breaks_a_rule_without_a_text_is_refused_all_the_same() -> None:
    error = ErrorDetails(type="brand_new", loc=("contact", "email"), msg="", input="")
    told = field_messages.field_error(error)
    assert (told.field, told.message.text) == ("contact.email", UNEXPLAINED)


@pytest.mark.parametrize("language", list(Language))
def test_an_error_that_any_field_can_have_names_its_field_in_each_language(
    language: Language,
) -> None:
    for field in ("description", "contact.nif", "context.step"):
        with pytest.raises(Problem) as refused:
            read_fields(SubmissionBody, {"description": "x" * 20, field: "\0"}, language)
        (message,) = (each.message for each in refused.value.errors if each.field == field)
        assert message.in_(language).startswith(FIELD_NAMES[field].in_(language))


@pytest.mark.parametrize("language", [None, "", " ", "\n"])
def test_the_browsers_language_replaces_a_null_or_blank_one(language: str | None) -> None:
    for body in (SubmissionBody, ConsentRequest):
        content = json.dumps(VALID[body] | {"language": language}).encode()
        assert read(body, content, Language.GERMAN).language is Language.GERMAN
    stated = json.dumps(VALID[SubmissionBody] | {"language": "es"}).encode()
    assert read(SubmissionBody, stated, Language.GERMAN).language is Language.SPANISH


@given(st.sampled_from(["email", "phone", "nif"]), st.text(max_size=60) | ODD)
def test_any_contact_data_is_taken_or_refused_with_its_name(name: str, typed: str) -> None:
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
    current = published_notices.current(Subject.PRIVACY, language).version
    message = f"This privacy notice was never published. The current version is {current}."
    refused = refusal(SubmissionBody, with_notice(version, language))
    assert refused == (422, [("privacy_notice", message)])


def test_a_present_or_former_privacy_notice_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = published_notices.CURRENT_VERSIONS[Subject.PRIVACY]
    assert refusal(SubmissionBody, with_notice(current)) is None
    assert refusal(SubmissionBody, with_notice(f" {current} ")) is None
    (tmp_path / Subject.PRIVACY / current).mkdir(parents=True)
    (tmp_path / Subject.PRIVACY / "2025-03-02").mkdir()
    (tmp_path / Subject.PRIVACY / "README.txt").touch()
    (tmp_path / Subject.COOKIES / "2024-05-06").mkdir(parents=True)
    monkeypatch.setattr(published_notices, "_NOTICES", tmp_path)
    published_notices.published.cache_clear()
    try:
        assert read(SubmissionBody, with_notice("2025-03-02"), Language.ENGLISH).privacy_notice
        for version in ("README.txt", "2024-05-06"):
            assert refusal(SubmissionBody, with_notice(version))
    finally:
        published_notices.published.cache_clear()


def test_the_current_version_of_every_notice_is_published() -> None:
    for subject, version in published_notices.CURRENT_VERSIONS.items():
        assert version in published_notices.published(subject)
