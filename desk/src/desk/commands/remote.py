"""The command for remote support: it invites the citizen, and ends what was begun."""

from typing import Annotated

from desk.command_line import Option, Reference, command
from desk.operators_desk import Desk
from desk.terminal.moments import moment, written_moment


@command("desk remote GQNC-YQBY-1H8C", "desk remote GQNC-YQBY-1H8C --end")
def remote(
    desk: Desk,
    reference: Reference,
    *,
    end: Annotated[
        bool, Option(help="End it, or cancel the invitation; the picture ends at once.")
    ] = False,
) -> None:
    """Invite the citizen to show you the screen.

    Read the code and the address out on the phone, or send them. The code works once, for ten
    minutes; another invitation takes the place of this one. You watch in the browser, at the desk
    there: the citizen chooses what you see, and you cannot act on their computer.
    """
    if end:
        desk.done(desk.api.end_remote(reference), f"{reference}: remote support has ended.")
        return
    invited = desk.api.invite(reference)
    if desk.output.result(invited):
        return
    until = moment(written_moment(invited["join_by"]))
    desk.output.say(f"Code:       {invited['join_code']} (works once, until {until})")
    desk.output.say(f"Citizen:    {invited['address']}")
    desk.output.say(f"You watch:  {invited['watch']}")
