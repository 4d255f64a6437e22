"""Follows the register's stream: queues incidents, requests mails and the erasure of files.

The stream only says which incident to queue; the register says what it is like now. The function
first sends the message and then records that it did: a failure in between doubles the message,
which harms nothing, and never loses it. The change itself says which mails it asks for. A mail that
is requested twice is sent once, and the watcher finds a mail whose request was lost.

The incidents of a batch are read with one request, and there is one request for each queue. Several
changes of one incident put it into its queue once. Each incident is marked as queued by itself: the
condition of that write is its own.
"""

import json
import os
from collections.abc import Iterator

from suport.domain.category import Category
from suport.domain.history import Done, Kind
from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference
from suport.files.file_store import erasure
from suport.mail.mail_queue import mail_request, requested_mails
from suport.register.deployed import register
from suport.register.errors import NoSuchIncident
from suport.register.joint_reads import incident_now
from suport.runtime import clock
from suport.runtime.batch import Task, joint_change_handler
from suport.runtime.joint_calls import Steps, sent
from suport.runtime.metrics import Metric, count
from suport.views.queue_message import queue_message

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import (
    DynamoDBRecord,
    DynamoDBRecordEventName,
)

logger = Logger()


def called_for(record: DynamoDBRecord) -> Iterator[Task]:
    """What the change calls for. A queue that is out of order holds nothing else back."""
    assert record.dynamodb
    reference = Reference(record.dynamodb.keys["reference"])
    if record.event_name is DynamoDBRecordEventName.REMOVE:
        file_id = record.dynamodb.old_image["content"]["file"]
        yield (reference, file_id), have_erased(reference, file_id)
        return
    image, image_before = record.dynamodb.new_image, record.dynamodb.old_image
    match image:
        case {"erased_at": _}:
            yield (reference, None), have_erased(reference)
            return
        case {"kind": Kind.ACTION, "content": {"action": Done.FILE_REMOVED, "file": file_id}}:
            yield (reference, file_id), have_erased(reference, file_id)
            return
    if "route_reason" in (image or {}):
        yield reference, queue_incident(reference)
    for entry, kind in requested_mails(image, image_before):
        yield (reference, entry, kind), ask_for_mail(reference, entry, kind)


def have_erased(reference: Reference, file_id: str | None = None) -> Steps[None]:
    """Requests the erasure of a file that its citizen removed, or whose entry was erased.

    Without a file: of all that is still stored of an incident that was erased.
    """
    yield from sent(os.environ["ERASURES_QUEUE_URL"], json.dumps(erasure(reference, file_id)))
    logger.info("erasure asked for")


def queue_incident(reference: Reference) -> Steps[None]:
    """Queues the incident, if that is still to do."""
    try:
        incident = yield from incident_now(reference)
        if incident.route_reason is None:
            return
        # In ASCII: SQS refuses U+FFFE and U+FFFF, which a citizen may have typed.
        message = json.dumps(queue_message(incident, clock.now()))
        yield from sent(queue_of(incident.category), message)
        register().mark_queued(incident, clock.now())
    except NoSuchIncident:
        return
    logger.info("incident queued", category=incident.category, reason=incident.route_reason)
    count(Metric.INCIDENTS_QUEUED, category=incident.category)


def ask_for_mail(reference: Reference, entry: str, kind: MailKind) -> Steps[None]:
    """Requests a mail that the incident owes its citizen."""
    message = json.dumps(mail_request(reference, entry, kind))
    yield from sent(os.environ["MAIL_QUEUE_URL"], message)
    logger.info("mail asked for", kind=kind)


def queue_of(category: Category) -> str:
    """The URL of the queue that this category's team pulls."""
    return os.environ[f"{category.upper()}_QUEUE_URL"]


handler = joint_change_handler(called_for, failed="change not followed")
