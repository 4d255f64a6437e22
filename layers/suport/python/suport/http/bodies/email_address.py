"""E-mail addresses as people paste them: with names, brackets, labels, or as links."""

import re
from html import unescape
from urllib.parse import unquote

from pydantic_core import PydanticCustomError

from suport.domain import typed_text

_LINK = re.compile(r"(?i)mailto:(?://)?([^\s?<>\"')\]]*)(\?[^\s<>\"')\]]*)?")
_LABEL = re.compile(
    r"(?i)^\W*(?:(?:e-?mail|correu(?: electr\w+)?|correo(?: electr\w+)?|mail)\b)(?:[\s:=]|[.-]\s)+"
)
_PART = re.compile(r"[^\s<>()\[\]{},;:|\"“”„«»‹›‘`´…¿¡\\/]+")
# What stands in the middle of an address by mistake, or a mailbox that a space has cut.
_CUT = re.compile(r"[^\W_][,;|`\\/]+$|^\W*\w+[._-]\s+$")
_APOSTROPHE = re.compile(r"(?<=\w)[’‘´`](?=\w[^\s@]*@)")  # as a word processor sets it in a name
_ENCODED = r"(?:%20|%0[ad]|%3[ce]|%22)+"  # a space, a line's end or a bracket
_ENCODED_AROUND = re.compile(
    rf"(?i){_ENCODED}(?=@)|(?<=@){_ENCODED}|(?<![^\s<]){_ENCODED}|{_ENCODED}(?![^\s>])"
)
_SIGNS_AROUND = re.compile(r"(?<!\S)[^\w\s\x00-\x7f]+(?=\w)|(?<=\w)[^\w\s\x00-\x7f]+(?!\S)")
# Signs that stand before or behind an address, and with which none begins or ends.
_BEFORE, _BEHIND = ".!?*’'-", ".!?*’'&=-"


def the_address(typed: str) -> str:
    """The only e-mail address in a text, in the form of its domain that people read.

    Raises
    ------
    PydanticCustomError
        `email` if there is none, `several_emails` if there are different ones, `unsendable_email`
        if no mail of the service could reach it.
    """
    from suport.mail.address import sendable  # noqa: PLC0415  only where one is given

    read = [_valid(each) or each for each in _candidates(typed)]
    if len({each.casefold() for each in read}) > 1:
        raise PydanticCustomError("several_emails", "several e-mails")
    address = _valid(read[0]) if read else None
    if address is None:
        raise PydanticCustomError("email", "e-mail")
    if sendable(address) is None:
        raise PydanticCustomError("unsendable_email", "unsendable e-mail")
    return address


def _candidates(typed: str) -> list[str]:
    typed = _APOSTROPHE.sub("'", _ENCODED_AROUND.sub("", typed))
    text = _SIGNS_AROUND.sub(" ", unescape(typed_text.bare(typed)).replace("。", "."))
    if "@" not in text:
        text = unquote(text)
    text = _LINK.sub(lambda link: f" {unquote(link[1])} ", text)
    text = _LABEL.sub("", text)
    if text.count("@") == 1:
        # Spaces around the only @ belong to nobody; before a dot behind it, neither.
        mailbox, domain = text.split("@")
        before = re.split(r"[<(\[:;,]", mailbox.rstrip())[-1].strip()
        if not re.search(r"\s", before):
            mailbox = mailbox.rstrip()
        text = f"{mailbox}@" + re.sub(r"^(\s*\S+?)\s+(\.\w)", r"\1\2", domain).lstrip()
    parts = list(_PART.finditer(text))
    return [
        text if _is_cut(text[: part.start()]) else part[0]
        for part in parts
        if re.search(r"[^@]@+[^@]", part[0])
    ]


def _is_cut(before: str) -> bool:
    """Whether what stands before an address belongs to it, so that the rest is another one."""
    return bool("@" not in before and _CUT.search(before))


def _valid(candidate: str) -> str | None:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415  as above

    candidate = re.sub(r"(@[^?&#]*)[?&#].*", r"\1", candidate)  # the rest of a link
    bare = candidate.lstrip(_BEFORE).rstrip(_BEHIND)
    try:
        # Whether it exists is seen when mail is sent; ".test" reaches nobody and serves trials.
        return validate_email(bare, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None
