"""Sends citizens their mails, and marks the incidents whose citizen mail does not reach.

The function claims an attempt in the register before it asks the provider, and records the outcome
right after. An attempt that the provider refused does not count: the function tries again, each
time after a longer pause. After an attempt without an answer nobody knows whether the mail went
out. After two of these it is set aside, where operators and citizen see it, and an alarm rings.

The incidents of a batch are read with one request. A mail is written about the incident as it was
read; if that changes before the attempt is claimed, it is read again, and the mail written again.
"""

import math
import os
import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from suport.domain.access_code import access_code_for, confirmation_for
from suport.domain.change import may_be_mailed
from suport.domain.contact_acts import was_replaced
from suport.domain.incident import Channel, Incident, MailTrouble
from suport.domain.mail_acts import thread
from suport.domain.owed_mail import (
    OF_THE_INCIDENT,
    BeingSent,
    Exhausted,
    MailKind,
    OwedMail,
    SetAside,
)
from suport.domain.reference import Reference
from suport.mail import letter, lost_code, mail_queue, mime
from suport.mail.acknowledgement_limit import COUNTED_FOR, AcknowledgementLimit
from suport.mail.address import address_digest, sendable
from suport.mail.letter import Letter
from suport.mail.mail_queue import delay
from suport.mail.provider_event import address_told_of, incident_told_of, mail_trouble
from suport.mail.send_failure import certainly_not_done
from suport.register.contention import attempts
from suport.register.deployed import register
from suport.register.errors import Contended, NoSuchIncident
from suport.register.joint_reads import incident_now
from suport.runtime import aws, clock
from suport.runtime.batch import Task, UnknownMessage, content_of, joint_message_handler
from suport.runtime.joint_calls import Steps
from suport.runtime.logged_failure import facts
from suport.runtime.metrics import Metric, count

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

if TYPE_CHECKING:
    from mypy_boto3_sesv2.type_defs import SendEmailRequestTypeDef

TRIED_OUT = "Successfully validated SNS topic"  # by SES, once, when the topic is set up
# with the forms, to whatever address they type
CAUSED_BY_ANYBODY = {
    *(MailKind.ACKNOWLEDGEMENT, MailKind.CLOSING, MailKind.ACCESS_CODE),
    *(MailKind.ADDRESS_CHANGED, MailKind.CONFIRMATION, MailKind.ERASURE),
}
# one of these in excess is set aside; each of the others says what the citizen cannot see elsewhere
SEEN_ON_THE_PAGE = {MailKind.ACKNOWLEDGEMENT, MailKind.CLOSING}
_RECORDED_AT_THE_LATEST = 3  # calls, each of which the register itself repeats a few times

logger = Logger()


def called_for(record: SQSRecord) -> Iterator[Task]:
    """What the message calls for: a task of its own, even if another message asks for the same."""
    yield object(), receive(record)


def receive(record: SQSRecord) -> Steps[None]:
    """Handles a message of either queue; one that fails comes again after a pause."""
    if record.body.startswith(TRIED_OUT):
        return
    try:
        message = content_of(record)
        match message.get("schema"):
            case mail_queue.SCHEMA:
                reference = Reference(message["reference"])
                yield from send(reference, message["entry"], MailKind(message["kind"]))
            case lost_code.SCHEMA:
                reference = Reference(message["reference"])
                replace_lost_code(reference, message["proof"], message["request"])
            case None if isinstance(message.get("eventType"), str):
                take_note(message)
            case _:
                raise UnknownMessage
    except BeingSent as elsewhere:
        postpone(record, math.ceil((elsewhere.until - clock.now()).total_seconds()))
        raise
    except Exception:
        postpone(record, delay(int(record.attributes.approximate_receive_count)))
        raise


def replace_lost_code(reference: Reference, proof: str, request: str) -> None:
    """Replaces the access code if the request names how the incident's citizen is reached.

    The register then owes the mail with it, to the recorded address. As many requests in excess as
    there may be change nothing.
    """
    outcome = "refused"
    try:
        incident = register().incident(reference, clock.now())
        if (
            lost_code.is_from_citizen(aws.service_secret(), incident, proof)
            and may_be_mailed(incident)
            and not was_replaced(incident, request)
            and admits_one_more(
                code_counted(reference, incident.code_number + 1),
                incident.contact["email"],
                MailKind.ACCESS_CODE,
            )
        ):
            register().replace_code(reference, clock.now(), request, counts=False)
            outcome = "replaced"
    except NoSuchIncident:
        pass
    logger.info("lost code handled", outcome=outcome)
    count(Metric.LOST_CODES, outcome=outcome)


