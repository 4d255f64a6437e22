"""TAB in a shell: what completes a command, and how a shell learns to ask for that.

It answers from files of this computer, never from the network. It prints no error and does not wait
for long: the operator is in the middle of a line.
"""

import os
import shlex
import signal
import sys
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import get_completion_class

from desk.errors import Misused
from desk.terminal import streams

_VARIABLE = "_DESK_COMPLETE"
_LONGEST_S = 2.0
_STARTS = {"bash": "~/.bashrc", "zsh": "~/.zshrc"}
_FISH = "~/.config/fish/completions/desk.fish"
_BEGIN_ZSH = "(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }\n"


def complete(app: click.Command) -> int:
    """Answers the shell, as the variables of its script ask; returns the exit code."""
    streams.prepare()
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  to the end
    if hasattr(signal, "setitimer"):  # not on Windows
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
        signal.setitimer(signal.ITIMER_REAL, _LONGEST_S)
    try:
        app.main([], prog_name="desk", complete_var=_VARIABLE)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except Exception:  # noqa: BLE001  nothing may appear in the middle of a line
        return 1
    return 0


def install(app: click.Command, named: str | None) -> str:
    """Has that shell, or else the operator's own, complete the commands; says where it is written.

    Raises Misused for another shell.
    """
    shell = named or Path(os.environ.get("SHELL", "")).name
    known = get_completion_class(shell)
    if known is None:
        raise Misused(
            f"There is no completion for {shell or 'this shell'}: name bash, zsh or fish."
        )
    script = known(app, {}, "desk", _VARIABLE).source()
    if shell == "fish":
        file = Path(_FISH).expanduser()
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(script, encoding="utf-8")
        return f"Written: {file}. Open another shell, and TAB completes."
    folder = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    file = Path(folder).expanduser() / "suport-desk" / f"completion.{shell}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((_BEGIN_ZSH if shell == "zsh" else "") + script, encoding="utf-8")
    start = Path(_STARTS[shell]).expanduser()
    line = f". {shlex.quote(str(file))}  # TAB completes desk\n"
    started = ""
    with suppress(FileNotFoundError):
        started = start.read_text(encoding="utf-8", errors="surrogateescape")
    if line not in started:
        with start.open("a", encoding="utf-8") as appended:
            appended.write(line if started.endswith("\n") or not started else f"\n{line}")
    return f"Written: {file}, and a line for it in {start}. Open another shell, and TAB completes."
