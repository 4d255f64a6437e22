"""What becomes of a file that has arrived in the store: it joins its incident, or is erased.

The page that the store leads back to asks at once. The store's own message asks, too, however the
browser ends. Both call `check`, in any order and more than once: the register knows a file that it
has, and what was refused is gone. A refusal is first recorded, and then the file is erased; after
a failure in between, the next to ask erases it. Only the content that was looked at is erased: the
same form may have brought another since, which the other messages are about.
"""

import os
from datetime import datetime

from aws_lambda_powertools import Logger

from suport.domain.attachment import File, FileId, MediaType, State
from suport.domain.file_content import FIRST_BYTES, LAST_BYTES, recognise
from suport.domain.reference import Reference
from suport.files.file_store import erase_version, object_key
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.runtime import aws
from suport.runtime.metrics import Metric, count

logger = Logger()


def check(reference: Reference, file_id: FileId, now: datetime) -> bool:
    """Adds the file to its incident, or refuses and erases it; returns whether it is there now."""
    file = look_at(reference, file_id)
    if file is None:
        return False
    try:
        refused = register().add_file(reference, file, _state_on_arrival(), now)
    except NoSuchIncident:
        erase(reference, file_id, file.version)
        return False
    if refused:
        erase(reference, file_id, file.version)
        count(Metric.FILES_CHECKED, outcome=refused)
    logger.info("file checked", refused=refused)
    return refused is None


def join(reference: Reference, file_id: FileId, now: datetime) -> bool:
    """Adds the file to its incident, if that takes it; returns whether it is there now.

    Unlike `check` it erases nothing.
    """
    if (file := look_at(reference, file_id)) is None:
        return False
    try:
        return register().add_file(reference, file, _state_on_arrival(), now) is None
    except NoSuchIncident:
        return False


def look_at(reference: Reference, file_id: FileId) -> File | None:
    """The file in the store, recognised by its content; None if it is not, or no longer, there."""
    store = aws.client("s3")
    bucket, key = os.environ["ATTACHMENTS_BUCKET"], object_key(reference, file_id)
    try:
        found = store.get_object(Bucket=bucket, Key=key)
    except store.exceptions.NoSuchKey:  # refused or erased since
        return None
    # Only the beginning is read. S3 answers no request for a part of an empty file.
    first_bytes = found["Body"].read(FIRST_BYTES)
    found["Body"].close()
    recognised, size = recognise(first_bytes), found["ContentLength"]
    if recognised is MediaType.TEXT and size > FIRST_BYTES:
        end = f"bytes=-{LAST_BYTES}"
        last = store.get_object(Bucket=bucket, Key=key, Range=end, IfMatch=found["ETag"])
        recognised = recognise(first_bytes, last["Body"].read())
    return File(
        file_id,
        recognised,
        size=size,
        version=found["ETag"].strip('"'),
        arrived_at=found["LastModified"],
    )


def erase(reference: Reference, file_id: FileId, version: str) -> None:
    """Erases that version of the file from the store, whether or not it is still there."""
    bucket, key = os.environ["ATTACHMENTS_BUCKET"], object_key(reference, file_id)
    erase_version(aws.client("s3"), bucket, key, version)


def _state_on_arrival() -> State:
    """Quarantined if a scan will follow."""
    scanned = os.environ["MALWARE_SCANNING"] == "on"
    return State.QUARANTINED if scanned else State.UNSCANNED
