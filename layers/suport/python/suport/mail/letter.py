"""What a mail to a citizen says, in the incident's language, as plain text and as HTML.

Both are made from the same pieces: neither says more than the other. The HTML loads nothing from
anywhere. The only words of a person in a mail are the operator's to the citizen. An acknowledgement
repeats nothing that was typed; otherwise the form could send any text to anybody.
"""

import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from suport.domain import phone_line, retention
from suport.domain.access_code import AccessCode
from suport.domain.deadlines import CONFIRMED_WITHIN, REOPENABLE_FOR, WAITS_FOR_CITIZEN
from suport.domain.history import Entry
from suport.domain.incident import Category, Incident
from suport.domain.legal_time import to_madrid
from suport.domain.owed_mail import MailKind
from suport.domain.phone_line import Origin
from suport.texts.labels import CATEGORIES
from suport.texts.local_dates import date_text, moment_text
from suport.texts.message import N_, Message

SENDER = N_("Assistance for electronic procedures")
"""The name that the mails come from."""

SUBJECTS = {
    MailKind.ACKNOWLEDGEMENT: N_("We have received your incident {reference}"),
    MailKind.REPLY: N_("The support team has answered: incident {reference}"),
    MailKind.QUESTION: N_("The support team needs your answer: incident {reference}"),
    MailKind.SOLUTION: N_("Your incident {reference} is resolved"),
    MailKind.CLOSING: N_("Your incident {reference} is closed"),
    MailKind.ENDING: N_("Your incident {reference} will soon be erased"),
    MailKind.ACCESS_CODE: N_("The access code of your incident {reference}"),
    MailKind.ADDRESS_CHANGED: N_("Another e-mail address for incident {reference}"),
    MailKind.CONFIRMATION: N_("Please confirm the new e-mail address for incident {reference}"),
    MailKind.ERASURE: N_("Please confirm that incident {reference} is to be erased"),
}

