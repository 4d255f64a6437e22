"""What the operator sees: incidents, tables and figures, for people or as JSON.

Whatever others typed passes through `plain`, and reaches Rich as text, never as its markup. In JSON
mode only the result goes to the standard output; what is said besides goes to the other one.
"""

import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from desk.plain import json_text, plain, plain_line
from desk.trouble import Misused

_HERE = ZoneInfo("Europe/Madrid")
_LANGUAGES = {"ca": "Catalan", "es": "Spanish", "en": "English", "de": "German"}
_STATES = ("received", "queued", "claimed", "waiting")
_STYLES = {"received": "cyan", "queued": "cyan", "claimed": "green", "waiting": "yellow"}
_REASONS = {
    "submitted": "new",
    "transferred": "another team gave it to you",
    "citizen_replied": "the citizen answered",
    "requeued": "nobody has dealt with it yet",
    "reopened": "the citizen reopened it",
}
_SET_ASIDE = {
    "unknown_outcome": "whether it was sent is not known",
    "not_sent": "the mail provider refused it",
    "too_many": "too many receipts to one address within the hour",
    "expired": "what it was to tell of is erased",
}
_ERASED = "erased after six months"
# of a history's entry, what is told by its first words, or of use to programs only
_TOLD = {"at", "kind", "by", "operator", "action", "body", "for", "message_id", "mail", "entry"}


