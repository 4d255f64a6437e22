"""The clock of this computer beside that of an answer: AWS refuses what a wrong one signs."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

TOLERATED = timedelta(minutes=4)
"""AWS refuses a signature from a clock that is five minutes off."""


def stated_moment(date: str | None) -> datetime | None:
    """The moment that a `Date` header states; None if it states none."""
    try:
        return parsedate_to_datetime(date or "").astimezone(UTC)
    except ValueError:
        return None


def fault(date: str | None, now: datetime) -> str | None:
    """What is wrong with a clock on which it is `now`, by the `Date` of an answer; None if nothing.

    Without a date nothing is known to be wrong.
    """
    if (stated := stated_moment(date)) is None or abs(ahead := now - stated) <= TOLERATED:
        return None
    minutes = round(abs(ahead) / timedelta(minutes=1))
    way = "fast" if ahead > timedelta() else "slow"
    return (
        f"This computer's clock is {minutes} minutes {way}, and AWS refuses what it signs: have it"
        " set from the network."
    )
