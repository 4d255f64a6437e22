"""Every form is the one that Babel writes from the CLDR, with the spaces that must not break.

Only the apostrophe is straight, as in every other text of the service.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from suport.domain.language import Language
from suport.texts.local_dates import date_text, moment_text, size_text, time_text, weekday_text

LOCALES = {
    Language.CATALAN: "ca",
    Language.SPANISH: "es",
    Language.ENGLISH: "en_GB",
    Language.GERMAN: "de",
}
UNITS = {
    Language.CATALAN: "\N{NO-BREAK SPACE}h",
    Language.SPANISH: "\N{NO-BREAK SPACE}h",
    Language.GERMAN: "\N{NO-BREAK SPACE}Uhr",
}
MADRID = ZoneInfo("Europe/Madrid")
FIRST = date(2024, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(5 * 366)]
moments = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, MADRID, ZoneInfo("Asia/Tokyo")]),
)


@pytest.mark.parametrize("language", list(Language))
def test_every_day_is_written_as_its_language_writes_it(language: Language) -> None:
    written = [breakable(date_text(day, language)) for day in DAYS]
    of_the_cldr = [format_date(day, "long", locale=LOCALES[language]) for day in DAYS]
    assert written == [straight(day) for day in of_the_cldr]


@pytest.mark.parametrize("language", list(Language))
def test_every_weekday_is_written_as_its_language_writes_it(language: Language) -> None:
    at_noon = [datetime.combine(day, time(12), UTC) for day in DAYS]
    written = [breakable(weekday_text(moment, language)) for moment in at_noon]
    assert written == [without_year(day, language) for day in DAYS]


def straight(text: str) -> str:
    """The text with the apostrophe that every other text of the service has."""
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def breakable(text: str) -> str:
    """The text with ordinary spaces, once a day has been seen to stay with its month."""
    assert re.search(r"\d\.?\N{NO-BREAK SPACE}", text), text
    return text.replace("\N{NO-BREAK SPACE}", " ")


def without_year(day: date, language: Language) -> str:
    """For English, the CLDR's form; for the other languages, the full date up to the year."""
    locale = Locale.parse(LOCALES[language])
    if "MMMMEEEEd" in locale.datetime_skeletons:
        return str(format_skeleton("MMMMEEEEd", day, locale=locale))
    before, day_month, year = format_date(day, "full", locale=locale).partition(
        format_skeleton("MMMMd", day, locale=locale)
    )
    assert year.endswith(str(day.year))
    return straight(before + day_month)


@pytest.mark.parametrize("language", list(Language))
@given(moment=moments)
def test_a_moment_is_the_one_on_the_clocks_of_madrid(language: Language, moment: datetime) -> None:
    local, locale = moment.astimezone(MADRID), LOCALES[language]
    time = format_time(local, "short", tzinfo=MADRID, locale=locale)
    if language is Language.ENGLISH:
        time = format_time(local, "h:mma", tzinfo=MADRID, locale=locale).replace(":00", "").lower()
        time = {"12am": "midnight", "12pm": "midday"}.get(time, time)
    assert time_text(moment, language) == time + UNITS.get(language, "")
    day = straight(format_date(local.date(), "long", locale=locale))
    assert breakable(
        moment_text(moment, language)
    ) == f"{day}, {time}{UNITS.get(language, '')}".replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "written"),
    [
        (Language.CATALAN, "1 d'agost del 2026, 0:30 h"),
        (Language.SPANISH, "1 de agosto de 2026, 0:30 h"),
        (Language.ENGLISH, "1 August 2026, 12:30am"),
        (Language.GERMAN, "1. August 2026, 00:30 Uhr"),
    ],
)
def test_the_day_of_a_late_evening_in_utc_is_the_next_one(language: Language, written: str) -> None:
    assert breakable(moment_text(datetime(2026, 7, 31, 22, 30, tzinfo=UTC), language)) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        (Language.CATALAN, "dilluns, 30 de novembre"),
        (Language.SPANISH, "lunes, 30 de noviembre"),
        (Language.ENGLISH, "Monday 30 November"),
        (Language.GERMAN, "Montag, 30. November"),
    ],
)
def test_an_opening_soon_is_named_by_its_weekday(language: Language, written: str) -> None:
    assert breakable(weekday_text(datetime(2026, 11, 30, 7, tzinfo=UTC), language)) == written


@pytest.mark.parametrize("language", list(Language))
@given(size=st.integers(1_000, 999_499))
def test_kilobytes_are_written_whole(language: Language, size: int) -> None:
    assert (
        size_text(size, language) == f"{decimal(size / 1_000, '0', language)}\N{NO-BREAK SPACE}kB"
    )


@pytest.mark.parametrize("language", list(Language))
@given(size=st.integers(999_501, 999_949_999))
def test_megabytes_are_written_with_one_decimal(language: Language, size: int) -> None:
    assert (
        size_text(size, language)
        == f"{decimal(size / 1_000_000, '0.#', language)}\N{NO-BREAK SPACE}MB"
    )


def decimal(value: float, pattern: str, language: Language) -> str:
    return format_decimal(value, format=pattern, locale=LOCALES[language])


@pytest.mark.parametrize(
    ("size", "written"),
    [(0, "1 kB"), (3, "1 kB"), (340_499, "340 kB"), (1_048_576, "1 MB"), (1_249_999, "1,2 MB")],
)
def test_small_files_have_a_size_too(size: int, written: str) -> None:
    assert breakable(size_text(size, Language.CATALAN)) == written
