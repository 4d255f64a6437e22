"""Erases a file from the store when its entry has left the register."""

import json
import os
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

from suport.domain.attachment import FileId
from suport.domain.reference import Reference
from suport.files.file_store import object_key
from suport.runtime import aws
from suport.runtime.failure import facts
from suport.runtime.metrics import Metric, count

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def erase(record: SQSRecord) -> None:
    """Erases the file that the message names, whether or not it is still there."""
    try:
        asked = json.loads(record.body)
        key = object_key(Reference(asked["reference"]), FileId(asked["file"]))
        aws.client("s3").delete_object(Bucket=os.environ["ATTACHMENTS_BUCKET"], Key=key)
    except Exception as failure:
        # `exception` would log the message, which may quote what was sent
        logger.error("file not erased", message_id=record.message_id, **facts(failure))  # noqa: TRY400
        raise
    logger.info("file erased", reference=asked["reference"], file=asked["file"])
    count(Metric.FILES_ERASED)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """The queue's entry: names the messages that failed, so that only these come again."""
    return process_partial_response(event, erase, processor, context)
