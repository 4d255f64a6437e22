"""Checks each file that arrives in the store, and records what its scan found.

Two messages concern a file: the store's, when the file arrived, and the scanner's. They come in any
order and more than once. Both lead to the same check of what is in the store now: the first to come
brings the file into the register. A refusal is first recorded, and then the file is erased; after a
failure in between, the next attempt erases it.
"""

import json
import os
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from suport.domain import attachment
from suport.domain.attachment import FIRST_BYTES, File, Refusal, State
from suport.files import file_store
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.runtime import aws, clock
from suport.runtime.batch import message_handler
from suport.runtime.metrics import Metric, count

SCAN_RESULT = "GuardDuty Malware Protection Object Scan Result"
# the other results (UNSUPPORTED, ACCESS_DENIED, FAILED) all mean that nobody knows
FOUND = {"NO_THREATS_FOUND": State.CLEAN, "THREATS_FOUND": State.INFECTED}

logger = Logger()


def receive(record: SQSRecord) -> None:
    """Handles one message of either kind."""
    message = json.loads(record.body)
    for arrived in message.get("Records", []):  # none in the test message that S3 sends once
        check(arrived["s3"]["object"]["key"])  # the key of a citizen's file needs no unescaping
    if message.get("detail-type") == SCAN_RESULT:
        take_note(message["detail"])


def check(key: str) -> None:
    """Adds the file under that key to its incident, or refuses and erases it."""
    if not (named := file_store.parse_key(key)):
        return
    reference, file_id = named
    store = aws.client("s3")
    bucket = os.environ["ATTACHMENTS_BUCKET"]
    try:
        found = store.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{FIRST_BYTES - 1}")
    except store.exceptions.NoSuchKey:  # refused or erased since
        return
    file = File(
        file_id,
        media_type=found["ContentType"],
        size=int(found["ContentRange"].rpartition("/")[2]),
        version=found["ETag"].strip('"'),
        arrived_at=found["LastModified"],
    )
    refused: Refusal | None
    try:
        if refused := attachment.misfit(file, found["Body"].read()):
            register().refuse_file(reference, file, refused, clock.now())
        else:
            refused = register().add_file(reference, file, state_on_arrival(), clock.now())
    except NoSuchIncident:
        erase(key)
        return
    if refused:
        erase(key)
    logger.info("file checked", reference=reference, file=file_id, refused=refused)
    count(Metric.FILES_CHECKED, outcome=refused or "taken")


def take_note(scan: dict[str, Any]) -> None:
    """Records what a scan found, and erases an infected file."""
    scanned = scan["s3ObjectDetails"]
    key, version = scanned["objectKey"], scanned["eTag"].strip('"')
    if not (named := file_store.parse_key(key)):
        return
    reference, file_id = named
    check(key)
    state = FOUND.get(scan["scanResultDetails"]["scanResultStatus"], State.UNSCANNABLE)
    try:
        register().record_scan(reference, file_id, version, state, clock.now())
    except NoSuchIncident:
        return  # and the file is gone with it
    if state is State.INFECTED:
        erase(key)
    logger.info("scan recorded", reference=reference, file=file_id, state=state)


def state_on_arrival() -> State:
    """Quarantined if a scan will follow."""
    scanned = os.environ["MALWARE_SCANNING"] == "on"
    return State.QUARANTINED if scanned else State.UNSCANNED


def erase(key: str) -> None:
    """Erases the file from the store, whether or not it is still there."""
    aws.client("s3").delete_object(Bucket=os.environ["ATTACHMENTS_BUCKET"], Key=key)


handler = message_handler(receive, failed="file not checked")
