"""The commands about one incident: look, claim, write, resolve, hand over, save a file."""

import os
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

from desk.command_line import Argument, Option, Reference, Yes, command
from desk.drafts.kept_files import Draft
from desk.drafts.kinds import TRANSFER, Kind
from desk.errors import Misused, Unreached
from desk.operators_desk import Desk
from desk.saved_files import must_have_room
from desk.service_vocabulary import Category, LookPurpose, Scope
from desk.terminal.numbers import so_many
from desk.terminal.questions import confirm, prompt
from desk.texts.write_text import Text, TextToCitizen, written


@command(
    "desk show GQNC-YQBY-1H8C",
    "desk show GQNC-YQBY-1H8C --for call",
    "desk show GQNC-YQBY-1H8C --before 01K3ZB2E40AAAAAAAAAAAAAAAA",
)
def show(
    desk: Desk,
    reference: Reference,
    *,
    before: Annotated[
        str | None,
        Option(help="The part of the history before this entry.", metavar="ENTRY"),
    ] = None,
    purpose: Annotated[
        LookPurpose | None,
        Option(
            names=("--for",),
            help="Why: the citizen calls, a colleague hands it over, a check; else to work on it.",
        ),
    ] = None,
) -> None:
    """Show an incident with the latest part of its history, or an earlier part.

    Contact data are masked unless you have claimed it. That you looked is recorded, with your team
    and for what: the citizen sees it, without your name.
    """
    from desk.terminal.incident import print_earlier_history

    if before is None:
        desk.show(desk.api.incident(reference, purpose=purpose))
        return
    part = desk.api.incident(reference, before.strip().upper(), purpose)
    if not desk.output.result(part):
        print_earlier_history(desk.output.result_console, part)


@command("desk claim GQNC-YQBY-1H8C")
def claim(desk: Desk, reference: Reference) -> None:
    """Claim this incident, past the queue."""
    desk.show(desk.api.claim(reference))


@command("desk take-over GQNC-YQBY-1H8C --reason 'Joan is ill today'")
def take_over(
    desk: Desk,
    reference: Reference,
    *,
    reason: Annotated[
        str | None, Option(help="Why, for the team; the desk asks if you do not say.")
    ] = None,
) -> None:
    """Take an incident over from a colleague of your team who has claimed it.

    The colleague sees in the history that you took it, and why.
    """
    if reason is None:
        reason = prompt("Why do you take it over")
    desk.show(desk.api.take_over(reference, reason))


@command(
    "desk reply GQNC-YQBY-1H8C",
    "desk reply GQNC-YQBY-1H8C --with do-not-pay-again",
    "echo 'It is corrected.' | desk reply GQNC-YQBY-1H8C --file - --yes",
)
def reply(desk: Desk, reference: Reference, *, text: TextToCitizen, yes: Yes = False) -> None:
    """Write to the citizen; the incident stays yours.

    In your editor ($VISUAL or $EDITOR), or from a file. What you write is kept in a file until
    the service has it.
    """
    draft = written(desk, reference, Kind.REPLY, text, confirmed=yes)
    _send_to_citizen(desk, reference, draft, "answered")


@command("desk ask GQNC-YQBY-1H8C -m 'Which browser do you use?' --yes")
def ask(desk: Desk, reference: Reference, *, text: TextToCitizen, yes: Yes = False) -> None:
    """Ask the citizen, and wait for the answer.

    The answer brings the incident back to the queue; without one it ends after 14 days.
    """
    draft = written(desk, reference, Kind.ASK, text, confirmed=yes)
    _send_to_citizen(desk, reference, draft, "asked; it waits for the citizen")


@command("desk note GQNC-YQBY-1H8C -m 'The bank confirms it.' --yes")
def note(desk: Desk, reference: Reference, *, text: Text, yes: Yes = False) -> None:
    """Write a note for the team.

    No mail and no page shows it to the citizen, but it is part of the copy of everything that the
    citizen may ask for.
    """
    desk.output.say("The citizen reads notes in the copy of everything, if they ask for it.")
    draft = written(desk, reference, Kind.NOTE, text, confirmed=yes)
    answer = desk.send(draft, lambda: desk.api.note(reference, draft.text, draft.key))
    desk.done(answer, f"{reference}: noted.")


@command("desk resolve GQNC-YQBY-1H8C --yes", "desk resolve GQNC-YQBY-1H8C --with solved")
def resolve(
    desk: Desk,
    reference: Reference,
    *,
    text: TextToCitizen,
    write: Annotated[
        bool, Option(names=("--write", "-w"), help="Write a last message in the editor.")
    ] = False,
    yes: Yes = False,
) -> None:
    """End the incident.

    With a last message to the citizen if you name one, or --write one in the editor.
    """
    if write or text.message is not None or text.file or text.canned:
        draft = written(desk, reference, Kind.RESOLVE, text, confirmed=yes)
    else:
        if not yes:
            confirm(f"Resolve {reference} without a last message?")
        draft = desk.drafts.command(reference, Kind.RESOLVE)
    answer = desk.send(
        draft,
        lambda: desk.api.resolve(reference, draft.text, draft.key, seen=desk.read_up_to(reference)),
    )
    desk.done(answer, f"{reference}: resolved.")


