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
    FIRST_BYTES,
    LARGEST_FILE,
    MOST_FILES,
    AddedFile,
    File,
    FileId,
    MediaType,
    Refusal,
    State,
    fits,
    may_be_opened,
    misfit,
)
from suport.domain.file_acts import places_left, refusal
from suport.domain.reference import Reference, reference_for
from suport.files import file_store
from suport.files.file_store import object_key, parse_key
from suport.runtime import aws

BEGINNINGS = {
    MediaType.PDF: b"%PDF-1.4\n",
    MediaType.PNG: bytes.fromhex("89504e470d0a1a0a0000000d49484452"),
    MediaType.JPEG: bytes.fromhex("ffd8ffe000104a464946"),
    MediaType.TEXT: "Error SAF_09: no s’ha pogut signar\n".encode(),
}
OTHERS = {
    "program": b"MZ\x90\x00\x03\x00",
    "archive": b"PK\x03\x04\x14\x00",
    "office": bytes.fromhex("d0cf11e0a1b11ae1"),
    "gif": b"GIF89a\x01\x00\x01\x00",
    "elf": b"\x7fELF\x02\x01",
    "terminal": b"\x1b[2J",
}
ALLOWED_CONTROLS = "\t\n\r\f"
CONTROLS = [chr(code) for code in [*range(32), 127] if chr(code) not in ALLOWED_CONTROLS]
writing = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\r\f"))
western = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]))
bytes_after = st.binary(max_size=64)
references = st.binary(min_size=16).map(lambda key: reference_for(b"secret", key.hex()))
file_ids = st.builds(file_store.new_file_id)


@given(bytes_after)
def test_each_type_is_recognised_by_its_own_first_bytes_only(after: bytes) -> None:
    for said in MediaType:
        for really, beginning in BEGINNINGS.items():
            if really is not MediaType.TEXT:
                assert fits(said, beginning + after) is (said is really)
        assert fits(said, BEGINNINGS[MediaType.TEXT]) is (said is MediaType.TEXT)


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_content_of_no_known_type_fits_none(content: bytes) -> None:
    assert not any(fits(media_type, content) for media_type in MediaType)


@given(writing)
def test_anything_that_people_write_is_text_in_utf_8_and_utf_16(text: str) -> None:
    text = "a" + text  # no other type begins like this
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert fits(MediaType.TEXT, text.encode(encoding)[:FIRST_BYTES])


@given(western)
def test_anything_that_older_programs_write_is_text(text: str) -> None:
    assert fits(MediaType.TEXT, b"a" + text.encode("cp1252"))


@given(st.integers(1, 12))
def test_the_beginning_of_a_text_is_text_wherever_it_ends(cut: int) -> None:
    for encoding in ("utf-8", "utf-16"):
        assert fits(MediaType.TEXT, ("a" + "😀ç" * 9).encode(encoding)[:-cut])


@given(writing, st.sampled_from(CONTROLS), writing)
def test_no_text_has_a_control_character(before: str, control: str, after: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        assert not fits(MediaType.TEXT, (before + control + after).encode(encoding))


@pytest.mark.parametrize(
    ("media_type", "size", "found"),
    [
        ("application/pdf", 1, None),
        ("application/pdf", LARGEST_FILE, None),
        ("application/pdf", LARGEST_FILE + 1, Refusal.WRONG_SIZE),
        ("image/png", 1, Refusal.WRONG_TYPE),
        ("text/html", 1, Refusal.WRONG_TYPE),
        ("application/pdf; x=y", 1, Refusal.WRONG_TYPE),
    ],
)
def test_a_file_must_have_the_type_that_it_claims_and_an_allowed_size(
    media_type: str, size: int, found: Refusal | None
) -> None:
    assert misfit(a_file(media_type=media_type, size=size), b"%PDF-1.7") is found


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
    kept = [each for each in standing.values() if each.state not in {"infected", "replaced"}]
    in_time = minutes is None or minutes >= 0
    assert taken is (len(kept) < 5 and in_time)


def test_erased_files_make_room_for_others_but_not_without_end() -> None:
    assert places_left([State.REPLACED] * 19 + [State.CLEAN] * 2) == 3
    assert places_left([State.INFECTED] * 10 + [State.REPLACED] * 10) == 0


@given(st.sampled_from(State), st.booleans(), st.sampled_from(["v", "another"]))
def test_a_file_is_recognised_only_with_the_content_that_it_had(
    state: State, resolved: bool, version: str
) -> None:
    standing = {a_file().id: added(state)}
    resolved_at = ARRIVED_AT - timedelta(days=1) if resolved else None
    known = refusal(a_file(version=version), standing, resolved_at) is None
    assert known is (version == "v" and state.value not in {"infected", "replaced"})


def test_a_form_takes_one_file_of_one_type_under_one_key_for_a_quarter_of_an_hour(
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
    assert signed["Content-Type"] == "image/png"
    assert signed["success_action_redirect"] == "https://example.test/ca/files"
    assert ["content-length-range", 1, 10 * 1024 * 1024] in policy["conditions"]
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
        MediaType.PNG,
        "https://example.test/ca/files",
    )
    return form, json.loads(base64.b64decode(form.fields["policy"]))


ARRIVED_AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def a_file(**changes: Any) -> File:
    plain = File(FileId("0123456789ABCDEFGHJKMNPQRS"), "application/pdf", 100, "v", ARRIVED_AT)
    return replace(plain, **changes)
