"""The proof of erasure in print: a row for each day, and the month's totals by kind."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from desk.terminal.moments import day, duration
from desk.terminal.numbers import so_many
from desk.terminal.output import cell, grid, indented, titled_table
from desk.terminal.safe_text import plain_line

_SAID = {
    "incident": "incidents",
    "entry": "entries",
    "remainder": "entries left of incidents that were over",
    "count": "counts of mails to an address",
    "no_expiry": "items without an expiry",
    "too_late": "items with too late an expiry, which were given the right one",
    "entry_alone": "entries whose incident was gone",
    "first_words": "first descriptions of incidents that live on",
    "consent": "consents of incidents that live on",
    "file": "files in the list of their incident",
    "rating": "ratings of incidents that live on",
    "mail": "mails still owed about something erased",
    "sent_mail": "names of sent mails, to which the next one referred",
    "address": "addresses never confirmed",
    "erasure_request": "requests for an erasure never confirmed",
    "request": "digests of requests",
    "message_count": "counts of a day's messages",
    "stored_file": "stored files past their time",
    "stored_file_erased": "stored files that should have been erased already",
    "stored_file_alone": "stored files without an entry",
    "search_item": "items of the search index",
    "file_lost": "files without anything stored, no longer offered",
}
"""What each kind is called; a kind that a newer service adds is printed as it is."""


def print_proof(console: Console, proof: Mapping[str, Any]) -> None:
    """Prints what the audit of each day looked at and erased, and whether it finished."""
    days = titled_table("Day", "Audit", "Checked", "Erased", "Oldest", "Breaches")
    for each in proof["days"]:
        days.add_row(
            cell(day(each["day"])),
            cell(_standing(each)),
            cell(sum(each["checked"].values())),
            cell(sum(each["erased"].values())),
            cell(_oldest(each["oldest_s"])),
            cell(each["breaches"]),
        )
    console.print(days)
    total = proof["totals"]
    finished = f"{proof['finished']} of {so_many(len(proof['days']), 'day')} finished"
    console.print(Text(plain_line(f"{proof['month']}: {finished}"), "bold"))
    sums = grid()
    for kind, number in total["checked"].items():
        sums.add_row(f"Checked, {plain_line(kind)}", cell(number))
    for kind, number in total["erased"].items():
        age = _oldest({kind: total["oldest_s"][kind]}) if kind in total["oldest_s"] else ""
        said = _SAID.get(kind, plain_line(kind))
        sums.add_row(f"Erased, {said}", cell(f"{number}, the oldest {age}" if age else number))
    sums.add_row("Breaches", cell(total["breaches"]))
    console.print(indented(sums))


def _standing(each: Mapping[str, Any]) -> str:
    """Whether the day's audit finished."""
    if each["finished_at"]:
        return "finished"
    return "NOT FINISHED" if each["begun_at"] else "NO AUDIT"


def _oldest(ages: Mapping[str, float]) -> str:
    """By how much the oldest thing was past its time."""
    return f"{duration(max(ages.values()))} late" if ages else ""
