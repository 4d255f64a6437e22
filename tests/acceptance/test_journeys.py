"""The journeys by keyboard in all languages, and with and without JavaScript."""

import pytest

from suport.domain.language import Language
from tests.support.browser import Visitor
from tests.support.keyboard_citizen import KeyboardCitizen
from tests.support.service import Service

PATHS = (
    *("help", "help?category=payment", "help?category=signature&procedure.code=sample-01"),
    *("procedures", "procedures?q=a&telematic=1"),
    *(
        "incident",
        "incident?category=functional&procedure.code=sample-01",
        "incident?category=functional&topic=accessibility",
    ),
    *("track", "contact", "remote-support"),
    *("privacy", "cookies", "accessibility", "responsible"),
)
OF_AN_INCIDENT = ("track", "files", "close", "rate", "remote-support")


@pytest.fixture(params=[False, True], ids=["without JavaScript", "with JavaScript"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.mark.parametrize("language", Language)
def test_a_citizen_reports_closes_rates_and_reopens_an_incident_by_keyboard(
    visitor: Visitor, service: Service, language: Language, *, javascript: bool
) -> None:
    citizen = KeyboardCitizen(visitor, service, language, javascript=javascript)
    citizen.go_from_help_to_a_rated_answer()


def test_a_citizen_who_cannot_sign_sees_the_numbers_to_call_first(
    visitor: Visitor, service: Service
) -> None:
    KeyboardCitizen(visitor, service, Language.SPANISH).is_told_whom_to_call()


def test_the_chosen_procedure_reaches_the_incident_under_its_catalan_name(
    visitor: Visitor, service: Service
) -> None:
    KeyboardCitizen(visitor, service, Language.ENGLISH).carry_a_procedure_along()


def test_a_citizen_agrees_to_remote_support_step_by_step_and_ends_it_at_once(
    visitor: Visitor, service: Service
) -> None:
    KeyboardCitizen(visitor, service, Language.GERMAN).agree_to_remote_support()


@pytest.mark.parametrize("path", PATHS)
def test_switching_the_language_keeps_the_page(
    visitor: Visitor, service: Service, path: str
) -> None:
    KeyboardCitizen(visitor, service, Language.CATALAN).switch_languages(path)


def test_switching_the_language_keeps_the_incident_open(visitor: Visitor, service: Service) -> None:
    citizen = KeyboardCitizen(visitor, service, Language.CATALAN)
    receipt = service.submitted()
    citizen.go("help")
    citizen.open(receipt["reference"], receipt["access_code"])
    for path in OF_AN_INCIDENT:
        citizen.switch_languages(path)
        assert receipt["reference"] in citizen.page.inner_text("main")
