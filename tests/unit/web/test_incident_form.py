"""The form in which a citizen reports an incident."""

import pytest

from suport.domain.category import Category
from suport.domain.language import Language
from suport.http.problem import Problem
from suport.http.problems import about_pages, about_requests
from suport.texts import published_notices
from suport.texts.published_notices import Subject
from suport.web.pages.incident_form import IncidentForm
from tests.support.html import Page
from tests.support.page_examples import ENGLISH, INVALID, KEY, PAGES
from tests.support.register import submission_of

TYPED = {
    "category": "payment",
    "description": "\nPrimera línia\r\n</textarea><b>",
    "error.code": "E-7",
    "error.message": "una\ndues",
    "context.charged": "unknown",
    "context.step": "Pas 3",
    "context.browser": "Firefox",
    "procedure.name": 'Ajuda "A"',
    "procedure.code": "AB1",
    "contact.email": "anna@",
    "contact.phone": "012",
    "contact.name": "Anna & Co",
    "contact.nif": "X",
    "contact.availability": "0",
}


@pytest.mark.parametrize(
    "trouble", [None, INVALID, about_pages.page_expired(), about_requests.unavailable()]
)
def test_the_form_keeps_all_that_was_typed(trouble: Problem | None, reader: Language) -> None:
    page = Page(IncidentForm(fields=TYPED, key=KEY, trouble=trouble).render(reader))
    version = published_notices.current(Subject.PRIVACY, reader).version
    assert page.values == TYPED | {
        "description": "Primera línia\r\n</textarea><b>",  # HTML drops the first line break
        "idempotency_key": KEY,
        "privacy_notice": version,
    }


@pytest.mark.parametrize("kind", [{"category": each} for each in Category] + [{"topic": "other"}])
def test_each_kind_keeps_the_answers_to_all_questions(kind: dict[str, str]) -> None:
    page = Page(IncidentForm(fields=TYPED | kind, key=KEY).render(Language.ENGLISH))
    kept = TYPED | kind | {"description": "Primera línia\r\n</textarea><b>"}
    assert page.values.items() >= kept.items()


def test_the_form_has_the_phone_line_beside_it_only_where_that_helps() -> None:
    for kind in Category:
        page = PAGES[f"form, {kind}"].render(ENGLISH)
        assert ("suport-phone" in page) is (kind is Category.SIGNATURE)
        assert ("Open now" in page) is (kind is Category.SIGNATURE)
    assert "Is it open now?" in PAGES["form"].render(ENGLISH)


def test_the_error_about_a_long_description_says_by_how_much(reader: Language) -> None:
    body = {"category": "functional", "description": "x" * 4321, "contact": {"phone": "971225791"}}
    with pytest.raises(Problem) as refusal:
        submission_of(body, reader)
    form = IncidentForm(fields={"description": "x" * 4321}, key=KEY, trouble=refusal.value)
    page = Page(form.render(reader))
    (message,) = [text for text in page.said_in("p") if "4321" in text]
    assert "4000" in message
    assert "#description" in page.attributes("href")


def test_every_description_field_says_how_much_it_takes(reader: Language) -> None:
    page = Page(IncidentForm(fields={}, key=KEY).render(reader))
    assert "4000" in page.text
    assert "10" in page.text
