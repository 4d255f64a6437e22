"""`desk new`: records an incident for a person who phones."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from desk.command_line import Option, Yes, command
from desk.drafts.corrected_call import same_call
from desk.drafts.kept_files import NO_INCIDENT, Draft
from desk.drafts.kinds import Kind
from desk.errors import Misused, Refused, Trouble
from desk.operators_desk import Desk
from desk.service_vocabulary import Category, Language, Topic
from desk.terminal.moments import moment
from desk.terminal.questions import agreed, confirm, prompt
from desk.terminal.safe_text import json_text
from desk.texts.write_text import text_of


@command(
    "desk new",
    "desk new --category payment --error-code 190 --phone '971 48 17 26' \\\n"
    "      -m 'The card was refused twice.'",
    "desk new --from call.json --yes",
)
def new(
    desk: Desk,
    *,
    source: Annotated[
        Path | None,
        Option(
            names=("--from",),
            help="The incident as JSON, like POST /v1/incidents; - is standard input.",
        ),
    ] = None,
    category: Annotated[Category | None, Option(help="Your own team by default.")] = None,
    topic: Annotated[
        Topic | None,
        Option(help="For what is no problem with a procedure, instead of a category."),
    ] = None,
    message: Annotated[
        str | None, Option(names=("--message", "-m"), help="What the person says.")
    ] = None,
    error_code: Annotated[str | None, Option(help="The code of the error.")] = None,
    error_message: Annotated[str | None, Option(help="What the error says.")] = None,
    procedure_code: Annotated[str | None, Option(help="The code of the procedure.")] = None,
    procedure_name: Annotated[str | None, Option(help="The name of the procedure.")] = None,
    step: Annotated[str | None, Option(help="The step at which the person is stuck.")] = None,
    browser: Annotated[str | None, Option(help="The person's browser and system.")] = None,
    name: Annotated[str | None, Option(help="The person's name.")] = None,
    phone: Annotated[str | None, Option(help="The person's phone number.")] = None,
    email: Annotated[str | None, Option(help="The person's email address.")] = None,
    nif: Annotated[str | None, Option(help="The person's NIF.")] = None,
    availability: Annotated[str | None, Option(help="When to reach them.")] = None,
    language: Annotated[
        Language | None, Option(help="The person's language; Catalan by default.")
    ] = None,
    yes: Yes = False,
) -> None:
    """Record an incident for somebody who phones.

    Asks for what is needed and not given. Tell the person the reference. The access code reaches
    them by email only; a person without email follows the incident by phone.

    From your first answer on, the call is kept in a file: after an interruption, run the command
    again and continue. To correct what was refused, or after a lost answer, run it again with the
    right data: it stays one call, and becomes one incident.
    """
    if topic is None and category is None and source is None:
        category = desk.settings.team
    given = {
        "category": category,
        "topic": topic,
        "description": message,
        "error": {"code": error_code, "message": error_message},
        "procedure": {"code": procedure_code, "name": procedure_name},
        "context": {"step": step, "browser": browser},
        "contact": {"name": name, "email": email, "phone": phone, "nif": nif}
        | {"availability": availability},
        "language": language,
    }
    draft = _read(desk, source) if source else _typed(desk, given)
    while True:
        submission = _submission(draft.text, draft.path)
        if not yes:
            desk.output.preview(draft.text)
            confirm("Record it?", f"It is kept in {draft.path}; desk new goes on with it.")
        try:
            answer = desk.send(draft, partial(desk.api.submit, submission, draft.key))
            break
        except Refused as refused:
            wrong = [field for field in _QUESTIONS if field in refused.fields]
            if not wrong or len(wrong) < len(refused.fields) or not at_terminal(desk):
                raise
            desk.output.warn(str(refused))
            for field in wrong:
                _Call(desk, submission, draft).ask(field, again=True)
    desk.done(answer, f"Recorded: {answer['reference']}, for {answer['category']}.")


TELL_FIRST = (
    "Tell the person first: the Directorate-General records what they say to deal with the "
    "incident, and keeps each entry for six months. Only the operator who takes it on sees the "
    "contact details. The privacy notice on the web has the rest, with their rights."
)
"""What GDPR article 13 has a person know before their data are taken down."""

_QUESTIONS = {
    "description": "What is the problem",
    "error.message": "Which error does the person see (code or message)",
    "contact.phone": "Phone number (empty if there is an email address)",
    "contact.email": "Email address",
    "contact.name": "Name (may stay empty)",
}
"""What the desk asks the operator for, by the names of the fields."""
_MAY_BE_EMPTY = {"contact.phone", "contact.name"}


@dataclass
class _Call:
    """A call that is being recorded: from the first answer on, it is in a draft."""

    desk: Desk
    content: dict[str, Any]
    draft: Draft | None = None

    def ask(self, field: str, *, again: bool = False, optional: bool = False) -> str:
        """Asks for the field unless it is known; keeps the answer, and returns what is known.

        again: also if it is known. optional: an empty answer is one, as it always is to some.
        """
        group, _, name = field.rpartition(".")
        within = self.content.setdefault(group, {}) if group else self.content
        if again or not within.get(name):
            default = "" if optional or field in _MAY_BE_EMPTY else None
            try:
                within[name] = prompt(_QUESTIONS[field], default)
            except Trouble as ended:
                kept = f" What you have so far is kept in {self.draft.path}" if self.draft else ""
                ended.args = (f"{ended}{kept}",)
                raise
            self._keep()
        return str(within[name])

    def complete(self) -> None:
        """Asks for all that is needed and not known."""
        self.ask("description")
        if self.content.get("category") == Category.PAYMENT and not self.content.get("error"):
            self.ask("error.message")
        contact = self.content.get("contact", {})
        if not (contact.get("email") or contact.get("phone")):
            while not (self.ask("contact.phone") or self.ask("contact.email", optional=True)):
                self.desk.output.warn(
                    "One of the two is needed: a phone number or an email address."
                )
            self.ask("contact.name")

    def _keep(self) -> None:
        text = json_text(_stated(self.content))
        if self.draft is None:
            self.draft = self.desk.drafts.new(NO_INCIDENT, Kind.CALL, text)
        else:
            self.draft.write(text)


def at_terminal(desk: Desk) -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and not desk.as_json


def _read(desk: Desk, source: Path) -> Draft:
    """The draft of a call in a file, which may be a draft that was kept."""
    text = text_of(source)
    content = _submission(text, source)
    draft = desk.drafts.at(source)
    if draft is None:
        return _draft_of_call(desk, text)
    desk.drafts.in_hand = draft
    if at_terminal(desk) and not draft.refused_fields:
        _Call(desk, content, draft).complete()
    return draft


def _typed(desk: Desk, given: Mapping[str, Any]) -> Draft:
    """The draft of the call that the operator states and is asked about."""
    stated = _stated(given)
    call = _Call(desk, stated)
    begun = _begun(desk) if "description" not in stated else None
    if begun is not None:
        before, refused = _submission(begun.text, begun.path), begun.refused_fields
        if "category" in before or "topic" in before:
            stated = {name: of_it for name, of_it in stated.items() if name != "category"}
        call = _Call(desk, _merged(before, stated), begun)
        for field in _QUESTIONS:
            if field in refused and not _at(stated, field):
                call.ask(field, again=True)
    elif at_terminal(desk):
        desk.output.say(TELL_FIRST)
    call.complete()
    call.content.setdefault("language", Language.CATALAN)
    text = json_text(_stated(call.content))
    if begun is None:
        return _draft_of_call(desk, text, call.draft)
    begun.write(text)
    return begun


def _begun(desk: Desk) -> Draft | None:
    """The call that the operator wants to go on with, if there are any that are not recorded."""
    if not at_terminal(desk):
        return None
    for draft in desk.drafts.all():
        if draft.kind == Kind.CALL and (content := _json(draft.text)) is not None:
            contact = content.get("contact")
            data = [*contact.values()] if isinstance(contact, dict) else []
            told = " · ".join(map(str, filter(None, [content.get("description"), *data])))
            desk.output.say(f"A call of {moment(draft.begun_by(datetime.now(UTC)))}: {told}")
            if agreed("It is not recorded yet. Go on with it?"):
                desk.drafts.in_hand = draft
                return draft
    return None


def _merged(before: Mapping[str, Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """The call with what is stated now in place of what it had."""
    merged = dict(before)
    for name, of_it in stated.items():
        earlier = merged.get(name)
        is_group = isinstance(of_it, dict) and isinstance(earlier, dict)
        merged[name] = {**earlier, **of_it} if is_group and earlier else of_it
    return merged


def _at(content: Mapping[str, Any], field: str) -> Any:
    group, _, name = field.rpartition(".")
    return (content.get(group) or {} if group else content).get(name)


def _stated(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the person stated, without empty fields."""
    stated = {
        name: _stated(content) if isinstance(content, dict) else content
        for name, content in given.items()
    }
    return {name: content for name, content in stated.items() if content}


