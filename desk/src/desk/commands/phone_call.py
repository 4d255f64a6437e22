"""`desk new`: records an incident for a person who phones."""

import json
from pathlib import Path
from typing import Annotated, Any, assert_never

import typer

from desk.command_line import Yes, command
from desk.drafts.corrected_call import same_call
from desk.drafts.kept_files import Draft
from desk.drafts.kinds import Kind
from desk.errors import Misused
from desk.operators_desk import Desk
from desk.service_vocabulary import Category, Language, Topic
from desk.terminal.moments import moment
from desk.terminal.questions import confirm, prompt
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
        typer.Option(
            "--from", help="The incident as JSON, like POST /v1/incidents; - is standard input."
        ),
    ] = None,
    category: Annotated[Category | None, typer.Option(help="Your own team by default.")] = None,
    topic: Annotated[
        Topic | None,
        typer.Option(help="For what is no problem with a procedure, instead of a category."),
    ] = None,
    message: Annotated[
        str | None, typer.Option("--message", "-m", help="What the person says.")
    ] = None,
    error_code: Annotated[str | None, typer.Option(help="The code of the error.")] = None,
    error_message: Annotated[str | None, typer.Option(help="What the error says.")] = None,
    procedure_code: Annotated[str | None, typer.Option(help="The code of the procedure.")] = None,
    procedure_name: Annotated[str | None, typer.Option(help="The name of the procedure.")] = None,
    step: Annotated[str | None, typer.Option(help="The step at which the person is stuck.")] = None,
    browser: Annotated[str | None, typer.Option(help="The person's browser and system.")] = None,
    name: Annotated[str | None, typer.Option(help="The person's name.")] = None,
    phone: Annotated[str | None, typer.Option(help="The person's phone number.")] = None,
    email: Annotated[str | None, typer.Option(help="The person's e-mail address.")] = None,
    nif: Annotated[str | None, typer.Option(help="The person's NIF.")] = None,
    availability: Annotated[str | None, typer.Option(help="When to reach them.")] = None,
    language: Annotated[Language, typer.Option(help="The person's language.")] = Language.CATALAN,
    yes: Yes = False,
) -> None:
    """Record an incident for somebody who phones.

    Asks for what is needed and not given. Tell the person the reference. The access code reaches
    them by e-mail alone; a person without e-mail follows the incident by phone.

    To correct contact data that were refused, or after a lost answer, run the command again with
    the right ones: it stays one call, and becomes one incident.
    """
    draft = desk.drafts.at(source) if source else None
    if source:
        text = text_of(source)
        _submission(text, source)
    else:
        if not topic:
            category = category or desk.settings.team
        reachable = {"name": name, "email": email, "phone": phone}
        given = {
            "category": category,
            "topic": topic,
            "description": message or prompt("What is the problem"),
            "error": _error(category, {"code": error_code, "message": error_message}),
            "procedure": {"code": procedure_code, "name": procedure_name},
            "context": {"step": step, "browser": browser},
            "contact": _contact(reachable) | {"nif": nif, "availability": availability},
            "language": language,
        }
        text = json_text(_stated(given))
    draft = draft or _draft_of_call(desk, text)
    submission = _submission(draft.text, draft.path)
    if not yes:
        desk.output.preview(draft.text)
        confirm("Record it?", f"It is kept in {draft.path}; desk new --from {draft.path}")
    answer = desk.send(draft, lambda: desk.api.submit(submission, draft.key))
    desk.done(answer, f"Recorded: {answer['reference']}, for {answer['category']}.")


def _error(category: Category | None, error: dict[str, str | None]) -> dict[str, str | None]:
    """The error that the person sees; asks for it if the category needs one."""
    match category:
        case Category.PAYMENT if not any(error.values()):
            return error | {"message": prompt("Which error does the person see (code or message)")}
        case Category.FUNCTIONAL | Category.PAYMENT | Category.SIGNATURE | None:
            return error
        case _:
            assert_never(category)


def _contact(contact: dict[str, str | None]) -> dict[str, str | None]:
    """The contact data; asks for more if there is no way to reach the person."""
    if contact["email"] or contact["phone"]:
        return contact
    phone = prompt("Phone number (empty if there is an e-mail address)", "")
    contact |= {"phone": phone} if phone else {"email": prompt("E-mail address")}
    return contact | {"name": contact["name"] or prompt("Name (may stay empty)", "")}


def _stated(given: dict[str, Any]) -> dict[str, Any]:
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
    except ValueError as error:
        raise Misused(f"{file} is no JSON: {error}.") from error
    if not isinstance(content, dict):
        raise Misused(f"{file} is no JSON object with the fields of an incident.")
    return content


def _draft_of_call(desk: Desk, text: str) -> Draft:
    """The draft of this phone call: an unconfirmed one if it is the same call, else a new one."""
    call = json.loads(text)
    pending = [draft for draft in desk.drafts.all() if draft.kind == Kind.CALL]
    if any(draft.text == text.strip() for draft in pending):
        pending = []
    for draft in pending:
        try:
            before = json.loads(draft.text)
        except ValueError:
            continue
        if isinstance(before, dict) and same_call(before, call, draft.refused_fields):
            contact = before.get("contact")
            data = contact.values() if isinstance(contact, dict) else ()
            desk.output.say(
                f"You correct the call of {moment(draft.written_at)}, which is not confirmed yet."
                f" Its contact data were: {', '.join(map(str, data)) or 'none'}."
            )
            draft.write(text)
            return draft
    return desk.drafts.with_text("new", Kind.CALL, text)
