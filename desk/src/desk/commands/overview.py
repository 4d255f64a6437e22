"""The work at a glance: `list` and `stats` of the team, `report` and `proof` of a month of all."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from desk.command_line import Month, Option, command
from desk.errors import Misused
from desk.operators_desk import Desk
from desk.service_vocabulary import Language, Status
from desk.terminal.moments import typed_day, typed_moment


@command(
    "desk list",
    "desk list --mine",
    "desk list --mine --snoozed",
    "desk list --state queued --state claimed --since 2026-11-01",
    "desk list --resolved --procedure 2104883 --all --json",
    name="list",
)
def list_incidents(
    desk: Desk,
    *,
    mine: Annotated[bool, Option(help="Only those that you have claimed.")] = False,
    ending: Annotated[bool, Option(help="Only those that are open and erased soon.")] = False,
    snoozed: Annotated[
        bool, Option(help="Only those that are snoozed; with --mine, your own.")
    ] = False,
    linked: Annotated[
        bool, Option(help="Only those that are answered together with others.")
    ] = False,
    state: Annotated[
        tuple[Status, ...], Option(help="Only in this state; state several for more.")
    ] = (),
    resolved: Annotated[bool, Option(help="The resolved ones, too, at the end.")] = False,
    procedure: Annotated[
        str | None, Option(help="Only about the procedure with this code.", metavar="CODE")
    ] = None,
    since: Annotated[
        str | None, Option(help="Only those submitted on this day or later.", metavar="DAY")
    ] = None,
    until: Annotated[
        str | None, Option(help="Only those submitted on this day or earlier.", metavar="DAY")
    ] = None,
    changed_since: Annotated[
        str | None,
        Option(
            help="Only what changed since then, in ISO 8601; without a zone, in Madrid.",
            metavar="MOMENT",
        ),
    ] = None,
    page: Annotated[
        str | None, Option(help="The page that the list before it names.", metavar="PAGE")
    ] = None,
    everything: Annotated[
        bool, Option(names=("--all",), help="All pages, instead of the first 50.")
    ] = False,
) -> None:
    """List the team's incidents, 50 at a time: what is unread first, then what is due next.

    Unread counts what the citizen wrote since an operator last looked. Ends shows when an incident
    is erased unless somebody writes, if that is soon. What you have snoozed is not in --mine, which
    ends with how many there are. Linked ones are answered together with others. The list records no
    look at personal data.
    """
    from desk.terminal.incident_list import print_list

    if mine and ending:
        raise Misused("Choose one of --mine and --ending.")
    states = [*state, *([Status.RESOLVED] if resolved and state else [])]
    filters = {
        "view": "mine" if mine else "ending" if ending else "team",
        "state": ",".join(states) or ("all" if resolved else None),
        "procedure": procedure,
        "since": since and typed_day(since),
        "until": until and typed_day(until),
        "changed_since": changed_since and typed_moment(changed_since).isoformat(),
        "snoozed": "on" if snoozed else None,
        "linked": "on" if linked else None,
    }
    incidents, following = _listed(desk, filters, page, everything=everything)
    desk.listed.keep(desk.settings.team, incidents, datetime.now(UTC))
    if desk.output.result({"incidents": incidents, "next": following}):
        return
    if incidents:
        print_list(desk.output.result_console, incidents)
    else:
        desk.output.say("There are none.")
    if following:
        desk.output.say(f"More follow: the same with --page {following}, or with --all.")
    if mine and not snoozed and page is None:
        aside, more = _listed(desk, filters | {"snoozed": "on"}, None)
        if aside:
            number = f"{len(aside)} or more" if more else len(aside)
            desk.output.say(f"{number} snoozed: desk list --mine --snoozed")


def _listed(
    desk: Desk, filters: dict[str, str | None], page: str | None, *, everything: bool = False
) -> tuple[list[dict[str, Any]], str | None]:
    """The incidents of that page, or of it and all that follow, and the page after them."""
    incidents: list[dict[str, Any]] = []
    while True:
        part = desk.api.team_list(**filters, page=page)
        incidents += part["incidents"]
        before, page = page, part["next"]
        # a page may be empty, although more follow
        if page in {None, before} or (incidents and not everything):
            return incidents, page


@command("desk stats --days 90 --json")
def stats(
    desk: Desk, *, days: Annotated[int, Option(min=1, help="How many days back.")] = 30
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
        Language, Option(help="The language of the page and of the numbers.")
    ] = Language.CATALAN,
    output: Annotated[
        Path, Option(help="The folder to write into; it is made if need be.")
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
    data_protection: Annotated[bool, Option(help="In the role of data protection.")] = False,
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
