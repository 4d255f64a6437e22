"""The store of citizens' files: how a file gets in, how people get it, what its key is.

The browser sends a file straight to the store, with a form that takes only that one file.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict

from suport.domain import crockford
from suport.domain.attachment import LARGEST_ARRIVAL, FileId
from suport.domain.reference import MisreadReference, Reference, parse_reference
from suport.domain.retention_run import KeyRange

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FORM_IS_VALID_FOR = 15 * 60  # seconds
LINK_IS_VALID_FOR = 60  # seconds
STORED_AS = "application/octet-stream"  # every file: only its content says what it is
ERASURE_SCHEMA = "suport.erasure/1"
NOT_OF_CITIZENS = frozenset({"malware-protection-resource-validation-object"})
"""the keys of what AWS itself puts into the store: GuardDuty tries out with it that it may scan"""

_ID_CHARACTERS = 26  # 130 random bits


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Where to post one file, and the fields to post before it, in this order."""

    url: str
    fields: dict[str, str]
    file: FileId


@dataclass(frozen=True, slots=True)
class Link:
    """Where to get one file, for how many seconds, and the headers that the store insists on."""

    url: str
    expires_in: int
    headers: dict[str, str]


def new_file_id() -> FileId:
    """A random name for one file, which says nothing about it."""
    return FileId(crockford.encode(secrets.randbits(5 * _ID_CHARACTERS), _ID_CHARACTERS))


def object_key(reference: Reference, file_id: FileId) -> str:
    """The file's key in the store, with nothing in it that anybody typed."""
    return f"{reference}/{file_id}"


def parse_key(key: str) -> tuple[Reference, FileId] | None:
    """The incident and the file that the key names; None if no citizen's file has such a key."""
    written, _, file_id = key.partition("/")
    try:
        reference = parse_reference(written)
    except MisreadReference:
        return None
    named = len(file_id) == _ID_CHARACTERS and set(file_id) <= set(crockford.ALPHABET)
    return (reference, FileId(file_id)) if named and reference == written else None


def upload_form(client: "S3Client", bucket: str, reference: Reference, redirect: str) -> UploadForm:
    """The form that brings one file, and nothing else, into the store.

    It takes a file of any content, even an empty or too large one: the store would refuse it in
    English, but the page that the store leads back to says it in the reader's language. It is
    valid for `FORM_IS_VALID_FOR` seconds. After the file, the store sends the browser to
    `redirect`, an absolute URL, and adds `bucket`, `key` and `etag` to it. Makes no call to AWS.
    """
    file_id = new_file_id()
    exactly = {"Content-Type": STORED_AS, "success_action_redirect": redirect}
    form = client.generate_presigned_post(
        Bucket=bucket,
        Key=object_key(reference, file_id),
        Fields=dict(exactly),
        Conditions=[
            *({name: value} for name, value in exactly.items()),
            ["content-length-range", 0, LARGEST_ARRIVAL],
        ],
        ExpiresIn=FORM_IS_VALID_FOR,
    )
    return UploadForm(form["url"], form["fields"], file_id)


def download(
    client: "S3Client",
    bucket: str,
    reference: Reference,
    file_id: FileId,
    *,
    version: str,
    media_type: str,
    name: str,
) -> Link:
    """A link to that version of the file, for a program that saves it under that name.

    It is signed with the condition that the file still has that version. Makes no call to AWS.
    """
    only_this = f'"{version}"'
    place = {**_place(bucket, reference, file_id), "IfMatch": only_this}
    return Link(
        _signed(client, place, media_type, name), LINK_IS_VALID_FOR, {"If-Match": only_this}
    )


def browser_download(
    client: "S3Client",
    bucket: str,
    reference: Reference,
    file_id: FileId,
    *,
    version: str,
    media_type: str,
    name: str,
) -> str | None:
    """A link that a browser can follow; None if the store has the file no longer in that version.

    A browser that follows a link sends no condition with it. Therefore the store is asked now.
    """
    place = _place(bucket, reference, file_id)
    try:
        client.head_object(**place, IfMatch=f'"{version}"')
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in {"404", "412", "NoSuchKey", "PreconditionFailed"}:
            return None
        raise
    return _signed(client, dict(place), media_type, name)


def erasure(reference: Reference, file_id: str | None = None) -> dict[str, str]:
    """The request to erase a file from the store, or all of an erased incident, ready for JSON."""
    file = {"file": file_id} if file_id else {}
    return {"schema": ERASURE_SCHEMA, "reference": reference, **file}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What lies in the store under a key. `version` as in `File`."""

    key: str
    version: str
    arrived_at: datetime


def stored_files(client: "S3Client", bucket: str, keys: KeyRange) -> Iterator[StoredFile]:
    """What lies in the store in that range of keys, in their order; nothing half-sent."""
    listing = client.get_paginator("list_objects_v2")
    for page in listing.paginate(Bucket=bucket, StartAfter=keys.after):
        for found in page.get("Contents", []):
            if keys.until is not None and found["Key"] > keys.until:
                return
            yield StoredFile(found["Key"], found["ETag"].strip('"'), found["LastModified"])


def stored_file(
    client: "S3Client", bucket: str, reference: Reference, file_id: FileId
) -> StoredFile | None:
    """What lies in the store under that file's name; None if nothing does."""
    place = _place(bucket, reference, file_id)
    try:
        found = client.head_object(**place)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
            return None
        raise
    return StoredFile(place["Key"], found["ETag"].strip('"'), found["LastModified"])


def erase_version(client: "S3Client", bucket: str, key: str, version: str) -> bool:
    """Erases what lies under that key, if it still is that version; returns whether it was."""
    try:
        client.delete_object(Bucket=bucket, Key=key, IfMatch=f'"{version}"')
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in {"404", "412", "NoSuchKey", "PreconditionFailed"}:
            return False
        raise
    return True


class _Place(TypedDict):
    Bucket: str
    Key: str


def _place(bucket: str, reference: Reference, file_id: FileId) -> _Place:
    return {"Bucket": bucket, "Key": object_key(reference, file_id)}


def _signed(client: "S3Client", place: dict[str, Any], media_type: str, name: str) -> str:
    answered_as = {
        "ResponseContentDisposition": f'attachment; filename="{name}"',
        "ResponseContentType": media_type,
    }
    return client.generate_presigned_url(
        "get_object", Params=place | answered_as, ExpiresIn=LINK_IS_VALID_FOR
    )
