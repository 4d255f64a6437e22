"""How a mail that an incident owes is asked for, where it may go, and what comes back.

No mail can be answered by mail: each leads to the incident's page. When a mail is owed, and until
when, is `owed_mail`; what it says is `letter`.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from suport.incident import MailTrouble
from suport.owed_mail import MailKind
from suport.reference import Reference

SCHEMA = "suport.mail/1"
OF_THE_INCIDENT = "incident"
"""The entry that an acknowledgement is for: the incident itself."""

MOST_ACKNOWLEDGEMENTS, ACKNOWLEDGEMENTS_COUNTED_FOR = 3, timedelta(hours=1)
"""So many to one address in any such time: the form must not serve to flood somebody."""

MOST_RECEIVES = 10  # of one message, as the template's queues have it; then it is set aside
_GOOGLES = ("gmail.com", "googlemail.com")
_FIRST_DELAY, _LONGEST_DELAY = 60, 3600  # seconds


def request(reference: Reference, entry: str, kind: MailKind) -> dict[str, str]:
    """The message that asks for a mail, ready for JSON. It names nobody."""
    return {"schema": SCHEMA, "reference": reference, "entry": entry, "kind": kind}


def requests(
    image: Mapping[str, Any] | None, image_before: Mapping[str, Any] | None
) -> list[tuple[str, MailKind]]:
    """The mails that a change of an incident's item asks for: each one's entry and kind.

    image, image_before: the item after and before the change, as the register's stream tells it.
    """
    before = (image_before or {}).get("mails", {})
    return [
        (entry, MailKind(mail["kind"]))
        for entry, mail in (image or {}).get("mails", {}).items()
        if before.get(entry, {}).get("request") != mail["request"]
    ]


def sendable(address: str) -> str | None:
    """The address in the letters that SES takes: a domain of other letters is encoded.

    None where a mailbox is written in other letters than ASCII, which SES delivers to nobody
    (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html).
    """
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  25 ms

    try:
        checked = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return checked.ascii_email


def address_digest(secret: bytes, address: str) -> str:
    """What the register counts an address by; it tells the address to nobody.

    Capitals and what follows a plus in the mailbox usually lead to the same person. So do dots
    with Google, which delivers both its domains to one mailbox
    (https://support.google.com/mail/answer/7436150); with others they make another mailbox.
    """
    mailbox, _, domain = address.casefold().rpartition("@")
    mailbox = mailbox.partition("+")[0] or mailbox
    if domain in _GOOGLES:
        mailbox, domain = mailbox.replace(".", ""), _GOOGLES[0]
    person = f"{mailbox}@{domain}"
    return hmac.digest(secret, f"acknowledgements/{person}".encode(), hashlib.sha256).hex()


def delay(receives: int) -> int:
    """Seconds until a message that failed so many times is tried again: a minute, then doubled.

    The last failure sends it at once to where it is set aside and wakes somebody.
    """
    if receives >= MOST_RECEIVES:
        return 0
    return min(_FIRST_DELAY << (receives - 1), _LONGEST_DELAY)


def incident_told_of(event: Mapping[str, Any]) -> Reference | None:
    """The incident that an event of SES is about, by the tags that its mail was sent with."""
    references = event.get("mail", {}).get("tags", {}).get("reference", [])
    return Reference(references[0]) if references else None


def trouble(event: Mapping[str, Any]) -> MailTrouble | None:
    """What an event of SES says against sending more mail to that address.

    Only a permanent bounce does, and a complaint. A transient one is a full mailbox, or an absence
    that is told automatically; of an undetermined one nobody knows. To take a mail out of the spam
    folder is no complaint.
    https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
    """
    match event:
        case {"eventType": "Bounce", "bounce": {"bounceType": "Permanent"}}:
            return MailTrouble.BOUNCED
        case {"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}}:
            return None
        case {"eventType": "Complaint"}:
            return MailTrouble.COMPLAINED
    return None