_OFFICE = "Seu Electrònica · Govern de les Illes Balears"
_WIDTH = 72  # characters in a line of plain text
_INDENT = "  "  # before a person's words in plain text
_MARKS = {"L": "\N{LEFT-TO-RIGHT MARK}", "R": "\N{RIGHT-TO-LEFT MARK}", None: ""}
_FONT = "font-family: Arial, Helvetica, sans-serif; font-size: 16px; line-height: 1.5"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is sent, without its addresses."""

    subject: str
    text: str
    html: str


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
class _Link:
    words: str
    address: str


type _Piece = _Paragraph | _Quotation | _Facts | _Link
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
) -> Letter:
    """The mail of that kind about this incident.

    public_url: where citizens reach the service, without a trailing slash. entry: what the mail is
    about; None for an acknowledgement. words: the operator's to the citizen, if there are any.
    confirmation: the code that confirms what the entry asks for.
    """
    say: _Say = lambda message: message.in_(incident.language)  # noqa: E731
    page = f"{public_url}/{incident.language}/track"
    link = _Link(say(N_("Open your incident")), f"{page}#{incident.reference}.{code}")
    reference = _Facts(((say(N_("Reference")), incident.reference),))
    if entry is None:
        pieces = [*_acknowledgement(say, incident, code, page, link)]
    elif kind is MailKind.ACCESS_CODE:
        pieces = [*_access_code(say, incident, code, page, link)]
    elif kind is MailKind.ADDRESS_CHANGED:
        pieces = [reference, *_address_changed(say)]
    elif kind is MailKind.CONFIRMATION:
        assert confirmation
        contact_data = f"{public_url}/{incident.language}/contact-data"
        pieces = [reference, *_confirmation(say, incident, entry, confirmation, contact_data)]
    elif kind is MailKind.ERASURE:
        assert confirmation
        erase = f"{public_url}/{incident.language}/erase"
        pieces = [reference, *_erasure(say, incident, entry, confirmation, erase)]
    else:
        pieces = [reference, *_news(say, kind, incident, entry, words), link]
        pieces += [_Paragraph(say(_LINK_IS_A_KEY))]
    pieces += [_Paragraph(say(_NOT_READ)), _Paragraph(_OFFICE, "ca")]
    subject = Message(SUBJECTS[kind].text, {"reference": incident.reference})
    return Letter(
        subject=say(subject),
        text="\n\n".join(_as_text(piece) for piece in pieces) + "\n",
        html=_as_html(say(subject), incident.language, pieces),
    )


_LINK_IS_A_KEY = N_("The link opens your incident to whoever has it: do not pass this mail on.")
_KEEP_THIS_MAIL = N_(
    "Keep this mail, and show the access code to nobody: with the reference it opens your incident."
)
_TYPE_BOTH = N_(
    "Or go to the following address on any device, and type the reference and the access code:"
)
_NOT_READ = N_(
    "Nobody reads what is sent to this address. Write to the support team on your incident's page."
)


def _acknowledgement(
    say: _Say, incident: Incident, code: AccessCode, page: str, link: _Link
) -> Iterator[_Piece]:
    language = incident.language
    yield _Paragraph(
        say(
            N_(
                "Your incident has been received and recorded. It is not an application, and it"
                " stops no deadline."
            )
        )
    )
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
                "The support team answers as it works through its queue, and you are told by mail."
                " You can follow your incident and add to it at any time:"
            )
        )
    )
    yield link
    yield _Paragraph(say(_TYPE_BOTH))
    yield _Link(page, page)
    if incident.category is Category.SIGNATURE:
        unbroken = {
            where.value: phone_line.NUMBERS[where].replace(" ", "\N{NO-BREAK SPACE}")
            for where in (Origin.SPAIN, Origin.ABROAD)
        }
        yield _Paragraph(
            say(
                N_(
                    "If you cannot wait, call the 012 line for signing and certificates: 012 in the"
                    " Balearic Islands, {spain} from elsewhere in Spain, {abroad} from abroad;"
                    " Monday to Friday from 8 to 20, Saturday from 9 to 14 (time of Madrid).",
                    **unbroken,
                )
            )
        )
    yield _Paragraph(
        say(
            N_(
                "If you have not reported an incident, somebody gave this address by mistake:"
                " delete this mail."
            )
        )
    )


def _access_code(
    say: _Say, incident: Incident, code: AccessCode, page: str, link: _Link
) -> Iterator[_Piece]:
    yield _Paragraph(
        say(
            N_(
                "This is the access code that opens your incident. If it had another code before,"
                " that one no longer opens it."
            )
        )
    )
    yield _Facts(
        ((say(N_("Reference")), incident.reference), (say(N_("Access code")), code)),
    )
    yield _Paragraph(say(_KEEP_THIS_MAIL))
    yield link
    yield _Paragraph(say(_TYPE_BOTH))
    yield _Link(page, page)


def _address_changed(say: _Say) -> Iterator[_Piece]:
    yield _Paragraph(
        say(
            N_(
                "The e-mail address of this incident has been changed. No more mails about it are"
                " sent to this address."
            )
        )
    )
    yield _Paragraph(
        say(
            N_(
                "If you did not ask for this, tell the support team: call 012, or report it as a"
                " new incident and name this reference."
            )
        )
    )


def _confirmation(
    say: _Say, incident: Incident, entry: Entry, confirmation: str, contact_data: str
) -> Iterator[_Piece]:
    until = to_madrid(entry.recorded_at + CONFIRMED_WITHIN)
    yield _Paragraph(
        say(
            N_(
                "Somebody who has this incident open has asked that its mails go to another e-mail"
                " address, or to none. If it was you, confirm it by {moment}: open your incident"
                " and type this code under “Your contact details”.",
                moment=moment_text(until, incident.language),
            )
        )
    )
    yield _Facts(((say(N_("Confirmation code")), confirmation),))
    yield _Link(contact_data, contact_data)
    yield _Paragraph(
        say(
            N_(
                "If it was not you, do not pass the code on: without it nothing changes. Somebody"
                " else may know your access code; replace it on your incident's page."
            )
        )
    )


def _erasure(
    say: _Say, incident: Incident, entry: Entry, confirmation: str, erase: str
) -> Iterator[_Piece]:
    until = to_madrid(entry.recorded_at + CONFIRMED_WITHIN)
    yield _Paragraph(
        say(
            N_(
                "Somebody who has this incident open has asked to have it erased, with all messages"
                " and files. If it was you, confirm it by {moment}: open your incident and type"
                " this code under “Erase the incident”.",
                moment=moment_text(until, incident.language),
            )
        )
    )
    yield _Facts(((say(N_("Confirmation code")), confirmation),))
    yield _Link(erase, erase)
    yield _Paragraph(
        say(
            N_(
                "If it was not you, do not pass the code on: without it nothing is erased. Somebody"
                " else may know your access code; replace it on your incident's page."
            )
        )
    )


def _news(
    say: _Say, kind: MailKind, incident: Incident, entry: Entry, words: str | None
) -> Iterator[_Piece]:
    yield _Paragraph(say(_told(kind, incident, entry, has_words=bool(words))))
    if words:
        yield _Quotation(words)
    match kind:
        case MailKind.QUESTION:
            until = entry.recorded_at + WAITS_FOR_CITIZEN
            then = N_(
                "Answer by {moment} on your incident's page; otherwise the incident is closed.",
                moment=moment_text(to_madrid(until), incident.language),
            )
        case MailKind.SOLUTION | MailKind.CLOSING:
            until = entry.recorded_at + REOPENABLE_FOR
            then = N_(
                "If you still need help, you can reopen the incident on its page until {moment}.",
                moment=moment_text(to_madrid(until), incident.language),
            )
        case MailKind.ENDING:
            then = N_(
                "If you still need help, write to the support team on your incident's page, "
                "and it will be kept for another six months. Otherwise, you do not need to do "
                "anything."
            )
        case _:
            then = N_("You can answer on your incident's page.")
    yield _Paragraph(say(then))
    if kind is MailKind.SOLUTION:
        yield _Paragraph(say(N_("There you can also rate the support.")))


def _told(kind: MailKind, incident: Incident, entry: Entry, *, has_words: bool) -> Message:
    match kind:
        case MailKind.ENDING:
            return N_(
                "Your incident is still open, but nobody has written in it for a long time. It is"
                " kept until {day}, and then erased.",
                day=date_text(retention.last_day_before(incident.expires_at), incident.language),
            )
        case MailKind.QUESTION:
            return N_("The support team needs to know something from you to go on:")
        case MailKind.SOLUTION:
            writes = N_("The support team has resolved your incident and writes:")
            return writes if has_words else N_("The support team has resolved your incident.")
        case MailKind.CLOSING if entry.facts["by"] == "citizen":
            return N_("Your incident is closed, as you asked.")
        case MailKind.CLOSING:
            return N_("Your incident is closed, because there was no answer for 14 days.")
        case _:
            return N_("The support team has answered your incident:")


def _as_text(piece: _Piece) -> str:
    match piece:
        case _Paragraph(words):
            return _wrapped(words)
        case _Quotation(words):
            return "\n".join(_wrapped_in_its_direction(line) for line in words.splitlines())
        case _Facts(facts):
            return "\n".join(f"{name}: {value}" for name, value in facts)
        case _Link(words, address):
            return address if words == address else f"{words}:\n{address}"


def _wrapped(line: str, indent: str = "") -> str:
    return textwrap.fill(
        line,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,  # an address must stay in one piece
        break_on_hyphens=False,
    )


def _wrapped_in_its_direction(paragraph: str) -> str:
    """The paragraph in lines that all run in its direction.

    Mail programs look for the direction of each line on its own, at its first letter (Unicode
    Annex 9, P2). A line that would run otherwise begins with a mark that nobody sees.
    """
    direction = _direction(paragraph)
    lines = _wrapped(paragraph, indent=_INDENT).splitlines()
    return "\n".join(
        line if _direction(line) in {direction, None} else f"{_MARKS[direction]}{line}"
        for line in lines
    )


def _direction(text: str) -> str | None:
    """`L` or `R`, as the first letter with a direction says; None without any."""
    found = (unicodedata.bidirectional(character) for character in text)
    return next(("L" if each == "L" else "R" for each in found if each in {"L", "R", "AL"}), None)


def _as_html(subject: str, language: str, pieces: list[_Piece]) -> str:
    body = "\n".join(_element(piece) for piece in pieces)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(subject)}</title>\n</head>\n"
        f'<body style="margin: 16px; max-width: 40em; {_FONT}">\n{body}\n</body>\n</html>\n'
    )


def _element(piece: _Piece) -> str:
    match piece:
        case _Paragraph(words, language):
            marked = f' lang="{language}"' if language else ""
            return f"<p{marked}>{escape(words)}</p>"
        case _Quotation(words):
            style = "margin: 16px 0; padding: 0 0 0 16px; border-left: 4px solid #767676"
            # each line in its own direction, and what reorders letters ends with it
            own = '<p dir="auto" style="margin: 0">'
            lines = "\n".join(f"{own}{escape(line) or '<br>'}</p>" for line in words.splitlines())
            return f'<blockquote style="{style}">{lines}</blockquote>'
        case _Facts(facts):
            lines = "<br>\n".join(
                f"{escape(name)}: <strong>{escape(value)}</strong>" for name, value in facts
            )
            return f"<p>{lines}</p>"
        case _Link(words, address):
            return f'<p><a href="{escape(address)}">{escape(words)}</a></p>'
