"""The program `desk`: its commands, what applies to all of them, and how it ends."""

import sys
from datetime import UTC, datetime
from typing import Annotated, NoReturn

import typer

from desk.command_line import EXIT_CODES
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
    rights,
)
from desk.errors import Exit, Trouble
from desk.left_here import at_start
from desk.operators_desk import Desk
from desk.service_vocabulary import Category
from desk.settings import state_folder
from desk.terminal.safe_text import plain

COMMANDS = (
    *(pull.pull, incident.show, incident.claim, incident.take_over, incident.reply),
    *(incident.ask, incident.note, incident.resolve, incident.transfer, incident.release),
    *(incident.withdraw, phone_call.new),
    *(incident.replace_code, incident.correct_contact, rights.export, rights.erase),
    *(overview.list_incidents, overview.stats, overview.report, overview.proof),
    *(incident.save_file, canned_replies.list_replies, drafts.list_drafts),
    *(dead_letters.dead_letters, data_protection.viewed, doctor.doctor),
)
"""In the order of the help."""

app = typer.Typer(
    help="The support desk: takes incidents from the team's queue and answers them.\n\n"
    "\b\nExamples:\n"
    "  desk pull payment --watch\n"
    "  desk reply GQNC-YQBY-1H8C --with do-not-pay-again\n"
    "  desk transfer GQNC-YQBY-1H8C signature --reason 'It is the certificate, not the card'\n"
    "  desk resolve GQNC-YQBY-1H8C\n\n"
    "Settings: ~/.config/suport-desk/config.toml or DESK_… variables; docs/integration.md names"
    " them.\n\n" + EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for add_to in COMMANDS:
    add_to(app)


@app.callback()
def at_the_desk(
    context: typer.Context,
    *,
    team: Annotated[
        Category | None,
        typer.Option(help="The team you work for, if you are in several.", envvar="DESK_TEAM"),
    ] = None,
    local: Annotated[
        bool,
        typer.Option(
            "--local", help="With the service that `make run` runs here.", envvar="DESK_LOCAL"
        ),
    ] = False,
) -> None:
    """Seats the operator at the desk of their team, and says what the work has left here."""
    context.obj = Desk(team, local)
    if not context.resilient_parsing:  # as it is for completion
        for each in at_start(state_folder(), datetime.now(UTC)):
            typer.echo(plain(each), err=True)  # Rich would take longer to import than all of it


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs a command; says in a sentence what went wrong, and ends with its exit code."""
    try:
        app(arguments, prog_name="desk")
    except Trouble as trouble:
        from desk.terminal.output import Output

        output = Output(as_json="--json" in (sys.argv if arguments is None else arguments))
        output.warn(str(trouble))
        output.result({"problem": {"title": str(trouble), **trouble.facts}})
        sys.exit(trouble.exit)
    except OSError as error:
        from desk.terminal.output import Output

        where = f"{error.filename}: " if error.filename else ""
        Output().warn(f"{where}{error.strerror or error}.")
        sys.exit(Exit.MISUSED)
    sys.exit(Exit.DONE)
