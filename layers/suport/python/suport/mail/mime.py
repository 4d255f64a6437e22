"""A letter as the message that leaves: its headers, its text and its HTML (RFC 5322, RFC 2046).

SES gives each message its `Message-ID`, which is made of the id that its answer names. Mail
programs put the messages of one incident together by the `References` to those before, and by the
subject.
"""

from collections.abc import Sequence
from email.charset import QP, Charset
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import formataddr

from suport.domain.language import Language
from suport.mail.letter import SENDER, Letter

# these stop absence notices and other robots from answering (RFC 3834, MS-OXCMAIL)
_NO_ROBOTS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
_READABLE = Charset("utf-8")
_READABLE.body_encoding = QP  # not base64, which filters distrust
_FIRST_REGION = "us-east-1"  # whose messages are older than the regions' names in their ids


def message(
    letter: Letter,
    language: Language,
    *,
    sender: str,
    to: str,
    reply_to: str = "",
    earlier: Sequence[str] = (),
) -> bytes:
    """The letter as SES takes it, in ASCII.

    reply_to: the mailbox that takes answers; empty if none does. earlier: the `Message-ID` of
    messages that the same address got before, the latest one last.
    """
    whole = MIMEMultipart("alternative")
    headers = {
        "From": sender_of(language, sender),
        "To": to,
        "Reply-To": reply_to,
        "Subject": letter.subject,
        "In-Reply-To": earlier[-1] if earlier else "",
        "References": " ".join(earlier),
        "Content-Language": language.value,
        **_NO_ROBOTS,
    }
    for name, value in headers.items():
        if value:
            whole[name] = value
    for text, subtype in ((letter.text, "plain"), (letter.html, "html")):
        part = MIMENonMultipart("text", subtype, charset="utf-8")
        part.set_payload(text, _READABLE)
        whole.attach(part)
    return whole.as_bytes()


def sender_of(language: Language, address: str) -> str:
    """The name and address that the mails are from."""
    return formataddr((SENDER.in_(language), address))


def message_id(provider_id: str, region: str) -> str:
    """The `Message-ID` of a message that SES has sent in that region, from its id there.

    >>> message_id("0102018f-000000", "eu-west-1")
    '<0102018f-000000@eu-west-1.amazonses.com>'
    """
    if "@" in provider_id:  # the embedded AWS answers with all of it
        return f"<{provider_id}>"
    return f"<{provider_id}@{'email' if region == _FIRST_REGION else region}.amazonses.com>"
