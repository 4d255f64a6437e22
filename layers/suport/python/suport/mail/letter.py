"""What a mail to a citizen says, in the incident's language, as plain text and as HTML.

Both are made from the same pieces: neither says more than the other. The first piece says what has
happened: mail programs show it beside the subject, which all mails of an incident share. The HTML
loads nothing from anywhere. The only words of a person in a mail are the operator's to the citizen.
An acknowledgement repeats nothing that was typed; otherwise the form could send any text to
anybody.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from suport.domain import phone_line, retention
from suport.domain.access_code import AccessCode
from suport.domain.category import Category
from suport.domain.deadlines import CONFIRMED_WITHIN, REOPENABLE_FOR, WAITS_FOR_CITIZEN
from suport.domain.history import Entry
from suport.domain.incident import Incident
from suport.domain.legal_time import to_madrid
from suport.domain.owed_mail import MailKind
from suport.domain.phone_line import Origin
from suport.mail import quotation
from suport.texts.labels import CATEGORIES, HOURS, ORIGINS
from suport.texts.local_dates import date_text, moment_text
from suport.texts.message import N_, Message

SENDER = N_("Help with online procedures")
"""The name that the mails come from: that of the service."""

SUBJECT = N_("Incident {reference}: {service}")
"""Of all mails of an incident, but those in `OWN_SUBJECTS`."""
OWN_SUBJECTS = {
    MailKind.ADDRESS_CHANGED: N_("Incident {reference}: the email address has changed"),
    MailKind.CONFIRMATION: N_("Incident {reference}: confirm the change of email address"),
    MailKind.ERASURE: N_("Incident {reference}: confirm that you want to erase it"),
}
"""Of the mails that nobody may overlook: somebody else may have asked for what they are about."""

_OFFICE = "Seu Electrònica · Govern de les Illes Balears"
_FONT = "font-family: Arial, Helvetica, sans-serif; font-size: 16px; line-height: 1.5"
_BREAKS = "overflow-wrap: anywhere"  # a long address breaks, where a phone is narrower


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is sent, without its addresses."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Headline:
    words: str


@dataclass(frozen=True, slots=True)
class _Paragraph:
    words: str
    language: str | None = None  # if it is not the letter's


@dataclass(frozen=True, slots=True)
class _Quotation:
    words: str


@dataclass(frozen=True, slots=True)
class _Facts:
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _List:
    """Lines of a name and a value. numbers: what to dial, by the value that then is a link."""

    lines: tuple[tuple[str, str], ...]
    numbers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Link:
    words: str
    address: str


type _Piece = _Headline | _Paragraph | _Quotation | _Facts | _List | _Link
type _Say = Callable[[Message], str]


def letter(
    kind: MailKind,
    incident: Incident,
    code: AccessCode,
    public_url: str,
    *,
    entry: Entry | None = None,
    words: str | None = None,
    confirmation: str | None = None,
    monitored: bool = False,
) -> Letter:
    """The mail of that kind about this incident.

    public_url: where citizens reach the service, without a trailing slash. entry: what the mail is
    about; None for an acknowledgement. words: the operator's to the citizen, if there are any.
    confirmation: the code that confirms what the entry asks for. monitored: whether somebody reads
    what is sent to the address that answers go to.
    """
    say: _Say = lambda message: message.in_(incident.language)  # noqa: E731
    pages = f"{public_url}/{incident.language}"
    page = f"{pages}/track"
    link = _Link(say(N_("Open your incident")), f"{page}#{incident.reference}.{code}")
    is_about_signature = incident.category is Category.SIGNATURE
    if entry is None:
        pieces = [*_acknowledgement(say, incident, code, page, link)]
    elif kind is MailKind.ACCESS_CODE:
        pieces = [*_access_code(say, incident, code, page, link)]
    elif kind is MailKind.ADDRESS_CHANGED:
        pieces = [*_address_changed(say, incident, f"{pages}/help")]
    elif kind is MailKind.CONFIRMATION:
        assert confirmation
        pieces = [*_confirmation(say, incident, entry, confirmation, f"{pages}/contact-data")]
    elif kind is MailKind.ERASURE:
        assert confirmation
        pieces = [*_erasure(say, incident, entry, confirmation, f"{pages}/erase")]
    else:
        pieces = [*_news(say, kind, incident, entry, words), link, _Paragraph(say(_LINK_IS_A_KEY))]
    if is_about_signature or kind is MailKind.ADDRESS_CHANGED:
        pieces += _phone_line(say)
    if entry is None:
        pieces += [_Paragraph(say(_BY_MISTAKE))]
    pieces += [
        _Paragraph(say(_READ if monitored else _NOT_READ)),
        _Link(say(N_("How we protect your data")), f"{pages}/privacy"),
        _Paragraph(_OFFICE, "ca"),
    ]
    named = {"reference": incident.reference, "service": SENDER}
    subject = say(Message(OWN_SUBJECTS.get(kind, SUBJECT).text, named))
    return Letter(
        subject=subject,
        text="\n\n".join(_as_text(piece) for piece in pieces) + "\n",
        html=_as_html(subject, incident.language, pieces),
    )


_LINK_IS_A_KEY = N_(
    "The link opens your incident for anybody who has it: do not forward this email."
)
_KEEP_THIS_MAIL = N_(
    "Keep this email. Do not show the access code to anybody: with the reference, it opens your"
    " incident."
)
_FOLLOW = N_("To follow your incident, or to add something to it, open it:")
_TYPE_BOTH = N_("Or go to this address on any device, and enter the reference and the access code:")
_WRITE = N_("To write to the support team, open your incident and write on its page.")
_BY_MISTAKE = N_(
    "If you did not report an incident, somebody gave this address by mistake. Please delete this"
    " email."
)
_NOT_READ = N_("Please do not reply to this email: nobody reads that mailbox.")
_READ = N_(
    "A reply to this email reaches the support team's mailbox, but does not become part of your"
    " incident. It is safer to answer on your incident's page."
)


def _reference(say: _Say, incident: Incident) -> _Facts:
    return _Facts(((say(N_("Reference")), incident.reference),))


def _acknowledgement(
    say: _Say, incident: Incident, code: AccessCode, page: str, link: _Link
) -> Iterator[_Piece]:
    language = incident.language
    yield _Headline(say(N_("We have received your incident.")))
    yield _Paragraph(say(N_("It is not an application, and it does not stop any deadline.")))
    kept_until = retention.last_day_before(incident.expires_at)
    yield _Facts(
        (
            (say(N_("Reference")), incident.reference),
            (say(N_("Access code")), code),
            (say(N_("Kind of problem")), say(CATEGORIES[incident.category])),
            (say(N_("Sent")), moment_text(incident.submitted_at, language)),
            (say(N_("Kept until")), date_text(kept_until, language)),
        )
    )
    yield _Paragraph(say(_KEEP_THIS_MAIL))
    yield _Paragraph(
        say(
            N_(
                "The support team answers as it works through its queue. We tell you by email when"
                " there is an answer."
            )
        )
    )
    yield _Paragraph(say(_FOLLOW))
    yield link
    yield _Paragraph(say(_TYPE_BOTH))
    yield _Link(page, page)


def _phone_line(say: _Say) -> Iterator[_Piece]:
    """The numbers to call, by where the citizen calls from, and when somebody answers."""
    yield _Paragraph(say(N_("You can also call the phone line for signatures and certificates:")))
    numbers = {
        where: number.replace(" ", "\N{NO-BREAK SPACE}")
        for where, number in phone_line.NUMBERS.items()
    }
    at_home = numbers[Origin.BALEARIC_ISLANDS]
    yield _List(
        tuple((say(ORIGINS[where]), number) for where, number in numbers.items()),
        tuple(
            (number, number if number == at_home else phone_line.INTERNATIONAL_NUMBER)
            for number in numbers.values()
        ),
    )
    yield _Paragraph(say(N_("Opening hours:")))
    yield _List(tuple((say(days), say(hours)) for days, hours in HOURS))
    yield _Paragraph(say(N_("It may be closed on public holidays.")))


def _access_code(
    say: _Say, incident: Incident, code: AccessCode, page: str, link: _Link
) -> Iterator[_Piece]:
    yield _Headline(say(N_("This is the access code of your incident.")))
    yield _Paragraph(say(N_("If it had another code before, that one no longer opens it.")))
    yield _Facts(
        ((say(N_("Reference")), incident.reference), (say(N_("Access code")), code)),
    )
    yield _Paragraph(say(_KEEP_THIS_MAIL))
    yield _Paragraph(say(_FOLLOW))
    yield link
    yield _Paragraph(say(_TYPE_BOTH))
    yield _Link(page, page)


def _address_changed(say: _Say, incident: Incident, help_page: str) -> Iterator[_Piece]:
    yield _Headline(say(N_("The email address of this incident has changed.")))
    yield _Paragraph(say(N_("We send no more emails about it to this address.")))
    yield _reference(say, incident)
    yield _Paragraph(
        say(
            N_(
                "If you did not ask for this, tell the support team. Report a new incident, and"
                " name this reference in it:"
            )
        )
    )
    yield _Link(help_page, help_page)


def _confirmation(
    say: _Say, incident: Incident, entry: Entry, confirmation: str, contact_data: str
) -> Iterator[_Piece]:
    yield _Headline(say(N_("Please confirm the change of email address.")))
    yield _reference(say, incident)
    yield _Paragraph(
        say(
            N_(
                "Somebody who has this incident open asked us to send its emails to another"
                " address, or to send none."
            )
        )
    )
    yield _Paragraph(
        say(
            N_(
                "If it was you, confirm it by {moment}. Open your incident and enter this code"
                " under “{page}”.",
                moment=_confirmed_by(incident, entry),
                page=N_("Your contact details"),
            )
        )
    )
    yield _Facts(((say(N_("Confirmation code")), confirmation),))
    yield _Link(contact_data, contact_data)
    yield _Paragraph(
        say(
            N_(
                "If it was not you, do not give the code to anybody. Without it, nothing changes."
                " Somebody else may know your access code: replace it on your incident's page."
            )
        )
    )
    yield _Paragraph(say(_WRITE))


def _erasure(
    say: _Say, incident: Incident, entry: Entry, confirmation: str, erase: str
) -> Iterator[_Piece]:
    yield _Headline(say(N_("Please confirm that you want to erase your incident.")))
    yield _reference(say, incident)
    yield _Paragraph(
        say(
            N_(
                "Somebody who has this incident open asked us to erase it, with all messages and"
                " files."
            )
        )
    )
    yield _Paragraph(
        say(
            N_(
                "If it was you, confirm it by {moment}. Open your incident and enter this code"
                " under “{page}”.",
                moment=_confirmed_by(incident, entry),
                page=N_("Erase the incident"),
            )
        )
    )
    yield _Facts(((say(N_("Confirmation code")), confirmation),))
    yield _Link(erase, erase)
    yield _Paragraph(
        say(
            N_(
                "If it was not you, do not give the code to anybody. Without it, nothing is erased."
                " Somebody else may know your access code: replace it on your incident's page."
            )
        )
    )
    yield _Paragraph(say(_WRITE))


def _confirmed_by(incident: Incident, entry: Entry) -> str:
    return moment_text(to_madrid(entry.recorded_at + CONFIRMED_WITHIN), incident.language)


def _news(
    say: _Say,
    kind: MailKind,
    incident: Incident,
    entry: Entry,
    words: str | None,
) -> Iterator[_Piece]:
    yield _Headline(say(_happened(kind, entry)))
    yield _reference(say, incident)
    if words:
        yield _Paragraph(say(N_("The support team writes:")))
        yield _Quotation(words)
    answer = N_("To answer, open your incident and write on its page:")
    match kind:
        case MailKind.QUESTION:
            until = entry.recorded_at + WAITS_FOR_CITIZEN
            then = N_(
                "Answer by {moment}. Otherwise the incident is closed.",
                moment=moment_text(to_madrid(until), incident.language),
            )
            yield _Paragraph(say(then))
        case MailKind.SOLUTION | MailKind.CLOSING:
            until = entry.recorded_at + REOPENABLE_FOR
            then = N_(
                "If you still need help, you can reopen the incident until {moment}.",
                moment=moment_text(to_madrid(until), incident.language),
            )
            yield _Paragraph(say(then))
            answer = N_("To answer or to reopen the incident, open its page:")
            if kind is MailKind.SOLUTION:
                answer = N_(
                    "To answer, to reopen the incident or to rate the support, open its page:"
                )
        case MailKind.ENDING:
            kept_until = retention.last_day_before(incident.expires_at)
            then = N_(
                "It is still open, but nobody has written in it for a long time. It is kept until"
                " {day}, and then erased.",
                day=date_text(kept_until, incident.language),
            )
            yield _Paragraph(say(then))
            yield _Paragraph(
                say(
                    N_(
                        "If you still need help, write to the support team. The incident is then"
                        " kept for another six months. Otherwise, you do not need to do anything."
                    )
                )
            )
    yield _Paragraph(say(answer))


def _happened(kind: MailKind, entry: Entry) -> Message:
    match kind:
        case MailKind.ENDING:
            return N_("Your incident will be erased soon.")
        case MailKind.QUESTION:
            return N_("The support team needs your answer.")
        case MailKind.SOLUTION:
            return N_("The support team has resolved your incident.")
        case MailKind.CLOSING if entry.facts["by"] == "citizen":
            return N_("Your incident is closed, as you asked.")
        case MailKind.CLOSING:
            return N_("Your incident is closed, because there was no answer for 14\u00a0days.")
        case _:
            return N_("The support team has answered your incident.")


def _as_text(piece: _Piece) -> str:
    match piece:
        case _Headline(words) | _Paragraph(words):
            return quotation.wrapped(words)
        case _Quotation(words):
            return quotation.as_text(words)
        case _Facts(facts):
            return "\n".join(f"{name}: {value}" for name, value in facts)
        case _List(lines):
            return "\n".join(f"  {name}: {value}" for name, value in lines)
        case _Link(words, address):
            return address if words == address else f"{words}:\n{address}"


def _as_html(subject: str, language: str, pieces: list[_Piece]) -> str:
    body = "\n".join(_element(piece) for piece in pieces)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(subject)}</title>\n</head>\n"
        f'<body style="margin: 16px; max-width: 40em; {_FONT}; {_BREAKS}">\n'
        f"{body}\n</body>\n</html>\n"
    )


def _element(piece: _Piece) -> str:
    match piece:
        case _Headline(words):
            return f'<h1 style="margin: 0 0 16px; font-size: 20px">{escape(words)}</h1>'
        case _Paragraph(words, language):
            marked = f' lang="{language}"' if language else ""
            return f"<p{marked}>{escape(words)}</p>"
        case _Quotation(words):
            return quotation.as_html(words)
        case _Facts(facts):
            lines = "<br>\n".join(
                f"{escape(name)}: <strong>{escape(value)}</strong>" for name, value in facts
            )
            return f"<p>{lines}</p>"
        case _List(lines, numbers):
            items = "\n".join(
                f"<li>{escape(name)}: {_dialled(value, dict(numbers))}</li>"
                for name, value in lines
            )
            return f"<ul>\n{items}\n</ul>"
        case _Link(words, address):
            return f'<p><a href="{escape(address)}">{escape(words)}</a></p>'


def _dialled(value: str, numbers: dict[str, str]) -> str:
    dial = numbers.get(value)
    return f'<a href="tel:{dial}">{escape(value)}</a>' if dial else escape(value)
