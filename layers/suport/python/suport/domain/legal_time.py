"""The legal time of the service: calendar days and opening hours are those of Europe/Madrid."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MADRID = ZoneInfo("Europe/Madrid")


def to_madrid(moment: datetime) -> datetime:
    """The same instant on the clocks of Madrid.

    Raises
    ------
    ValueError
        If `moment` carries no offset: a wall-clock time is not an instant.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC; a naive datetime has none")
    return moment.astimezone(MADRID)


def start_of(day: date) -> datetime:
    """The first instant of a calendar day in Madrid, even if the clocks change that night."""
    return datetime.combine(day, time.min, MADRID)


def first_after(day: date) -> datetime | None:
    """The first instant after a calendar day in Madrid; None after the last that a date can be."""
    return None if day == date.max else start_of(day + timedelta(days=1))


def utc_text(moment: datetime) -> str:
    """An instant as the register and the API write one: ISO 8601, UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
