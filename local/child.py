"""Child processes that never outlive this one.

Run as a program, `child.py PARENT COMMAND…`, this module becomes that command, and ends with its
parent.
"""

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1  # linux/prctl.h

Watcher = Callable[[str], None]
"""Is called, while a command runs, with the last line that it has printed."""


def unwatched(_line: str) -> None:
    """Ignore the line: nobody waits for this command in front of a screen."""


def end_with(parent: int) -> None:
    """Have the kernel send this process a SIGTERM when `parent`, its parent, is gone.

    This works even after a `kill -9`. Without prctl (outside Linux) it does nothing.
    """
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is None:
        return
    prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # gone before the kernel was asked
        os.kill(os.getpid(), signal.SIGTERM)


def start(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    folder: Path,
    output: IO[bytes],
    keep_open: tuple[int, ...] = (),
) -> subprocess.Popen[bytes]:
    """Start a command that Ctrl-C does not reach, and that ends when this process does.

    It leads a process group of its own, sees only the variables in `environment`, reads nothing,
    and writes all output to `output`. The file descriptors in `keep_open` stay open in it.
    """
    return subprocess.Popen(
        [sys.executable, "-I", __file__, str(os.getpid()), *command],
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        pass_fds=keep_open,
    )


def stop(process: subprocess.Popen[bytes], *, patience_s: float) -> bool:
    """Ask the process to end, wait for it, and kill what is left of its group.

    Returns whether it ended by itself in time.
    """
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(patience_s)
    in_time = process.returncode is not None
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return in_time


def run(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    folder: Path,
    log: Path,
    watch: Watcher,
) -> bool:
    """Run a command until it ends, or until this process does; returns whether it succeeded.

    All its output goes to the file `log`.
    """
    with log.open("wb") as output:
        process = start(command, environment=environment, folder=folder, output=output)
        try:
            while True:
                try:
                    return process.wait(0.2) == 0
                except subprocess.TimeoutExpired:
                    watch(_last_line(log))
        finally:
            stop(process, patience_s=5)


def _last_line(log: Path) -> str:
    with log.open("rb") as printed:
        printed.seek(max(0, log.stat().st_size - 1000))
        lines = printed.read().decode(errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if re.search(r"\w", line)), "")


if __name__ == "__main__":
    end_with(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606
