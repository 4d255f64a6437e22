"""The 012 line on the pages."""

import re
from datetime import UTC, date, datetime

import pytest

from suport.domain import phone_line
from suport.domain.category import Category
from suport.domain.language import Language
from suport.domain.phone_line import availability
from suport.texts.local_dates import date_text
from suport.web.pages.contact import ContactPage
from suport.web.pages.help import CategoryPage
from tests.support.html import Page, as_read
from tests.support.page_examples import ENGLISH, NOWHERE, PAGES

TYPED = "suport-words"
NOON = datetime(2026, 12, 7, 11, tzinfo=UTC)
CLOSED = availability(NOON, {date(2026, 12, 8)})
NUMBERS = [
    ("012", "tel:012"),
    ("971 22 57 91", "tel:+34971225791"),
    ("00 34 971 22 57 91", "tel:+34971225791"),
]


@pytest.mark.parametrize(
    ("at", "state", "next_change"),
    [
        # the clocks of Madrid are an hour ahead of UTC in winter, two in summer
        ("2026-11-23T07:00", "Open now", "It answers today until 8pm."),
        ("2026-11-23T18:59", "Open now", "It answers today until 8pm."),
        ("2026-11-23T19:00", "Closed now", "It answers again on Tuesday 24 November at 8am."),
        ("2026-11-24T06:59", "Closed now", "It answers again on Tuesday 24 November at 8am."),
        ("2026-11-27T19:00", "Closed now", "It answers again on Saturday 28 November at 9am."),
        ("2026-11-28T12:59", "Open now", "It answers today until 2pm."),
        ("2026-11-28T13:00", "Closed now", "It answers again on Monday 30 November at 8am."),
        ("2026-11-29T11:00", "Closed now", "It answers again on Monday 30 November at 8am."),
        ("2026-07-01T06:00", "Open now", "It answers today until 8pm."),
        ("2026-07-01T18:00", "Closed now", "It answers again on Thursday 2 July at 8am."),
    ],
)
def test_a_citizen_who_cannot_sign_reads_whom_to_call_and_whether_the_line_answers(
    at: str, state: str, next_change: str
) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    helping = CategoryPage(
        procedure=NOWHERE, category=Category.SIGNATURE, line=availability(moment)
    )
    signing = Page(helping.render(ENGLISH))
    contact = Page(ContactPage(line=availability(moment)).render(ENGLISH))
    for page in (signing, contact):
        assert f"{state} {next_change}" in page.text
        assert page.text.count("Open now") + page.text.count("Closed now") == 1
        numbers = [each for each in page.all if each.attributes.get("class") == "suport-number"]
        assert [(each.text, each.attributes["href"]) for each in numbers] == NUMBERS


def test_wherever_the_numbers_are_told_each_is_a_link_and_stays_in_one_line(
    reader: Language,
) -> None:
    for name, shown in {**PAGES, "contact, closed": ContactPage(line=CLOSED)}.items():
        page = Page(shown.render(reader))
        plain = [
            text
            for each in page.all
            if each.tag not in {"a", "title", "h1", "h2"} and each.attributes.get("class") != TYPED
            for text in each.own_texts()
            if re.search(r"\b012\b|971\W22\W57\W91", text)
        ]
        assert plain == [], name
        dialled = [each for each in page.all if each.attributes.get("href", "").startswith("tel:")]
        assert {each.attributes["href"] for each in dialled} == {href for _, href in NUMBERS}, name
        assert not [each for each in dialled if " " in "".join(each.own_texts())], name


def test_the_hours_are_a_list_in_the_words_of_each_language(reader: Language) -> None:
    said = {
        Language.CATALAN: ("de 8 a 20 h, hora de les Illes Balears", "de 9 a 14 h"),
        Language.SPANISH: ("de 8 a 20 h, hora de las Illes Balears", "de 9 a 14 h"),
        Language.ENGLISH: ("8am to 8pm, Balearic Islands time", "9am to 2pm"),
        Language.GERMAN: ("8 bis 20 Uhr, Ortszeit der Balearen", "9 bis 14 Uhr"),
    }[reader]
    page = Page(ContactPage(line=CLOSED).render(reader))
    listed = page.said_in("li")
    for times, hours in zip(said, phone_line.HOURS, strict=True):
        assert [each for each in listed if times in each]
        on_the_clock = {hours.opens.hour, hours.closes.hour}
        digits = {int(each) for each in re.findall(r"\d+", times)}
        assert digits in (on_the_clock, {each % 12 for each in on_the_clock})


def test_the_holidays_on_which_nobody_answers_are_told(reader: Language) -> None:
    page = Page(ContactPage(line=CLOSED).render(reader))
    assert as_read(date_text(date(2026, 12, 8), reader)) in page.said_in("li")
    assert {"datetime": "2026-12-08"} in page.of("time")
    open_as_always = Page(ContactPage(line=availability(NOON)).render(reader))
    assert "2026-12-08" not in open_as_always.attributes("datetime")
