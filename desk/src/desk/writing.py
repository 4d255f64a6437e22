"""How an operator's text comes about: from a file, a canned reply or the editor; seen, confirmed.

From the first moment on it is a draft in a file, and it stays one until the service has it.
"""

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from desk.drafts import Draft, Drafts
from desk.replies import gaps
from desk.screen import Screen, moment
from desk.trouble import Misused


@dataclass(frozen=True)
class Source:
    """Where a text comes from; the editor, where nothing else is named."""

    message: str | None = None
    file: Path | None = None
    """`-` is the standard input."""
    canned: str | None = None
    """the text of a canned reply, to be adapted in the editor"""
    confirmed: bool = False
    """send it without asking"""


def composed(
    drafts: Drafts, reference: str, kind: str, source: Source, screen: Screen
) -> Draft | None:
    """The draft as it is to be sent; None if the operator does not want to send it now.

    Raises
    ------
    Misused
        If there is nobody to ask, or nothing was written, or a gap is not filled in.
    """
    draft = _first(drafts, reference, kind, source, screen)
    while True:
        unfilled = gaps(draft.text)
        if not draft.text:
            draft.discard()
            raise Misused("Nothing was written, and nothing is sent.")
        if source.confirmed and unfilled:
            raise Misused(
                f"Fill in {', '.join(unfilled)} first. Nothing is sent; it is kept in {draft.path}"
            )
        if source.confirmed:
            return draft
        screen.preview(draft.text)
        if not sys.stdin.isatty():
            raise Misused(
                "There is nobody to ask whether to send this: add --yes. It is kept in"
                f" {draft.path}"
            )
        if unfilled:
            screen.say(f"Still to be filled in: {', '.join(unfilled)}")
        match screen.choice(
            "Edit it, or keep it" if unfilled else "Send it", "e" if unfilled else "y"
        ):
            case "y" if not unfilled:
                return draft
            case "n":
                screen.say(f"Nothing is sent. It is kept in {draft.path}")
                return None
            case _:
                edit(draft)


def text_of(file: Path) -> str:
    """What is in the file, or comes over the standard input.

    Raises
    ------
    Misused
        If it cannot be read as text.
    """
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise Misused(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Misused(f"{file} is not text in UTF-8.") from error


def edit(draft: Draft) -> None:
    """Opens the operator's editor on the draft.

    Raises
    ------
    Misused
        If there is no editor, or it failed.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        ended = subprocess.run([*shlex.split(command), str(draft.path)], check=False)  # noqa: S603  the operator's own choice
    except OSError as error:
        raise Misused(
            f"The editor {command!r} does not start: set EDITOR, or use --file. The text is kept"
            f" in {draft.path}"
        ) from error
    if ended.returncode:
        raise Misused(f"The editor failed ({ended.returncode}). The text is kept in {draft.path}")


def _first(drafts: Drafts, reference: str, kind: str, source: Source, screen: Screen) -> Draft:
    if source.message is not None:
        return drafts.with_text(reference, kind, source.message)
    if source.file is not None:
        return drafts.with_text(reference, kind, text_of(source.file))
    if source.canned is not None:
        draft = drafts.with_text(reference, kind, source.canned)
        if source.confirmed or not sys.stdin.isatty():
            return draft
    elif found := drafts.of(reference, kind):
        screen.say(f"You go on with the draft of {moment(found.written_at)}.")
        draft = found
        if source.confirmed:
            return draft
    else:
        if not sys.stdin.isatty():
            raise Misused("Say what to send: --message, --file, or --with and --yes.")
        draft = drafts.new(reference, kind)
    edit(draft)
    return draft
