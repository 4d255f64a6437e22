"""The browser shows the service, and each of its checks finds the fault that it looks for."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.accessibility import axe, misplaced, small_targets, unseen_focus
from tests.support.browser import NARROW, Visitor
from tests.support.service import DESCRIPTION, Service

SOUND = """<!doctype html><html lang="en"><head><title>Sound</title>
<meta name="viewport" content="width=device-width">
<style>:focus {outline: 3px solid} li a {display: inline-block; padding: 8px}</style></head>
<body><main><h1>Sound</h1>
<ul><li><a href="#one">One</a></li><li><a href="#two">Two</a></li></ul>
<p id="one">A sentence with <a href="#two">a link</a> in it.</p>
<p id="two"><label>Name <input style="height: 24px"></label></p></main></body></html>"""


@pytest.fixture(scope="module")
def blank(chromium: Browser) -> Iterator[Page]:
    """A page for any content."""
    page = chromium.new_page(viewport=NARROW)
    yield page
    page.close()


def made_of(page: Page, old: str = "", new: str = "") -> Page:
    """The page with the sound content, or with one part of it broken."""
    assert old in SOUND
    page.set_content(SOUND.replace(old, new, 1) if old else SOUND)
    return page


@pytest.mark.parametrize("javascript", [True, False])
def test_help_is_in_the_language_of_its_address(visitor: Visitor, *, javascript: bool) -> None:
    page = visitor.open("ca/help", javascript=javascript)
    assert page.locator("html").get_attribute("lang") == "ca"


def test_the_session_cookie_keeps_the_incident_open_over_a_reload(
    visitor: Visitor, service: Service
) -> None:
    # A Secure cookie with the prefix __Host-, over http: browsers trust loopback.
    page = visitor.open("ca/incident?category=functional", javascript=False)
    page.fill("main [name=description]", DESCRIPTION)
    page.fill("[name='contact.email']", "a@example.test")
    page.click("main form button[value=check]")
    page.click("main form button:not([name])")
    page.wait_for_url("**/ca/track?sent=*")
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["secure"]) == ("__Host-suport", True)
    service.private.update({"a@example.test", page.inner_text("#access-code")})
    page.reload()
    assert page.locator("#reference").is_visible()


def test_a_sound_page_passes_every_check(blank: Page) -> None:
    page = made_of(blank)
    assert (axe(page), misplaced(page)) == ([], [])
    assert (small_targets(page), unseen_focus(page)) == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('lang="en"', "", "html-has-lang"),
        ("<label>Name", "<label>", "label"),
        ("<style>", "<style>p {color: #999}", "color-contrast"),
        ("<h1>Sound</h1>", "<h4>Sound</h4>", "page-has-heading-one"),
    ],
)
def test_axe_finds_a_broken_rule(blank: Page, old: str, new: str, rule: str) -> None:
    page = made_of(blank, old, new)
    assert rule in [violation.partition(":")[0] for violation in axe(page)]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<h1", '<h1 style="width: 330px"', "h1 “Sound”"),
        ("<h1", '<h1 style="height: 5px; overflow: hidden"', "cut off: “Sound”"),
        ("<h1", '<h1 style="height: 0"', "over each other: “Sound” “One”"),
    ],
)
def test_misplaced_text_is_found(blank: Page, old: str, new: str, found: str) -> None:
    page = made_of(blank, old, new)
    assert found in misplaced(page)


def test_small_targets_are_found_except_within_a_sentence(blank: Page) -> None:
    page = made_of(blank, "padding: 8px", "line-height: 20px")
    assert [target.partition(":")[0] for target in small_targets(page)] == ["a “One”", "a “Two”"]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("outline: none", "looks as without the focus"),
        ("outline: 3px solid; position: relative; z-index: -1", "covered or out of sight"),
    ],
)
def test_an_invisible_focus_is_found(blank: Page, broken: str, why: str) -> None:
    page = made_of(blank, "outline: 3px solid", broken)
    if "z-index" in broken:
        page.add_style_tag(content="main {background: #fff}")
    assert {finding.partition(": ")[2] for finding in unseen_focus(page)} == {why}


def test_a_request_to_another_machine_is_reported(visitor: Visitor) -> None:
    page = visitor.open()
    made_of(page, "</main>", '<img src="https://example.test/seen.gif" alt=""></main>')
    assert "foreign request: https://example.test/seen.gif" in visitor.take_troubles()


def test_forbidden_behaviour_of_a_page_is_reported(visitor: Visitor) -> None:
    page = visitor.open("ca/help")
    assert visitor.take_troubles() == []
    for script, trouble in (
        ("console.error('no such field')", "console error: no such field"),
        ("setTimeout(() => { throw new Error('broken') })", "script error: broken"),
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        ("fetch('http://127.0.0.1:9').catch(() => {})", "Content Security Policy"),
        ("fetch('help').catch(() => {})", "Content Security Policy"),
        ("navigator.mediaDevices.getDisplayMedia().catch(() => {})", "display-capture"),
        ("new Image().src = 'https://example.test/1.gif'", "Content Security Policy"),
    ):
        page.evaluate(f"() => {{ {script} }}")
        noticed = visitor.take_troubles()
        for _ in range(100):
            if noticed:
                break
            page.wait_for_timeout(50)
            noticed = visitor.take_troubles()
        assert trouble in noticed[0], script


def test_a_refused_form_is_not_reported_as_trouble(visitor: Visitor) -> None:
    page = visitor.open("ca/incident")
    page.eval_on_selector("form", "form => form.noValidate = true")
    with page.expect_navigation() as navigation:
        page.click("main form button, form button")
    assert navigation.value.status == 422
