"""Which mails follow from what happens to an incident, and what becomes of their address.

A citizen who gave an e-mail address is told of the receipt, of each answer and question of the
support team, and of the end. No mail can be answered by mail: each leads to the incident's page.
What a mail says is `letter`.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from suport.incident import Entry, Incident, Kind, MailTrouble
from suport.reference import Reference

SCHEMA = "suport.mail/1"
OF_THE_INCIDENT = "incident"
"""The entry that an acknowledgement is for: the incident itself."""

MOST_ACKNOWLEDGEMENTS, ACKNOWLEDGEMENTS_COUNTED_FOR = 3, timedelta(hours=1)
"""So many to one address in any such time: the form must not serve to flood somebody."""

MOST_RECEIVES = 10  # of one message, as the template's queues have it; then it is set aside
_FIRST_DELAY, _LONGEST_DELAY = 60, 3600  # seconds


class MailKind(StrEnum):
    """Why a citizen gets a mail."""

    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    QUESTION = "question"
    SOLUTION = "solution"
    CLOSING = "closing"


def request(reference: Reference, entry: str, kind: MailKind) -> dict[str, str]:
    """The message that asks for a mail, ready for JSON. It names nobody."""
    return {"schema": SCHEMA, "reference": reference, "entry": entry, "kind": kind}


def kind_of(entry_id: str, history: Iterable[Entry]) -> MailKind | None:
    """The mail that follows from an entry of the history, if one does.

    What an operator writes while asking or resolving is told once: as the question, or with the
    solution.
    """
    written = _written_with(entry_id, history)
    if (entry := written.get(entry_id)) is None:
        return None
    if _is_resolution(entry):
        return MailKind.SOLUTION if entry.content["by"] == "operator" else MailKind.CLOSING
    if not _is_by_operator(entry) or any(map(_is_resolution, written.values())):
        return None
    asked = any(each.content.get("action") == "asked" for each in written.values())
    return MailKind.QUESTION if asked else MailKind.REPLY


def operators_words(entry_id: str, history: Iterable[Entry]) -> str | None:
    """What the operator wrote to the citizen in this entry, or together with it."""
    for entry in _written_with(entry_id, history).values():
        if _is_by_operator(entry):
            return str(entry.content["body"])
    return None


def needless(
    kind: MailKind, entry_id: str, incident: Incident, history: Iterable[Entry]
) -> str | None:
    """Why this mail is not to be sent, if it is not, in a word or two for the log."""
    entries = list(history)
    if entry_id != OF_THE_INCIDENT and all(entry.id != entry_id for entry in entries):
        return "no such entry"
    if any(
        (entry.content["for"], entry.content["kind"]) == (entry_id, kind)
        for entry in entries
        if entry.kind is Kind.MAIL
    ):
        return "sent already"
    if incident.mail_trouble:
        return "undeliverable"
    return None if "email" in incident.contact else "no address"


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

    Capitals and what follows a plus in the mailbox usually lead to the same person.
    """
    mailbox, _, domain = address.casefold().rpartition("@")
    person = f"{mailbox.partition('+')[0] or mailbox}@{domain}"
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

    A transient bounce does not: a full mailbox, or an absence that is told automatically. Nor
    does who takes a mail out of the spam folder.
    https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
    """
    match event:
        case {"eventType": "Bounce", "bounce": {"bounceType": "Transient"}}:
            return None
        case {"eventType": "Bounce"}:
            return MailTrouble.BOUNCED
        case {"eventType": "Complaint", "complaint": {"complaintFeedbackType": "not-spam"}}:
            return None
        case {"eventType": "Complaint"}:
            return MailTrouble.COMPLAINED
    return None


def _written_with(entry_id: str, history: Iterable[Entry]) -> dict[str, Entry]:
    """The entry and those of the same change, which share its moment; none where it is gone."""
    entries = list(history)
    moment = next((each.recorded_at for each in entries if each.id == entry_id), None)
    return {each.id: each for each in entries if each.recorded_at == moment}


def _is_by_operator(entry: Entry) -> bool:
    return entry.kind is Kind.MESSAGE and entry.content["by"] == "operator"


def _is_resolution(entry: Entry) -> bool:
    return entry.kind is Kind.ACTION and entry.content["action"] == "resolved"