def _submission(text: str, file: Path) -> dict[str, Any]:
    """An incident as JSON."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Misused(f"{file} is no JSON: {error}.") from error
    if not isinstance(content, dict):
        raise Misused(f"{file} is no JSON object with the fields of an incident.")
    return content


def _json(text: str) -> dict[str, Any] | None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _draft_of_call(desk: Desk, text: str, own: Draft | None = None) -> Draft:
    """The draft of this phone call: an unconfirmed one if it is the same call, else a new one.

    own: that of the answers of this command, if there were any.
    """
    call = json.loads(text)
    others = [each for each in desk.drafts.all() if each.kind == Kind.CALL and each != own]
    if any(draft.text == text.strip() for draft in others):
        if own:
            own.discard()
        return desk.drafts.with_text(NO_INCIDENT, Kind.CALL, text)
    for draft in others:
        before = _json(draft.text)
        if before is not None and same_call(before, call, draft.refused_fields):
            contact = before.get("contact")
            data = contact.values() if isinstance(contact, dict) else ()
            desk.output.say(
                f"You correct the call of {moment(draft.written_at)}, which is not confirmed yet."
                f" Its contact data were: {', '.join(map(str, data)) or 'none'}."
            )
            draft.write(text)
            desk.drafts.in_hand = draft
            if own:
                own.discard()
            return draft
    if own:
        own.write(text)
        return own
    return desk.drafts.with_text(NO_INCIDENT, Kind.CALL, text)
