"""The mails that left the service: what the embedded AWS keeps of them, and how programs read them.

A mail is read from the bytes that SES got, by the parser of Python's `email`::

    mail = read(request["Content"]["Raw"]["Data"])
    mail["Subject"], ids(mail["References"]), text(mail), html(mail)
"""

import json
import re
import urllib.request
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from tests.support.service import Service


def sent(service: Service) -> list[dict[str, Any]]:
    """All mails that SES got, oldest first."""
    url = f"{service.environment['AWS_ENDPOINT_URL']}/_ministack/ses/messages"
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as answer:
        found = json.load(answer)["messages"]
    return [each for account in found.values() for each in account]


def read(raw: bytes) -> EmailMessage:
    """The message in these bytes; what a mail program would have to guess is an error."""
    return message_from_bytes(raw, EmailMessage, policy=policy.strict)


def text(mail: EmailMessage) -> str:
    """The part for programs that show no HTML."""
    return _part(mail, "plain")


def html(mail: EmailMessage) -> str:
    """The part for all others."""
    return _part(mail, "html")


def ids(header: str | None) -> list[str]:
    """The messages that a header names."""
    return re.findall(r"<[^<>\s]+>", header or "")


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content
