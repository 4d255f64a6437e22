"""`desk viewed`: who looked at an incident, for a data-protection officer."""

from collections.abc import Mapping
from typing import Annotated, Any

from desk.command_line import Option, Reference, command
from desk.errors import Refused
from desk.operators_desk import Desk
from desk.service_vocabulary import Actor, Problem
from desk.terminal.moments import moment, written_moment


@command("desk viewed GQNC-YQBY-1H8C", "desk viewed GQNC-YQBY-1H8C --json")
def viewed(
    desk: Desk,
    reference: Reference,
    *,
    before: Annotated[
        str | None,
        Option(help="The part of the list before this entry.", metavar="ENTRY"),
    ] = None,
) -> None:
    """Show who looked at an incident, for what, and who was refused.

    For data-protection officers, in their own role: it shows nothing of what was written, and no
    team may call it. That you looked is recorded: the citizen sees it, without your name. Of an
    erased incident it says when that was, and which operator did it if it was done at the desk.
    """
    from desk.terminal.looks import print_looks

    try:
        seen = desk.data_protection_api.looks(reference, before and before.strip().upper())
    except Refused as refused:
        if refused.name == Problem.ERASED:
            refused.args = (_erased(reference, refused.facts),)
        raise
    if not desk.output.result(seen):
        print_looks(desk.output.result_console, seen)


def _erased(reference: str, facts: Mapping[str, Any]) -> str:
    """When an incident was erased, and by whom."""
    by = "as its citizen confirmed from the recorded address"
    if facts.get("by") == Actor.OPERATOR:
        by = f"at the desk, by {facts.get('operator')} of {facts.get('team')}"
    at = moment(written_moment(str(facts.get("erased_at"))))
    return f"{reference}: erased on {at}, {by}. Who looked before is erased with it."
