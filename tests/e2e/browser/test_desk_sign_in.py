"""Signing in to the desk in a real browser: the desk and the identity provider are two sites.

The desk is at 127.0.0.1 and the provider at localhost. On one site all cookies would go along.
"""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from suport.web.desk.session_cookie import COOKIE
from tests.support.accessibility import axe
from tests.support.browser import Visitor
from tests.support.desk_logins import sign_in
from tests.support.service import Service


def session(page: Page) -> dict[str, object] | None:
    """The session's cookie, if the browser has one."""
    found = [{**each} for each in page.context.cookies() if each.get("name") == COOKIE]
    return found[0] if found else None


def desk(page: Page) -> str:
    """The page of the desk that is shown, with its query: `ca/list?mine=1`."""
    return page.url.partition("/desk/")[2]


@pytest.mark.parametrize("javascript", [True, False])
def test_an_operator_signs_in_at_another_site_and_the_session_holds_on_the_next_page(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    page = visitor.open("desk/ca/keys", javascript=javascript)
    expect(page.locator("input[name=password]")).to_be_visible()
    assert urlsplit(page.url).hostname == "localhost"
    sign_in(page, service, "marta")
    page.wait_for_url("**/desk/ca/keys")
    assert urlsplit(page.url).hostname == "127.0.0.1"
    cookie = session(page)
    assert cookie
    assert (cookie["sameSite"], cookie["httpOnly"], cookie["secure"]) == ("Strict", True, True)
    page.goto("desk/ca/list")
    assert desk(page) == "ca/list"
    assert "marta" in page.inner_text("body")


def test_the_page_that_comes_after_the_sign_in_can_be_read_by_everybody(
    visitor: Visitor, service: Service
) -> None:
    page = visitor.open("desk/signed-out", locale="de-DE")
    assert axe(page) == []
    page.click("main a")
    sign_in(page, service, "joan")
    page.wait_for_url("**/desk/de/list")


def test_a_code_that_was_used_signs_nobody_in(visitor: Visitor, service: Service) -> None:
    page = visitor.open("desk/es/list")
    came_back: list[str] = []
    page.on(
        "request", lambda asked: came_back.append(asked.url) if "/callback?" in asked.url else None
    )
    sign_in(page, service, "pau")
    page.wait_for_url("**/desk/es/list")
    thief = visitor.open()
    answer = thief.goto(came_back[0])
    assert answer
    assert answer.status == 400
    assert session(thief) is None
    again = page.goto(came_back[0])
    assert again
    assert again.status == 400
    page.goto("desk/es/list")
    assert desk(page) == "es/list"  # and who is signed in stays so


def test_signing_out_ends_the_session_for_good(visitor: Visitor, service: Service) -> None:
    page = visitor.open("desk/en/list", locale="en-GB")
    sign_in(page, service, "neus")
    page.wait_for_url("**/desk/en/list")
    kept = page.context.cookies()
    page.click("text=Sign out")
    page.wait_for_url("**/desk/signed-out")
    expect(page.locator("h1")).to_have_text("You have signed out")
    assert session(page) is None
    page.context.add_cookies([each for each in kept if each.get("name") == COOKIE])  # type: ignore[misc]
    page.goto("desk/en/list")
    expect(page.locator("input[name=password]")).to_be_visible()


def test_whoever_types_a_wrong_password_is_not_let_in(visitor: Visitor, service: Service) -> None:
    page = visitor.open("desk/ca/list")
    sign_in(page, service, "marta", password="no-such-password")
    expect(page.locator("input[name=password]")).to_be_visible()
    assert session(page) is None
