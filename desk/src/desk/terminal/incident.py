"""An incident in print: before the claim, what its message says; after it, all of it."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from desk.queue.message import Received
from desk.service_vocabulary import BY_PHONE, Actor, Language, Reason, Scope, Status
from desk.terminal.history import print_history
from desk.terminal.moments import age, day, moment, written_moment
from desk.terminal.output import cell, grid, indented
from desk.terminal.safe_text import plain_line

_LANGUAGES: dict[str, str] = {
    Language.CATALAN: "Catalan",
    Language.SPANISH: "Spanish",
    Language.ENGLISH: "English",
    Language.GERMAN: "German",
}
_REASONS: dict[str, str] = {
    Reason.SUBMITTED: "new",
    Reason.TRANSFERRED: "another team gave it to you",
    Reason.CITIZEN_REPLIED: "the citizen answered",
    Reason.REQUEUED: "nobody has dealt with it yet",
    Reason.REOPENED: "the citizen reopened it",
}
_CONSENTS: dict[str, str] = {
    Scope.VIEW: "you may view the screen",
    Scope.CONTROL: "you may act on the computer",
}
_ENDINGS: dict[str, str] = {
    Actor.CITIZEN: "closed by the citizen",
    Actor.SERVICE: "closed: the citizen did not answer",
}
_CONTACT = ("name", "phone", "dial", "email", "nif", "availability")
_ABBREVIATIONS = {"nif": "NIF", "email": "Email"}


def print_unclaimed(console: Console, message: Received) -> None:
    """Prints what the queue's message says about an incident, before the claim."""
    content = message.content or {}
    told = [str(content.get("category", "")), _in_language(content.get("language"))]
    _print_headline(console, content, told)
    facts = grid()
    _add_queue(facts, message)
    _add_problem(facts, {**content, "error": {"code": content.get("error_code")}})
    _add_files(facts, content.get("attachments") or [])
    console.print(indented(facts))
    console.print(Text("What the citizen wrote is shown once you claim it."), soft_wrap=True)


def print_incident(
    console: Console, view: Mapping[str, Any], message: Received | None = None
) -> None:
    """Prints the incident with its history and, if it was pulled, with what its message said."""
    told = [str(view["category"]), _status(view), _in_language(view["language"])]
    if view.get("origin") == BY_PHONE:
        told.append("taken by phone")
    _print_headline(console, view, told)
    submitted = written_moment(view["submitted_at"])
    facts = grid()
    facts.add_row("Submitted", cell(f"{moment(submitted)}, {age(submitted)} ago"))
    if message is not None:
        _add_queue(facts, message)
    _add_problem(facts, view)
    for name, value in (view.get("context") or {}).items():
        facts.add_row(plain_line(name).capitalize(), cell(value))
    _add_citizen(facts, view)
    _add_files(facts, view.get("files") or [])
    if consents := view.get("consents"):
        facts.add_row("Consent", cell("; ".join(_CONSENTS.get(each, each) for each in consents)))
    if view.get("rating") is not None:
        facts.add_row("Rating", cell(f"{view['rating']} of 5"))
    facts.add_row("Kept until", cell(view.get("expires_on", "")))
    console.print(indented(facts))
    description = view["description"]
    console.print()
    console.print(indented(cell("erased after six months" if description is None else description)))
    print_history(console, view)


def print_earlier_history(console: Console, view: Mapping[str, Any]) -> None:
    """Prints an earlier part of the incident's history."""
    console.print(Text(plain_line(view["reference"]), "bold"))
    if not view.get("history"):
        console.print(Text("There are no earlier entries."), soft_wrap=True)
    print_history(console, view)


def _print_headline(console: Console, content: Mapping[str, Any], told: list[str]) -> None:
    if topic := content.get("topic"):
        last_day = content.get("answer_by")  # a message of the queue has none
        due = f"by {day(last_day)}" if last_day else "within 20 working days"
        told.append(f"{topic}: to be answered {due}")
    console.print(Text(plain_line(content["reference"]), "bold"), end="  ")
    console.print(Text(plain_line(" · ".join(told))))


def _status(view: Mapping[str, Any]) -> str:
    status, by = str(view["status"]), view.get("claimed_by")
    if not by:
        return _ENDINGS.get(str(view.get("resolved_by")), status)
    return f"{status} by {by}" if status == Status.CLAIMED else f"{status}, with {by}"


def _in_language(language: object) -> str:
    return f"in {_LANGUAGES.get(str(language), language)}"


def _add_queue(facts: Table, message: Received) -> None:
    reason = str((message.content or {}).get("reason", ""))
    times = "for the first time" if message.times_seen <= 1 else f"{message.times_seen} times"
    since = f"since {moment(message.sent_at)}, {age(message.sent_at)}"
    facts.add_row("In the queue", cell(f"{_REASONS.get(reason, reason)}; {since}; seen {times}"))


def _add_problem(facts: Table, content: Mapping[str, Any]) -> None:
    procedure, error = content.get("procedure") or {}, content.get("error") or {}
    for label, told in (
        ("Procedure", (procedure.get("name"), procedure.get("code"))),
        ("Error", (error.get("code"), error.get("message"))),
    ):
        if said := " · ".join(filter(None, told)):
            facts.add_row(label, cell(said))


def _add_citizen(facts: Table, view: Mapping[str, Any]) -> None:
    contact = view.get("contact") or {}
    for name in _CONTACT:
        if value := contact.get(name):
            facts.add_row(_ABBREVIATIONS.get(name, name.capitalize()), cell(value))
    if contact and not view.get("contact_shown"):
        facts.add_row("", Text("masked: shown to the operator who has claimed it", "dim"))
    elif contact:
        facts.add_row("", Text("that you saw this is recorded", "dim"))
    if trouble := view.get("mail_trouble"):
        told = f"{plain_line(trouble)}: mail does not reach this person"
        facts.add_row("Mail", Text(told, "red"))


def _add_files(facts: Table, files: Iterable[Mapping[str, Any]]) -> None:
    for file in files:
        said = f"{file['file']}  {file['type']}, {_size(file['bytes'])}, {file['state']}"
        number = f" {plain_line(str(file['number']))}" if "number" in file else ""
        facts.add_row(f"File{number}", cell(said))


def _size(size: int) -> str:
    kilobytes = 1000
    if size < kilobytes:
        return f"{size} bytes"
    return f"{size / kilobytes**2:.1f} MB" if size >= kilobytes**2 else f"{size / kilobytes:.0f} kB"