class Screen:
    """One command's output."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._out = _console(stderr=False)
        self._err = _console(stderr=True)

    @property
    def _beside(self) -> Console:
        return self._err if self.as_json else self._out

    def result(self, value: Any) -> bool:
        """Writes the result where JSON is wanted, and says whether that was so."""
        if self.as_json:
            self._out.file.write(json_text(value) + "\n")
        return self.as_json

    def say(self, text: str) -> None:
        """A sentence; on the other output where the result is JSON."""
        self._beside.print(Text(plain(text)), soft_wrap=True)

    def warn(self, text: str) -> None:
        """What went wrong, on the error output."""
        self._err.print(Text(plain(text), "yellow"), soft_wrap=True)

    def bell(self) -> None:
        """Calls the operator who waits in front of a terminal."""
        if self._err.is_terminal:
            self._err.bell()

    def choice(self, question: str, default: str) -> str:
        """What the operator answers: y (yes), e (edit) or n (no, keep it)."""
        while True:
            self._err.print(
                Text(f"{question}? y = send, e = edit, n = keep it for later [{default}] "), end=""
            )
            answer = (sys.stdin.readline() or "n").strip().lower()[:1] or default
            if answer in "yen":
                return answer

    def preview(self, text: str) -> None:
        """A text as it is about to be sent."""
        self._beside.rule(style="dim")
        self._beside.print(Text(plain(text)), soft_wrap=True)
        self._beside.rule(style="dim")

    def message(self, content: Mapping[str, Any], times_seen: int, sent_at: datetime) -> None:
        """What the queue says of an incident, before it is claimed."""
        self._out.print(Text(plain_line(content["reference"]), "bold"), end="  ")
        told = [str(content.get("category", "")), _in_language(content.get("language"))]
        self._out.print(Text(plain_line(" · ".join([*told, *_topic(content)]))))
        table = _facts()
        self._in_the_queue(table, content, times_seen, sent_at)
        _of_the_problem(table, {**content, "error": {"code": content.get("error_code")}})
        _files(table, content.get("attachments") or [])
        self._out.print(Padding(table, (0, 0, 0, 2), expand=False))
        self.say("What the citizen wrote is shown once you claim it.")

    def incident(
        self,
        view: Mapping[str, Any],
        content: Mapping[str, Any] | None = None,
        times_seen: int = 0,
        sent_at: datetime | None = None,
    ) -> None:
        """The incident with its history; with what the queue said of it, where it came from it."""
        self._out.print(Text(plain_line(view["reference"]), "bold"), end="  ")
        self._out.print(Text(_headline(view)))
        table = _facts()
        submitted = _read(view["submitted_at"])
        table.add_row("Submitted", _cell(f"{moment(submitted)}, {age(submitted)} ago"))
        if content is not None and sent_at is not None:
            self._in_the_queue(table, content, times_seen, sent_at)
        _of_the_problem(table, view)
        for name, value in (view.get("context") or {}).items():
            table.add_row(plain_line(name).capitalize(), _cell(value))
        _of_the_citizen(table, view)
        _files(table, view.get("files") or [])
        if consents := view.get("consents"):
            allowed = {"view": "you may view the screen", "control": "you may act on the computer"}
            said = "; ".join(allowed.get(scope, scope) for scope in consents)
            table.add_row("Consent", _cell(said))
        if view.get("rating") is not None:
            table.add_row("Rating", _cell(f"{view['rating']} of 5"))
        table.add_row("Kept until", _cell(view.get("expires_on", "")))
        self._out.print(Padding(table, (0, 0, 0, 2), expand=False))
        description = view["description"]
        self._paragraph(_ERASED if description is None else description)
        self._part_of_history(view)

    def earlier_history(self, view: Mapping[str, Any]) -> None:
        """A part of the incident's history that is not the latest one."""
        self._out.print(Text(plain_line(view["reference"]), "bold"))
        if not view.get("history"):
            self.say("There are no earlier entries.")
        self._part_of_history(view)

    def written_meanwhile(self, entries: Iterable[Mapping[str, Any]]) -> None:
        """What the citizen wrote since the incident was last shown, the oldest first."""
        self._beside.print(Text("Written meanwhile:", "bold"))
        self._entries(self._beside, entries)

    def open_incidents(self, incidents: Iterable[Mapping[str, Any]], now: datetime) -> None:
        """The open incidents by state, the oldest first."""
        titles = ("Reference", "State", "Since", "Due in", "With", "Unread", "Last written", "Ends")
        table = _table(*titles)
        for each in by_state(incidents):
            status = str(each["status"])
            due = each.get("due_at")
            table.add_row(
                _cell(each["reference"]),
                Text(plain_line(status), _STYLES.get(status, "")),
                _cell(age(_read(each["submitted_at"]), now)),
                _due(_read(due), now) if due else Text(""),
                _cell(each.get("claimed_by") or ""),
                Text(f"● {plain_line(each['unread'])}" if each.get("unread") else "", "bold"),
                _cell(_last_written(each, now)),
                Text(plain_line(_day(each.get("expires_on"))) if each.get("ending") else "", "red"),
            )
        self._out.print(table)

    def stats(self, figures: Mapping[str, Any]) -> None:
        """The team's figures."""
        table = _facts()
        days = figures["days"]
        table.add_row("Open now", _cell(figures["open"]))
        table.add_row("Waiting for the citizen", _cell(figures["waiting"]))
        table.add_row(f"Submitted in {days} days", _cell(figures["submitted"]))
        for name, label in (("first_answer_s", "First answer"), ("solution_s", "Solution")):
            times = figures.get(name) or {}
            half, most = times.get("p50"), times.get("p90")
            said = "none yet"
            if half is not None and most is not None:
                said = f"half within {_duration(half)}, nine of ten within {_duration(most)}"
            table.add_row(label, _cell(said))
        ratings = figures.get("ratings") or {}
        mean = ratings.get("mean")
        said = f"{mean:.1f} of 5, from {ratings['count']}" if mean is not None else "none yet"
        table.add_row("Ratings", _cell(said))
        self._out.print(Text(plain_line(figures["category"]), "bold"))
        self._out.print(Padding(table, (0, 0, 0, 2), expand=False))

    def rows(self, titles: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
        """A plain table."""
        table = _table(*titles)
        for row in rows:
            table.add_row(*map(_cell, row))
        self._out.print(table)

    def _in_the_queue(
        self, table: Table, content: Mapping[str, Any], times_seen: int, sent_at: datetime
    ) -> None:
        why = str(content.get("reason", ""))
        times = "for the first time" if times_seen <= 1 else f"{times_seen} times"
        table.add_row(
            "In the queue",
            _cell(
                f"{_REASONS.get(why, why)}; since {moment(sent_at)}, {age(sent_at)}; seen {times}"
            ),
        )

    def _paragraph(self, text: object) -> None:
        self._out.print()
        self._out.print(Padding(Text(plain(text)), (0, 0, 0, 2), expand=False))

    def _part_of_history(self, view: Mapping[str, Any]) -> None:
        """The entries of this part, the newest last; the service gives them the newest first."""
        if earlier := view.get("earlier"):
            command = f"desk show {view['reference']} --before {earlier}"
            self._out.print()
            self._out.print(
                Text(f"  There are earlier entries: {plain_line(command)}", "dim"), soft_wrap=True
            )
        self._entries(self._out, reversed(list(view.get("history") or [])))

    def _entries(self, out: Console, entries: Iterable[Mapping[str, Any]]) -> None:
        table = Table.grid(padding=(0, 2))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for entry in entries:
            table.add_row(moment(_read(entry["at"])), _entry(entry))
        if table.row_count:
            out.print()
            out.print(Padding(table, (0, 0, 0, 2), expand=False))


def by_state(incidents: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The incidents by their state, within it the oldest first."""

    def place(incident: Mapping[str, Any]) -> tuple[int, str]:
        status = incident["status"]
        return (_STATES.index(status) if status in _STATES else len(_STATES)), str(
            incident["submitted_at"]
        )

    return sorted(incidents, key=place)


def moment(at: datetime) -> str:
    """A moment on the clocks of Madrid, as 23 Nov 2026, 21:05."""
    local = at.astimezone(_HERE)
    return f"{local.day} {local:%b %Y, %H:%M}"


def age(since: datetime, now: datetime | None = None) -> str:
    """How long ago that was: 3 min, 5 h, 2 d."""
    return _duration(((now or datetime.now(UTC)) - since).total_seconds())


def when(text: str) -> datetime:
    """A moment as the API writes it.

    Raises
    ------
    Misused
        If it is none: then the address is not that of the service.
    """
    return _read(text)


def stated_moment(text: str) -> datetime:
    """A moment as an operator types it in ISO 8601; without a zone, on the clocks of Madrid.

    Raises
    ------
    Misused
        If it is none.
    """
    try:
        stated = datetime.fromisoformat(text.strip())
        return (stated if stated.tzinfo else stated.replace(tzinfo=_HERE)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Misused(f"{text!r} is no moment: write it like 2026-11-23T20:00.") from error


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise Misused(f"The service writes a moment as {text!r}: check api_url.") from error


def _duration(seconds: float) -> str:
    if seconds < timedelta(minutes=1).total_seconds():
        return f"{max(0, round(seconds))} s"
    if seconds < timedelta(hours=1).total_seconds():
        return f"{round(seconds / 60)} min"
    if seconds < timedelta(days=2).total_seconds():
        return f"{round(seconds / 3600)} h"
    return f"{round(seconds / 86400)} d"


def _due(at: datetime, now: datetime) -> Text:
    left = (at - now).total_seconds()
    if left < 0:
        return Text(f"{_duration(-left)} late", "red")
    return Text(_duration(left))


def _size(size: int) -> str:
    kilobytes = 1000
    if size < kilobytes:
        return f"{size} bytes"
    return f"{size / kilobytes**2:.1f} MB" if size >= kilobytes**2 else f"{size / kilobytes:.0f} kB"


def _headline(view: Mapping[str, Any]) -> str:
    told = [str(view["category"]), str(view["status"])]
    if by := view.get("claimed_by"):
        told[-1] += f" by {by}" if view["status"] == "claimed" else f", with {by}"
    told.append(_in_language(view["language"]))
    if view.get("origin") == "phone":
        told.append("taken by phone")
    return plain_line(" · ".join([*told, *_topic(view)]))


def _in_language(language: object) -> str:
    return f"in {_LANGUAGES.get(str(language), language)}"


def _topic(content: Mapping[str, Any]) -> list[str]:
    topic = content.get("topic")
    if topic == "accessibility":
        return ["accessibility: to be answered within 20 working days"]
    return [str(topic)] if topic else []


def _files(table: Table, files: Iterable[Mapping[str, Any]]) -> None:
    for file in files:
        said = f"{file['file']}  {file['type']}, {_size(file['bytes'])}, {file['state']}"
        table.add_row("File", _cell(said))


def _last_written(incident: Mapping[str, Any], now: datetime) -> str:
    written = incident.get("last_written")
    return f"{written['by']}, {age(_read(written['at']), now)} ago" if written else ""


def _day(day: object) -> str:
    """A day as 23 May 2027."""
    try:
        read = date.fromisoformat(str(day))
    except ValueError:
        return str(day)
    return f"{read.day} {read:%b %Y}"


def _of_the_problem(table: Table, content: Mapping[str, Any]) -> None:
    procedure = content.get("procedure") or {}
    if procedure:
        said = " · ".join(filter(None, [procedure.get("name"), procedure.get("code")]))
        table.add_row("Procedure", _cell(said))
    error = content.get("error") or {}
    if said := " · ".join(filter(None, [error.get("code"), error.get("message")])):
        table.add_row("Error", _cell(said))


def _of_the_citizen(table: Table, view: Mapping[str, Any]) -> None:
    contact = view.get("contact") or {}
    for name in ("name", "phone", "email", "nif", "availability"):
        if value := contact.get(name):
            label = {"nif": "NIF", "email": "E-mail"}.get(name, name.capitalize())
            table.add_row(label, _cell(value))
    if contact and not view.get("contact_shown"):
        table.add_row("", Text("masked: shown to the operator who has claimed it", "dim"))
    elif contact:
        table.add_row("", Text("that you saw this is recorded", "dim"))
    if trouble := view.get("mail_trouble"):
        table.add_row(
            "Mail", Text(f"{plain_line(trouble)}: mail does not reach this person", "red")
        )


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
    """An entry's first words, and the names of what else of it they tell."""
    kind = str(entry["kind"])
    if entry.get("action") == "mail_set_aside":
        mail, reason = entry.get("mail", kind), str(entry.get("reason", ""))
        why = _SET_ASIDE.get(reason, reason)
        return plain_line(f"mail set aside: {mail} ({why}): call the citizen"), {"reason"}
    if entry.get("action") == "ending":
        return "ending: erased soon unless somebody writes", set()
    if kind == "mail":
        return f"mail sent: {plain_line(entry.get('mail', ''))}", set()
    if kind == "consent":
        return f"consent {plain_line(entry.get('action', kind))}", set()
    return plain_line(entry.get("action", kind) if kind == "action" else kind), set()


def _console(*, stderr: bool) -> Console:
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def _facts() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for title in titles:
        whole = title == "Reference"  # to be copied
        table.add_column(Text(title), overflow="fold", no_wrap=whole)
    return table


def _cell(value: object) -> Text:
    return Text(plain(value))
