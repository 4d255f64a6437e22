"""Nothing that an operator typed is lost: the service away, the tab closed, the session ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Visitor
from tests.support.operator_desk import messages
from tests.support.service import Service
from tests.support.web_desk import Seat, WebDesk

BEGUN = "Bon dia. Hem demanat al banc Qzrvwb"
FINISHED = f"{BEGUN} i us ho direm dijous."
NOTE = "The bank Qzrvwb answers on Thursdays."


@pytest.fixture
def reference(service: Service) -> str:
    """An incident that the payment team has."""
    service.private |= {BEGUN, FINISHED, NOTE}
    receipt: dict[str, Any] = service.routed(category="payment", error={"code": "190"})
    return str(receipt["reference"])


def claimed(desk: WebDesk, visitor: Visitor, reference: str, *, javascript: bool = True) -> Seat:
    """joan, who has just taken the incident."""
    joan = desk.seat(visitor, "joan", javascript=javascript)
    joan.open(reference)
    assert joan.send("claim") == 200
    return joan


@contextmanager
def away(visitor: Visitor, page: Page) -> Iterator[None]:
    """Has the service out of the browser's reach."""
    page.context.set_offline(True)
    yield
    page.context.set_offline(False)
    assert all("ERR_INTERNET_DISCONNECTED" in each for each in visitor.take_troubles())


def test_a_reply_outlasts_an_outage_a_closed_tab_and_another_browser(
    visitor: Visitor, service: Service, desk: WebDesk, reference: str
) -> None:
    joan = claimed(desk, visitor, reference)
    state = joan.page.locator("#draft-state")
    body = joan.page.locator("[name=body]")
    body.fill(BEGUN)
    expect(state).to_have_text("Draft saved")

    with away(visitor, joan.page):
        body.fill(FINISHED)
        joan.page.click("form[action=write] button:not([name])")
        expect(state).to_contain_text("We cannot reach the service.")
        expect(body).to_have_value(FINISHED)
    expect(state).to_have_text("Draft saved")  # by itself, once the service is back

    joan.page.fill("[name=note]", NOTE)
    joan.page.close()  # at once
    elsewhere = desk.seat(visitor, "joan", javascript=False)
    elsewhere.open(reference)
    expect(elsewhere.page.locator("[name=body]")).to_have_value(FINISHED)
    expect(elsewhere.page.locator("[name=note]")).to_have_value(NOTE)
    colleague = desk.seat(visitor, "marta", javascript=False)
    colleague.open(reference)
    assert "Qzrvwb" not in colleague.page.content()
    elsewhere.send("write")
    elsewhere.is_told("answered")
    expect(elsewhere.page.locator("[name=body]")).to_have_value("")
    expect(elsewhere.page.locator("[name=note]")).to_have_value(NOTE)
    assert messages(service, reference) == [FINISHED]


@pytest.mark.parametrize("javascript", [True, False])
def test_an_answer_that_the_service_could_not_take_is_sent_once(
    visitor: Visitor, service: Service, desk: WebDesk, reference: str, *, javascript: bool
) -> None:
    joan = claimed(desk, visitor, reference, javascript=javascript)
    joan.type("write", body=FINISHED)
    joan.page.route("**/write", lambda route: route.fulfill(status=503, body="Away."))
    assert joan.send("write") == 503
    joan.page.unroute_all()
    joan.page.go_back()
    expect(joan.page.locator("[name=body]")).to_have_value(FINISHED)
    if not javascript:
        with away(visitor, joan.page):
            joan.page.click("form[action=write] button:not([name])")
            joan.page.wait_for_url("chrome-error://**")
        joan.page.go_back()
        expect(joan.page.locator("[name=body]")).to_have_value(FINISHED)
    joan.send("write")
    joan.is_told("answered")
    assert messages(service, reference) == [FINISHED]


def test_an_answer_outlasts_the_end_of_the_session(
    visitor: Visitor, service: Service, desk: WebDesk, reference: str
) -> None:
    marta = desk.seat(visitor, "marta")
    marta.open(reference)
    marta.send("claim")
    marta.type("write", body=BEGUN)
    expect(marta.page.locator("#draft-state")).to_have_text("Draft saved")

    aina = desk.seat(visitor, "aina")
    aina.goto("sessions")
    for _ in range(aina.page.locator("li", has_text="marta").count()):
        with aina.page.expect_navigation():
            aina.page.locator("li", has_text="marta").first.locator("button").click()
        aina.is_told("ended")
    desk.forget("marta")

    assert marta.send("write", body=FINISHED) == 403
    visitor.take_troubles()  # the draft was refused
    expect(marta.page.locator("[name=body]")).to_have_value(FINISHED)
    with marta.page.context.expect_page() as other:
        marta.page.click("a[target=_blank]")
    desk.sign_in(other.value, "marta")
    assert marta.send("write") == 422  # the form of a session that has ended
    expect(marta.page.locator("[name=body]")).to_have_value(FINISHED)
    assert marta.send("write") == 200
    marta.is_told("answered")
    assert messages(service, reference) == [FINISHED]
