"""How a mail that an incident owes is asked for, where it may go, and what comes back.

No mail can be answered by mail: each leads to the incident's page. When a mail is owed, and until
when, is `owed_mail`; what it says is `letter`.
"""

from collections.abc import Mapping
from typing import Any

from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference

SCHEMA = "suport.mail/1"

MOST_RECEIVES = 10  # of one message, as the template's queues have it; then it is set aside
_FIRST_DELAY, _LONGEST_DELAY = 60, 3600  # seconds


def mail_request(reference: Reference, entry: str, kind: MailKind) -> dict[str, str]:
    """The message that asks for a mail, ready for JSON. It names nobody."""
    return {"schema": SCHEMA, "reference": reference, "entry": entry, "kind": kind}


def requested_mails(
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


def delay(receives: int) -> int:
    """Seconds until a message that failed so many times is tried again: a minute, then doubled.

    The last failure sends it at once to where it is set aside and wakes somebody.
    """
    if receives >= MOST_RECEIVES:
        return 0
    return min(_FIRST_DELAY << (receives - 1), _LONGEST_DELAY)
