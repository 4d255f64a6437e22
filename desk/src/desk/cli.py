"""The command `desk`: what an operator can say to it, and how it ends.

What a command needs is imported when it runs, so that help and completion answer at once.
"""

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, cast

import typer

from desk.trouble import Exit, Misused, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from desk.api import Api
    from desk.aws import Aws
    from desk.dead_letters import DeadLetter
    from desk.drafts import Draft, Drafts
    from desk.pulling import Pull, Skipped
    from desk.screen import Screen
    from desk.settings import Settings
    from desk.shown import Shown
    from desk.team_queue import Received, TeamQueue
    from desk.writing import Source

_EXITS = """
Exit codes: 0 done; 1 refused, or nothing there; 2 wrong use or settings; 3 no answer: try again,
nothing is lost; 4 not allowed; 130 interrupted.
"""

app = typer.Typer(
    help="The support desk: takes incidents from the team's queue and answers them.\n\n"
    "\b\nExamples:\n"
    "  desk pull payment --watch\n"
    "  desk reply GQNC-YQBY-1H8C --with do-not-pay-again\n"
    "  desk transfer GQNC-YQBY-1H8C signature --reason 'It is the certificate, not the card'\n"
    "  desk resolve GQNC-YQBY-1H8C\n\n"
    "Settings: ~/.config/suport-desk/config.toml or DESK_… variables; docs/integration.md names"
    " them.\n\n" + _EXITS,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Category(StrEnum):
    """The teams."""

    FUNCTIONAL = "functional"
    PAYMENT = "payment"
    SIGNATURE = "signature"


class Language(StrEnum):
    """The languages of the service."""

    CATALAN = "ca"
    SPANISH = "es"
    ENGLISH = "en"
    GERMAN = "de"


class Scope(StrEnum):
    """What a citizen may have agreed to."""

    VIEW = "view"
    CONTROL = "control"


class State(StrEnum):
    """Where an open incident stands."""

    RECEIVED = "received"
    QUEUED = "queued"
    CLAIMED = "claimed"
    WAITING = "waiting"


@dataclass
class Desk:
    """One call of the command: for which team, and where the service is."""

    team: str | None
    local: bool

    @cached_property
    def settings(self) -> "Settings":
        from desk.settings import load

        return load(self.team, local=self.local)

    @cached_property
    def aws(self) -> "Aws":
        from desk.aws import opened

        return opened(self.settings)

    @cached_property
    def api(self) -> "Api":
        from desk.api import Api

        return Api(self.settings.api_url, self.aws)

    @cached_property
    def queue(self) -> "TeamQueue":
        from desk.team_queue import TeamQueue

        return TeamQueue(self.aws.sqs(), self.settings.queue_url)

    @cached_property
    def dead_letter_queue(self) -> "TeamQueue":
        from desk.team_queue import TeamQueue

        url = self.settings.dead_letter_queue_url
        if url is None:
            raise Misused(
                f"The setting dead_letter_queue_url of {self.settings.team} is missing:"
                " write it into the settings file, or set DESK_DEAD_LETTER_QUEUE_URL."
            )
        return TeamQueue(self.aws.sqs(), url)

    @property
    def drafts(self) -> "Drafts":
        from desk.drafts import Drafts
        from desk.settings import state_folder

        return Drafts(state_folder() / "drafts")

    @property
    def shown(self) -> "Shown":
        from desk.settings import state_folder
        from desk.shown import Shown

        return Shown(state_folder())

    @property
    def reply_folders(self) -> list[Path]:
        from desk.replies import SHIPPED
        from desk.settings import config_folder

        return [config_folder() / "replies", SHIPPED]


def _canned_names(incomplete: str) -> list[str]:
    from desk.replies import SHIPPED
    from desk.settings import config_folder

    paths = [*SHIPPED.glob("*/*.txt"), *(config_folder() / "replies").glob("*/*.txt")]
    return sorted({path.name.split(".")[0] for path in paths if path.name.startswith(incomplete)})


def _as_written(typed: str | None) -> str | None:
    from desk.reference import as_written

    return typed and as_written(typed)


Reference = Annotated[
    str,
    typer.Argument(
        help="The incident, like GQNC-YQBY-1H8C.", metavar="REFERENCE", callback=_as_written
    ),
]
Json = Annotated[bool, typer.Option("--json", help="The result as JSON on the standard output.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Send it without asking.")]
Text = Annotated[str | None, typer.Option("--message", "-m", help="The text itself.")]
File = Annotated[
    Path | None, typer.Option("--file", "-f", help="A file with the text; - is standard input.")
]
With = Annotated[
    str | None,
    typer.Option(
        "--with", help="Begin with this canned reply.", autocompletion=_canned_names, metavar="NAME"
    ),
]
In = Annotated[
    Language | None,
    typer.Option("--language", help="Of the canned reply; the citizen's language without it."),
]


@app.callback()
def at_the_desk(
    context: typer.Context,
    *,
    team: Annotated[
        Category | None,
        typer.Option(
            help="As an operator of this team, where you are in several.", envvar="DESK_TEAM"
        ),
    ] = None,
    local: Annotated[
        bool,
        typer.Option(
            "--local", help="With the service that `make run` runs here.", envvar="DESK_LOCAL"
        ),
    ] = False,
) -> None:
    """What holds for every command."""
    context.obj = Desk(team.value if team else None, local)


@app.command(
    epilog="\b\nExamples:\n  desk pull payment\n  desk pull --watch\n  desk pull --ask\n\n" + _EXITS
)
def pull(
    context: typer.Context,
    category: Annotated[
        Category | None, typer.Argument(help="The team whose queue it is; your own without it.")
    ] = None,
    *,
    watch: Annotated[bool, typer.Option("--watch", help="Wait until one comes.")] = False,
    ask: Annotated[
        bool, typer.Option("--ask", help="Show it first, and claim it only when you say so.")
    ] = False,
    wait: Annotated[
        int, typer.Option(min=0, max=20, help="For how many seconds to wait without --watch.")
    ] = 5,
    as_json: Json = False,
) -> None:
    """Take the next incident: claim it and show it.

    That you saw the citizen's contact data is recorded. Incidents that a colleague has, that are
    resolved or were transferred are passed over.
    """
    from desk.pulling import pull as take
    from desk.screen import Screen
    from desk.settings import remember_team

    if ask and as_json:
        raise Misused("--ask shows the incident to you, and --json to a program: use one of them.")
    desk = _desk(context)
    if category:
        desk.team = category.value
    screen = Screen(as_json=as_json)
    remember_team(desk.settings.team)

    def passed_over(skipped: "Skipped") -> None:
        which = skipped.reference or "A message"
        left = "" if skipped.deleted else " Its message stays in the queue."
        screen.say(f"{which}: {skipped.why}; on to the next.{left}")

    def wanted(message: "Received") -> bool:
        assert message.content
        screen.message(message.content, message.times_seen, message.sent_at)
        return typer.confirm("Claim it?", default=True, err=True)

    def once(wait_s: int) -> "Pull":
        return take(
            desk.queue,
            desk.api,
            wait_s=wait_s,
            skipped=passed_over,
            wanted=wanted if ask else lambda _: True,
        )

    met = _watched(desk, screen, once) if watch else once(wait)
    taken = met.taken
    screen.result(_facts(met))
    if taken is None:
        if not met.declined:
            screen.say(f"Nothing is in the queue of {desk.settings.team}.")
        raise typer.Exit(Exit.REFUSED)
    message = taken.message
    if not as_json:
        screen.incident(taken.incident, message.content, message.times_seen, message.sent_at)
    _was_shown(desk, screen, taken.incident)
    if taken.warning:
        screen.warn(taken.warning)


def _facts(met: "Pull") -> dict[str, Any]:
    """What a pull met, for programs."""
    message = met.taken and {
        "times_seen": met.taken.message.times_seen,
        "sent_at": met.taken.message.sent_at.isoformat(),
        "content": met.taken.message.content,
    }
    return {
        "incident": met.taken and met.taken.incident,
        "message": message,
        "passed_over": [vars(skipped) for skipped in met.skipped],
    }


def _watched(desk: Desk, screen: "Screen", once: Any) -> "Pull":
    """Pulls until something comes; says meanwhile how much there is, and how old."""
    import time

    from desk.screen import age, moment, when
    from desk.trouble import Unreached

    said, operator = "", None
    while True:
        try:
            depth = desk.queue.depth()
            operator = operator or desk.aws.operator()
            incidents = desk.api.open_incidents()
            unclaimed = [
                when(each["submitted_at"])
                for each in incidents
                if each["status"] in {State.RECEIVED, State.QUEUED}
            ]
            oldest = min(unclaimed, default=None)
            unread = [
                each["reference"]
                for each in incidents
                if each.get("unread") and each.get("claimed_by") == operator
            ]
            now = (
                f"{desk.settings.team}: {depth.waiting} in the queue, {depth.held} being read;"
                + (
                    f" the oldest unclaimed is from {moment(oldest)}"
                    if oldest
                    else " none unclaimed"
                )
            )
            yours = f" Written to you, and not read yet: {', '.join(unread)}." if unread else ""
            if now + yours != said:
                screen.say(now + (f" ({age(oldest)} old)." if oldest else ".") + yours)
            said = now + yours
            met: Pull = once(20)
            if met.taken or met.declined:
                screen.bell()
                return met
        except Unreached as unreached:
            if said != str(unreached):
                screen.warn(f"{unreached} The desk goes on trying.")
            said = str(unreached)
            time.sleep(5)


@app.command(
    epilog="\b\nExamples:\n  desk show GQNC-YQBY-1H8C\n"
    "  desk show GQNC-YQBY-1H8C --before 01K3ZB2E40AAAAAAAAAAAAAAAA\n\n" + _EXITS
)
def show(
    context: typer.Context,
    reference: Reference,
    *,
    before: Annotated[
        str | None,
        typer.Option(help="The part of the history before this entry.", metavar="ENTRY"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show an incident with the latest part of its history, or an earlier part.

    Contact data are masked unless you have claimed it. That you looked is recorded.
    """
    from desk.screen import Screen

    desk = _desk(context)
    screen = Screen(as_json=as_json)
    if before is not None:
        part = desk.api.incident(reference, before.strip().upper())
        if not screen.result(part):
            screen.earlier_history(part)
        return
    _show(desk, screen, desk.api.incident(reference))


@app.command(epilog="\b\nExample:\n  desk claim GQNC-YQBY-1H8C\n\n" + _EXITS)
def claim(context: typer.Context, reference: Reference, *, as_json: Json = False) -> None:
    """Claim this incident, past the queue."""
    from desk.screen import Screen

    desk = _desk(context)
    _show(desk, Screen(as_json=as_json), desk.api.claim(reference))


@app.command(
    epilog="\b\nExamples:\n  desk reply GQNC-YQBY-1H8C\n"
    "  desk reply GQNC-YQBY-1H8C --with do-not-pay-again\n"
    "  echo 'It is corrected.' | desk reply GQNC-YQBY-1H8C --file - --yes\n\n" + _EXITS
)
def reply(
    context: typer.Context,
    reference: Reference,
    *,
    message: Text = None,
    file: File = None,
    canned: With = None,
    language: In = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Write to the citizen; the incident stays yours.

    In your editor ($VISUAL or $EDITOR), or from a file. What you write is kept in a file until
    the service has it.
    """
    source = _Written(reference, message, file, canned, language, yes)
    _write(_desk(context), source, "reply", as_json=as_json)


@app.command(
    epilog="\b\nExample:\n  desk ask GQNC-YQBY-1H8C -m 'Which browser do you use?' --yes\n\n"
    + _EXITS
)
def ask(
    context: typer.Context,
    reference: Reference,
    *,
    message: Text = None,
    file: File = None,
    canned: With = None,
    language: In = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Ask the citizen, and wait for the answer.

    The answer brings the incident back to the queue; without one it ends after 14 days.
    """
    source = _Written(reference, message, file, canned, language, yes)
    _write(_desk(context), source, "ask", as_json=as_json)


@app.command(
    epilog="\b\nExample:\n  desk note GQNC-YQBY-1H8C -m 'The bank confirms it.' --yes\n\n" + _EXITS
)
def note(
    context: typer.Context,
    reference: Reference,
    *,
    message: Text = None,
    file: File = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Write a note that the citizen never sees."""
    source = _Written(reference, message, file, None, None, yes)
    _write(_desk(context), source, "note", as_json=as_json)


@app.command(
    epilog="\b\nExamples:\n  desk resolve GQNC-YQBY-1H8C --yes\n"
    "  desk resolve GQNC-YQBY-1H8C --with solved\n\n" + _EXITS
)
def resolve(
    context: typer.Context,
    reference: Reference,
    *,
    message: Text = None,
    file: File = None,
    canned: With = None,
    language: In = None,
    write: Annotated[
        bool, typer.Option("--write", "-w", help="Write a last message in the editor.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """End the incident.

    With a last message to the citizen if you name one, or --write one in the editor.
    """
    desk = _desk(context)
    source = _Written(reference, message, file, canned, language, yes)
    if write or message is not None or file or canned:
        _write(desk, source, "resolve", as_json=as_json)
        return
    if not yes:
        _confirm(f"Resolve {reference} without a last message?")

    def send(draft: "Draft") -> dict[str, Any]:
        return desk.api.resolve(reference, None, draft.key, seen=_had_read(desk, reference))

    draft = desk.drafts.command(reference, "resolve")
    _said(_sent(desk, draft, send, as_json), reference, "resolved", as_json)


@app.command(
    epilog="\b\nExample:\n"
    "  desk transfer GQNC-YQBY-1H8C signature --reason 'The certificate has expired'\n\n" + _EXITS
)
def transfer(
    context: typer.Context,
    reference: Reference,
    category: Annotated[Category, typer.Argument(help="The team that can help.")],
    *,
    reason: Annotated[
        str | None, typer.Option(help="Why, for that team; asked for where it is not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Give the incident to another team, with the reason."""
    from desk.outcome import TRANSFER

    desk = _desk(context)
    kind = f"{TRANSFER}{category.value}"
    if reason is None:
        given = desk.drafts.of(reference, kind)
        question = f"Why is it for {category.value}"
        if given:
            question += f" (empty: {given.text!r}, as you wrote before)"
        reason = _prompt(question, given.text if given else None)

    def send(draft: "Draft") -> dict[str, Any]:
        seen = _had_read(desk, reference)
        return desk.api.transfer(reference, category.value, draft.text, draft.key, seen=seen)

    draft = desk.drafts.command(reference, kind, reason)
    answer = _sent(desk, draft, send, as_json)
    desk.drafts.discard_all(reference, kinds=TRANSFER)
    _said(answer, reference, f"with {category.value} now", as_json)


@app.command(epilog="\b\nExample:\n  desk release GQNC-YQBY-1H8C\n\n" + _EXITS)
def release(context: typer.Context, reference: Reference, *, as_json: Json = False) -> None:
    """Give the incident back to the team's queue."""
    desk = _desk(context)

    def send(draft: "Draft") -> dict[str, Any]:
        return desk.api.release(reference, draft.key)

    draft = desk.drafts.command(reference, "release")
    _said(_sent(desk, draft, send, as_json), reference, "back in the queue", as_json)


@app.command(epilog="\b\nExample:\n  desk withdraw GQNC-YQBY-1H8C control\n\n" + _EXITS)
def withdraw(
    context: typer.Context,
    reference: Reference,
    scope: Annotated[Scope, typer.Argument(help="What you may no longer do.")],
    *,
    as_json: Json = False,
) -> None:
    """Record that the citizen told you to stop viewing, or acting on, their computer.

    A citizen who withdraws viewing withdraws acting with it. Only they themselves can agree again.
    """
    answer = _desk(context).api.withdraw(reference, scope.value)
    _said(answer, reference, f"{scope.value} withdrawn", as_json)


@app.command(
    epilog="\b\nExamples:\n  desk new\n"
    "  desk new --category payment --error-code 190 --phone '971 48 17 26' \\\n"
    "      -m 'The card was refused twice.'\n"
    "  desk new --from call.json --yes\n\n" + _EXITS
)
def new(
    context: typer.Context,
    *,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="The incident as JSON, like POST /v1/incidents; - is standard input."
        ),
    ] = None,
    category: Annotated[Category | None, typer.Option(help="Your own team without it.")] = None,
    message: Annotated[
        str | None, typer.Option("--message", "-m", help="What the person says.")
    ] = None,
    error_code: Annotated[
        str | None, typer.Option(help="Of the error that the person sees.")
    ] = None,
    error_message: Annotated[str | None, typer.Option(help="What the error says.")] = None,
    procedure_code: Annotated[str | None, typer.Option(help="In which procedure.")] = None,
    procedure_name: Annotated[str | None, typer.Option(help="In which procedure.")] = None,
    step: Annotated[str | None, typer.Option(help="At which step.")] = None,
    browser: Annotated[str | None, typer.Option(help="Browser and system.")] = None,
    name: Annotated[str | None, typer.Option(help="The person's name.")] = None,
    phone: Annotated[str | None, typer.Option(help="The person's phone number.")] = None,
    email: Annotated[str | None, typer.Option(help="The person's e-mail address.")] = None,
    nif: Annotated[str | None, typer.Option(help="The person's NIF.")] = None,
    availability: Annotated[str | None, typer.Option(help="When to be contacted.")] = None,
    language: Annotated[Language, typer.Option(help="Of the person.")] = Language.CATALAN,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Record an incident for somebody who phones.

    Asks for what is needed and not given. Tell the person the reference. The access code reaches
    them by e-mail alone; a person without e-mail follows the incident by phone.

    To correct contact data that were refused, or after a lost answer, run the command again with
    the right ones: it stays one call, and becomes one incident.
    """
    from desk.plain import json_text
    from desk.screen import Screen
    from desk.writing import text_of

    desk = _desk(context)
    screen = Screen(as_json=as_json)
    draft = desk.drafts.at(source) if source else None
    if source:
        text = text_of(source)
        _submission(text, source)
    else:
        given = {
            "category": category.value if category else desk.settings.team,
            "description": message,
            "error": {"code": error_code, "message": error_message},
            "procedure": {"code": procedure_code, "name": procedure_name},
            "context": {"step": step, "browser": browser},
            "contact": {
                "name": name,
                "email": email,
                "phone": phone,
                "nif": nif,
                "availability": availability,
            },
            "language": language.value,
        }
        text = json_text(_asked_for(given))
    draft = draft or _draft_of_call(desk, screen, text)
    submission = _submission(draft.text, draft.path)
    if not yes:
        screen.preview(draft.text)
        _confirm("Record it?", f"It is kept in {draft.path}; desk new --from {draft.path}")
    answer = _sent(desk, draft, lambda draft: desk.api.submit(submission, draft.key), as_json)
    if not screen.result(answer):
        screen.say(f"Recorded: {answer['reference']}, for {answer['category']}.")


@app.command(
    "list",
    epilog="\b\nExamples:\n  desk list\n  desk list --state queued --json\n"
    "  desk list --changed-since 2026-11-23T20:00\n\n" + _EXITS,
)
def list_(
    context: typer.Context,
    *,
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only those that you have claimed.")] = False,
    changed_since: Annotated[
        str | None,
        typer.Option(
            "--changed-since",
            "--since",
            help="Only those that changed since then, in ISO 8601; without a zone, in Madrid.",
            metavar="MOMENT",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the team's open incidents by state and age.

    Unread is what their citizens wrote since an operator last looked. Ends says by when an incident
    is erased unless somebody writes, where that is soon. No look at personal data is recorded.
    """
    from datetime import UTC, datetime

    from desk.screen import Screen, by_state, stated_moment

    desk = _desk(context)
    screen = Screen(as_json=as_json)
    since = None if changed_since is None else stated_moment(changed_since)
    operator = desk.aws.operator() if mine else None
    incidents = [
        each
        for each in by_state(desk.api.open_incidents(since))
        if (state is None or each["status"] == state)
        and (not mine or each.get("claimed_by") == operator)
    ]
    if screen.result({"incidents": incidents}):
        return
    if not incidents:
        screen.say("There are none.")
        return
    screen.open_incidents(incidents, datetime.now(UTC))


@app.command(epilog="\b\nExample:\n  desk stats --days 90 --json\n\n" + _EXITS)
def stats(
    context: typer.Context,
    *,
    days: Annotated[int, typer.Option(min=1, help="Of how many days.")] = 30,
    as_json: Json = False,
) -> None:
    """Show the team's figures: how many, how fast, how rated."""
    from desk.screen import Screen

    screen = Screen(as_json=as_json)
    figures = _desk(context).api.stats(days)
    if not screen.result(figures):
        screen.stats(figures)


@app.command(
    "file", epilog="\b\nExample:\n  desk file GQNC-YQBY-1H8C 7Q2M… --to proof.pdf\n\n" + _EXITS
)
def file_(
    context: typer.Context,
    reference: Reference,
    file: Annotated[str, typer.Argument(help="The file, as the incident names it.")],
    *,
    to: Annotated[Path, typer.Option(help="Where to save it; never over another file.")],
    as_json: Json = False,
) -> None:
    """Save a file of an incident of yours.

    That you fetched it is recorded.
    """
    from http import HTTPStatus

    from desk.screen import Screen
    from desk.trouble import Unreached

    desk = _desk(context)
    if to.exists():
        raise Misused(f"{to} exists already; name another.")
    link = desk.api.file(reference, file)
    fetched = desk.aws.fetched(link["url"], link["headers"])
    if fetched.status != HTTPStatus.OK:
        raise Unreached(f"The store of the files answered {fetched.status}. Try again.")
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as saved:
        saved.write(fetched.body)
    screen = Screen(as_json=as_json)
    if not screen.result({"saved": str(to), "bytes": len(fetched.body)}):
        screen.say(
            f"Saved: {to} ({len(fetched.body)} bytes). Delete it when you no longer need it."
        )


@app.command(
    epilog="\b\nExamples:\n  desk replies payment\n  desk replies payment --language de --json\n\n"
    + _EXITS
)
def replies(
    context: typer.Context,
    category: Annotated[Category | None, typer.Argument(help="Your own team without it.")] = None,
    *,
    language: Annotated[Language | None, typer.Option(help="Only in this language.")] = None,
    as_json: Json = False,
) -> None:
    """List the canned replies and their files."""
    from desk.replies import replies as known
    from desk.screen import Screen

    desk = _desk(context)
    team = category.value if category else desk.settings.team
    found = [
        each
        for each in known(desk.reply_folders, team)
        if language is None or each.language == language
    ]
    screen = Screen(as_json=as_json)
    if not screen.result(
        [
            {
                "name": each.name,
                "language": each.language,
                "path": str(each.path),
                "text": each.text,
            }
            for each in found
        ]
    ):
        rows = [(each.name, each.language, each.beginning) for each in found]
        screen.rows(("Name", "In", "Begins"), rows)
        screen.say(f"To change or add some: {desk.reply_folders[0] / team}/NAME.LANGUAGE.txt")


@app.command(
    epilog="\b\nExamples:\n  desk drafts\n  desk drafts --discard GQNC-YQBY-1H8C\n\n" + _EXITS
)
def drafts(
    context: typer.Context,
    *,
    discard: Annotated[
        str | None,
        typer.Option(
            help="Throw away those about this incident; NEW for phone calls.",
            metavar="REFERENCE",
            callback=_as_written,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """List what you wrote or asked for, and the service has not confirmed."""
    from desk.screen import Screen, moment

    screen = Screen(as_json=as_json)
    kept = _desk(context).drafts
    found = kept.all() if discard is None else kept.discard_all(discard)
    if screen.result(
        [{"reference": each.reference, "kind": each.kind, "path": str(each.path)} for each in found]
    ):
        return
    if discard is not None:
        screen.say(f"Thrown away: {len(found)}.")
    else:
        rows = [(each.reference, each.kind, moment(each.written_at), each.path) for each in found]
        screen.rows(("Reference", "What", "Written", "File"), rows)


@app.command(
    "dead-letters",
    epilog="\b\nExamples:\n  desk dead-letters\n  desk dead-letters payment --redrive\n\n" + _EXITS,
)
def dead_letters(
    context: typer.Context,
    category: Annotated[Category | None, typer.Argument(help="Your own team without it.")] = None,
    *,
    redrive: Annotated[
        bool, typer.Option("--redrive", help="Queue again what still waits, delete what does not.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Redrive without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Show what was never dealt with, and redrive it.

    These messages were received a hundred times and never deleted. To redrive one, its incident is
    claimed and released in your name: the register then queues it with a new message. Nothing is
    lost before that: the register has every incident.
    """
    from desk.dead_letters import dead_letters as found_dead
    from desk.dead_letters import redrive as drive
    from desk.screen import Screen

    desk = _desk(context)
    if category:
        desk.team = category.value
    screen = Screen(as_json=as_json)
    queue = desk.dead_letter_queue
    letters = found_dead(queue, desk.api)
    if redrive and letters and not (yes or as_json):
        _show_dead(screen, letters)
        _confirm(f"Redrive these {len(letters)}?")
    done = [drive(letter, queue, desk.api, desk.drafts) if redrive else None for letter in letters]
    if screen.result(
        [
            {
                "reference": letter.reference,
                "status": letter.status,
                "sent_at": letter.message.sent_at.isoformat(),
                "explanation": letter.explanation,
                "done": what,
            }
            for letter, what in zip(letters, done, strict=True)
        ]
    ):
        return
    if not letters:
        held = queue.depth().held
        screen.say(
            f"Somebody is looking at {held} of them; try again in some seconds."
            if held
            else "There are no dead letters."
        )
    elif redrive:
        rows = [(each.reference or "?", what) for each, what in zip(letters, done, strict=True)]
        screen.rows(("Reference", "Done"), rows)
    else:
        _show_dead(screen, letters)


def main(arguments: list[str] | None = None) -> NoReturn:
    """The entry point: says in a sentence what went wrong, and ends with its exit code."""
    try:
        app(arguments, prog_name="desk")
    except Trouble as trouble:
        from desk.screen import Screen

        as_json = "--json" in (sys.argv if arguments is None else arguments)
        screen = Screen(as_json=as_json)
        screen.warn(str(trouble))
        if as_json:
            screen.result({"problem": {"title": str(trouble), **trouble.facts}})
        sys.exit(trouble.exit)
    except OSError as error:
        from desk.screen import Screen

        where = f"{error.filename}: " if error.filename else ""
        Screen().warn(f"{where}{error.strerror or error}.")
        sys.exit(Exit.MISUSED)
    sys.exit(Exit.DONE)


@dataclass(frozen=True)
class _Written:
    """What was said about a text on the command line."""

    reference: str
    message: str | None
    file: Path | None
    canned: str | None
    language: Language | None
    yes: bool


def _write(desk: Desk, written: _Written, kind: str, *, as_json: bool) -> None:
    """Has the text composed and confirmed, sends it, and says so."""
    from desk.screen import Screen
    from desk.writing import composed

    screen = Screen(as_json=as_json)
    draft = composed(desk.drafts, written.reference, kind, _source(desk, written), screen)
    if draft is None:
        raise typer.Exit(Exit.REFUSED)

    def send(draft: "Draft") -> dict[str, Any]:
        request = (written.reference, draft.text, draft.key)
        seen = None if kind == "note" else _had_read(desk, written.reference)
        match kind:
            case "note":
                return desk.api.note(*request)
            case "resolve":
                return desk.api.resolve(*request, seen=seen)
            case _:
                return desk.api.message(*request, ask=kind == "ask", seen=seen)

    told = {
        "reply": "answered",
        "ask": "asked; it waits for the citizen",
        "note": "noted",
        "resolve": "resolved",
    }
    _said(_sent(desk, draft, send, as_json), written.reference, told[kind], as_json)


def _sent(
    desk: Desk, draft: "Draft", send: "Callable[[Draft], dict[str, Any]]", as_json: bool
) -> dict[str, Any]:
    """Sends the draft; what the citizen wrote meanwhile is shown, and from then on it was read."""
    from desk.screen import Screen
    from desk.sending import CHANGED_MEANWHILE, sent
    from desk.trouble import Refused

    try:
        return sent(draft, send)
    except Refused as refused:
        if refused.name == CHANGED_MEANWHILE:
            if not as_json:
                Screen().written_meanwhile(refused.facts.get("written") or [])
            desk.shown.remember_writing(draft.reference, refused.facts.get("etag"))
        raise


def _draft_of_call(desk: Desk, screen: "Screen", text: str) -> "Draft":
    """The draft of this phone call: one that is not confirmed yet, if it is the same call."""
    import json

    from desk.phone_call import same_call
    from desk.screen import moment
    from desk.sending import CALL

    call = json.loads(text)
    pending = [draft for draft in desk.drafts.all() if draft.kind == CALL]
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
            screen.say(
                f"You correct the call of {moment(draft.written_at)}, which is not confirmed yet."
                f" Its contact data were: {', '.join(map(str, data)) or 'none'}."
            )
            draft.write(text)
            return draft
    return desk.drafts.with_text("new", CALL, text)


def _submission(text: str, file: Path) -> dict[str, Any]:
    """An incident as JSON."""
    import json

    try:
        content = json.loads(text)
    except ValueError as error:
        raise Misused(f"{file} is no JSON: {error}.") from error
    if not isinstance(content, dict):
        raise Misused(f"{file} is no JSON object with the fields of an incident.")
    return content


def _source(desk: Desk, written: _Written) -> "Source":
    from desk.replies import named
    from desk.writing import Source

    if sum(each is not None for each in (written.message, written.file, written.canned)) > 1:
        raise Misused("Give one of --message, --file and --with.")
    canned = None
    if written.canned is not None:
        language = written.language
        if language is None:
            language = Language(_language(desk, written.reference))
        team = desk.settings.team
        canned = named(desk.reply_folders, team, written.canned, language.value).text
    return Source(written.message, written.file, canned, written.yes)


def _language(desk: Desk, reference: str) -> str:
    """In which language the citizen reads."""
    if known := desk.shown.language(reference):
        return known
    _had_read(desk, reference)  # or the look for the language would make it read
    incident = desk.api.incident(reference)
    desk.shown.remember_language(incident)  # the operator has not read it
    return str(incident["language"])


def _had_read(desk: Desk, reference: str) -> str | None:
    """Up to which of the citizen's writings this desk has shown the incident, if it ever did.

    Raises
    ------
    Trouble
        If it never did, and something that the citizen wrote is new to the operator.
    """
    from desk.reference import as_written

    etag = desk.shown.etag(reference)
    if etag is None:
        for each in desk.api.open_incidents():
            if as_written(each["reference"]) == as_written(reference) and each.get("unread"):
                raise Trouble(
                    f"{reference}: the citizen wrote something that you have not seen here."
                    f" Nothing is sent. Read it first: desk show {reference}."
                )
    return etag


def _show(desk: Desk, screen: "Screen", incident: dict[str, Any]) -> None:
    if not screen.result(incident):
        screen.incident(incident)
    _was_shown(desk, screen, incident)


def _was_shown(desk: Desk, screen: "Screen", incident: dict[str, Any]) -> None:
    """Keeps what the operator has read, and settles what they were not sure was recorded."""
    desk.shown.remember(incident)
    for kind in desk.drafts.settle(incident):
        screen.say(f"Your {kind} is recorded, as the history shows: its draft is removed.")


def _said(answer: dict[str, Any], reference: str, what: str, as_json: bool) -> None:
    from desk.screen import Screen

    screen = Screen(as_json=as_json)
    if not screen.result(answer):
        screen.say(f"{reference}: {what}.")


def _asked_for(given: dict[str, Any]) -> dict[str, Any]:
    """Asks for what an incident cannot do without; leaves out what was not stated."""
    contact = given["contact"]
    if not given["description"]:
        given["description"] = _prompt("What is the problem")
    if given["category"] == Category.PAYMENT and not any(given["error"].values()):
        given["error"]["message"] = _prompt("Which error does the person see (code or message)")
    if not contact["email"] and not contact["phone"]:
        contact["phone"] = _prompt("Phone number (empty if there is an e-mail address)", "") or None
        if not contact["phone"]:
            contact["email"] = _prompt("E-mail address")
        contact["name"] = contact["name"] or _prompt("Name (may stay empty)", "")
    stated = {
        name: {part: value for part, value in content.items() if value}
        if isinstance(content, dict)
        else content
        for name, content in given.items()
    }
    return {name: content for name, content in stated.items() if content}


def _prompt(question: str, default: str | None = None) -> str:
    if not sys.stdin.isatty():
        raise Misused(f"This is needed: {question}. desk --help names the options.")
    return cast("str", typer.prompt(question, default=default, show_default=False, err=True))


def _confirm(question: str, otherwise: str = "") -> None:
    if not sys.stdin.isatty():
        raise Misused(f"There is nobody to ask: {question} Add --yes. {otherwise}".strip())
    if not typer.confirm(question, default=True, err=True):
        if otherwise:
            typer.echo(otherwise, err=True)
        raise typer.Exit(Exit.REFUSED)


def _show_dead(screen: "Screen", letters: list["DeadLetter"]) -> None:
    from desk.screen import moment

    rows = [
        (each.reference or "?", moment(each.message.sent_at), each.explanation) for each in letters
    ]
    screen.rows(("Reference", "Sent", "What it means"), rows)


def _desk(context: typer.Context) -> Desk:
    return cast("Desk", context.obj)


if __name__ == "__main__":
    main()
