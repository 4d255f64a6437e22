"""`desk pull`: takes the next incident from the team's queue; with --watch, waits for one."""

import time
from collections.abc import Callable
from typing import Annotated, Any

from desk.command_line import Argument, Option, command
from desk.errors import Exit, Misused, Unreached
from desk.operators_desk import Desk
from desk.queue.message import Received
from desk.queue.pull_next import Pull, Skipped, pull_next
from desk.service_vocabulary import UNCLAIMED, Category
from desk.settings import remember_team
from desk.terminal.moments import age, moment, written_moment
from desk.terminal.questions import agreed

_LONG_POLL_S = 20


@command("desk pull payment", "desk pull --watch", "desk pull --ask")
def pull(
    desk: Desk,
    category: Annotated[
        Category | None, Argument(help="The team whose queue it is; your own by default.")
    ] = None,
    *,
    watch: Annotated[bool, Option(help="Wait until one comes.")] = False,
    ask: Annotated[bool, Option(help="Show it first, and claim it only when you say so.")] = False,
    wait: Annotated[
        int, Option(min=0, max=20, help="For how many seconds to wait without --watch.")
    ] = 5,
) -> None:
    """Take the next incident: claim it and show it.

    That you saw the citizen's contact data is recorded. Passed over are incidents that a
    colleague has, that are resolved or were transferred, that wait for their citizens, and those
    that are answered together with others, unless their citizens have written.
    """
    from desk.terminal.incident import print_unclaimed

    if ask and desk.as_json:
        raise Misused("--ask shows the incident to you, and --json to a program: use one of them.")
    desk.team = category or desk.team
    remember_team(desk.settings.team)

    def skipped(message: Skipped) -> None:
        left = "" if message.deleted else " Its message stays in the queue."
        desk.output.say(f"{message.reference or 'A message'}: {message.why}; on to the next.{left}")

    def wanted(message: Received) -> bool:
        if not ask:
            return True
        print_unclaimed(desk.output.result_console, message)
        return agreed("Claim it?")

    def once(wait_s: int) -> Pull:
        return pull_next(desk.queue, desk.api, wait_s=wait_s, skipped=skipped, wanted=wanted)

    met = _watched(desk, once) if watch else once(wait)
    if met.taken is None:
        desk.output.result(_facts(met))
        if not met.declined:
            desk.output.say(f"Nothing is in the queue of {desk.settings.team}.")
        raise SystemExit(Exit.REFUSED)
    desk.show(met.taken.incident, met.taken.message, _facts(met))
    if met.taken.warning:
        desk.output.warn(met.taken.warning)


def _watched(desk: Desk, once: Callable[[int], Pull]) -> Pull:
    """Pulls until an incident comes; meanwhile says how many wait, and how old they are."""
    said, team = "", desk.settings.team
    while True:
        try:
            depth, operator = desk.queue.depth(), desk.operator
            incidents = desk.api.open_incidents()
            unclaimed = [each for each in incidents if each["status"] in UNCLAIMED]
            submitted = [written_moment(each["submitted_at"]) for each in unclaimed]
            oldest = min(submitted, default=None)
            now = f"{team}: {depth.waiting} in the queue, {depth.held} being read; "
            now += f"the oldest unclaimed is from {moment(oldest)}" if oldest else "none unclaimed"
            unread = ", ".join(
                each["reference"]
                for each in incidents
                if each.get("unread") and each.get("claimed_by") == operator
            )
            yours = f" Written to you, and not read yet: {unread}." if unread else ""
            if now + yours != said:
                desk.output.say(now + (f" ({age(oldest)} old)." if oldest else ".") + yours)
            said = now + yours
            met = once(_LONG_POLL_S)
            if met.taken or met.declined:
                desk.output.bell()
                return met
        except Unreached as unreached:
            if said != str(unreached):
                desk.output.warn(f"{unreached} The desk goes on trying.")
            said = str(unreached)
            time.sleep(5)


def _facts(met: Pull) -> dict[str, Any]:
    """What a pull found, for programs."""
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
