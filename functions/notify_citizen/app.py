"""Sends citizens their mails, and takes note of the addresses that mail does not reach.

A mail is recorded right after it was sent, by its id at the provider, and one that is recorded is
not sent again: only who ends between these two calls sends it twice. What cannot be sent now is
tried again, each time after a longer pause, until the queue sets it aside and an alarm rings.
"""

import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import formataddr
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from suport import aws, letter, mail
from suport.failure import facts
from suport.incident import Entry, Incident, Language, MailTrouble
from suport.letter import Letter
from suport.mail import MailKind
from suport.reference import Reference, access_code_for
from suport.register import Contended, NoSuchIncident, Register

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import SendEmailRequestTypeDef

TRIED_OUT = "Successfully validated SNS topic"  # by SES, once, when it is told of the topic
_RECORDED_AT_THE_LATEST = 3  # attempts of the register's own few

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def now() -> datetime:
    """The clock of this function."""
    return datetime.now(UTC)


def receive(record: SQSRecord) -> None:
    """Handles a message of either queue; one that fails is named and comes again later."""
    if record.body.startswith(TRIED_OUT):
        return
    try:
        message = json.loads(record.body)
        if message.get("schema") == mail.SCHEMA:
            reference = Reference(message["reference"])
            send(reference, message["entry"], MailKind(message["kind"]))
        else:
            take_note(message)
    except Exception as failure:
        # `exception` would log the message, which may quote an address
        logger.error("mail not handled", message_id=record.message_id, **facts(failure))  # noqa: TRY400
        postpone(record)
        raise


def send(reference: Reference, entry_id: str, kind: MailKind) -> None:
    """Sends the mail of that kind for that entry, unless there is a reason not to."""
    try:
        outcome = sent(reference, entry_id, kind)
    except NoSuchIncident:
        outcome = "no such incident"  # it has expired, and with it the wish to be told
    logger.info("mail handled", reference=reference, entry=entry_id, kind=kind, outcome=outcome)
    with single_metric("Mails", MetricUnit.Count, 1) as metric:
        metric.add_dimension("outcome", outcome)


def sent(reference: Reference, entry_id: str, kind: MailKind) -> str:
    """Sends the mail and records it; what was done, or why nothing was."""
    incident, history = register().history(reference, now())
    if reason := mail.needless(kind, entry_id, incident, history):
        return reason
    if (address := mail.sendable(incident.contact["email"])) is None:
        return rejected(reference)
    if kind is MailKind.ACKNOWLEDGEMENT and not may_acknowledge(reference, address):
        return "too many to this address"
    request = request_to_ses(
        incident, entry_id, written(kind, incident, entry_id, history), address
    )
    ses = aws.client("sesv2")
    try:
        message_id = ses.send_email(**request)["MessageId"]
    except ses.exceptions.BadRequestException:
        # All but the address is of our own making and the same for everybody. The other errors
        # are of the account, the identity or the moment, and so no news about the address.
        return rejected(reference)
    insistently(lambda: register().record_mail(reference, entry_id, kind, message_id, now()))
    return "sent"


def rejected(reference: Reference) -> str:
    """Marks the incident: to such an address no mail will ever go."""
    register().mark_undeliverable(reference, MailTrouble.REJECTED, now())
    return "address rejected"


def may_acknowledge(reference: Reference, address: str) -> bool:
    """Whether one more receipt may go to that address at this time."""
    digest = mail.address_digest(aws.service_secret(), address)
    return register().may_acknowledge(reference, digest, now())


def written(kind: MailKind, incident: Incident, entry_id: str, history: Sequence[Entry]) -> Letter:
    """The mail's text, with the link that opens the incident."""
    return letter.letter(
        kind,
        incident,
        access_code_for(aws.service_secret(), incident.reference),
        os.environ["PUBLIC_URL"].rstrip("/"),
        entry=next((entry for entry in history if entry.id == entry_id), None),
        words=mail.operators_words(entry_id, history),
    )


def request_to_ses(
    incident: Incident, entry_id: str, what: Letter, address: str
) -> "SendEmailRequestTypeDef":
    """What SES is asked for. Its events bring the tags back, which say what a bounce is about."""
    return {
        "FromEmailAddress": sender(incident.language),
        "Destination": {"ToAddresses": [address]},
        "ConfigurationSetName": os.environ["MAIL_CONFIGURATION"],
        "EmailTags": [
            {"Name": "reference", "Value": incident.reference},
            {"Name": "entry", "Value": entry_id},
        ],
        "Content": {
            "Simple": {
                "Subject": {"Data": what.subject, "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": what.text, "Charset": "UTF-8"},
                    "Html": {"Data": what.html, "Charset": "UTF-8"},
                },
                # so that no absence notice or other robot answers (RFC 3834, MS-OXCMAIL)
                "Headers": [
                    {"Name": "Auto-Submitted", "Value": "auto-generated"},
                    {"Name": "X-Auto-Response-Suppress", "Value": "All"},
                    {"Name": "Content-Language", "Value": incident.language},
                ],
            }
        },
    }


def sender(language: Language) -> str:
    """Who the mail is from, by name and address."""
    return formataddr((letter.SENDER.in_(language), os.environ["MAIL_FROM"]))


def take_note(event: dict[str, Any]) -> None:
    """Marks the incident whose mail came back, or was complained of."""
    reference, trouble = mail.incident_told_of(event), mail.trouble(event)
    if reference and trouble:
        try:
            insistently(lambda: register().mark_undeliverable(reference, trouble, now()))
        except NoSuchIncident:
            return
    logger.info("mail event", reference=reference, event=event.get("eventType"), trouble=trouble)
    with single_metric("MailEvents", MetricUnit.Count, 1) as metric:
        metric.add_dimension("trouble", trouble or "none")


def insistently(record: Callable[[], object]) -> None:
    """Records what has happened, however busy the incident is: it will not happen otherwise."""
    for attempt in range(1, _RECORDED_AT_THE_LATEST + 1):
        try:
            record()
        except Contended:
            if attempt == _RECORDED_AT_THE_LATEST:
                raise
        else:
            return


def postpone(record: SQSRecord) -> None:
    """Has the message come again after a pause, the longer the more often it has failed."""
    queue = record.event_source_arn.rpartition(":")[2]
    urls = (os.environ["MAIL_QUEUE_URL"], os.environ["MAIL_EVENTS_QUEUE_URL"])
    try:
        aws.client("sqs").change_message_visibility(
            QueueUrl=next(url for url in urls if url.endswith(f"/{queue}")),
            ReceiptHandle=record.receipt_handle,
            VisibilityTimeout=mail.delay(int(record.attributes.approximate_receive_count)),
        )
    except Exception as failure:  # noqa: BLE001  it comes again all the same, in the queue's own time
        logger.warning("mail not postponed", message_id=record.message_id, **facts(failure))


def register() -> Register:
    """The register that this function reads and keeps."""
    return Register(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """The queues' entry: names the messages that failed, so that only these come again."""
    return process_partial_response(event, receive, processor, context)
