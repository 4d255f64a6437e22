"""Looks at each file that arrives in the store, and takes note of what its scan found.

Two messages speak of a file: the store's own, when it arrived, and the scanner's. They come in any
order and more than once. Both lead to the same look at what lies in the store now, so whichever
comes first brings the file into the register. What is refused is recorded first and erased then:
a failure in between is made good by the next attempt.
"""

import json
import os
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport.domain import attachment
from suport.domain.attachment import FIRST_BYTES, File, Refusal, State
from suport.files import file_store
from suport.register.register import NoSuchIncident, Register
from suport.runtime import aws
from suport.runtime.failure import facts
from suport.runtime.metrics import Metric, count

SCAN_RESULT = "GuardDuty Malware Protection Object Scan Result"
# the others (UNSUPPORTED, ACCESS_DENIED, FAILED) all mean that nobody knows
FOUND = {"NO_THREATS_FOUND": State.CLEAN, "THREATS_FOUND": State.INFECTED}

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


def receive(record: SQSRecord) -> None:
    """Handles one message of either kind; a failure is logged and the message named."""
    try:
        message = json.loads(record.body)
        for arrived in message.get("Records", []):  # none in the test that S3 sends once
            check(arrived["s3"]["object"]["key"])  # of a citizen's file nothing in it is escaped
        if message.get("detail-type") == SCAN_RESULT:
            take_note(message["detail"])
    except Exception as failure:
        # `exception` would log the message, which may quote what was sent
        logger.error("file not checked", message_id=record.message_id, **facts(failure))  # noqa: TRY400
        raise


def check(key: str) -> None:
    """Adds the file that lies under that key to its incident, or refuses and erases it."""
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
            register().refuse_file(reference, file, refused, now())
        else:
            refused = register().add_file(reference, file, state_on_arrival(), now())
    except NoSuchIncident:
        erase(key)
        return
    if refused:
        erase(key)
    logger.info("file checked", reference=reference, file=file_id, refused=refused)
    count(Metric.FILES_CHECKED, outcome=refused or "taken")


def take_note(scan: dict[str, Any]) -> None:
    """Records what a scan found; what is infected is erased."""
    scanned = scan["s3ObjectDetails"]
    key, version = scanned["objectKey"], scanned["eTag"].strip('"')
    if not (named := file_store.parse_key(key)):
        return
    reference, file_id = named
    check(key)
    state = FOUND.get(scan["scanResultDetails"]["scanResultStatus"], State.UNSCANNABLE)
    try:
        register().record_scan(reference, file_id, version, state, now())
    except NoSuchIncident:
        return  # and the file is gone with it
    if state is State.INFECTED:
        erase(key)
    logger.info("scan recorded", reference=reference, file=file_id, state=state)


def state_on_arrival() -> State:
    """Quarantined where a scan will follow."""
    scanned = os.environ["MALWARE_SCANNING"] == "on"
    return State.QUARANTINED if scanned else State.UNSCANNED


def register() -> Register:
    """The register that this function keeps."""
    return Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])


def erase(key: str) -> None:
    """Takes it out of the store, whether or not it is still there."""
    aws.client("s3").delete_object(Bucket=os.environ["ATTACHMENTS_BUCKET"], Key=key)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """The queue's entry: names the messages that failed, so that only these come again."""
    return process_partial_response(event, receive, processor, context)
