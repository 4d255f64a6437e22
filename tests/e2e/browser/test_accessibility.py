"""Everybody can use every page: in light and dark, enlarged, by keyboard.

The walk opens each page once, and again in each state with new controls; each test then holds one
promise against all pages. The pages are in German, which has the longest words. `test_languages`
looks at every state for what depends on the language alone; `tests/acceptance` makes every check in
every state, in all languages.
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


def test_at_400_percent_nothing_scrolls_sideways_or_is_cut_off(walk: Walk) -> None:
    assert walk.found["narrow"] == {}


def test_no_word_of_a_label_or_heading_is_broken_without_need(walk: Walk) -> None:
    assert walk.found["broken words"] == {}


def test_all_text_is_in_the_pages_own_font(walk: Walk) -> None:
    assert walk.found["fonts"] == {}


def test_text_at_twice_its_size_is_readable(walk: Walk) -> None:
    assert walk.found["large text"] == {}


def test_spaced_text_is_readable_in_a_narrow_window(walk: Walk) -> None:
    assert walk.found["spaced"] == {}


def test_the_focus_is_always_visible(walk: Walk) -> None:
    assert walk.found["focus"] == {}


def test_the_tab_key_reaches_every_control(walk: Walk) -> None:
    assert walk.found["unreached"] == {}


def test_the_focus_is_visible_around_the_content(visitor: Visitor) -> None:
    page = visitor.open("ca/cookies")
    assert unseen_focus(page, schemes=SCHEMES, seen=set()) == []
    assert page.evaluate("window.reached.has(document.querySelector('footer li:last-child a'))")


def test_the_first_tab_stop_skips_the_navigation(visitor: Visitor) -> None:
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


def test_edges_and_the_focus_are_visible_in_forced_colours(visitor: Visitor) -> None:
    page = visitor.open("ca/incident")
    send(page, "incident", {"idempotency_key": "k" * 32})
    page.emulate_media(forced_colors="active")
    set_inert_around_content(page, inert=True)
    # without background colours only edges mark a button, a field or a mistake
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
        for essential in ("h1", "#reference", "#access-code", "#state"):
            expect(page.locator(essential).first).to_be_visible()
            assert brightness(page, essential, "color") < 80
        for needless in page.locator("nav, button, aside, .suport-screen").all():
            expect(needless).to_be_hidden()


def brightness(page: Page, part: str, of: str = "backgroundColor") -> float:
    """The brightness of the background or the text, 0 to 255."""
    colour = page.locator(part).first.evaluate(f"each => getComputedStyle(each).{of}")
    red, green, blue = (int(each) for each in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
