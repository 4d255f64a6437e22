"""The standard streams, whatever the locale: nothing that is read or written breaks a command.

A locale may not be UTF-8, and a stream may be closed. What an encoding cannot write becomes a
question mark; what it could not read is read as UTF-8, if it is that.
"""

import os
import sys
from io import TextIOWrapper

from desk.errors import Misused


def prepare() -> None:
    """Makes the streams of this process fit for any text."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started the desk
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115  for as long as the program
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="surrogateescape" if mode == "r" else "replace")


def as_text(typed: str) -> str:
    """What the operator typed, although this locale could not read it; it may have to be UTF-8.

    Raises Misused if it is not.
    """
    try:
        typed.encode()
    except UnicodeEncodeError:
        try:
            return os.fsencode(typed).decode()
        except UnicodeError as error:
            shown = typed.encode(errors="replace").decode()
            raise Misused(f"{shown!r} is not text in UTF-8.") from error
    return typed


def can_write(text: str) -> bool:
    """Whether the standard output can write this text as it is."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def drop_output() -> None:
    """Discards what is still to be written: the reader has gone."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
