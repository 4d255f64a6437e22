"""The published schema of the queue's messages describes exactly what the service sends."""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from desk.queue.message import understood
from suport.domain.attachment import AddedFile, MediaType, State
from suport.domain.category import Category
from suport.domain.incident import Incident, Reason, Status, Topic
from suport.domain.language import Language
from suport.domain.reference import reference_for
from suport.domain.retention import expires_at
from suport.views.queue_message import SCHEMA, queue_message
from tests.support.desk import former_message, message

FILE = Path(__file__).parents[2] / "docs/suport.incident-2.schema.json"
PUBLISHED: dict[str, Any] = json.loads(FILE.read_text())
THEN = datetime(2026, 8, 31, 10, 0, 0, 250_000, tzinfo=UTC)


def closed(schema: Any) -> Any:
    """The schema, allowing only what it names."""
    if isinstance(schema, bool):
        return schema
    schema = deepcopy(schema)
    schema |= {"additionalProperties": False} if "properties" in schema else {}
    for name, part in schema.get("properties", {}).items():
        schema["properties"][name] = closed(part)
    if "items" in schema:
        schema["items"] = closed(schema["items"])
    return schema


VALIDATOR = Draft202012Validator(closed(PUBLISHED), format_checker=FormatChecker())

moments = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  naive bounds
stated = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
files = st.builds(
    AddedFile,
    type=st.sampled_from(MediaType),
    bytes=st.integers(0, 10_000_000),
    state=st.sampled_from(State),
    version=st.just("etag"),
    added_at=moments,
    expires_at=st.just(0),
)
incidents: st.SearchStrategy[Incident] = st.builds(
    Incident,
    reference=st.integers(0).map(lambda number: reference_for(b"secret", f"key {number}")),
    category=st.sampled_from(Category),
    status=st.sampled_from(Status),
    language=st.sampled_from(Language),
    submitted_at=moments,
    expires_at=moments.map(expires_at),
    last_entry=st.just("01K3ZB2E40AAAAAAAAAAAAAAAA"),
    description=stated,
    route_reason=st.sampled_from(Reason),
    error=st.fixed_dictionaries({}, optional={"code": stated, "message": stated}),
    procedure=st.fixed_dictionaries({}, optional={"code": stated, "name": stated}),
    files=st.dictionaries(st.text("abc123", min_size=1), files, max_size=3),
    topic=st.none() | st.sampled_from(Topic),
)


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(PUBLISHED)
    assert PUBLISHED["properties"]["schema"] == {"const": SCHEMA}


@given(incidents, moments)
def test_every_message_fits_the_schema_and_has_nothing_that_the_schema_does_not_name(
    incident: Incident, queued_at: datetime
) -> None:
    sent = json.loads(json.dumps(queue_message(incident, queued_at)))
    VALIDATOR.validate(sent)


@given(incidents, moments)
def test_no_message_has_a_word_of_the_citizens(incident: Incident, queued_at: datetime) -> None:
    typed = "Xisca, 971 48 17 26"
    told = replace(
        incident,
        description=typed,
        error=dict.fromkeys(incident.error, typed),
        procedure=dict.fromkeys(incident.procedure, typed),
        context={"step": typed},
        contact={"name": typed},
    )
    sent = queue_message(told, queued_at)
    assert typed not in json.dumps(sent)
    assert (sent["error_code"], sent["procedure"]) == (None, None)


@pytest.mark.parametrize("name", ["description", "error"])
def test_a_citizens_words_do_not_fit_even_if_new_members_do(name: str) -> None:
    validator = Draft202012Validator(PUBLISHED)
    sent = json.loads(message())
    validator.validate(sent | {"something": "new"})
    with pytest.raises(ValidationError):
        validator.validate(sent | {name: "The card was refused."})


def test_the_desk_understands_the_messages_that_are_sent_and_those_of_the_former_shape() -> None:
    VALIDATOR.validate(json.loads(message()))  # the message in the desk's tests
    former = understood(former_message(procedure=None))
    VALIDATOR.validate(former)


@pytest.mark.parametrize("name", sorted(PUBLISHED["required"]))
def test_every_message_has_what_the_schema_requires(name: str) -> None:
    incident = Incident(
        reference=reference_for(b"secret", "a key"),
        category=Category.PAYMENT,
        status=Status.QUEUED,
        language=Language.CATALAN,
        submitted_at=THEN,
        expires_at=expires_at(THEN),
        last_entry="01K3ZB2E40AAAAAAAAAAAAAAAA",
        description="The payment was refused.",
        route_reason=Reason.REOPENED,
    )
    message = queue_message(incident, THEN)
    VALIDATOR.validate(message)
    with pytest.raises(ValidationError):
        VALIDATOR.validate({key: value for key, value in message.items() if key != name})
    with pytest.raises(ValidationError):
        VALIDATOR.validate(queue_message(replace(incident, reference=cast("Any", "7")), THEN))


@pytest.mark.parametrize(
    ("property_", "values"),
    [
        ("category", Category),
        ("language", Language),
        ("reason", Reason),
        ("topic", Topic),
    ],
)
def test_the_schema_names_exactly_the_values_that_exist(property_: str, values: Any) -> None:
    assert PUBLISHED["properties"][property_]["enum"] == [value.value for value in values]


def test_the_schema_names_exactly_the_files_that_exist() -> None:
    parts = PUBLISHED["properties"]["attachments"]["items"]["properties"]
    gone = {State.REMOVED, State.LOST}
    assert parts["type"]["enum"] == [each.value for each in MediaType]
    assert parts["state"]["enum"] == [each.value for each in State if each not in gone]
