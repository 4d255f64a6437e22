"""How an operator writes a text: from a file, a canned reply or in the editor.

From the first moment, the text is a draft in a file, and it stays one until the service has it.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

from desk import private_files
from desk.command_line import Option, team_of
from desk.drafts.delivery import kept_in_vain
from desk.drafts.kept_files import Draft
from desk.drafts.kinds import Kind
from desk.drafts.quote import with_quote
from desk.errors import Exit, Misused, Refused, Trouble
from desk.operators_desk import Desk
from desk.service_vocabulary import Language, Problem, Status
from desk.terminal.editor import edit
from desk.terminal.moments import moment
from desk.terminal.questions import choose
from desk.terminal.streams import as_text
from desk.texts.canned_replies import named, names
from desk.texts.citizens_words import citizens_words
from desk.texts.placeholders import filled, gaps


@dataclass(frozen=True)
class Text:
    """The options that give a text; without any, the operator writes it in the editor."""

    message: Annotated[str | None, Option(names=("--message", "-m"), help="The text itself.")] = (
        None
    )
    file: Annotated[
        Path | None,
        Option(names=("--file", "-f"), help="A file with the text; - is standard input."),
    ] = None


@dataclass(frozen=True)
class TextToCitizen(Text):
    """The same for a text that may begin with a canned reply, which the operator adapts."""

    canned: Annotated[
        str | None,
        Option(
            names=("--with",),
            help="Begin with this canned reply.",
            completes=lambda context, typed: names(team_of(context), typed),
            metavar="NAME",
        ),
    ] = None
    language: Annotated[
        Language | None,
        Option(help="The canned reply's language; the citizen's by default."),
    ] = None


def written(desk: Desk, reference: str, kind: Kind, text: Text, *, confirmed: bool) -> Draft:
    """The draft to send; the command ends if the operator does not want to send it now.

    Raises Misused if there is nobody to ask, the text is empty, or a gap is not filled in. Raises
    Trouble, before the editor opens, if the operator may not write in this incident.
    """
    canned = text.canned if isinstance(text, TextToCitizen) else None
    if sum(each is not None for each in (text.message, text.file, canned)) > 1:
        raise Misused("Give one of --message, --file and --with.")
    work = _Work(desk, reference, kind)
    draft = _first(work, text, confirmed=confirmed)
    while not _may_be_sent(desk, draft, confirmed=confirmed):
        work.edit(draft)
    return draft


@dataclass
class _Work:
    """The work on a text in the editor, with what the citizen wrote below the text."""

    desk: Desk
    reference: str
    kind: Kind

    @cached_property
    def incident(self) -> dict[str, Any]:
        """The incident, in which the operator may write; the register records the look."""
        try:
            view = self.desk.api.incident(self.reference)
        except Refused as refused:
            refused.args = (f"{refused} {self._kept_in_vain(refused.name)}".strip(),)
            raise
        if self.kind != Kind.NOTE:
            if view["status"] == Status.RESOLVED:
                vain = self._kept_in_vain(Problem.ALREADY_RESOLVED)
                raise Trouble(f"{view['reference']} is resolved. {vain}".strip())
            _must_be_theirs(view, self.desk.operator)
        self.desk.settle(view)
        return view

    def _kept_in_vain(self, problem: str) -> str:
        """That what was begun here before can never be sent, if it was, and cannot."""
        begun = self.desk.drafts.of(self.reference, self.kind)
        return kept_in_vain(begun, problem) if begun else ""

    def begin(self) -> Draft:
        """An empty draft, if the operator may write here."""
        return self.desk.drafts.new(self.incident["reference"], self.kind)

    def begun(self) -> Draft | None:
        """What the operator has begun to write, if they may write here, and it is not sent yet."""
        return self.desk.drafts.of(self.incident["reference"], self.kind)

    def edit(self, draft: Draft) -> None:
        """Opens the draft in the editor; only the operator's own words stay in it."""
        view = self.incident
        opened = with_quote(draft.text, citizens_words(view), draft.below)
        private_files.write(draft.path, opened)
        try:
            edit(draft.path)
            # some editors leave what was there before, which has the citizen's words
            draft.path.with_name(f"{draft.path.name}~").unlink(missing_ok=True)
        finally:
            if draft.path.exists() and not draft.below:
                draft.write(draft.text)
        # the operator has had what the citizen wrote before their eyes
        self.desk.seen.remember(
            self.reference,
            language=view["language"],
            etag=view.get("etag"),
            expires_on=view.get("expires_on"),
        )