def send(reference: Reference, entry_id: str, kind: MailKind) -> Steps[None]:
    """Sends the mail of that kind for that entry, if it is owed."""
    try:
        incident = yield from incident_now(reference)
        outcome = sent(incident, entry_id, kind)
    except NoSuchIncident:
        outcome = "no such incident"  # it has expired, and nobody needs its mail any more
    logger.info("mail handled", kind=kind, outcome=outcome)
    count(Metric.MAILS, outcome=outcome)


def sent(incident: Incident, entry_id: str, kind: MailKind) -> str:
    """Sends the mail and records it; returns what was done, or why nothing was.

    Raises
    ------
    BeingSent
        While an earlier attempt may still be under way.
    Contended
        If others keep changing the incident.
    """
    attempt = secrets.token_hex(16)
    for number in attempts():
        if number:
            incident = register().incident(incident.reference, clock.now())
        if outcome := sent_unless_changed(incident, entry_id, kind, attempt):
            return outcome
    raise Contended


def sent_unless_changed(
    incident: Incident, entry_id: str, kind: MailKind, attempt: str
) -> str | None:
    """Does that in one attempt of this name; None if the incident is not as it was seen."""
    owed = incident.mails.get(entry_id)
    if owed is None or owed.kind is not kind:
        return "not owed"
    if (address := sendable(owed.to or incident.contact["email"])) is None:
        return rejected(incident, entry_id)
    if kind in CAUSED_BY_ANYBODY and not admits_one_more(
        counted(incident, entry_id), address, kind
    ):
        return one_too_many(incident, entry_id)
    if (what := written(incident, entry_id, owed)) is None:
        return set_aside(incident.reference, entry_id, SetAside.EXPIRED)
    try:
        return attempted(incident, entry_id, what, address, attempt)
    except Exhausted:
        return set_aside(incident.reference, entry_id, SetAside.UNKNOWN_OUTCOME)


def rejected(incident: Incident, entry_id: str) -> str:
    """Gives up a mail to an address that the provider takes no mail for."""
    count(Metric.ADDRESSES_REJECTED)
    if incident.mails[entry_id].to:
        return set_aside(incident.reference, entry_id, SetAside.NOT_SENT)
    number = number_of_address(incident, entry_id)
    register().mark_undeliverable(incident.reference, MailTrouble.REJECTED, clock.now(), number)
    return "address rejected"


def attempted(
    incident: Incident, entry_id: str, what: Letter, address: str, attempt: str
) -> str | None:
    """Claims an attempt, asks the provider to send the mail, and records the outcome.

    It returns None, and has sent nothing, if the incident has changed before the claim.

    Raises
    ------
    BeingSent, Exhausted
    """
    reference, kind = incident.reference, incident.mails[entry_id].kind
    request = request_to_ses(incident, entry_id, what, address)
    claimed = register().attempt_mail(incident, entry_id, attempt, clock.now())
    if claimed is None:
        return None
    try:
        answer = aws.client("sesv2").send_email(**request)
    except Exception as failure:
        if certainly_not_done(failure):
            insistently(lambda: register().refuse_mail(reference, entry_id, attempt, clock.now()))
        raise
    about = (reference, entry_id, kind, answer["MessageId"])
    number = number_of_address(incident, entry_id)
    insistently(lambda: register().record_mail(*about, clock.now(), address=number, seen=claimed))
    return "sent"


def set_aside(reference: Reference, entry_id: str, reason: SetAside) -> str:
    """Gives up the mail, and rings an alarm."""
    register().set_mail_aside(reference, entry_id, reason, clock.now())
    logger.warning("mail set aside", reference=reference, reason=reason)
    count(Metric.MAILS_SET_ASIDE)
    return f"set aside: {reason}"


def one_too_many(incident: Incident, entry_id: str) -> str:
    """Gives up a mail that would be one too many to its address within the hour.

    Where the citizen sees on the page what it says, it is set aside. All others are postponed for
    an hour, and so is the receipt of a phone call, because only it has the access code.
    """
    if incident.origin is Channel.PHONE or incident.mails[entry_id].kind not in SEEN_ON_THE_PAGE:
        until = clock.now() + COUNTED_FOR
        register().postpone_mail(incident.reference, entry_id, until, clock.now())
        return "postponed: too many to this address"
    register().set_mail_aside(incident.reference, entry_id, SetAside.TOO_MANY, clock.now())
    return "too many to this address"


def counted(incident: Incident, entry_id: str) -> str:
    """The name under which a mail counts; one with a lost code was counted when asked for."""
    if entry_id == OF_THE_INCIDENT:
        return incident.reference
    owed = incident.mails[entry_id]
    if owed.kind is MailKind.ACCESS_CODE:
        return code_counted(incident.reference, incident.code_number)
    if owed.kind is MailKind.ERASURE:  # it may be asked for again
        return f"{incident.reference}/{entry_id}/{owed.request}"
    return f"{incident.reference}/{entry_id}"


