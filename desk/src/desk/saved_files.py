"""Which files of incidents the operator saved on this computer: their paths, and nothing of them.

The operator said where, so the files are the operator's to delete. The desk only reminds of them.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from desk import private_files
from desk.errors import Misused


@dataclass(frozen=True)
class SavedFile:
    """A file that the desk saved and that is still there."""

    path: Path
    reference: str
    saved_at: datetime


def must_have_room(folder: Path, others: Iterable[Path]) -> None:
    """Raises Misused unless new files can be saved in that folder, which may have to be made.

    others: files that must not be there. The desk asks this before it asks the service for anything
    of a citizen, because the service records that.
    """
    for file in others:
        if os.path.lexists(file):
            raise Misused(f"{file} exists already: save it elsewhere. Nothing was asked for.")
    there = next(each for each in (folder, *folder.absolute().parents) if os.path.lexists(each))
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise Misused(f"Nothing can be saved in {there}: name another. Nothing was asked for.")


class SavedFiles:
    """The files that this desk saved, the latest first."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "saved.json"

    def note(self, path: Path, reference: str, now: datetime) -> None:
        """Notes that a file of that incident is about to be saved there."""
        there = [each for each in self.there(now) if each.path != path.absolute()]
        self._keep([SavedFile(path.absolute(), reference, now), *there])

    def there(self, now: datetime) -> list[SavedFile]:
        """Those that are still there; what was deleted or moved away is forgotten."""
        try:
            noted = [
                SavedFile(Path(path), reference, min(now, datetime.fromtimestamp(at, UTC)))
                for path, reference, at in json.loads(self._file.read_text(encoding="utf-8"))
            ]
        except (OSError, ValueError, TypeError, OverflowError):
            return []
        there = [each for each in noted if each.path.is_file()]
        if there != noted:
            self._keep(there)
        return there

    def _keep(self, files: list[SavedFile]) -> None:
        private_files.make_folder(self._file.parent)
        noted = [[str(each.path), each.reference, each.saved_at.timestamp()] for each in files]
        private_files.write(self._file, json.dumps(noted))
