"""The operator's own editor."""

import os
import shlex
import subprocess
from pathlib import Path

from desk.errors import Misused


def edit(file: Path) -> None:
    """Opens the file in the operator's editor; raises Misused if there is none, or it failed."""
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        ended = subprocess.run([*shlex.split(command), str(file)], check=False)  # noqa: S603  the operator's own choice
    except OSError as error:
        raise Misused(
            f"The editor {command!r} does not start: set EDITOR, or use --file. The text is kept"
            f" in {file}"
        ) from error
    if ended.returncode:
        raise Misused(f"The editor failed ({ended.returncode}). The text is kept in {file}")
