"""The 012 line on the pages."""

from datetime import UTC, datetime

import pytest

from suport.domain.incident import Category
from suport.domain.phone_line import availability
from suport.web.pages.contact import ContactPage
from suport.web.pages.help import CategoryPage
from tests.support.html import Page
from tests.support.page_examples import ENGLISH, NOWHERE


@pytest.mark.parametrize(
    ("at", "state", "next_change"),
    [
        # the clocks of Madrid are an hour ahead of UTC in winter, two in summer
        ("2026-11-23T07:00", "Open now", "It answers today until 20:00."),
        ("2026-11-23T18:59", "Open now", "It answers today until 20:00."),
        ("2026-11-23T19:00", "Closed now", "It answers again on Tuesday 24 November at 08:00."),
        ("2026-11-24T06:59", "Closed now", "It answers again on Tuesday 24 November at 08:00."),
        ("2026-11-27T19:00", "Closed now", "It answers again on Saturday 28 November at 09:00."),
        ("2026-11-28T12:59", "Open now", "It answers today until 14:00."),
        ("2026-11-28T13:00", "Closed now", "It answers again on Monday 30 November at 08:00."),
        ("2026-11-29T11:00", "Closed now", "It answers again on Monday 30 November at 08:00."),
        ("2026-07-01T06:00", "Open now", "It answers today until 20:00."),
        ("2026-07-01T18:00", "Closed now", "It answers again on Thursday 2 July at 08:00."),
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
        numbers = [
            page.parts[place + 1][1]
            for place, (_, attributes) in enumerate(page.parts)
            if isinstance(attributes, dict) and attributes.get("class") == "suport-number"
        ]
        assert numbers == ["012", "971 22 57 91", "00 34 971 22 57 91"]
