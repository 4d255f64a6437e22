"""Dates, times of day and sizes as each language writes them.

The forms are those of Unicode's CLDR. The tests compare them with Babel, which itself is too large
to deploy. Times are those on the clocks of Madrid, and have the hour's sign or word where the
language's public offices write it: "20:00 h", "20:00 Uhr", "8pm". A number and what it counts are
never parted at the end of a line.
"""

from dataclasses import dataclass
from datetime import date, datetime

from suport.domain.language import Language
from suport.domain.legal_time import to_madrid


@dataclass(frozen=True, slots=True)
class _Style:
    """How one language writes; months have the form that follows a day."""

    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    day_month: str
    year: str
    """between the month and the year"""
    time: str
    """the hour of 24, and the minute"""
    weekday: str = "{weekday}, {day}"
    decimal: str = ","


_STYLES = {
    Language.CATALAN: _Style(
        months=(
            *("de gener", "de febrer", "de març", "d'abril", "de maig", "de juny", "de juliol"),
            *("d'agost", "de setembre", "d'octubre", "de novembre", "de desembre"),
        ),
        weekdays=(
            *("dilluns", "dimarts", "dimecres", "dijous", "divendres", "dissabte", "diumenge"),
        ),
        day_month="{day}\N{NO-BREAK SPACE}{month}",
        year=" del ",
        time="{hour}:{minute:02}\N{NO-BREAK SPACE}h",
    ),
    Language.SPANISH: _Style(
        months=(
            *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto"),
            *("septiembre", "octubre", "noviembre", "diciembre"),
        ),
        weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        day_month="{day}\N{NO-BREAK SPACE}de {month}",
        year=" de ",
        time="{hour}:{minute:02}\N{NO-BREAK SPACE}h",
    ),
    Language.ENGLISH: _Style(
        months=(
            *("January", "February", "March", "April", "May", "June", "July", "August"),
            *("September", "October", "November", "December"),
        ),
        weekdays=(*("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),),
        day_month="{day}\N{NO-BREAK SPACE}{month}",
        year=" ",
        time="{hour12}{past}{half}",
        weekday="{weekday} {day}",
        decimal=".",
    ),
    Language.GERMAN: _Style(
        months=(
            *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August"),
            *("September", "Oktober", "November", "Dezember"),
        ),
        weekdays=(
            *("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
        ),
        day_month="{day}.\N{NO-BREAK SPACE}{month}",
        year=" ",
        time="{hour:02}:{minute:02}\N{NO-BREAK SPACE}Uhr",
    ),
}

_NAMED_HOURS = {0: "midnight", 12: "midday"}
_KILOBYTE, _MEGABYTE = 1_000, 1_000_000  # bytes


def date_text(day: date, language: Language) -> str:
    """A calendar day: "23 November 2026"."""
    style = _STYLES[language]
    return f"{_day_month(day, style)}{style.year}{day.year}"


def weekday_text(moment: datetime, language: Language) -> str:
    """The day of a moment so near that it needs no year: "Monday 30 November"."""
    style, day = _STYLES[language], to_madrid(moment).date()
    weekday = style.weekdays[day.weekday()]
    return style.weekday.format(weekday=weekday, day=_day_month(day, style))


def time_text(moment: datetime, language: Language) -> str:
    """The time of day of a moment: "16:20 h"; in English "4:20pm", "8am", "midday", "midnight"."""
    local = to_madrid(moment)
    if language is Language.ENGLISH and not local.minute and local.hour in _NAMED_HOURS:
        return _NAMED_HOURS[local.hour]
    return _STYLES[language].time.format(
        hour=local.hour,
        minute=local.minute,
        hour12=local.hour % 12 or 12,
        past=f":{local.minute:02}" if local.minute else "",
        half="am" if local.hour < 12 else "pm",  # noqa: PLR2004  by noon
    )


def moment_text(moment: datetime, language: Language) -> str:
    """A moment: "23 November 2026, 4:20pm"."""
    return f"{date_text(to_madrid(moment).date(), language)}, {time_text(moment, language)}"


def size_text(size: int, language: Language) -> str:
    """The size of a file, given in bytes: "340 kB", "1.2 MB", each with a no-break space."""
    if (kilobytes := max(1, round(size / _KILOBYTE))) < _KILOBYTE:
        return f"{kilobytes}\N{NO-BREAK SPACE}kB"
    megabytes = f"{round(size * 10 / _MEGABYTE) / 10:.1f}".removesuffix(".0")
    return f"{megabytes.replace('.', _STYLES[language].decimal)}\N{NO-BREAK SPACE}MB"


def _day_month(day: date, style: _Style) -> str:
    return style.day_month.format(day=day.day, month=style.months[day.month - 1])
