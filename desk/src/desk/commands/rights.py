"""The commands for a person's rights, once the operator has made sure who it is: copy, erasure."""

import glob
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from desk.command_line import Option, Reference, command
from desk.errors import Misused
from desk.operators_desk import Desk
from desk.reference import as_written
from desk.saved_files import must_have_room
from desk.terminal.numbers import so_many
from desk.terminal.questions import prompt


@command("desk export GQNC-YQBY-1H8C", "desk export GQNC-YQBY-1H8C --to copies")
def export(
    desk: Desk,
    reference: Reference,
    *,
    to: Annotated[
        Path,
        Option(help="The folder to save it in, made if need be; never over another file."),
    ] = Path(),
) -> None:
    """Save a copy of everything for the citizen, after you have made sure who it is.

    As JSON, and as a page in the citizen's language that can be printed. Your team's notes are part
    of it, and every look; operators' names are not. That you made it is recorded.
    """
    must_have_room(to, sorted(to.glob(f"suport-{glob.escape(as_written(reference))}*")))
    saved: list[str] = []
    before: str | None = None
    while True:
        part = desk.api.export(reference, before)
        page = part.pop("page")
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
        number = f"-{len(saved) // 2 + 1}" if saved else ""
        for ending, content in (("json", _as_json(part)), ("html", page)):
            file = to / f"suport-{part['incident']['reference']}{number}.{ending}"
            desk.saved.note(file, reference, datetime.now(UTC))
            _save(file, content)
            saved.append(str(file))
        before = part["incident"]["earlier"]
        if before is None:
            break
    desk.done(
        {"saved": saved},
        f"Saved: {', '.join(saved)}. Delete the files once the citizen has them.",
    )


@command("desk erase GQNC-YQBY-1H8C")
def erase(
    desk: Desk,
    reference: Reference,
    *,
    confirm: Annotated[
        str | None,
        Option(help="The reference once more, if nobody is at the terminal."),
    ] = None,
) -> None:
    """Erase an incident for good, because its citizen asks and you have made sure who it is.

    You must have claimed it, unless it has ended. Nobody can bring it back. Your drafts about it
    are erased with it; what you saved of it is named, for you to delete.
    """
    ahead = desk.api.erasure(reference)
    for each in ahead["kept"]:
        what = f"{each['what']} to {each['scope']}, {each['action']}, {each['recorded_at'][:10]}"
        desk.output.say(f"Kept until {each['until']}: {what}")
    days = so_many(ahead["copies"]["gone_within_days"], "day")
    desk.output.say(f"All else is erased at once; recovery copies are gone within {days}.")
    desk.output.say("Tell the citizen this before you continue.")
    typed = prompt("Type the reference to erase it for good") if confirm is None else confirm
    if as_written(typed) != as_written(reference):
        raise Misused(f"That is another reference. Nothing was erased of {reference}.")
    answer = desk.api.erase(reference)
    told = " ".join([f"{reference}: erased.", *desk.forget_erased(reference)])
    desk.output.result(answer)
    desk.output.say(told)  # beside JSON, too: somebody has to delete the files


def _as_json(part: dict[str, object]) -> str:
    import json

    return json.dumps(part, ensure_ascii=False, indent=2) + "\n"


def _save(file: Path, content: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as saved:
        saved.write(content)
