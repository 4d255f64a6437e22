"""`desk viewed`: who looked at an incident, for a data-protection officer."""

from typing import Annotated

import typer

from desk.command_line import Reference, command
from desk.operators_desk import Desk


@command("desk viewed GQNC-YQBY-1H8C", "desk viewed GQNC-YQBY-1H8C --json")
def viewed(
    desk: Desk,
    reference: Reference,
    *,
    before: Annotated[
        str | None,
        typer.Option(help="The part of the list before this entry.", metavar="ENTRY"),
    ] = None,
) -> None:
    """Show who looked at an incident, for what, and who was refused.

    For data-protection officers, in their own role: it shows nothing of what was written, and no
    team may call it. That you looked is recorded: the citizen sees it, without your name.
    """
    from desk.terminal.looks import print_looks

    seen = desk.data_protection_api.looks(reference, before and before.strip().upper())
    if not desk.output.result(seen):
        print_looks(desk.output.result_console, seen)
