"""The operator's own editor."""

import os
import shlex
import signal
from pathlib import Path

from desk.errors import Exit, Misused


def edit(file: Path) -> None:
    """Opens the file in the operator's editor; raises Misused if there is none, or it failed.

    Raises KeyboardInterrupt if Ctrl-C ended the editor. To an editor that goes on, it is a key like
    others.
    """
    import subprocess  # noqa: PLC0415  few commands need it

    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    kept = f"The text is kept in {file}"
    # The desk ignores Ctrl-C meanwhile: who has a handler passes none on to a program it starts.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        command = shlex.split(named) or ["vi"]
        ended = subprocess.run([*command, str(file)], check=False)  # noqa: S603  the operator's own choice
    except (OSError, ValueError) as error:
        raise Misused(
            f"The editor {named!r} does not start: set EDITOR, or use --file. {kept}"
        ) from error
    finally:
        signal.signal(signal.SIGINT, before)
    if ended.returncode in {-signal.SIGINT, Exit.INTERRUPTED}:
        raise KeyboardInterrupt
    if ended.returncode:
        raise Misused(f"The editor failed ({ended.returncode}). {kept}")
