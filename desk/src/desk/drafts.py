"""What an operator writes, in a file of theirs until the service has accepted it.

One file per draft, `<reference>.<kind>.<key>.txt`: the key goes with the text as its
`Idempotency-Key`, so that however often the draft is sent, it is recorded once. The editor works
on this very file. Once the service has accepted the text, the file is removed.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_NAME = re.compile(r"(?P<reference>.+)\.(?P<kind>[a-z]+)\.(?P<key>[0-9a-f]{32})\.txt")


@dataclass(frozen=True)
class Draft:
    """A text that is not accepted yet."""

    path: Path
    reference: str
    kind: str
    key: str

    @property
    def text(self) -> str:
        """What is written so far, without blank lines around it."""
        return self.path.read_text(encoding="utf-8", errors="replace").strip()

    @property
    def written_at(self) -> datetime:
        """When it was last changed."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    def write(self, text: str) -> None:
        """Replaces the text."""
        self.path.write_text(text, encoding="utf-8")

    def discard(self) -> None:
        """Removes the file: the text is accepted, or nobody wants it."""
        self.path.unlink(missing_ok=True)


class Drafts:
    """The drafts of one operator, in a folder that only they can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self, reference: str, kind: str, text: str = "") -> Draft:
        """A draft with a key of its own."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        reference = _in_a_name(reference)
        key = secrets.token_hex(16)
        path = self._folder / f"{reference}.{kind}.{key}.txt"
        path.touch(mode=0o600)
        draft = Draft(path, reference, kind, key)
        draft.write(text)
        return draft

    def of(self, reference: str, kind: str) -> Draft | None:
        """The latest draft of that kind for that incident."""
        wanted = (_in_a_name(reference), kind)
        found = [draft for draft in self.all() if (draft.reference, draft.kind) == wanted]
        return found[0] if found else None

    def with_text(self, reference: str, kind: str, text: str) -> Draft:
        """The draft with exactly this text, which a repeated command repeats; else a new one."""
        wanted = (_in_a_name(reference), kind, text.strip())
        for draft in self.all():
            if (draft.reference, draft.kind, draft.text) == wanted:
                return draft
        return self.new(reference, kind, text)

    def at(self, path: Path) -> Draft | None:
        """The draft that this file is, if it is one."""
        if path.parent.resolve() != self._folder.resolve():
            return None
        return _draft(path)

    def all(self) -> list[Draft]:
        """All drafts, the latest first."""
        if not self._folder.is_dir():
            return []
        drafts = filter(None, map(_draft, self._folder.iterdir()))
        return sorted(drafts, key=lambda draft: draft.written_at, reverse=True)


def _draft(path: Path) -> Draft | None:
    name = _NAME.fullmatch(path.name)
    return Draft(path, name["reference"], name["kind"], name["key"]) if name else None


def _in_a_name(reference: str) -> str:
    """The reference as it is written in a file's name, and nothing that leads elsewhere."""
    return re.sub(r"[^0-9A-Z-]", "", reference.upper()) or "new"
