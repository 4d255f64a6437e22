"""What the operator of the service has configured, as the template hands it to a function."""

import os
from datetime import date
from functools import cache

from suport.domain.incident import Category
from suport.domain.working_hours import ALWAYS, TeamHours, read_dates, read_hours


def closed_dates() -> frozenset[date]:
    """The dates that are no working days, and on which the 012 line does not answer."""
    return read_dates(os.environ.get("CLOSED_DATES", ""))


def team_hours() -> TeamHours:
    """When each team works; a function that decides nothing by it has no `TEAM_HOURS`.

    Raises
    ------
    WrongHours
        If the parameter of the template states what cannot be, although it fits its pattern.
    """
    stated = os.environ.get("TEAM_HOURS")
    return ALWAYS if stated is None else _read_hours(stated, closed_dates())


def recovery_days() -> int:
    """How many days back the register can be restored: copies of what was erased last so long."""
    return int(os.environ["RECOVERY_DAYS"])


def other_matters_team() -> Category:
    """The team that gets what belongs to no kind of problem: see `Topic`."""
    return Category(os.environ.get("OTHER_MATTERS_TEAM", Category.FUNCTIONAL))


_read_hours = cache(read_hours)  # once per start
