"""What the operator of the service has configured, as the template hands it to a function."""

import os
from datetime import date

from suport.domain.incident import Category


def closed_dates() -> frozenset[date]:
    """The dates that are no working days, and on which the 012 line does not answer."""
    stated = os.environ.get("CLOSED_DATES", "")
    return frozenset(date.fromisoformat(day) for day in stated.split(",") if day)


def recovery_days() -> int:
    """How many days back the register can be restored: copies of what was erased last so long."""
    return int(os.environ["RECOVERY_DAYS"])


def other_matters_team() -> Category:
    """The team that gets what belongs to no kind of problem: see `Topic`."""
    return Category(os.environ.get("OTHER_MATTERS_TEAM", Category.FUNCTIONAL))
