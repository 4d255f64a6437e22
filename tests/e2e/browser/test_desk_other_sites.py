"""What other sites, open in the same browser as the desk, can make of an operator's session."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Visitor
from tests.support.service import Service
from tests.support.web_desk import Seat, WebDesk

ANOTHER_SITE = "http://localhost:9999/"
ANOTHER_PORT = "http://127.0.0.1:9999/"
"""The same site, in browsers' eyes: the session's cookie goes along."""


@pytest.fixture
def marta(visitor: Visitor, desk: WebDesk) -> Seat:
    return desk.seat(visitor, "marta")


@pytest.mark.parametrize("elsewhere", [ANOTHER_SITE, ANOTHER_PORT])
def test_a_form_of_another_site_does_nothing(
    visitor: Visitor, service: Service, marta: Seat, elsewhere: str
) -> None:
    reference = str(service.routed(category="payment", error={"code": "190"})["reference"])
    marta.goto("keys")
    token = marta.page.locator("[name=form_token]").first.input_value()  # as if it had leaked
    page = opened(marta.page, elsewhere, service, reference, token)
    with page.expect_navigation() as sent:
        page.click("button")
    assert sent.value.status == 403
    incident = service.incident(reference)
    assert (incident["status"], incident.get("claimed_by")) == ("queued", None)
    expect(page.locator("form[action='sign-out']")).to_have_count(
        0 if elsewhere == ANOTHER_SITE else 1
    )
    assert marta.open(reference) == 200  # and the operator works on
    visitor.take_troubles()


def test_a_link_of_another_site_leads_an_operator_to_the_incident(
    service: Service, marta: Seat
) -> None:
    """Such a link comes without the cookie, and the operator is signed in all the same."""
    reference = str(service.routed(category="payment", error={"code": "190"})["reference"])
    page = opened(marta.page, ANOTHER_SITE, service, reference, "")
    page.click("a")
    expect(page.locator(".desk-title")).to_contain_text(reference)
    expect(page.locator(".desk-sign-out")).to_contain_text("marta")


def opened(here: Page, url: str, service: Service, reference: str, token: str) -> Page:
    """A page of another site in the same browser, with a form to the desk and a link to it."""
    desk = f"{service.environment['API_URL']}/desk/en"
    page = here.context.new_page()
    page.route(
        url,
        lambda route: route.fulfill(
            content_type="text/html",
            body=f"""<!doctype html><title>Elsewhere</title><link rel=icon href="data:,">
<a href="{desk}/incident?reference={reference}">Look</a>
<form method="post" action="{desk}/claim">
<input name="reference" value="{reference}"><input name="form_token" value="{token}">
<button>Win a prize</button></form>""",
        ),
    )
    page.goto(url)
    return page
