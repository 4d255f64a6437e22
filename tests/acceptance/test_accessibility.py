"""Every page in each of its states can be used in every language, looked at without a short cut."""

import pytest
from playwright.sync_api import Browser

from tests.support.page_states import LANGUAGES
from tests.support.page_walk import Walk
from tests.support.service import Service


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_can_be_used_in_every_language(
    chromium: Browser, service: Service, language: str
) -> None:
    assert Walk(service, chromium, language, thoroughly=True).found == {}
