"""Erases a file when its entry has left the register, and what is left of an erased incident.

What is left are entries, files, a session of remote support, what operators have begun to write
about it at the web desk, and what they have sent to all that were answered together with it.
"""

import os

from suport.desk.deployed import drafts
from suport.domain.attachment import FileId
from suport.domain.reference import parse_reference
from suport.files.erasure import finish
from suport.files.file_store import ERASURE_SCHEMA, object_key, parse_key
from suport.register.other_tables import known_problems
from suport.runtime import aws
from suport.runtime.batch import UnknownMessage, content_of, message_handler
from suport.runtime.metrics import Metric, count

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

logger = Logger()


def erase(record: SQSRecord) -> None:
    """Erases the file that the message names, or all of an incident, whatever is still there."""
    asked = content_of(record)
    if asked.get("schema") != ERASURE_SCHEMA:
        raise UnknownMessage
    reference = parse_reference(asked["reference"])
    if "file" not in asked:
        erased = finish(reference)
        if erased:
            drafts().drop_all_about(reference)
            known_problems().forget(reference)
        logger.info("erasure finished", erased=erased)
        return
    key = object_key(reference, FileId(asked["file"]))
    if parse_key(key) is None:
        raise UnknownMessage
    aws.client("s3").delete_object(Bucket=os.environ["ATTACHMENTS_BUCKET"], Key=key)
    logger.info("file erased")
    count(Metric.FILES_ERASED)


handler = message_handler(erase, failed="file not erased")
