"""Questions to the operator at the terminal: a confirmation, a datum, what to do with a text."""

import sys

import click

from desk.errors import Exit, Misused, Trouble
from desk.terminal.streams import as_text


def confirm(question: str, otherwise: str = "") -> None:
    """Asks for a yes; without one, the command ends and says `otherwise`.

    Raises Misused if nobody is at the terminal.
    """
    if not sys.stdin.isatty():
        raise Misused(f"There is nobody to ask: {question} Add --yes. {otherwise}".strip())
    if not agreed(question):
        if otherwise:
            click.echo(otherwise, err=True)
        raise SystemExit(Exit.REFUSED)


def agreed(question: str) -> bool:
    """Whether the operator says yes; no answer at all is a no, and an empty one a yes."""
    while True:
        answer = _answer(f"{question} [Y/n]: ")
        if answer is None or answer.lower() in {"", "y", "yes", "n", "no"}:
            return answer is not None and not answer.lower().startswith("n")


def prompt(question: str, default: str | None = None) -> str:
    """Asks for a datum, until there is one; an empty answer means the default.

    Raises Misused if nobody is at the terminal, and Trouble if they end the input.
    """
    if not sys.stdin.isatty():
        raise Misused(f"This is needed: {question}. desk --help names the options.")
    while True:
        answer = _answer(f"{question}: ")
        if answer is None:
            raise Trouble("Nothing was answered, and nothing is sent.")
        if answer or default is not None:
            return answer or default or ""


def choose(question: str, default: str) -> str:
    """Asks what to do with a text: y (send it), e (edit it) or n (keep it for later)."""
    while True:
        asked = f"{question}? y = send, e = edit, n = keep it for later [{default}] "
        answer = _answer(asked)
        choice = "n" if answer is None else answer.lower()[:1] or default
        if choice in "yen":
            return choice


def _answer(question: str) -> str | None:
    """What the operator types on the line of the question; None if the input has ended."""
    click.echo(question, nl=False, err=True)
    if line := sys.stdin.readline():
        return as_text(line).strip()
    click.echo(err=True)
    return None
