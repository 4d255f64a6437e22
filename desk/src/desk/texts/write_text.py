"""How an operator writes a text: from a file, a canned reply or in the editor.

From the first moment, the text is a draft in a file, and it stays one until the service has it.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from desk.drafts.kept_files import Draft
from desk.drafts.kinds import Kind
from desk.errors import Exit, Misused
from desk.operators_desk import Desk
from desk.service_vocabulary import Language
from desk.terminal.editor import edit
from desk.terminal.moments import moment
from desk.terminal.questions import choose
from desk.texts.canned_replies import named, names
from desk.texts.facts import facts_of, needs_incident
from desk.texts.placeholders import filled, gaps


@dataclass(frozen=True)
class Text:
    """The options that give a text; without any, the operator writes it in the editor."""

    message: Annotated[str | None, typer.Option("--message", "-m", help="The text itself.")] = None
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="A file with the text; - is standard input.")
    ] = None


@dataclass(frozen=True)
class TextToCitizen(Text):
    """The same for a text that may begin with a canned reply, which the operator adapts."""

    canned: Annotated[
        str | None,
        typer.Option(
            "--with", help="Begin with this canned reply.", autocompletion=names, metavar="NAME"
        ),
    ] = None
    language: Annotated[
        Language | None,
        typer.Option("--language", help="The canned reply's language; the citizen's by default."),
    ] = None


def written(desk: Desk, reference: str, kind: Kind, text: Text, *, confirmed: bool) -> Draft:
    """The draft to send; the command ends if the operator does not want to send it now.

    Raises Misused if there is nobody to ask, the text is empty, or a gap is not filled in.
    """
    canned = text.canned if isinstance(text, TextToCitizen) else None
    if sum(each is not None for each in (text.message, text.file, canned)) > 1:
        raise Misused("Give one of --message, --file and --with.")
    draft = _first(desk, reference, kind, text, confirmed=confirmed)
    while not _may_be_sent(desk, draft, confirmed=confirmed):
        edit(draft.path)
    return draft


def text_of(file: Path) -> str:
    """The text in the file or on the standard input; raises Misused if it is not text."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise Misused(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Misused(f"{file} is not text in UTF-8.") from error


def _first(desk: Desk, reference: str, kind: Kind, text: Text, *, confirmed: bool) -> Draft:
    """The draft before the desk asks the operator whether to send it."""
    if text.message is not None:
        return desk.drafts.with_text(reference, kind, text.message)
    if text.file is not None:
        return desk.drafts.with_text(reference, kind, text_of(text.file))
    if isinstance(text, TextToCitizen) and text.canned is not None:
        reply = _canned(desk, reference, text.canned, text.language)
        draft = desk.drafts.with_text(reference, kind, reply)
        unfinished = sys.stdin.isatty() and not confirmed
    elif found := desk.drafts.of(reference, kind):
        desk.output.say(f"You go on with the draft of {moment(found.written_at)}.")
        draft, unfinished = found, not confirmed
    elif sys.stdin.isatty():
        draft, unfinished = desk.drafts.new(reference, kind), True
    else:
        raise Misused("Say what to send: --message, --file, or --with and --yes.")
    if unfinished:
        edit(draft.path)
    return draft


def _may_be_sent(desk: Desk, draft: Draft, *, confirmed: bool) -> bool:
    """Whether the text may go out as it is; if not, the operator edits it."""
    unfilled = ", ".join(gaps(draft.text))
    if not draft.text:
        draft.discard()
        raise Misused("Nothing was written, and nothing is sent.")
    if confirmed:
        if unfilled:
            raise Misused(f"Fill in {unfilled} first. Nothing is sent; it is kept in {draft.path}")
        return True
    desk.output.preview(draft.text)
    if not sys.stdin.isatty():
        raise Misused(
            f"There is nobody to ask whether to send this: add --yes. It is kept in {draft.path}"
        )
    if unfilled:
        desk.output.say(f"Still to be filled in: {unfilled}")
        choice = choose(desk.output, "Edit it, or keep it", "e")
    else:
        choice = choose(desk.output, "Send it", "y")
    if choice == "n":
        desk.output.say(f"Nothing is sent. It is kept in {draft.path}")
        raise typer.Exit(Exit.REFUSED)
    return choice == "y" and not unfilled


def _canned(desk: Desk, reference: str, name: str, language: Language | None) -> str:
    """The canned reply, filled in with what is known of the incident."""
    incident: dict[str, Any] | None = None
    if language is None:
        known = desk.seen.language(reference)
        if known is None:
            incident = _looked_at(desk, reference)
            known = incident["language"]
        language = Language(known)
    reply = named(desk.settings.team, name, language).text
    if incident is None and needs_incident(reply):
        incident = _looked_at(desk, reference)
    return filled(reply, facts_of(reference, incident, language, datetime.now(UTC)))


def _looked_at(desk: Desk, reference: str) -> dict[str, Any]:
    """The incident; the register records the look."""
    desk.read_up_to(reference)  # first, because the look marks it as read
    incident = desk.api.incident(reference)
    # no etag: the operator has not read it
    desk.seen.remember(
        reference, language=incident["language"], expires_on=incident.get("expires_on")
    )
    return incident
