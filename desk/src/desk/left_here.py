"""What the work leaves on the operator's computer: erased in time, and named at each start.

Drafts are kept for seven days, and no longer than the incident that they are about. Files that the
operator saved are the operator's to delete.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from desk.drafts.kept_files import KEPT_FOR, Drafts
from desk.kept_sessions import erase_expired
from desk.listed_incidents import ListedIncidents
from desk.saved_files import SavedFiles
from desk.seen_incidents import SeenIncidents
from desk.terminal.moments import age
from desk.terminal.numbers import so_many


def at_start(folder: Path, now: datetime) -> Iterator[str]:
    """Erases what has been here long enough; says what was erased, and in one line what is left.

    folder: that of the desk's state. Nothing here keeps the operator from working: what cannot be
    erased is named.
    """
    try:
        seen, drafts = SeenIncidents(folder), Drafts(folder / "drafts")
        erased = drafts.erase_old(now, seen.last_day)
        seen.forget_ended(now)
        ListedIncidents(folder).forget_old(now)
        erase_expired(folder, now)
        if erased:
            yield (
                f"Erased from this computer: {so_many(erased, 'draft')}, {KEPT_FOR.days} days after"
                " you began, or because the incident has ended."
            )
        written = [each.begun_by(now) for each in drafts.all() if each.text]
        saved = [each.saved_at for each in SavedFiles(folder).there(now)]
    except OSError as error:
        where = f" {error.filename}" if error.filename else ""
        yield f"Look after{where} yourself, which the desk cannot erase: {error.strerror or error}."
        return
    left = []
    if written:
        left.append(f"{so_many(len(written), 'draft')} (the oldest: {age(min(written), now)})")
    if saved:
        number = so_many(len(saved), "saved file")
        left.append(f"{number} of citizens (the oldest: {age(min(saved), now)})")
    if left:
        yield f"On this computer: {' and '.join(left)}. See: desk drafts"
