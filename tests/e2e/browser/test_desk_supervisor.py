"""A supervisor in a narrow browser, without script and with nothing but the keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from suport.domain.category import Category
from suport.domain.operator_identity import Role
from suport.domain.owed_mail import SetAside
from suport.web.desk.session_cookie import COOKIE
from tests.functions.conftest import aws_in_this_process, embedded, figures, load
from tests.support import accessibility
from tests.support.desk_browser import Desks, desks
from tests.support.desk_server import DeskServer
from tests.support.figures import RegisterAndFigures
from tests.support.gateway import Load
from tests.support.keyboard import follow, reach

__all__ = ["desks", "embedded", "figures", "load"]

TELEPHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def moto() -> Iterator[dict[str, str]]:
    """AWS in this process; the other tests beside these need the service's own."""
    with aws_in_this_process() as environment:
        yield environment


@pytest.fixture(autouse=True)
def beside_figures(figures: RegisterAndFigures) -> RegisterAndFigures:
    """The table of the figures, before the desk's own comes beside it."""
    return figures


@pytest.fixture
def server(desks: Desks, load: Load) -> Iterator[DeskServer]:
    made = DeskServer(desks, load)
    with made.running():
        yield made


@pytest.fixture
def page(chromium: Browser, server: DeskServer, desks: Desks) -> Iterator[Page]:
    token = desks.signed_in("aina", roles=[Role.SUPERVISOR]).token or ""
    context = chromium.new_context(
        base_url=server.url, locale="de", java_script_enabled=False, viewport=TELEPHONE
    )
    secure = server.url.replace("http:", "https:")
    context.add_cookies([{"name": COOKIE, "value": token, "url": secure, "secure": True}])
    yield context.new_page()
    context.close()


def test_a_supervisor_reassigns_by_keyboard_on_a_telephone_without_script(
    desks: Desks, page: Page
) -> None:
    """From a number in the page of all teams to the incident's new operator."""
    marta, joan = (desks.signed_in(name, Category.PAYMENT) for name in ("marta", "joan"))
    reference, left = desks.submitted(), desks.submitted()
    for each in (reference, left):
        marta.post("claim", {"reference": each})
    desks.register.set_mail_aside(reference, "incident", SetAside.NOT_SENT, desks.now)
    page.goto("desk/ca/teams")
    assert accessibility.misplaced(page) == []
    follow(page, page.locator("a[href='team?team=payment&operator=marta']"))
    assert accessibility.misplaced(page) == []
    row = page.locator(".desk-list tbody tr", has_text=reference)
    expect(row).to_contain_text("Correu no enviat")
    reach(page, row.get_by_label(reference))
    page.keyboard.press("Space")
    reach(page, page.locator("#to"))
    page.keyboard.type("joan")
    reach(page, page.locator("#reason"))
    page.keyboard.type("Na Marta és de baixa.")
    desks.register.take_over(reference, "pau", Category.PAYMENT, "Torn", desks.now)
    reassign = page.get_by_role("button", name="Reassignar")
    follow(page, reassign)
    follow(page, page.locator(".govuk-error-summary a", has_text="mentrestant la té pau"))
    assert accessibility.misplaced(page) == []
    expect(page.get_by_label(reference)).to_be_checked()
    expect(page.locator("#reason")).to_have_value("Na Marta és de baixa.")
    follow(page, reassign)
    expect(page.locator("#done")).to_have_text("Les incidències s'han reassignat.")
    assert desks.incident(reference).claimed_by == "joan"
    assert desks.incident(left).claimed_by == "marta"
    assert "Na Marta és de baixa." in joan.open(reference).page.text
