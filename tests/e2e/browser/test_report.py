"""The page that `desk report` writes is accessible, in a wide window and in a narrow one."""

import pytest
from playwright.sync_api import Browser

from desk.report.page import page
from desk.service_vocabulary import Language
from tests.support.accessibility import axe
from tests.support.figures import november


@pytest.mark.parametrize("width", [320, 1000])
def test_the_report_has_no_barrier_and_no_sideways_scrolling(chromium: Browser, width: int) -> None:
    shown = chromium.new_page(bypass_csp=True, viewport={"width": width, "height": 800})
    shown.set_content(page(november(), Language.CATALAN))
    assert axe(shown) == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    shown.close()
