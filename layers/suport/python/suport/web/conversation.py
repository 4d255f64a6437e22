"""An incident's history as its citizen reads it: a conversation, and apart from it a log.

The conversation has the words of both sides, and what the citizen must not miss (a mail that did
not reach them, a file that was not kept). The log has what was done: queued, claimed, looked at.
"""

from typing import Any

from suport.domain.history import Done, Entry, Kind
from suport.domain.incident import Actor
from suport.views.citizen_view import CitizenView
from suport.web.site_map import address

type Told = dict[str, Any]
"""An entry as the citizen's view has it, or what the citizen first wrote (`SUBMISSION`)."""

SUBMISSION = "submission"  # what the citizen first wrote, in place of a kind of entry
_WORDS = {Kind.MESSAGE, Kind.RATING, SUBMISSION}
_NOT_TO_BE_MISSED = {Done.UNDELIVERABLE, Done.MAIL_SET_ASIDE, Done.ENDING, Done.FILE_REFUSED}


def conversation(view: CitizenView) -> list[Told]:
    """The part of the conversation that the view has, the newest first.

    The first part of the history begins with what the citizen first wrote.
    """
    told = [entry for entry in view["history"] if _is_told(entry)]
    return told if view["earlier"] else [*told, _submission(view)]


def log(view: CitizenView) -> list[Told]:
    """Everything else that happened, the newest first."""
    return [entry for entry in view["history"] if not _is_told(entry)]


def newest(told: list[Told]) -> int:
    """How many entries of a conversation there are down to the newest words."""
    ends = (number for number, entry in enumerate(told, 1) if entry["kind"] in _WORDS)
    return next(ends, len(told))


def after(done: str, entry: Entry | None = None) -> str:
    """The address of the incident's page, which says what was done and begins at the entry, if any.

    done: one of `DONE`. The template names each entry of the conversation in this way.
    """
    page = address("track", {"done": done})
    return f"{page}#entry-{entry.id}" if entry else page


def _is_told(entry: Told) -> bool:
    return entry["kind"] in _WORDS or entry.get("action") in _NOT_TO_BE_MISSED


def _submission(view: CitizenView) -> Told:
    return {
        "entry": SUBMISSION,
        "at": view["submitted_at"],
        "kind": SUBMISSION,
        "by": Actor.CITIZEN,
        "body": view["description"],
        "error": view["error"],
    }
