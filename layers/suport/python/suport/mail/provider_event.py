"""What SES reports of mails already sent: bounces and complaints."""

from collections.abc import Mapping
from typing import Any

from suport.domain.incident import MailTrouble
from suport.domain.reference import Reference


def incident_told_of(event: Mapping[str, Any]) -> Reference | None:
    """The incident that an event of SES is about, by the tags that its mail was sent with."""
    references = event.get("mail", {}).get("tags", {}).get("reference", [])
    return Reference(references[0]) if references else None


def mail_trouble(event: Mapping[str, Any]) -> MailTrouble | None:
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
