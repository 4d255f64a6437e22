"""Everybody can use every page of the desk in each of its states.

The states are seen in German, which has the longest words. `tests/acceptance` looks at them in the
other languages.
"""

import pytest
from playwright.sync_api import Browser

from tests.support.desk_walk import Faults, desk_faults
from tests.support.service import Service
from tests.support.web_desk import WebDesk


@pytest.fixture(scope="module")
def found(chromium: Browser, service: Service, desk: WebDesk) -> Faults:
    return desk_faults(chromium, service, desk, "de")


def test_axe_finds_nothing(found: Faults) -> None:
    assert found["axe"] == {}


def test_targets_are_large_enough(found: Faults) -> None:
    assert found["small targets"] == {}


def test_at_320_pixels_nothing_scrolls_sideways_or_is_cut_off(found: Faults) -> None:
    assert found["narrow"] == {}


def test_nothing_goes_wrong_in_the_browser(found: Faults) -> None:
    assert found["trouble"] == {}
