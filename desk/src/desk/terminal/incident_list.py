"""The list of open incidents in print: their order, and a row for each."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from desk.service_vocabulary import OpenStatus
from desk.terminal.moments import age, day, duration, written_moment
from desk.terminal.output import cell, titled_table
from desk.terminal.safe_text import plain_line

_ORDER: list[str] = list(OpenStatus)
_STYLES: dict[str, str] = {
    OpenStatus.RECEIVED: "cyan",
    OpenStatus.QUEUED: "cyan",
    OpenStatus.CLAIMED: "green",
    OpenStatus.WAITING: "yellow",
}


def by_status(incidents: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The incidents by status and, within a status, the oldest first."""

    def place(incident: Mapping[str, Any]) -> tuple[int, str]:
        status = incident["status"]
        known = _ORDER.index(status) if status in _ORDER else len(_ORDER)
        return known, str(incident["submitted_at"])

    return sorted(incidents, key=place)


def print_list(console: Console, incidents: Iterable[Mapping[str, Any]]) -> None:
    """Prints a table of these open incidents, in this order."""
    now = datetime.now(UTC)
    listed = list(incidents)
    with_topic = any(each.get("topic") for each in listed)
    table = titled_table(
        *("Reference", "State", "Since", "Due in", "With", "Unread", "Last written", "Ends"),
        *(("Answer by",) if with_topic else ()),
    )
    for each in listed:
        status = str(each["status"])
        table.add_row(
            cell(each["reference"]),
            Text(plain_line(status), _STYLES.get(status, "")),
            cell(age(written_moment(each["submitted_at"]), now)),
            _due(each["due_at"], now) if each.get("due_at") else Text(""),
            cell(each.get("claimed_by") or ""),
            Text(f"● {plain_line(each['unread'])}" if each.get("unread") else "", "bold"),
            cell(_last_written(each.get("last_written"), now)),
            Text(plain_line(day(each.get("expires_on"))) if each.get("ending") else "", "red"),
            *((_answer_by(each, now),) if with_topic else ()),
        )
    console.print(table)


def _last_written(written: Mapping[str, Any] | None, now: datetime) -> str:
    return f"{written['by']}, {age(written_moment(written['at']), now)} ago" if written else ""


def _answer_by(incident: Mapping[str, Any], now: datetime) -> Text:
    """The last day for the answer to an incident with a topic, and the topic."""
    last_day = str(incident.get("answer_by") or "")
    late = last_day and last_day < now.date().isoformat()
    told = f"{day(last_day)}, {incident['topic']}" if last_day else ""
    return Text(plain_line(told), "red" if late else "")


def _due(at: str, now: datetime) -> Text:
    left_s = (written_moment(at) - now).total_seconds()
    return Text(f"{duration(-left_s)} late", "red") if left_s < 0 else Text(duration(left_s))
