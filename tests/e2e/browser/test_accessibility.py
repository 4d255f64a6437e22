"""Everybody can use every page, whatever it shows: in light and dark, enlarged, by keyboard.

Each page is opened once in each of its states, and looked at in every way; the tests then say what
was promised of all of them. That is done in German, which has the longest words; what depends on
the language alone is in `test_languages`. `tests/acceptance` looks at all pages in all languages.
"""

import re
import secrets

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.accessibility import set_inert_around_content, unseen_focus
from tests.support.browser import Visitor
from tests.support.page_walk import SCHEMES, Walk, send
from tests.support.service import DESCRIPTION, Service


@pytest.fixture(scope="module")
def walk(chromium: Browser, service: Service) -> Walk:
    return Walk(service, chromium, "de")


def test_axe_finds_nothing(walk: Walk) -> None:
    assert walk.found["in light"] == {}


def test_axe_finds_nothing_in_the_dark(walk: Walk) -> None:
    assert walk.found["in dark"] == {}


def test_nothing_goes_wrong_in_the_browser(walk: Walk) -> None:
    assert walk.found["trouble"] == {}


def test_targets_are_large_enough(walk: Walk) -> None:
    assert walk.found["small targets"] == {}


def test_targets_are_large_enough_in_a_narrow_window(walk: Walk) -> None:
    assert walk.found["small targets when narrow"] == {}


def test_four_times_enlarged_nothing_scrolls_sideways_or_is_cut_off(walk: Walk) -> None:
    assert walk.found["narrow"] == {}


def test_text_twice_as_large_can_be_read(walk: Walk) -> None:
    assert walk.found["large text"] == {}


def test_spaced_text_can_be_read_in_a_narrow_window(walk: Walk) -> None:
    assert walk.found["spaced"] == {}


def test_the_focus_is_seen(walk: Walk) -> None:
    assert walk.found["focus"] == {}


def test_the_tab_key_reaches_everything(walk: Walk) -> None:
    assert walk.found["unreached"] == {}


def test_the_focus_is_seen_around_the_content(visitor: Visitor) -> None:
    page = visitor.open("ca/cookies")
    assert unseen_focus(page, schemes=SCHEMES, seen=set()) == []
    assert page.evaluate("window.reached.has(document.querySelector('footer li:last-child a'))")


def test_the_first_tab_leads_past_the_navigation(visitor: Visitor) -> None:
    page = visitor.open("ca/incident")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    assert page.locator(".govuk-skip-link").bounding_box() is not None
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main [name=category]").first).to_be_focused()


def test_the_dark_scheme_is_dark(visitor: Visitor) -> None:
    page = visitor.open("ca/track", color_scheme="dark")
    for part in ("body", ".suport-page", ".suport-header", ".govuk-input"):
        assert brightness(page, part) < 80, part
    page.emulate_media(color_scheme="light")
    for part in ("body", ".suport-page", ".govuk-input"):
        assert brightness(page, part) > 200, part


def test_colours_of_the_system_leave_everything_visible(visitor: Visitor) -> None:
    page = visitor.open("ca/incident")
    send(page, "incident", {"idempotency_key": "k" * 32})
    page.emulate_media(forced_colors="active")
    set_inert_around_content(page, inert=True)
    # background colours are gone, so that edges must tell what is a button, a field, a mistake
    edges = "all => all.map(each => getComputedStyle(each)).map(each => each.borderTopWidth)"
    for part in (".govuk-button", ".govuk-input", ".govuk-textarea", ".govuk-error-summary"):
        assert "0px" not in page.locator(f"main {part}").evaluate_all(edges), part
    assert unseen_focus(page, seen=set()) == []


def test_reference_and_access_code_are_printed_and_buttons_are_not(
    visitor: Visitor, service: Service
) -> None:
    page = visitor.open("ca/incident")
    email = "xisca.qzrvwb@example.test"
    typed = {"category": "functional", "description": DESCRIPTION, "contact.email": email}
    send(page, "incident", typed | {"idempotency_key": secrets.token_urlsafe()})
    service.private |= {email, DESCRIPTION, page.inner_text("#access-code")}
    for scheme in SCHEMES:
        page.emulate_media(media="print", color_scheme=scheme)
        for essential in ("h1", "#reference", "#access-code", "#state", ".suport-words"):
            expect(page.locator(essential).first).to_be_visible()
            assert brightness(page, essential, "color") < 80
        for needless in page.locator("nav, button, aside, .suport-screen").all():
            expect(needless).to_be_hidden()


def brightness(page: Page, part: str, of: str = "backgroundColor") -> float:
    """Of the background or the text, 0 to 255."""
    colour = page.locator(part).first.evaluate(f"each => getComputedStyle(each).{of}")
    red, green, blue = (int(each) for each in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
