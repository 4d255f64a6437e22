"""Which files of incidents the operator saved on this computer: their paths, and nothing of them.

The operator said where, so the files are the operator's to delete. The desk only reminds of them.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from desk import private_files


@dataclass(frozen=True)
class SavedFile:
    """A file that the desk saved and that is still there."""

    path: Path
    reference: str
    saved_at: datetime


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
