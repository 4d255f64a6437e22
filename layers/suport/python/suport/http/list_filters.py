"""What an address says of a team's list: which incidents it is to show."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum

from suport.domain.desk_list import Wanted
from suport.domain.incident import Status
from suport.http import query
from suport.http.problem import FieldError, Problem
from suport.http.problems import about_requests
from suport.texts.message import N_


class View(StrEnum):
    """The lists to choose from."""

    MINE = "mine"
    TEAM = "team"
    ENDING = "ending"


ALL = "all"
"""Instead of a state: all of them, the resolved ones included."""
FILTERS = ("state", "procedure", "since", "until", "snoozed", "linked")
"""What narrows a list, by the names in its address."""


def wanted_of(asked: Mapping[str, str]) -> Wanted:
    """What the filters in the address ask for. `state` may be several, with commas between them.

    Raises
    ------
    Problem
        422 with every one that is wrong.
    """
    wrong: list[FieldError] = []
    days: dict[str, date] = {}
    states = {each.strip() for each in asked.get("state", "").split(",")} - {""}
    if states - {*Status, ALL}:
        wrong.append(FieldError("state", N_("Choose a status.")))
    for name in ("since", "until"):
        try:
            if asked.get(name):
                days[name] = query.day(name, asked[name])
        except Problem as trouble:
            wrong += trouble.errors
    if len(days) == 2 and days["since"] > days["until"]:  # noqa: PLR2004  both
        wrong.append(
            FieldError("until", N_("The last day must be the same as or after the first day."))
        )
    if wrong:
        raise about_requests.wrong_questions(wrong)
    return Wanted(
        states=frozenset(Status(each) for each in states - {ALL})
        if ALL not in states
        else frozenset(),
        resolved=ALL in states,
        snoozed=asked.get("snoozed") == "on",
        linked=asked.get("linked") == "on",
        procedure=asked.get("procedure") or None,
        since=days.get("since"),
        until=days.get("until"),
    )


def seen_by(wanted: Wanted, view: View, operator: str) -> Wanted:
    """The same in one of that operator's lists."""
    mine = operator if view is View.MINE else None
    return replace(wanted, mine=mine, ending=view is View.ENDING)
