"""The calendar and the clocks of Madrid, by which the service counts."""

from datetime import date, datetime, tzinfo


def zone() -> tzinfo:
    """Its time zone."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  help does not need it

    return ZoneInfo("Europe/Madrid")


def day_of(moment: datetime) -> date:
    """The day that it is there at that moment."""
    return moment.astimezone(zone()).date()
