"""Every page in Firefox, whose lines break otherwise than Chromium's, and the citizen's way."""

from collections import defaultdict

import pytest

from tests.support import firefox
from tests.support.firefox_citizen import FirefoxCitizen
from tests.support.page_states import LANGUAGES, every_state
from tests.support.service import Service

WIDTHS = (320, 360, 700)
"""Two phones, and the narrowest window in which answers are side by side."""

CHECKS = ("sidewaysScrolling()", "unreadable()", "brokenWords()", "foreignFonts()")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_broken_cut_off_or_too_wide_in_firefox(service: Service, language: str) -> None:
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    with firefox.window(service, language) as window:
        for state, _, _ in every_state(service, language, window):
            for width in WIDTHS:
                window.resize(width)
                for check in CHECKS:
                    if faults := window.look(check):
                        found[f"{check} at {width}"][state.name] = faults
    assert found == {}


@pytest.mark.parametrize("javascript", [False, True], ids=["without script", "with script"])
def test_a_citizen_reports_writes_closes_and_rates_in_firefox(
    service: Service, *, javascript: bool
) -> None:
    with firefox.window(service, "de", javascript=javascript) as window:
        FirefoxCitizen(window, service).go_from_help_to_a_rated_answer()


@pytest.mark.parametrize("javascript", [False, True], ids=["without script", "with script"])
def test_going_back_after_a_mistake_leads_to_the_form_in_firefox(
    service: Service, *, javascript: bool
) -> None:
    with firefox.window(service, "ca", javascript=javascript) as window:
        FirefoxCitizen(window, service).goes_back_after_mistakes()
