"""Who looked at an incident, in print: a row for each look, the newest last."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from desk.service_vocabulary import REFUSED, Actor
from desk.terminal.moments import moment, written_moment
from desk.terminal.output import cell, titled_table
from desk.terminal.safe_text import plain_line

_CONTACT = {True: "shown", False: "not shown", None: "?"}


def print_looks(console: Console, seen: Mapping[str, Any]) -> None:
    """Prints a table of the looks in this part, and the command that shows an earlier part.

    The service gives the newest first; here it comes last, next to the prompt.
    """
    if earlier := seen.get("earlier"):
        command = f"desk viewed {seen['reference']} --before {earlier}"
        console.print(
            Text(f"There are earlier entries: {plain_line(command)}", "dim"), soft_wrap=True
        )
    table = titled_table("When", "Who", "Team", "For", "Contact data", "File")
    for look in reversed(seen["looks"]):
        table.add_row(*map(cell, _row(look)))
    console.print(table)


def _row(look: Mapping[str, Any]) -> tuple[str, ...]:
    """The cells of a look, or of an attempt; a question mark for what an old entry lacks."""
    is_refused = look["action"] == REFUSED
    team = look.get("team") or "?"
    if look.get("by") == Actor.DATA_PROTECTION:
        team = "data protection"
    return (
        moment(written_moment(look["at"])),
        str(look.get("operator") or "?"),
        str(team),
        _refused(look) if is_refused else str(look.get("purpose") or "?"),
        "not shown" if is_refused else _CONTACT.get(look.get("contact"), "?"),
        str(look.get("file") or ""),
    )


def _refused(look: Mapping[str, Any]) -> str:
    """That an attempt was refused; within the team it says for what it was."""
    return f"refused: {look['purpose']}" if look.get("purpose") else "refused"
