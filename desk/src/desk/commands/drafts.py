"""`desk drafts`: lists or discards what the work has left on this computer."""

from datetime import UTC, datetime
from typing import Annotated

from desk.command_line import Option, command, known_references, typed_reference
from desk.operators_desk import Desk
from desk.terminal.moments import moment

SAVED = "saved-file"
"""The kind under which the list has a file that `desk file` saved."""


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
        Option(
            help="Throw away the drafts about this incident; NEW for phone calls.",
            metavar="REFERENCE",
            read=typed_reference,
            completes=known_references,
        ),
    ] = None,
) -> None:
    """List what you wrote or asked for that the service has not confirmed, and saved files.

    Drafts are erased after seven days. Files that you saved are yours to delete.
    """
    found = desk.drafts.all() if discard is None else desk.drafts.discard_all(discard)
    saved = desk.saved.there(datetime.now(UTC)) if discard is None else []
    facts = [
        {"reference": each.reference, "kind": each.kind, "path": str(each.path)}
        | ({"never": never} if (never := each.never) else {})
        for each in found
    ] + [{"reference": each.reference, "kind": SAVED, "path": str(each.path)} for each in saved]
    if desk.output.result(facts):
        return
    if discard is not None:
        desk.output.say(f"Thrown away: {len(found)}.")
    else:
        rows = [(each.reference, each.kind, moment(each.written_at), each.path) for each in found]
        rows += [(each.reference, SAVED, moment(each.saved_at), each.path) for each in saved]
        desk.output.rows(("Reference", "What", "Written", "File"), rows)
        for each in found:
            if never := each.never:
                told = f"{each.reference}: your {each.kind} can never be sent: {never}."
                desk.output.say(f"{told} To throw it away: desk drafts --discard {each.reference}")
