"""The team's list in print: a row for each incident, with the columns of the web desk's list."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from desk import madrid
from desk.service_vocabulary import Status
from desk.terminal.moments import age, day, duration, written_moment
from desk.terminal.output import cell, titled_table
from desk.terminal.safe_text import plain_line

_STYLES: dict[str, str] = {
    Status.RECEIVED: "cyan",
    Status.QUEUED: "cyan",
    Status.CLAIMED: "green",
    Status.WAITING: "yellow",
    Status.RESOLVED: "dim",
}
_WIDEST = 32  # characters of a procedure's name
_GAP = 1  # between two columns
_FOLD = ("Operator", "Procedure")  # the columns whose cells may take several lines
_FIRST_TO_GO = ("In", "Error", "Submitted", "Answer by", "Ends", "Snoozed to", "Operator")
"""The columns to leave out, in this order, where there is no room for all."""


def print_list(console: Console, incidents: Iterable[Mapping[str, Any]]) -> None:
    """Prints a table of these incidents, in this order.

    A column in which no row has anything is left out, and where the terminal is too narrow for the
    titles in one line, some more are: the last line names them. A pipe has room for everything.
    """
    now = datetime.now(UTC)
    rows = [_row(each, now) for each in incidents]
    titles = [title for title in rows[0] if any(row[title].plain for row in rows)]
    has_end = console.is_terminal or "COLUMNS" in os.environ
    room = console.width if has_end else sys.maxsize
    left_out = []
    for title in _FIRST_TO_GO:
        if _needed(titles, rows) > room and title in titles:
            titles.remove(title)
            left_out.append(title)
    table = titled_table(*titles)
    table.padding = (0, _GAP, 0, 0)
    widths = _widths(titles, rows, room)
    for title, column in zip(titles, table.columns, strict=True):
        column.width = widths[title]
        column.no_wrap = title not in _FOLD
    for row in rows:
        table.add_row(*(row[title] for title in titles))
    if not has_end:
        console.width = sum(widths.values()) + _GAP * len(titles)
    console.print(table)
    if left_out:
        told = f"No room for: {', '.join(left_out)}. A wider window shows them, and --json all."
        console.print(Text(told, "dim"), soft_wrap=True)


def _row(incident: Mapping[str, Any], now: datetime) -> dict[str, Text]:
    """The cells of an incident by the titles of their columns."""
    status = str(incident["status"])
    linked = ", linked" if incident.get("linked") else ""
    return {
        "Reference": cell(incident["reference"]),
        "Unread": Text(
            f"● {plain_line(incident['unread'])}" if incident.get("unread") else "", "bold"
        ),
        "Status": Text(plain_line(status) + linked, _STYLES.get(status, "")),
        "Operator": Text(plain_line(incident.get("claimed_by") or "")),
        "Submitted": cell(age(written_moment(incident["submitted_at"]), now)),
        "Due": _due(incident["due_at"], now) if incident.get("due_at") else Text(""),
        "Snoozed to": _snoozed(incident.get("snoozed_until")),
        "Ends": _ends(incident),
        "Answer by": _answer_by(incident, now),
        "Procedure": Text(_about(incident)),
        "Error": Text(plain_line(incident.get("error_code") or "")),
        "In": Text(plain_line(incident.get("language") or "")),
    }


def _whole(title: str, rows: Iterable[Mapping[str, Text]]) -> int:
    """How many columns of the terminal this one needs for its cells and title to be whole."""
    return max(cell_len(title), *(cell_len(row[title].plain) for row in rows))


def _needed(titles: Iterable[str], rows: Sequence[Mapping[str, Text]]) -> int:
    """How many columns of the terminal the table needs at least."""
    return sum(
        (cell_len(title) if title in _FOLD else _whole(title, rows)) + _GAP for title in titles
    )


def _widths(titles: Sequence[str], rows: Sequence[Mapping[str, Text]], room: int) -> dict[str, int]:
    """The width of each column: whole, and of those that may fold what the others leave."""
    widths = {title: _whole(title, rows) for title in titles}
    left = max(0, room - _needed(titles, rows))
    for title in _FOLD:
        if title in widths:
            more = min(widths[title] - cell_len(title), left)
            widths[title] = cell_len(title) + more
            left -= more
    return widths


def _about(incident: Mapping[str, Any]) -> str:
    """The topic, or else the procedure; a long name is cut."""
    procedure = incident.get("procedure")
    named = (procedure.get("name") or "another procedure") if procedure else ""
    said = plain_line(incident.get("topic") or named)
    return said if len(said) <= _WIDEST else f"{said[: _WIDEST - 1].rstrip()}…"


def _snoozed(until: str | None) -> Text:
    """The day on which a snoozed incident comes back."""
    return Text(day(madrid.day_of(written_moment(until)).isoformat()) if until else "")


def _ends(incident: Mapping[str, Any]) -> Text:
    """The last day on which an incident is kept that is erased soon."""
    return Text(
        plain_line(day(incident.get("expires_on"))) if incident.get("ending") else "", "red"
    )


def _answer_by(incident: Mapping[str, Any], now: datetime) -> Text:
    """The last day for the answer to an incident with a topic."""
    last_day = str(incident.get("answer_by") or "")
    late = last_day and last_day < now.date().isoformat()
    return Text(plain_line(day(last_day)) if last_day else "", "red" if late else "")


def _due(at: str, now: datetime) -> Text:
    left_s = (written_moment(at) - now).total_seconds()
    return Text(f"{duration(-left_s)} late", "red") if left_s < 0 else Text(duration(left_s))
