"""The messages that ask for the mails which incidents owe.

`domain.owed_mail` decides when a mail is owed, and until when; `mail.letter` what it says. Nobody
can answer a mail by mail: each leads to the incident's page.
"""

from collections.abc import Mapping
from typing import Any

from suport.domain.owed_mail import MailKind
from suport.domain.reference import Reference

SCHEMA = "suport.mail/1"

MOST_RECEIVES = 10  # of one message, as in the template; after that it is a dead letter
_FIRST_DELAY, _LONGEST_DELAY = 60, 3600  # seconds


def mail_request(reference: Reference, entry: str, kind: MailKind) -> dict[str, str]:
    """The message that asks for a mail, ready for JSON. It names nobody."""
    return {"schema": SCHEMA, "reference": reference, "entry": entry, "kind": kind}


def requested_mails(
    image: Mapping[str, Any] | None, image_before: Mapping[str, Any] | None
) -> list[tuple[str, MailKind]]:
    """The entry and kind of each mail that a change of an incident's item asks for.

    image, image_before: the item after and before the change, from the register's stream.
    """
    before = (image_before or {}).get("mails", {})
    return [
        (entry, MailKind(mail["kind"]))
        for entry, mail in (image or {}).get("mails", {}).items()
        if before.get(entry, {}).get("request") != mail["request"]
    ]


def delay(receives: int) -> int:
    """Seconds until a message that failed `receives` times is tried again: a minute, then doubled.

    After the last failure there is no delay: the message becomes a dead letter, and an alarm rings.
    """
    if receives >= MOST_RECEIVES:
        return 0
    return min(_FIRST_DELAY << (receives - 1), _LONGEST_DELAY)
