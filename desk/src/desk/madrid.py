"""The calendar and the clocks of Madrid, by which the service counts."""

from datetime import date, datetime, tzinfo

from desk.errors import Misused


def zone() -> tzinfo:
    """Its time zone; raises Misused where this computer knows of none."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  help does not need it

    try:
        return ZoneInfo("Europe/Madrid")
    except ZoneInfoNotFoundError as error:
        raise Misused("This computer knows no time zones: install the package tzdata.") from error


def day_of(moment: datetime) -> date:
    """The day that it is there at that moment."""
    return moment.astimezone(zone()).date()
