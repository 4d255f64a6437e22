"""Sessions in a role, kept on this computer until they expire: AWS is asked for one an hour.

Without this, each command would ask AWS who the operator is and for a session, which takes longer
than the command itself. As in the AWS CLI, only the operator can read the files.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from desk import private_files

_FOLDER, _NAME = "sessions", "name"


class KeptSessions:
    """The sessions of one sign-in, as botocore keeps them: answers of STS by role and name.

    What has expired or cannot be read is as good as absent. If nothing can be stored, each command
    asks AWS again.
    """

    def __init__(self, folder: Path, *of_the_sign_in: str | None) -> None:
        """Those in that folder of the desk's state.

        of_the_sign_in: what another operator's sign-in, or one elsewhere, does not share.
        """
        import hashlib  # noqa: PLC0415  help does not need it, nor shutil below

        told = json.dumps(of_the_sign_in).encode()
        self._folder = folder / _FOLDER / hashlib.sha256(told).hexdigest()[:40]
        self.was_read = False
        """Whether a session of an earlier command is in use."""

    def __contains__(self, key: str) -> bool:
        """Whether there is one that has not expired."""
        return _read(self._file(key)) is not None

    def __getitem__(self, key: str) -> Any:
        """The answer of STS; raises KeyError if there is none."""
        if (found := _read(self._file(key))) is None:
            raise KeyError(key)
        self.was_read = True
        return found

    def __setitem__(self, key: str, answer: Any) -> None:
        """Keeps an answer of STS."""
        self.was_read = False
        with suppress(OSError):
            private_files.make_folder(self._folder)
            being_written = self._file(key).with_suffix(".new")
            private_files.write(being_written, json.dumps(answer, default=_in_iso))
            being_written.replace(self._file(key))

    @property
    def name(self) -> str | None:
        """The name by which AWS knows who signed in, if that was kept with a session."""
        try:
            return (self._folder / _NAME).read_text(encoding="utf-8") or None
        except (OSError, ValueError):
            return None

    @name.setter
    def name(self, name: str) -> None:
        with suppress(OSError):
            private_files.make_folder(self._folder)
            private_files.write(self._folder / _NAME, name)

    def forget(self) -> None:
        """Erases all of them: AWS did not accept one."""
        self.was_read = False
        _erase(self._folder)

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def erase_expired(folder: Path, now: datetime) -> None:
    """Erases the sessions in the desk's state that have expired; raises OSError if it cannot."""
    if not (folder / _FOLDER).is_dir():
        return
    for sign_in in _folders(folder / _FOLDER):
        left = 0
        for file in sign_in.iterdir():
            if _read(file, now) is not None:
                left += 1
            elif file.name != _NAME:
                file.unlink(missing_ok=True)
        if not left:
            _erase(sign_in)


def _erase(folder: Path) -> None:
    import shutil  # noqa: PLC0415  see above

    shutil.rmtree(folder, ignore_errors=True)


def _folders(folder: Path) -> Iterator[Path]:
    return (each for each in folder.iterdir() if each.is_dir())


def _read(file: Path, now: datetime | None = None) -> dict[str, Any] | None:
    """A kept answer of STS with a session that has not expired; None if there is none."""
    try:
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        session = kept["Credentials"]
        ends = datetime.fromisoformat(session["Expiration"])
        whole = all(isinstance(session[name], str) for name in _OF_A_SESSION)
        return kept if whole and ends > (now or datetime.now(UTC)) else None
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


_OF_A_SESSION = ("AccessKeyId", "SecretAccessKey", "SessionToken")


def _in_iso(moment: datetime) -> str:
    return moment.isoformat()
