"""Everybody can use every page, in each of its states and every language, with no check skipped."""

import pytest
from playwright.sync_api import Browser

from tests.support.desk_walk import desk_faults
from tests.support.page_states import LANGUAGES
from tests.support.page_walk import Walk
from tests.support.service import Service
from tests.support.web_desk import WebDesk


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_passes_every_check_in_every_language(
    chromium: Browser, service: Service, language: str
) -> None:
    assert Walk(service, chromium, language, thoroughly=True).found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_desk_passes_every_check_in_every_language(
    chromium: Browser, service: Service, language: str
) -> None:
    assert desk_faults(chromium, service, WebDesk(service), language) == {}
