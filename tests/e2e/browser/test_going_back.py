"""Going back after a mistake leads to a page of the service, with what was typed."""

from contextlib import suppress
from uuid import uuid4

from playwright.sync_api import Error, Page, expect

from tests.support.browser import Visitor
from tests.support.keyboard import field
from tests.support.service import DESCRIPTION, Service

SEND = "main form:not([action=leave]) button.govuk-button:not(.govuk-button--secondary)"
EMAIL = "gori.xkwpzv@example.test"
_MOST_STEPS = 8


def sent(page: Page) -> None:
    """Presses the main button of each step until the incident is sent."""
    for _ in range(_MOST_STEPS):
        if page.locator("#access-code").count():
            return
        with page.expect_navigation():
            page.click(SEND)
    raise AssertionError("the form never ends")


def test_going_back_from_the_sent_incident_leads_through_its_forms(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    description = f"{DESCRIPTION} {uuid4().hex}"
    service.private |= {description, EMAIL}
    page = visitor.open("ca/incident?category=functional", javascript=javascript)
    page.fill("main [name=description]", "Curt")
    page.fill("[name='contact.email']", EMAIL)
    with page.expect_navigation():
        page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.fill("main [name=description]", description)
    sent(page)
    service.private.add(page.inner_text("#access-code"))
    for _ in range(2):
        page.go_back()
        expect(page.locator("main h1")).to_be_visible()
        expect(page.locator("header .suport-header__name")).to_be_visible()
    for _ in range(_MOST_STEPS):
        if field(page, "description").is_visible():
            break
        page.go_back()
    expect(field(page, "contact.email")).to_have_value(EMAIL)


def test_going_back_to_a_wrong_message_shows_it_until_one_leaves(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    receipt = service.routed()
    page = visitor.open("ca/track", javascript=javascript)
    page.fill("[name=reference]", receipt["reference"])
    page.fill("[name=access_code]", "0000-0000-0000-0000-0000-0000-0000")
    page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.fill("[name=access_code]", receipt["access_code"])
    page.click(SEND)
    expect(page.locator("#reference")).to_have_text(receipt["reference"])
    page.go_back()  # to the wrong code, which no page repeats
    expect(field(page, "reference")).to_have_value(receipt["reference"])
    page.go_forward()

    wrong = "Encara falla. " * 400
    page.fill("[name=body]", wrong)
    page.click("form[action=reply] button")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    page.click("main a[href=track]")
    expect(page.locator("#reference")).to_have_text(receipt["reference"])
    page.go_back()
    expect(field(page, "body")).to_have_value(wrong)

    page.click("main a[href=track]")
    page.click("form[action=leave] button")
    for _ in range(2):
        with suppress(Error):  # the browser has forgotten the page and says so
            page.go_back()
    expect(field(page, "body")).to_have_count(0)  # the next person at the computer finds nothing
