"""What a citizen wrote in an incident, for an operator who answers it: the latest first."""

from collections.abc import Iterator, Mapping
from typing import Any

from desk.service_vocabulary import Actor, EntryKind
from desk.terminal.moments import moment, written_moment
from desk.terminal.safe_text import plain


def citizens_words(view: Mapping[str, Any]) -> str:
    """The citizen's messages in the shown part of the history, and what they first wrote."""
    return "\n\n".join(_blocks(view))


def _blocks(view: Mapping[str, Any]) -> Iterator[str]:
    for entry in view.get("history") or []:
        is_theirs = (entry.get("kind"), entry.get("by")) == (EntryKind.MESSAGE, Actor.CITIZEN)
        if is_theirs and entry.get("body"):
            yield _block(entry["at"], entry["body"])
    if view.get("description"):
        yield _block(view["submitted_at"], view["description"])


def _block(at: str, words: str) -> str:
    return f"{moment(written_moment(at))}\n{plain(words)}"
