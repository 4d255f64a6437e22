"""An incident's history in print: a line or more for each entry, the newest last."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from desk.service_vocabulary import (
    ENDING,
    HANDED_OVER,
    MAIL_SET_ASIDE,
    TAKEN_OVER,
    EntryKind,
    SetAside,
)
from desk.terminal.moments import moment, written_moment
from desk.terminal.output import grid, indented
from desk.terminal.safe_text import plain, plain_line

_SET_ASIDE: dict[str, str] = {
    SetAside.UNKNOWN_OUTCOME: "whether it was sent is not known",
    SetAside.NOT_SENT: "the mail provider refused it",
    SetAside.TOO_MANY: "too many receipts to one address within the hour",
    SetAside.EXPIRED: "what it was to tell of is erased",
}
_WITH_A_COLLEAGUE = {TAKEN_OVER: "taken over from", HANDED_OVER: "handed over to"}
# members of an entry that its first words express, or that only programs need
_TOLD = {"at", "kind", "by", "operator", "action", "body", "for", "message_id", "mail", "entry"}


def print_history(console: Console, view: Mapping[str, Any]) -> None:
    """Prints the part of the history in the view, and the command that shows an earlier part.

    The service gives the newest entry first; here it comes last, next to the prompt.
    """
    if earlier := view.get("earlier"):
        command = f"desk show {view['reference']} --before {earlier}"
        console.print()
        console.print(
            Text(f"  There are earlier entries: {plain_line(command)}", "dim"), soft_wrap=True
        )
    _print_entries(console, reversed(list(view.get("history") or [])))


def print_written_meanwhile(console: Console, entries: Iterable[Mapping[str, Any]]) -> None:
    """Prints what the citizen has written since the incident was last shown, the oldest first."""
    console.print(Text("Written in the meantime:", "bold"))
    _print_entries(console, entries)


def _print_entries(console: Console, entries: Iterable[Mapping[str, Any]]) -> None:
    table = grid()
    for entry in entries:
        table.add_row(moment(written_moment(entry["at"])), _entry(entry))
    if table.row_count:
        console.print()
        console.print(indented(table))


def _entry(entry: Mapping[str, Any]) -> Text:
    who = str(entry.get("operator") or entry.get("by") or "")
    said, told = _happened(entry)
    line = Text(said, "bold")
    if who:
        line.append(f" by {plain_line(who)}", "not bold")
    if entry.get("contact") is True:
        line.append(", with the contact data", "not bold")
    more = [
        f"{name} {value}"
        for name, value in entry.items()
        if name not in _TOLD | told and isinstance(value, str | int) and not isinstance(value, bool)
    ]
    if more:
        line.append(f" · {plain_line(', '.join(more))}", "not bold dim")
    if body := entry.get("body"):
        line.append(f"\n{plain(body)}", "not bold")
    return line


def _happened(entry: Mapping[str, Any]) -> tuple[str, set[str]]:
    """An entry's first words, and the names of the other members that they express."""
    kind, action = str(entry["kind"]), entry.get("action")
    if action == MAIL_SET_ASIDE:
        mail, reason = entry.get("mail", kind), str(entry.get("reason", ""))
        why = _SET_ASIDE.get(reason, reason)
        return plain_line(f"mail set aside: {mail} ({why}): call the citizen"), {"reason"}
    if action in _WITH_A_COLLEAGUE:
        words = f"{_WITH_A_COLLEAGUE[action]} {entry.get('colleague', 'a colleague')}"
        return plain_line(words), {"colleague"}
    if action == ENDING:
        return "ending: erased soon unless somebody writes", set()
    if kind == EntryKind.MAIL:
        return f"mail sent: {plain_line(entry.get('mail', ''))}", set()
    if kind == EntryKind.CONSENT:
        return f"consent {plain_line(entry.get('action', kind))}", set()
    return plain_line(entry.get("action", kind) if kind == EntryKind.ACTION else kind), set()
