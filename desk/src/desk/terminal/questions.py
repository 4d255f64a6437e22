"""Questions to the operator at the terminal: a confirmation, a datum, what to do with a text."""

import sys
from typing import TYPE_CHECKING, cast

import typer

from desk.errors import Exit, Misused

if TYPE_CHECKING:
    from desk.terminal.output import Output


def confirm(question: str, otherwise: str = "") -> None:
    """Asks for a yes; without one, the command ends and says `otherwise`.

    Raises Misused if nobody is at the terminal.
    """
    if not sys.stdin.isatty():
        raise Misused(f"There is nobody to ask: {question} Add --yes. {otherwise}".strip())
    if not typer.confirm(question, default=True, err=True):
        if otherwise:
            typer.echo(otherwise, err=True)
        raise typer.Exit(Exit.REFUSED)


def prompt(question: str, default: str | None = None) -> str:
    """Asks for a datum; raises Misused if nobody is at the terminal."""
    if not sys.stdin.isatty():
        raise Misused(f"This is needed: {question}. desk --help names the options.")
    return cast("str", typer.prompt(question, default=default, show_default=False, err=True))


def choose(output: "Output", question: str, default: str) -> str:
    """Asks what to do with a text: y (send it), e (edit it) or n (keep it for later)."""
    while True:
        output.ask(f"{question}? y = send, e = edit, n = keep it for later [{default}] ")
        answer = (sys.stdin.readline() or "n").strip().lower()[:1] or default
        if answer in "yen":
            return answer
