"""Drafts: one file for each request of an operator, kept until the service has accepted it.

A draft is `<reference>.<kind>.<begun>.<key>.txt`: the key goes with the request as its
`Idempotency-Key`. The draft outlives the process: the same command sends the same key again, and
the service records the request once. The editor works on this very file. A command without a text,
such as a release, leaves an empty file, and only while its outcome is unknown.

A draft is kept for seven days from when it was begun, however often it is changed, and no longer
than its incident. Whatever else lies in the folder, such as an editor's copies, goes with it.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from desk import madrid, private_files
from desk.drafts.lost_answers import is_recorded, is_undone
from desk.drafts.quote import above_the_line, written_below
from desk.errors import Misused
from desk.reference import as_written, found_in

COMMAND_REPEATED_WITHIN = timedelta(hours=1)
"""After this time, the same release or transfer is a new one: the incident may have come back."""

KEPT_FOR = timedelta(days=7)
"""From when it was begun; then a draft is erased, whatever became of it."""

NO_INCIDENT = "new"
"""Instead of a reference, of a phone call that has none yet."""

_NAME = re.compile(
    r"(?P<reference>.+)\.(?P<kind>[a-z-]+)(\.(?P<begun>\d{8}T\d{6}Z))?\.(?P<key>[0-9a-f]{32})\.txt"
)
_BEGUN = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Draft:
    """A request that the service has not accepted yet, as far as the desk knows."""

    path: Path
    reference: str
    kind: str
    key: str
    begun: datetime | None = None
    """None for a draft of an earlier desk, whose name does not say it."""

    @property
    def text(self) -> str:
        """What the operator has written so far to be sent, without blank lines around it."""
        return above_the_line(self._content)

    @property
    def below(self) -> str:
        """What the operator has written below the line under which nothing is sent."""
        return written_below(self._content)

    def has_text(self) -> bool:
        """Whether it is there, and anything is written in it."""
        with suppress(OSError):
            return bool(self.text or self.below)
        return False

    @property
    def written_at(self) -> datetime:
        """When the draft was last changed."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    @property
    def refused_fields(self) -> frozenset[str]:
        """The fields of this text that the service refused; empty if it did not."""
        return frozenset(map(str, self._refusal.get("fields") or ()))

    @property
    def never(self) -> str | None:
        """Why it can never be sent, if that is known."""
        why = self._refusal.get("never")
        return str(why) if why else None

    def write(self, text: str) -> None:
        """Replaces the text."""
        private_files.write(self.path, text)
        self._refused.unlink(missing_ok=True)

    def note_refused(self, fields: Iterable[str], never: str | None = None) -> None:
        """Records which fields the service refused, to recognise a correction.

        never: why it can never be sent, if it cannot.
        """
        named = sorted(set(fields))
        if named or never:
            private_files.write(self._refused, json.dumps({"fields": named, "never": never}))

    def discard(self) -> None:
        """Removes the file: the service has accepted the request, or nobody wants it."""
        for each in self.path.parent.iterdir():
            if self.key in each.name:  # an editor's copies as well
                each.unlink(missing_ok=True)

    def begun_by(self, now: datetime) -> datetime:
        """When it was begun, as far as can be told; never later than now."""
        known = [each for each in (self.begun, self.written_at) if each and each <= now]
        return min(known, default=now)

    @property
    def _refusal(self) -> dict[str, Any]:
        try:
            noted = json.loads(self._refused.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return noted if isinstance(noted, dict) else {}

    @property
    def _content(self) -> str:
        return self.path.read_text(encoding="utf-8", errors="replace")

    @property
    def _refused(self) -> Path:
        return self.path.with_suffix(".refused")


class Drafts:
    """The drafts of one operator, in a folder that only they can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.in_hand: Draft | None = None
        """The draft that this run of the desk works on, if it does."""

    def new(
        self, reference: str, kind: str, text: str = "", begun: datetime | None = None
    ) -> Draft:
        """A draft with a key of its own. begun: when, if it takes the place of an earlier one.

        Raises Misused if there can be no such incident: nobody would ever get the text.
        """
        if reference != NO_INCIDENT and found_in(reference) is None:
            raise Misused(
                f"{reference!r} is no reference: look it up with desk list. Nothing is sent."
            )
        private_files.make_folder(self._folder)
        reference = _in_a_name(reference)
        key = os.urandom(16).hex()
        begun = (begun or datetime.now(UTC)).replace(microsecond=0)
        path = self._folder / f"{reference}.{kind}.{begun:{_BEGUN}}.{key}.txt"
        draft = Draft(path, reference, kind, key, begun)
        draft.write(text)
        self.in_hand = draft
        return draft

    def erase_old(self, now: datetime, last_day: Callable[[str], date | None]) -> int:
        """Erases what has been here for seven days or ended; returns how many had a text.

        last_day: the last day of the incident with that reference; None if it is not known. What
        stays is closed to others. A file from the future counts as one of now.
        """
        erased = 0
        for draft in self.all():
            with suppress(FileNotFoundError):  # sent just now, in another window
                begun, last = draft.begun_by(now), last_day(draft.reference)
                # One begun later shows that the incident has lived on since the desk last saw it.
                ended = last and madrid.day_of(begun) <= last < madrid.day_of(now)
                if begun <= now - KEPT_FOR or ended:
                    erased += bool(draft.text)
                    draft.discard()
        for file in self._files():
            with suppress(FileNotFoundError):
                changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
                if changed <= now - KEPT_FOR and _draft(file) is None:
                    file.unlink()
                    continue
                private_files.close(file)
                if changed > now:
                    os.utime(file, (now.timestamp(), now.timestamp()))
        return erased

    def of(self, reference: str, kind: str) -> Draft | None:
        """The latest draft of that kind for that incident that is not empty."""
        found = (each for each in self._about(reference) if each.kind == kind and each.text)
        if there := next(found, None):
            self.in_hand = there
        return there

    def with_text(self, reference: str, kind: str, text: str) -> Draft:
        """The draft with exactly this text, for a repeated command; else a new one."""
        for draft in self._about(reference):
            if (draft.kind, draft.text) == (kind, text.strip()):
                self.in_hand = draft
                return draft
        return self.new(reference, kind, text)

    def command(self, reference: str, kind: str, text: str = "") -> Draft:
        """The same for a command that moves the incident elsewhere, from where it may come back.

        Such a draft stays the same request for only an hour; after that it gets a new key.
        """
        draft = self.with_text(reference, kind, text)
        return self._with_new_key(draft) if _is_old(draft) else draft

    def settle(self, incident: Mapping[str, Any]) -> list[str]:
        """Removes the drafts whose text is in the incident that the desk has just shown.

        If this view shows that a command was not done, or no longer holds, its draft gets a new
        key, or is removed if it has no text: the same command is then another request. Returns the
        kinds of the texts that are recorded.
        """
        recorded = []
        for draft in self._about(incident["reference"]):
            if is_recorded(draft.kind, draft.text, draft.written_at, incident):
                recorded.append(draft.kind)
                draft.discard()
            elif is_undone(draft.kind, draft.text, incident):
                if draft.text:
                    self._with_new_key(draft)
                else:
                    draft.discard()
        return recorded

    def discard_all(self, reference: str, *, kinds: str = "") -> list[Draft]:
        """Removes the drafts about the incident whose kind begins like that, and returns them."""
        found = [each for each in self._about(reference) if each.kind.startswith(kinds)]
        for each in found:
            each.discard()
        return found

    def at(self, path: Path) -> Draft | None:
        """The draft in that file, if it is one."""
        if path.parent.resolve() != self._folder.resolve():
            return None
        return _draft(path)

    def all(self) -> list[Draft]:
        """All drafts, the latest first; an empty one is removed after its hour."""
        dated = []
        for draft in filter(None, map(_draft, self._files())):
            with suppress(FileNotFoundError):  # accepted just now, in another window
                if _is_old(draft) and not draft.text:
                    draft.discard()
                else:
                    dated.append((draft.written_at, draft))
        return [draft for _, draft in sorted(dated, key=lambda each: each[0], reverse=True)]

    def _files(self) -> Iterator[Path]:
        if self._folder.is_dir():
            private_files.close(self._folder)
            yield from sorted(filter(Path.is_file, self._folder.iterdir()))

    def _about(self, reference: str) -> list[Draft]:
        return [each for each in self.all() if each.reference == _in_a_name(reference)]

    def _with_new_key(self, draft: Draft) -> Draft:
        begun = draft.begun_by(datetime.now(UTC))
        renewed = self.new(draft.reference, draft.kind, draft.text, begun)
        draft.discard()
        return renewed


def _is_old(draft: Draft) -> bool:
    return draft.written_at < datetime.now(UTC) - COMMAND_REPEATED_WITHIN


def _draft(path: Path) -> Draft | None:
    name = _NAME.fullmatch(path.name)
    if name is None:
        return None
    begun = None
    with suppress(ValueError, TypeError):  # of an earlier desk, or no time at all
        begun = datetime.strptime(name["begun"], _BEGUN).replace(tzinfo=UTC)
    return Draft(path, name["reference"], name["kind"], name["key"], begun)


def _in_a_name(reference: str) -> str:
    """The reference as a part of a file's name, without anything that leads to another folder."""
    return re.sub(r"[^0-9A-Z-]", "", as_written(reference).upper()) or NO_INCIDENT
