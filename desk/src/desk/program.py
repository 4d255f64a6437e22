"""The commands of `desk`, what applies to all of them, and how they end."""

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import click

from desk.command_line import EXIT_CODES, shared_options
from desk.commands import (
    canned_replies,
    data_protection,
    dead_letters,
    doctor,
    drafts,
    incident,
    overview,
    phone_call,
    pull,
    remote,
    rights,
)
from desk.drafts.kinds import Kind
from desk.errors import Exit, Trouble
from desk.left_here import at_start
from desk.operators_desk import Desk
from desk.service_vocabulary import Category
from desk.settings import state_folder
from desk.terminal import streams
from desk.terminal.safe_text import plain

COMMANDS = (
    *(pull.pull, incident.show, incident.claim, incident.take_over, incident.reply),
    *(incident.ask, incident.note, incident.resolve, incident.transfer, incident.snooze),
    *(incident.release, incident.withdraw, remote.remote, phone_call.new),
    *(incident.replace_code, incident.correct_contact, rights.export, rights.erase),
    *(overview.list_incidents, overview.stats, overview.report, overview.proof),
    *(incident.save_file, canned_replies.list_replies, drafts.list_drafts),
    *(dead_letters.dead_letters, data_protection.viewed, doctor.doctor),
)
"""In the order of the help."""

_HELP = (
    "The support desk: takes incidents from the team's queue and answers them.\n\n"
    "\b\nExamples:\n"
    "  desk pull payment --watch\n"
    "  desk reply GQNC-YQBY-1H8C --with do-not-pay-again\n"
    "  desk transfer GQNC-YQBY-1H8C signature --reason 'It is the certificate, not the card'\n"
    "  desk resolve GQNC-YQBY-1H8C\n\n"
    "Settings: ~/.config/suport-desk/config.toml or DESK_… variables; docs/integration.md names"
    " them.\n\n" + EXIT_CODES
)


class _InOrder(click.Group):
    """A group whose help has its commands in the order of the list above."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  as Click calls it
        return list(self.commands)


@click.pass_obj
def _at_the_desk(desk: Desk, *, team: Category | None, local: bool) -> None:
    """Seats the operator at the desk of their team, and says what the work has left here."""
    desk.team, desk.local = team, local
    for each in at_start(state_folder(), datetime.now(UTC)):
        click.echo(plain(each), err=True)  # Rich would take longer to import than all of it


def _installs(context: click.Context, _option: click.Parameter, shell: str | None) -> None:
    if shell is not None and not context.resilient_parsing:
        from desk.completion import install

        click.echo(install(app, shell or None))
        context.exit()


app = _InOrder(
    name="desk",
    help=_HELP,
    callback=_at_the_desk,
    params=[
        *shared_options(),
        click.Option(
            ["--install-completion"],
            is_flag=False,
            flag_value="",
            metavar="[SHELL]",
            callback=_installs,
            expose_value=False,
            is_eager=True,
            help="Have TAB complete commands, references and replies: in bash, zsh or fish.",
        ),
    ],
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for each in COMMANDS:
    app.add_command(each)


def run(arguments: Sequence[str]) -> int:
    """Runs a command; says in a sentence what went wrong, and returns its exit code."""
    streams.prepare()
    desk = Desk()
    try:
        typed = [streams.as_text(each) for each in arguments]
        ended = app.main(typed, prog_name="desk", standalone_mode=False, obj=desk)
        sys.stdout.flush()
    except SystemExit as ending:
        ended = ending.code
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("DESK_TRACEBACK") and _is_unforeseen(error):
            raise
        return _told(error, desk, as_json="--json" in arguments)
    return ended if isinstance(ended, int) else Exit.DONE


def _told(error: BaseException, desk: Desk, *, as_json: bool) -> int:
    """Says why the command was not done, and returns the exit code that means it."""
    match error:
        case Trouble():
            from desk.terminal.output import Output

            output = Output(as_json=as_json)
            output.warn(str(error))
            output.result({"problem": {"title": str(error), **error.facts}})
            return error.exit
        case click.ClickException():
            error.show()
            return error.exit_code
        case KeyboardInterrupt() | click.Abort():
            # what is known of a request that was under way, else where the text is
            known = str(error.__cause__ or error).strip()
            _warn(f"Interrupted. {known or _kept(desk)}".rstrip())
            return Exit.INTERRUPTED
        case BrokenPipeError():
            streams.drop_output()
            return Exit.REFUSED
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            _warn(f"{where}{error.strerror or error}. {_kept(desk)}".rstrip())
            return Exit.MISUSED
        case _:
            _warn(
                "The desk itself has failed, and it is not your doing"
                f" ({type(error).__name__}: {error}). Tell those who maintain it: with"
                f" DESK_TRACEBACK=1 it shows them where. {_kept(desk)}".rstrip()
            )
            return Exit.REFUSED


def _is_unforeseen(error: BaseException) -> bool:
    foreseen = Trouble | click.ClickException | click.Abort | OSError | KeyboardInterrupt
    return not isinstance(error, foreseen)


def _kept(desk: Desk) -> str:
    """Where what the operator has written in this command is kept, if there is anything."""
    drafts = vars(desk).get("drafts")
    draft = drafts and drafts.in_hand
    if not draft or not draft.has_text():
        return ""
    goes_on = ": desk new goes on with it" if draft.kind == Kind.CALL else ""
    return f"What you wrote is kept in {draft.path}{goes_on}"


def _warn(text: str) -> None:
    click.echo(plain(text), err=True)
