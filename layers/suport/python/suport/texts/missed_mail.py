"""What citizens can do where a mail to them was set aside or came back, as their page says it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from suport.domain.history import Done
from suport.domain.owed_mail import MailKind, SetAside
from suport.texts.message import N_, Message

_WITH_A_CODE = {MailKind.ACKNOWLEDGEMENT, MailKind.ACCESS_CODE}


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do. page, link: where, and what the link there says; None where that is nowhere."""

    said: Message
    page: str | None = None
    link: Message | None = None


def next_steps(entry: Mapping[str, Any], *, mailed: bool) -> Iterator[NextStep]:
    """What to do about an entry of the citizen's view; nothing if it is about no such mail.

    mailed: whether mail reaches the citizen now, as far as anybody knows.
    """
    match entry.get("action"):
        case Done.UNDELIVERABLE if not mailed:
            yield NextStep(
                N_(
                    "We send no more emails about this incident. Come back to this page to read"
                    " the answers, or give another email address."
                ),
                "contact-data",
                N_("Correct your contact details"),
            )
            yield _replaced_code(mailed=False)
        case Done.MAIL_SET_ASIDE:
            yield from _instead_of(entry.get("mail"), entry.get("reason"), mailed=mailed)


def has_no_code(entry: Mapping[str, Any]) -> bool:
    """Whether the entry says that a mail with the access code was not sent."""
    return entry.get("action") == Done.MAIL_SET_ASIDE and entry.get("mail") in _WITH_A_CODE


def _instead_of(mail: str | None, reason: str | None, *, mailed: bool) -> Iterator[NextStep]:
    if reason == SetAside.EXPIRED:
        yield NextStep(
            N_(
                "It was about something that is older than six months and has been erased. You do"
                " not need to do anything."
            )
        )
        return
    match mail:
        case MailKind.ACKNOWLEDGEMENT | MailKind.ACCESS_CODE:
            yield _replaced_code(mailed=mailed)
        case MailKind.CONFIRMATION:
            yield NextStep(
                N_("The email address is still the one from before. Ask for the change again."),
                "contact-data",
                N_("Correct your contact details"),
            )
        case MailKind.ERASURE:
            yield NextStep(
                N_("Nothing has been erased. Ask for the erasure again."),
                "erase",
                N_("Erase the incident"),
            )
        case MailKind.ADDRESS_CHANGED:
            yield NextStep(
                N_(
                    "It was to tell your former address about the change. You do not need to do"
                    " anything."
                )
            )
        case _:
            yield NextStep(N_("Everything that it says is also on this page."))
    if reason == SetAside.NOT_SENT and mail != MailKind.ADDRESS_CHANGED:
        yield NextStep(
            N_("Check that your email address is right, so that the next email reaches you."),
            "contact-data",
            N_("Correct your contact details"),
        )


def _replaced_code(*, mailed: bool) -> NextStep:
    there = N_(
        "If you do not have the access code, replace it. We send the new code to your email"
        " address."
    )
    here = N_("If you do not have the access code, replace it. This page shows the new code.")
    return NextStep(there if mailed else here, "access-code", N_("Replace the access code"))