@command("desk transfer GQNC-YQBY-1H8C signature --reason 'The certificate has expired'")
def transfer(
    desk: Desk,
    reference: Reference,
    category: Annotated[Category, Argument(help="The team that can help.")],
    *,
    reason: Annotated[
        str | None, Option(help="Why, for that team; the desk asks if you do not say.")
    ] = None,
) -> None:
    """Give the incident to another team, with the reason."""
    kind = f"{TRANSFER}{category}"
    if reason is None:
        given = desk.drafts.of(reference, kind)
        question = f"Why is it for {category}"
        if given:
            question += f" (empty: {given.text!r}, as you wrote before)"
        reason = prompt(question, given.text if given else None)
    draft = desk.drafts.command(reference, kind, reason)
    answer = desk.send(
        draft,
        lambda: desk.api.transfer(
            reference, category, draft.text, draft.key, seen=desk.read_up_to(reference)
        ),
    )
    desk.drafts.discard_all(reference, kinds=TRANSFER)
    desk.done(answer, f"{reference}: with {category} now.")


@command("desk snooze GQNC-YQBY-1H8C 2026-12-09", "desk snooze GQNC-YQBY-1H8C now")
def snooze(
    desk: Desk,
    reference: Reference,
    day: Annotated[
        str,
        Argument(help="The day on which it comes back, or 'now' to end a snooze.", metavar="DAY"),
    ],
) -> None:
    """Put the incident aside until a day; it stays yours.

    It comes back that morning, or as soon as the citizen writes; until then it is not released.
    """
    until = None if day == "now" else day
    draft = desk.drafts.command(reference, Kind.SNOOZE)
    answer = desk.send(
        draft,
        lambda: desk.api.snooze(reference, until, draft.key, seen=desk.read_up_to(reference)),
    )
    desk.done(answer, f"{reference}: snoozed until {day}." if until else f"{reference}: is back.")


@command("desk release GQNC-YQBY-1H8C")
def release(desk: Desk, reference: Reference) -> None:
    """Give the incident back to the team's queue."""
    draft = desk.drafts.command(reference, Kind.RELEASE)
    answer = desk.send(draft, lambda: desk.api.release(reference, draft.key))
    desk.done(answer, f"{reference}: back in the queue.")


@command("desk withdraw GQNC-YQBY-1H8C control")
def withdraw(
    desk: Desk,
    reference: Reference,
    scope: Annotated[Scope, Argument(help="What you may no longer do.")],
) -> None:
    """Record that the citizen told you to stop viewing, or acting on, their computer.

    A citizen who withdraws viewing withdraws acting with it. Only they themselves can agree again.
    """
    desk.done(desk.api.withdraw(reference, scope), f"{reference}: {scope} withdrawn.")


@command("desk new-code GQNC-YQBY-1H8C", name="new-code")
def replace_code(desk: Desk, reference: Reference) -> None:
    """Have another access code sent to the citizen's email address.

    For a citizen who has lost the code. The one before opens nothing any more; you do not see
    either.
    """
    draft = desk.drafts.command(reference, Kind.NEW_CODE)
    answer = desk.send(draft, lambda: desk.api.replace_code(reference, draft.key))
    desk.done(answer, f"{reference}: a new access code is on its way to the citizen.")


@command(
    "desk contact GQNC-YQBY-1H8C --email anna@example.org",
    "desk contact GQNC-YQBY-1H8C --phone ''",
    name="contact",
)
def correct_contact(
    desk: Desk,
    reference: Reference,
    *,
    email: Annotated[str | None, Option(help="The email address.")] = None,
    phone: Annotated[str | None, Option(help="The phone number.")] = None,
    name: Annotated[str | None, Option(help="The name.")] = None,
    nif: Annotated[str | None, Option(help="The NIF, NIE or document number.")] = None,
    availability: Annotated[str | None, Option(help="When to reach the citizen.")] = None,
) -> None:
    """Correct how a citizen is reached, after you have made sure who it is.

    An empty value takes a part away. With another email address the incident gets another access
    code, and both addresses get a mail.
    """
    given = {
        "email": email,
        "phone": phone,
        "name": name,
        "nif": nif,
        "availability": availability,
    }
    corrections = {part: value or None for part, value in given.items() if value is not None}
    if not corrections:
        raise Misused("Say what to correct: --email, --phone, --name, --nif or --availability.")
    answer = desk.api.correct_contact(reference, corrections)
    done = "nothing to correct" if answer["correction"] == "unchanged" else "corrected"
    desk.done(answer, f"{reference}: {done}.")


@command("desk file GQNC-YQBY-1H8C 7Q2M… --to proof.pdf", name="file")
def save_file(
    desk: Desk,
    reference: Reference,
    file: Annotated[str, Argument(help="The file, as the incident names it.")],
    *,
    to: Annotated[Path, Option(help="Where to save it; never over another file.")],
) -> None:
    """Save a file of an incident of yours.

    That you fetched it is recorded.
    """
    must_have_room(to.parent, [to])
    desk.saved.note(to, reference, datetime.now(UTC))
    link = desk.api.file(reference, file)
    fetched = desk.aws.fetched(link["url"], link["headers"])
    if fetched.status != HTTPStatus.OK:
        raise Unreached(f"The store of the files answered {fetched.status}. Try again.")
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as saved:
        saved.write(fetched.body)
    desk.done(
        {"saved": str(to), "bytes": len(fetched.body)},
        f"Saved: {to} ({so_many(len(fetched.body), 'byte')})."
        " Delete it when you no longer need it.",
    )


def _send_to_citizen(desk: Desk, reference: str, draft: Draft, done: str) -> None:
    answer = desk.send(
        draft,
        lambda: desk.api.message(
            *(reference, draft.text, draft.key),
            ask=draft.kind == Kind.ASK,
            seen=desk.read_up_to(reference),
        ),
    )
    desk.done(answer, f"{reference}: {done}.")
