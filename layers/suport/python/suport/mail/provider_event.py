"""What SES reports about mails already sent: bounces and complaints."""

from collections.abc import Mapping
from typing import Any

from suport.domain.incident import MailTrouble
from suport.domain.reference import Reference


def incident_told_of(event: Mapping[str, Any]) -> Reference | None:
    """The incident that an event of SES is about, from the tags of its mail."""
    references = event.get("mail", {}).get("tags", {}).get("reference", [])
    return Reference(references[0]) if references else None


def address_told_of(event: Mapping[str, Any]) -> int | None:
    """The number of the incident's address that the mail went to; None in an older mail."""
    numbers = event.get("mail", {}).get("tags", {}).get("address", [])
    return int(numbers[0]) if numbers else None


def mail_trouble(event: Mapping[str, Any]) -> MailTrouble | None:
    """Why an event of SES means that no more mail should go to that address; None if it does not.

    Only a permanent bounce and a complaint mean that. A transient bounce is a full mailbox or an
    automatic absence notice; nobody knows what an undetermined bounce is. Taking a mail out of the
    spam folder is not a complaint.
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
