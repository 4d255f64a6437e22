"""`desk dead-letters`: shows the messages that nobody dealt with, and redrives them."""

from typing import Annotated

from desk.command_line import Option, OwnTeamOr, command
from desk.operators_desk import Desk
from desk.queue import dead_letters as queue
from desk.terminal.moments import moment
from desk.terminal.questions import confirm


@command("desk dead-letters", "desk dead-letters payment --redrive")
def dead_letters(
    desk: Desk,
    category: OwnTeamOr = None,
    *,
    redrive: Annotated[
        bool, Option(help="Queue again what still waits, delete what does not.")
    ] = False,
    yes: Annotated[bool, Option(names=("--yes", "-y"), help="Redrive without asking.")] = False,
) -> None:
    """Show the messages that nobody dealt with, and redrive them.

    These messages were received a hundred times and never deleted. To redrive one, its incident is
    claimed and released in your name: the register then queues it with a new message. Nothing is
    lost before that: the register has every incident.
    """
    desk.team = category or desk.team
    letters = queue.dead_letters(desk.dead_letter_queue, desk.api)
    if redrive and letters and not (yes or desk.as_json):
        _print(desk, letters)
        confirm(f"Redrive these {len(letters)}?")
    done = [
        queue.redrive(each, desk.dead_letter_queue, desk.api, desk.drafts) if redrive else None
        for each in letters
    ]
    facts = [
        {"reference": each.reference, "status": each.status}
        | {"sent_at": each.message.sent_at.isoformat(), "explanation": each.explanation}
        | {"done": what}
        for each, what in zip(letters, done, strict=True)
    ]
    if desk.output.result(facts):
        return
    if not letters:
        held = desk.dead_letter_queue.depth().held
        desk.output.say(
            f"Somebody is looking at {held} of them; try again in some seconds."
            if held
            else "There are no dead letters."
        )
    elif redrive:
        rows = [(each["reference"] or "?", each["done"]) for each in facts]
        desk.output.rows(("Reference", "Done"), rows)
    else:
        _print(desk, letters)


def _print(desk: Desk, letters: list[queue.DeadLetter]) -> None:
    rows = [
        (each.reference or "?", moment(each.message.sent_at), each.explanation) for each in letters
    ]
    desk.output.rows(("Reference", "Sent", "What it means"), rows)
