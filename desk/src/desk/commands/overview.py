"""At a glance: `list` shows the open incidents, `stats` the figures, `proof` what was erased."""

from typing import Annotated

import typer

from desk.command_line import command
from desk.operators_desk import Desk
from desk.service_vocabulary import OpenStatus
from desk.terminal.moments import typed_moment


@command(
    "desk list",
    "desk list --state queued --json",
    "desk list --changed-since 2026-11-23T20:00",
    name="list",
)
def list_incidents(
    desk: Desk,
    *,
    state: Annotated[OpenStatus | None, typer.Option(help="Only incidents in this state.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only those that you have claimed.")] = False,
    changed_since: Annotated[
        str | None,
        typer.Option(
            "--changed-since",
            "--since",
            help="Only what changed since then, in ISO 8601; without a zone, in Madrid.",
            metavar="MOMENT",
        ),
    ] = None,
) -> None:
    """List the team's open incidents by state and age.

    Unread counts what the citizen wrote since an operator last looked. Ends shows when an incident
    is erased unless somebody writes, if that is soon. The list records no look at personal data.
    """
    from desk.terminal.incident_list import by_status, print_list

    since = None if changed_since is None else typed_moment(changed_since)
    operator = desk.operator if mine else None
    incidents = [
        each
        for each in by_status(desk.api.open_incidents(since))
        if (state is None or each["status"] == state)
        and (operator is None or each.get("claimed_by") == operator)
    ]
    if desk.output.result({"incidents": incidents}):
        return
    if incidents:
        print_list(desk.output.result_console, incidents)
    else:
        desk.output.say("There are none.")


@command("desk stats --days 90 --json")
def stats(
    desk: Desk, *, days: Annotated[int, typer.Option(min=1, help="How many days back.")] = 30
) -> None:
    """Show the team's figures: how many, how fast, how rated."""
    from desk.terminal.figures import print_figures

    figures = desk.api.stats(days)
    if not desk.output.result(figures):
        print_figures(desk.output.result_console, figures)


@command("desk proof 2026-11", "desk proof 2026-11 --json")
def proof(
    desk: Desk,
    month: Annotated[str, typer.Argument(help="The month, like 2026-11.", metavar="MONTH")],
) -> None:
    """Show what was erased in a month because its time was over, day by day.

    Every night an audit looks at everything that is stored, and erases what is past its time or has
    none. The proof has counts and dates only. A breach is something that should not have been there
    to find. Days without an audit, or with one that did not finish, are marked.
    """
    from desk.terminal.proof import print_proof

    shown = desk.api.proof(month)
    if not desk.output.result(shown):
        print_proof(desk.output.result_console, shown)