def _must_be_theirs(view: Mapping[str, Any], operator: str) -> None:
    """Raises Trouble, with what to do first, unless this operator may write to the citizen."""
    reference, by = view["reference"], view.get("claimed_by")
    if by is None:
        raise Trouble(f"Nobody has claimed {reference}. Claim it first: desk claim {reference}")
    if by != operator:
        first = f"desk take-over {reference}"
        raise Trouble(f"{by} has {reference}. If you are to answer, take it over first: {first}")


def text_of(file: Path) -> str:
    """The text in the file or on the standard input; raises Misused if it is not text."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise Misused(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Misused(f"{file} is not text in UTF-8.") from error


def _first(work: _Work, text: Text, *, confirmed: bool) -> Draft:
    """The draft before the desk asks the operator whether to send it."""
    desk, reference, kind = work.desk, work.reference, work.kind
    at_terminal = sys.stdin.isatty()
    unfinished = at_terminal and not confirmed
    if text.message is not None:
        return desk.drafts.with_text(reference, kind, as_text(text.message))
    if text.file is not None:
        return desk.drafts.with_text(reference, kind, text_of(text.file))
    if isinstance(text, TextToCitizen) and text.canned is not None:
        incident = work.incident if unfinished else None
        reply = _canned(desk, reference, text.canned, text.language, incident)
        draft = desk.drafts.with_text(reference, kind, reply)
    elif found := work.begun() if unfinished else desk.drafts.of(reference, kind):
        desk.output.say(f"You continue the draft of {moment(found.written_at)}.")
        draft = found
    elif at_terminal:
        draft, unfinished = work.begin(), True
    else:
        raise Misused("Say what to send: --message, --file, or --with and --yes.")
    if unfinished:
        work.edit(draft)
    return draft


def _may_be_sent(desk: Desk, draft: Draft, *, confirmed: bool) -> bool:
    """Whether the text may go out as it is; if not, the operator edits it."""
    unfilled, below = ", ".join(gaps(draft.text)), draft.below
    if not draft.text and not below:
        draft.discard()
        raise Misused("Nothing was written, and nothing is sent.")
    if confirmed:
        kept = f"Nothing is sent; it is kept in {draft.path}"
        if unfilled:
            raise Misused(f"Fill in {unfilled} first. {kept}")
        if below:
            raise Misused(f"Move what you wrote below the line above it first. {kept}")
        return True
    desk.output.preview(draft.text)
    if not sys.stdin.isatty():
        raise Misused(
            f"There is nobody to ask whether to send this: add --yes. It is kept in {draft.path}"
        )
    if unfilled:
        desk.output.say(f"Still to be filled in: {unfilled}")
    if below:
        desk.output.say(f"Below the line, where nothing is sent, you wrote: {below}")
    hindered = unfilled or below
    choice = choose("Edit it, or keep it", "e") if hindered else choose("Send it", "y")
    if choice == "n":
        desk.output.say(f"Nothing is sent. It is kept in {draft.path}")
        raise SystemExit(Exit.REFUSED)
    return choice == "y" and not hindered


def _canned(
    desk: Desk,
    reference: str,
    name: str,
    language: Language | None,
    incident: dict[str, Any] | None,
) -> str:
    """The canned reply, filled in with what is known of the incident.

    incident: as the service shows it, if it was asked already.
    """
    from desk.texts.facts import facts_of, needs_incident  # noqa: PLC0415  for this alone

    if language is None:
        known = incident["language"] if incident else desk.seen.language(reference)
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
