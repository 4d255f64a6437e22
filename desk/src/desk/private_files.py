"""Files and folders that only the operator can read, whatever the umask and whatever was there."""

import os
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def make_folder(path: Path) -> None:
    """Makes the folder, and those above it that are missing; closes it to others if it is there."""
    for each in reversed([path, *path.parents]):
        if not each.exists():
            each.mkdir(mode=_FOLDER, exist_ok=True)
    close(path)


def write(path: Path, text: str) -> None:
    """Writes the file, in UTF-8, in place of what it had."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, _FILE), "w", encoding="utf-8") as file:
        close(path)  # before the first word is in it: it may have been there, open to others
        file.truncate()
        file.write(text)


def close(path: Path) -> None:
    """Takes the permissions of others away."""
    wanted = _FOLDER if path.is_dir() else _FILE
    if path.stat().st_mode & 0o077:
        path.chmod(wanted)
