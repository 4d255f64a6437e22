"""`desk drafts`: lists or discards what the service has not confirmed."""

from typing import Annotated

import typer

from desk.command_line import command, typed_reference
from desk.operators_desk import Desk
from desk.terminal.moments import moment


@command(
    "desk drafts",
    "desk drafts --discard GQNC-YQBY-1H8C",
    name="drafts",
)
def list_drafts(
    desk: Desk,
    *,
    discard: Annotated[
        str | None,
        typer.Option(
            help="Throw away the drafts about this incident; NEW for phone calls.",
            metavar="REFERENCE",
            callback=typed_reference,
        ),
    ] = None,
) -> None:
    """List what you wrote or asked for that the service has not confirmed."""
    found = desk.drafts.all() if discard is None else desk.drafts.discard_all(discard)
    facts = [
        {"reference": each.reference, "kind": each.kind, "path": str(each.path)} for each in found
    ]
    if desk.output.result(facts):
        return
    if discard is not None:
        desk.output.say(f"Thrown away: {len(found)}.")
    else:
        rows = [(each.reference, each.kind, moment(each.written_at), each.path) for each in found]
        desk.output.rows(("Reference", "What", "Written", "File"), rows)
