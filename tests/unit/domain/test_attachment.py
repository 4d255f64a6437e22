"""Which files the service takes, and which an operator may open."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from suport.domain import file_acts
from suport.domain.attachment import (
    LARGEST_FILE,
    MOST_FILES,
    AddedFile,
    File,
    FileId,
    MediaType,
    Refusal,
    State,
    may_be_opened,
)
from suport.domain.file_acts import misfit, places_left, refusal
from suport.domain.reference import Reference, reference_for
from suport.files import file_store
from suport.files.file_store import object_key, parse_key
from suport.runtime import aws

ERASED_STATES = {"infected", "replaced", "removed", "lost"}
references = st.binary(min_size=16).map(lambda key: reference_for(b"secret", key.hex()))
file_ids = st.builds(file_store.new_file_id)


@pytest.mark.parametrize(
    ("recognised", "size", "found"),
    [
        (MediaType.PDF, 1, None),
        (MediaType.PDF, LARGEST_FILE, None),
        (MediaType.PDF, LARGEST_FILE + 1, Refusal.TOO_LARGE),
        (Refusal.OFFICE, 1, Refusal.OFFICE),
        (Refusal.EMPTY, 0, Refusal.EMPTY),
        (Refusal.ARCHIVE, LARGEST_FILE + 1, Refusal.TOO_LARGE),
    ],
)
def test_a_file_is_of_a_kind_that_is_taken_and_not_too_large(
    recognised: MediaType | Refusal, size: int, found: Refusal | None
) -> None:
    assert misfit(a_file(recognised=recognised, size=size)) is found


@given(references, file_ids)
def test_a_key_leads_back_to_its_file(reference: Reference, file_id: FileId) -> None:
    assert parse_key(object_key(reference, file_id)) == (reference, file_id)


@given(st.text() | st.builds("{}/{}".format, references | st.text(), file_ids | st.text()))
def test_a_key_that_is_not_a_files_key_belongs_to_no_incident(key: str) -> None:
    named = parse_key(key)
    assert named is None or object_key(*named) == key


def test_the_scanners_own_object_belongs_to_no_incident() -> None:
    assert parse_key("malware-protection-resource-validation-object") is None
    assert parse_key("7srj-797m-d0ge/00000000000000000000000000") is None


@given(st.sampled_from(State))
def test_a_file_that_the_citizen_removed_stays_removed(state: State) -> None:
    assert file_acts.after_scan(State.REMOVED, state) is State.REMOVED
    assert not may_be_opened(State.REMOVED)


@given(st.sampled_from(State))
def test_only_clean_files_and_those_of_a_stage_without_scanning_may_be_opened(state: State) -> None:
    assert may_be_opened(state) is (state.value in {"clean", "unscanned"})


@given(st.lists(st.sampled_from(State)))
def test_a_file_once_found_infected_is_never_trusted_again(results: list[State]) -> None:
    state = State.QUARANTINED
    for result in [State.INFECTED, *results]:
        state = file_acts.after_scan(state, result)
        assert not may_be_opened(state)


def added(state: State) -> AddedFile:
    return AddedFile("application/pdf", 1, "v", state, ARRIVED_AT, expires_at=0)


@given(
    standing=st.dictionaries(
        file_ids,
        st.builds(added, st.sampled_from(State)),
        max_size=MOST_FILES + 2,
    ),
    minutes=st.none() | st.integers(-5, 5),
)
def test_a_new_file_is_taken_if_it_arrived_before_the_end_and_fewer_than_five_are_kept(
    standing: dict[FileId, AddedFile], minutes: int | None
) -> None:
    resolved_at = None if minutes is None else ARRIVED_AT + timedelta(minutes=minutes)
    taken = refusal(a_file(), standing, resolved_at) is None
    kept = [each for each in standing.values() if each.state not in ERASED_STATES]
    in_time = minutes is None or minutes >= 0
    assert taken is (len(kept) < 5 and in_time)


def test_erased_files_make_room_for_others_but_not_without_end() -> None:
    assert places_left([State.REPLACED] * 10 + [State.REMOVED] * 9 + [State.CLEAN] * 2) == 3
    assert places_left([State.INFECTED] * 10 + [State.REMOVED] * 10) == 0


@given(st.sampled_from(State), st.booleans(), st.sampled_from(["v", "another"]))
def test_a_file_is_recognised_only_with_the_content_that_it_had(
    state: State, resolved: bool, version: str
) -> None:
    standing = {a_file().id: added(state)}
    resolved_at = ARRIVED_AT - timedelta(days=1) if resolved else None
    known = refusal(a_file(version=version), standing, resolved_at) is None
    assert known is (version == "v" and state.value not in ERASED_STATES)


def test_a_form_takes_one_file_under_one_key_for_a_quarter_of_an_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    form, policy = a_form(monkeypatch)
    signed = {
        name: value
        for condition in policy["conditions"]
        if isinstance(condition, dict)
        for name, value in condition.items()
    }
    assert signed["bucket"] == "files"
    assert signed["key"] == f"7SRJ-797M-D0GE/{form.file}"
    assert signed["Content-Type"] == "application/octet-stream"
    assert signed["success_action_redirect"] == "https://example.test/ca/files"
    assert ["content-length-range", 0, 100 * 1024 * 1024] in policy["conditions"]
    assert not [each for each in policy["conditions"] if "starts-with" in each]
    # the browser can post only what is signed, and must post all of it
    assert {*signed, "policy", "x-amz-signature"} - {"bucket"} == {*form.fields}
    made_at = datetime.fromisoformat(form.fields["x-amz-date"])
    assert datetime.fromisoformat(policy["expiration"]) - made_at == timedelta(minutes=15)


def test_a_form_is_posted_to_the_buckets_own_address(monkeypatch: pytest.MonkeyPatch) -> None:
    form, _ = a_form(monkeypatch)
    assert form.url == "https://files.s3.eu-west-1.amazonaws.com/"


def test_on_this_machine_a_form_is_posted_to_the_embedded_aws(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    form, _ = a_form(monkeypatch)
    assert form.url == "http://127.0.0.1:4566/files"


def a_form(monkeypatch: pytest.MonkeyPatch) -> tuple[file_store.UploadForm, dict[str, Any]]:
    """A form as production makes it, and its policy."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "test")
    settings: Config = aws._CONFIG.merge(aws._S3_CONFIG)
    client = boto3.client("s3", region_name="eu-west-1", config=settings)
    form = file_store.upload_form(
        client,
        "files",
        Reference("7SRJ-797M-D0GE"),
        "https://example.test/ca/files",
    )
    return form, json.loads(base64.b64decode(form.fields["policy"]))


ARRIVED_AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def a_file(**changes: Any) -> File:
    plain = File(FileId("0123456789ABCDEFGHJKMNPQRS"), MediaType.PDF, 100, "v", ARRIVED_AT)
    return replace(plain, **changes)
