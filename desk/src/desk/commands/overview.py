"""The work at a glance: `list` and `stats` of the team, `report` and `proof` of a month of all."""

from pathlib import Path
from typing import Annotated

import typer

from desk.command_line import Month, command
from desk.operators_desk import Desk
from desk.service_vocabulary import Language, OpenStatus
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
    """Show the team's figures: how many, how fast, how rated.

    The figures are counted each night, and end with yesterday. Days with 1 to 4 are not added.
    """
    from desk.terminal.figures import print_figures

    figures = desk.api.stats(days)
    if not desk.output.result(figures):
        print_figures(desk.output.result_console, figures)


@command("desk report 2026-11", "desk report 2026-11 --language es --output reports")
def report(
    desk: Desk,
    month: Month,
    *,
    language: Annotated[
        Language, typer.Option(help="The language of the page and of the numbers.")
    ] = Language.CATALAN,
    output: Annotated[
        Path, typer.Option(help="The folder to write into; it is made if need be.")
    ] = Path(),
) -> None:
    """Write the report of a month: a page with plots, and a CSV file for a spreadsheet.

    It covers all teams and nothing in it is about any person. The CSV file has the separators of
    the language: a semicolon and a decimal comma, in English a comma and a decimal point. An
    earlier report of the same month is replaced.
    """
    from desk.report.months import typed_month
    from desk.report.page import page
    from desk.report.sheet import sheet

    told = desk.api.report(typed_month(" ".join(month)))
    output.mkdir(parents=True, exist_ok=True)
    files = {kind: output / f"report-{told['month']}.{kind}" for kind in ("html", "csv")}
    files["html"].write_text(page(told, language), encoding="utf-8")
    files["csv"].write_text(sheet(told, language), encoding="utf-8", newline="")
    written = {kind: str(file) for kind, file in files.items()}
    desk.done(written, f"Written: {written['html']} and {written['csv']}.")


@command("desk proof 2026-11", "desk proof 2026-11 --json", "desk proof 2026-11 --data-protection")
def proof(
    desk: Desk,
    month: Month,
    *,
    data_protection: Annotated[
        bool, typer.Option("--data-protection", help="In the role of data protection.")
    ] = False,
) -> None:
    """Show what was erased in a month because its time was over, day by day.

    Every night an audit looks at everything that is stored, and erases what is past its time or has
    none. The proof has counts and dates only. A breach is something that should not have been there
    to find. Days without an audit, or with one that did not finish, are marked.
    """
    from desk.report.months import typed_month
    from desk.terminal.proof import print_proof

    api = desk.data_protection_api if data_protection else desk.api
    shown = api.proof(typed_month(" ".join(month)))
    if not desk.output.result(shown):
        print_proof(desk.output.result_console, shown)
