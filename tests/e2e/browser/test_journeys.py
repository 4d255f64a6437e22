"""Whole journeys through the deployed service in a real browser, with nothing but the keyboard.

`tests/acceptance` has them in all languages, and all of them with JavaScript, too.
"""

import pytest
from playwright.sync_api import expect

from suport.domain.language import Language
from tests.support.browser import Visitor
from tests.support.keyboard import reach
from tests.support.keyboard_citizen import KeyboardCitizen
from tests.support.service import Service


@pytest.mark.parametrize(
    ("language", "javascript"),
    [(Language.CATALAN, False), (Language.GERMAN, True)],
    ids=["without JavaScript", "with JavaScript"],
)
def test_from_help_to_a_rated_answer_by_keyboard(
    visitor: Visitor, service: Service, language: Language, *, javascript: bool
) -> None:
    citizen = KeyboardCitizen(visitor, service, language, javascript=javascript)
    citizen.go_from_help_to_a_rated_answer()


def test_a_citizen_who_cannot_sign_is_told_first_whom_to_call(
    visitor: Visitor, service: Service
) -> None:
    KeyboardCitizen(visitor, service, Language.SPANISH, javascript=False).is_told_whom_to_call()


def test_the_procedure_is_carried_along_under_its_catalan_name(
    visitor: Visitor, service: Service
) -> None:
    KeyboardCitizen(visitor, service, Language.ENGLISH, javascript=False).carry_a_procedure_along()


def test_remote_support_is_agreed_to_step_by_step_and_ended_at_once(
    visitor: Visitor, service: Service
) -> None:
    KeyboardCitizen(visitor, service, Language.GERMAN, javascript=False).agree_to_remote_support()


def test_another_language_is_the_same_page(visitor: Visitor, service: Service) -> None:
    citizen = KeyboardCitizen(visitor, service, Language.CATALAN)
    citizen.switch_languages("incident?category=functional&procedure.code=sample-01")


def test_another_language_is_the_same_page_of_the_open_incident(
    visitor: Visitor, service: Service
) -> None:
    citizen = KeyboardCitizen(visitor, service, Language.CATALAN)
    receipt = service.submitted()
    citizen.go("help")
    citizen.open(receipt["reference"], receipt["access_code"])
    citizen.switch_languages("track")
    assert receipt["reference"] in citizen.page.inner_text("main")


@pytest.mark.parametrize(("locale", "language"), [("de-AT", "de"), ("fr-FR", "ca")])
def test_the_browsers_language_decides_at_the_start(
    visitor: Visitor, service: Service, locale: str, language: str
) -> None:
    page = visitor.open(locale=locale)
    page.goto(f"{service.environment['API_URL']}/")
    expect(page).to_have_url(f"{service.environment['API_URL']}/{language}/help")
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_what_the_tab_key_does_not_lead_to_is_not_reached(visitor: Visitor) -> None:
    page = visitor.open("ca/help")
    page.set_content("<a href='#'>One</a> <button tabindex='-1'>Two</button>")
    reach(page, page.locator("a"))
    with pytest.raises(AssertionError, match="the tab key never leads to"):
        reach(page, page.locator("button"))
