"""Follows the register's stream: queues incidents, requests mails and the erasure of files.

The stream only says which incident to queue; the register says what it is like now. The function
first sends the message and then records that it did: a failure in between doubles the message,
which harms nothing, and never loses it. The change itself says which mails it asks for. A mail that
is requested twice is sent once, and the watcher finds a mail whose request was lost.
"""

import json
import os

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import (
    DynamoDBRecord,
    DynamoDBRecordEventName,
)

from suport.domain.history import Done, Kind
from suport.domain.incident import Category
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.files.file_store import erasure
from suport.mail.mail_queue import mail_request, requested_mails
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.runtime import aws, clock
from suport.runtime.batch import change_handler
from suport.runtime.metrics import Metric, count
from suport.views.queue_message import queue_message

logger = Logger()


def route(record: DynamoDBRecord) -> None:
    """Does what the change calls for."""
    assert record.dynamodb
    reference = Reference(record.dynamodb.keys["reference"])
    if record.event_name is DynamoDBRecordEventName.REMOVE:
        have_erased(reference, record.dynamodb.old_image["content"]["file"])
        return
    image, image_before = record.dynamodb.new_image, record.dynamodb.old_image
    match image:
        case {"erased_at": _}:
            have_erased(reference)
            return
        case {"kind": Kind.ACTION, "content": {"action": Done.FILE_REMOVED, "file": file_id}}:
            have_erased(reference, file_id)
            return
    try:
        if "route_reason" in (image or {}):
            queue_incident(reference)
    finally:  # a queue that is out of order must not hold mails back
        for entry, kind in requested_mails(image, image_before):
            ask_for_mail(reference, entry, kind)


def have_erased(reference: Reference, file_id: str | None = None) -> None:
    """Requests the erasure of a file that its citizen removed, or whose entry was erased.

    Without a file: of all that is still stored of an incident that was erased.
    """
    message = json.dumps(erasure(reference, file_id))
    aws.client("sqs").send_message(QueueUrl=os.environ["ERASURES_QUEUE_URL"], MessageBody=message)
    logger.info("erasure asked for", reference=reference, file=file_id)


def queue_incident(reference: Reference) -> None:
    """Queues the incident, if that is still to do."""
    try:
        incident = register().incident(reference, clock.now())
        if incident.route_reason is None:
            return
        # In ASCII: SQS refuses U+FFFE and U+FFFF, which a citizen may have typed.
        message = json.dumps(queue_message(incident, clock.now()))
        aws.client("sqs").send_message(QueueUrl=queue_of(incident.category), MessageBody=message)
        register().mark_queued(incident, clock.now())
    except NoSuchIncident:
        return
    logger.info(
        "incident queued",
        reference=reference,
        category=incident.category,
        reason=incident.route_reason,
    )
    count(Metric.INCIDENTS_QUEUED, category=incident.category)


def ask_for_mail(reference: Reference, entry: str, kind: MailKind) -> None:
    """Requests a mail that the incident owes its citizen."""
    message = json.dumps(mail_request(reference, entry, kind))
    aws.client("sqs").send_message(QueueUrl=os.environ["MAIL_QUEUE_URL"], MessageBody=message)
    logger.info("mail asked for", reference=reference, entry=entry, kind=kind)


def queue_of(category: Category) -> str:
    """The URL of the queue that this category's team pulls."""
    return os.environ[f"{category.upper()}_QUEUE_URL"]


handler = change_handler(route, failed="change not followed")
