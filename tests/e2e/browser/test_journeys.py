"""Whole journeys through the deployed service in a real browser, with nothing but the keyboard.

`tests/acceptance` has the longest in all languages, with and without JavaScript, the others with
JavaScript, and the links between the languages.
"""

import pytest
from playwright.sync_api import expect

from suport.domain.language import Language
from tests.support.browser import Visitor
from tests.support.keyboard import reach
from tests.support.keyboard_citizen import KeyboardCitizen
from tests.support.service import Service


def test_a_citizen_reports_closes_rates_and_reopens_an_incident_by_keyboard(
    visitor: Visitor, service: Service
) -> None:
    KeyboardCitizen(visitor, service, Language.GERMAN).go_from_help_to_a_rated_answer()


def test_a_citizen_who_cannot_sign_sees_the_numbers_to_call_first(
    visitor: Visitor, service: Service
) -> None:
    KeyboardCitizen(visitor, service, Language.SPANISH, javascript=False).is_told_whom_to_call()


def test_the_chosen_procedure_reaches_the_incident_under_its_catalan_name(
    visitor: Visitor, service: Service
) -> None:
    KeyboardCitizen(visitor, service, Language.ENGLISH, javascript=False).carry_a_procedure_along()


def test_a_citizen_agrees_to_remote_support_step_by_step_and_ends_it_at_once(
    visitor: Visitor, service: Service
) -> None:
    KeyboardCitizen(visitor, service, Language.GERMAN, javascript=False).agree_to_remote_support()


@pytest.mark.parametrize(("locale", "language"), [("de-AT", "de"), ("fr-FR", "ca")])
def test_the_first_page_is_in_the_browsers_language_or_in_catalan(
    visitor: Visitor, service: Service, locale: str, language: str
) -> None:
    page = visitor.open(locale=locale)
    page.goto(f"{service.environment['API_URL']}/")
    expect(page).to_have_url(f"{service.environment['API_URL']}/{language}/help")
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_reaching_a_button_outside_the_tab_order_fails(visitor: Visitor) -> None:
    page = visitor.open("ca/help")
    page.set_content("<a href='#'>One</a> <button tabindex='-1'>Two</button>")
    reach(page, page.locator("a"))
    with pytest.raises(AssertionError, match="the tab key never leads to"):
        reach(page, page.locator("button"))
