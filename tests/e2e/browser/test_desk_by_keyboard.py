"""A whole day's work at the desk: with nothing but the keyboard, and without any script."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Visitor
from tests.support.desk_logins import password_of
from tests.support.keyboard import follow, reach
from tests.support.operator_desk import messages
from tests.support.service import Service
from tests.support.web_desk import Seat, WebDesk

ANSWER = "Guten Tag. Die Anmeldung geht wieder, sagt Qzrvwb."
NOTE = "Qzrvwb knows this error."
WHY = "They know it better, says Qzrvwb."


@pytest.fixture
def reference(service: Service) -> str:
    """The only incident that waits for the team of functional doubts."""
    service.private |= {ANSWER, NOTE, WHY}
    service.settle()
    receipt: dict[str, Any] = service.submitted(language="de")
    service.await_status(receipt["reference"], "queued")
    return str(receipt["reference"])


class Hands:
    """An operator who has a keyboard and nothing else."""

    def __init__(self, page: Page, service: Service, reference: str) -> None:
        self.page = page
        self.keys = page.keyboard
        self.service = service
        self.reference = reference
        self.seat = Seat("neus", page, "en")

    def press(self, key: str) -> None:
        """Presses a key that leads to another page."""
        with self.page.expect_navigation():
            self.keys.press(key)

    def sign_in(self) -> None:
        expect(self.page.locator("[name=username]")).to_be_focused()
        self.keys.type("neus")
        self.keys.press("Tab")
        self.keys.type(password_of(self.service, "neus"))
        self.keys.press("Enter")
        expect(self.page.locator(".desk-sign-out")).to_contain_text("neus")
        self.page.wait_for_load_state()  # the keys are there with the script

    def look_up_the_keys(self) -> None:
        self.keys.press("?")
        expect(self.page.locator("#keys-help")).to_be_visible()
        expect(self.page.locator("#keys-help-title")).to_be_focused()
        self.keys.press("n")  # no key works behind the dialog
        self.keys.press("Escape")
        expect(self.page.locator("#keys-help")).to_be_hidden()
        assert self.service.incident(self.reference)["status"] == "queued"

    def take_it_and_open_it_from_the_list(self) -> None:
        self.press("n")
        while self.seat.reference != self.reference:  # an earlier test may have left another
            self.press("g")
            self.press("n")
        expect(self.page.locator("#with")).to_contain_text("You have this incident.")
        self.press("g")
        follow(self.page, self.page.locator(".desk-tabs a").first)
        row = self.page.locator("[data-row]", has_text=self.reference)
        for _ in self.page.locator("[data-row]").all():
            self.keys.press("j")
            if row.evaluate("each => each.contains(document.activeElement)"):
                break
        self.press("Enter")
        assert self.seat.reference == self.reference

    def answer(self) -> None:
        body = self.page.locator("[name=body]")
        self.keys.press("r")
        expect(body).to_be_focused()
        self.keys.type(ANSWER)  # with its n, s and g
        self.keys.press("Escape")
        self.keys.press("q")
        expect(self.page.locator("#kind-question")).to_be_checked()
        self.keys.press("a")
        expect(self.page.locator("#kind-answer")).to_be_checked()
        self.press("p")
        expect(self.page.locator(".desk-preview")).to_contain_text(ANSWER)
        self.press("e")
        expect(body).to_have_value(ANSWER)
        expect(body).to_be_focused()
        self.keys.press("Escape")
        self.press("p")
        self.press("s")
        self.seat.is_told("answered")
        assert messages(self.service, self.reference) == [ANSWER]

    def note_and_pass_on(self) -> None:
        page = self.page
        self.keys.press("m")
        expect(page.locator("[name=note]")).to_be_focused()
        self.keys.type(NOTE)
        follow(page, page.locator("form[action=note] button"))
        expect(page.locator("#talk > li").first).to_contain_text(NOTE)
        self.keys.press("t")
        expect(page.locator("#transfer [name=to]").first).to_be_focused()
        self.keys.press("Space")
        self.keys.press("Tab")
        self.keys.type(WHY)
        follow(page, page.locator("form[action=transfer] button"))
        self.seat.is_told("transferred")

    def switch_the_keys_off_and_on(self) -> None:
        page = self.page
        follow(page, page.locator("nav a[href=keys]"))
        follow(page, page.locator("form[action=keys] button"))
        self.seat.is_told("keys-off")
        here = page.url
        for key in ("?", "g", "n"):
            self.keys.press(key)
        page.wait_for_timeout(200)
        expect(page.locator("dialog[open]")).to_have_count(0)
        assert page.url == here
        follow(page, page.locator("form[action=keys] button"))
        self.press("g")

    def sign_out(self) -> None:
        reach(self.page, self.page.locator(".desk-sign-out button"))
        self.keys.press("Enter")
        self.page.wait_for_url("**/desk/signed-out*")
        self.page.goto("desk/en/list")
        expect(self.page.locator("[name=password]")).to_be_visible()


def test_an_operator_needs_nothing_but_the_keyboard(
    visitor: Visitor, service: Service, reference: str
) -> None:
    neus = Hands(visitor.open("desk/en/list", locale="en"), service, reference)
    neus.sign_in()
    neus.look_up_the_keys()
    neus.take_it_and_open_it_from_the_list()
    neus.answer()
    neus.note_and_pass_on()
    neus.switch_the_keys_off_and_on()
    neus.sign_out()


def test_an_operator_needs_no_script(visitor: Visitor, service: Service, desk: WebDesk) -> None:
    service.private |= {ANSWER, NOTE, WHY}
    service.settle()
    receipt = service.submitted(category="signature", language="de")
    reference = str(receipt["reference"])
    service.await_status(reference, "queued")
    desk.forget("toni")
    toni = desk.seat(visitor, "toni", javascript=False)  # who is in two teams
    toni.take_next(reference, "signature")

    with toni.page.expect_navigation():
        toni.page.locator("button[value^='insert:']").first.click()
    filled = toni.page.input_value("[name=body]")
    assert len(filled) > 20
    assert toni.send("write", "preview", body=ANSWER) == 200
    expect(toni.page.locator(".desk-preview")).to_contain_text(ANSWER)
    assert toni.send("write", "change") == 200
    assert toni.send("write", "draft", body=f"{ANSWER} {ANSWER}") == 200
    expect(toni.page.locator("[name=body]")).to_have_value(f"{ANSWER} {ANSWER}")
    assert toni.send("write", body=ANSWER) == 200
    toni.is_told("answered")
    assert messages(service, reference) == [ANSWER]

    toni.send("note", note=NOTE)
    expect(toni.page.locator("#talk > li").first).to_contain_text(NOTE)
    toni.send("transfer", to="team:functional", reason=WHY)
    toni.is_told("transferred")
    toni.page.click(".desk-sign-out button")
    toni.page.wait_for_url("**/desk/signed-out*")
    desk.forget("toni")
    toni.goto("list")
    expect(toni.page.locator("[name=password]")).to_be_visible()