def code_counted(reference: Reference, number: int) -> str:
    """The name under which the mail with that access code counts."""
    return f"{reference}/code/{number}"


def admits_one_more(counted: str, address: str, kind: MailKind) -> bool:
    """Whether one more mail of that kind, under that name, may go to that address now.

    What the citizen sees on the page has a count of its own: nobody can keep a code from its
    citizen by sending forms with the citizen's address.
    """
    digest = address_digest(aws.service_secret(), address)
    if kind not in SEEN_ON_THE_PAGE:
        digest += "/codes"
    limit = AcknowledgementLimit(aws.client("dynamodb"), os.environ["REGISTER_TABLE"])
    return limit.admits(counted, digest, clock.now())


def written(incident: Incident, entry_id: str, owed: OwedMail) -> Letter | None:
    """The mail, with the link that opens the incident; None if its entry has expired."""
    entry = words = None
    if entry_id != OF_THE_INCIDENT:
        entry = register().entry(incident.reference, entry_id, clock.now())
        if entry is None:
            return None
    if owed.words == entry_id:  # as of a reply
        words = str(entry.facts["body"]) if entry else None
    elif owed.words is not None:
        quoted = register().entry(incident.reference, owed.words, clock.now())
        words = str(quoted.facts["body"]) if quoted else None
    return letter.letter(
        owed.kind,
        incident,
        access_code_for(aws.service_secret(), incident.reference, incident.code_number),
        os.environ["PUBLIC_URL"].rstrip("/"),
        entry=entry,
        words=words,
        confirmation=confirmation_for(aws.service_secret(), incident.reference, entry_id),
        monitored=bool(monitored_mailbox()),
    )


def request_to_ses(
    incident: Incident, entry_id: str, what: Letter, address: str
) -> "SendEmailRequestTypeDef":
    """The request to SES. Its events bring the tags back, which say what a bounce is about."""
    region = aws.client("sesv2").meta.region_name
    earlier = [mime.message_id(each, region) for each in thread(incident, entry_id)]
    sender, language = os.environ["MAIL_FROM"], incident.language
    raw = mime.message(
        *(what, language), sender=sender, to=address, reply_to=monitored_mailbox(), earlier=earlier
    )
    return {
        "FromEmailAddress": mime.sender_of(language, sender),
        "Destination": {"ToAddresses": [address]},
        "ConfigurationSetName": os.environ["MAIL_CONFIGURATION"],
        "EmailTags": [
            {"Name": "reference", "Value": incident.reference},
            {"Name": "entry", "Value": entry_id},
            {"Name": "address", "Value": str(number_of_address(incident, entry_id))},
        ],
        "Content": {"Raw": {"Data": raw}},
    }


def monitored_mailbox() -> str:
    """The address that answers to the mails go to; empty if nobody reads any."""
    return os.environ.get("MONITORED_MAILBOX", "")


def number_of_address(incident: Incident, entry_id: str) -> int:
    """The number of the address that the mail goes to: 0 for one that is not the incident's."""
    return 0 if incident.mails[entry_id].to else incident.address_number


def take_note(event: dict[str, Any]) -> None:
    """Marks the incident whose mail came back, or led to a complaint."""
    reference, trouble = incident_told_of(event), mail_trouble(event)
    if reference and trouble:
        try:
            number = address_told_of(event)
            insistently(
                lambda: register().mark_undeliverable(reference, trouble, clock.now(), number)
            )
        except NoSuchIncident:
            return
    logger.info("mail event", event=event.get("eventType"), trouble=trouble)
    count(Metric.MAIL_EVENTS, trouble=trouble or "none")


def insistently(record: Callable[[], object]) -> None:
    """Records what has happened, however busy the incident is: it will not happen again."""
    for attempt in range(1, _RECORDED_AT_THE_LATEST + 1):
        try:
            record()
        except Contended:
            if attempt == _RECORDED_AT_THE_LATEST:
                raise
        else:
            return


def postpone(record: SQSRecord, seconds: int) -> None:
    """Makes the message come again after that pause."""
    queue = record.event_source_arn.rpartition(":")[2]
    urls = (os.environ["MAIL_QUEUE_URL"], os.environ["MAIL_EVENTS_QUEUE_URL"])
    try:
        aws.client("sqs").change_message_visibility(
            QueueUrl=next(url for url in urls if url.endswith(f"/{queue}")),
            ReceiptHandle=record.receipt_handle,
            VisibilityTimeout=max(0, seconds),
        )
    except Exception as failure:  # noqa: BLE001  it comes again anyway, in the queue's own time
        logger.warning("mail not postponed", message_id=record.message_id, **facts(failure))


handler = joint_message_handler(called_for, failed="mail not handled", expected=(BeingSent,))
