"""What citizens keep on paper: one sheet each, black on white, with nothing to press."""

import re

import pytest
from playwright.sync_api import Page, Route

from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.web.pages.help import HelpPage
from suport.web.pages.incident import IncidentPage
from suport.web.pages.tracking import SentPage
from suport.web.rendering import Page as PageOfSite
from tests.support.browser import Visitor
from tests.support.page_examples import (
    ADDRESS,
    KEY,
    KNOWN_PROBLEMS,
    LINE,
    NOWHERE,
    RESOLVED,
    VIEW,
    WAITING,
)

CODE = "81D2-Q0XH-4Q3E-BQQY-1SYZ-1EP6-WXJD"
LONG = {"procedure": {"name": "Ajudes " * 40}, "topic": "accessibility", "answer_by": "2026-12-22"}
WRITTEN = {"kind": "message", "by": "operator", "at": "2026-11-23T12:00:00.000Z"}
MESSAGES = [WRITTEN | {"entry": f"01M{n}", "body": "Bon dia.\n" * 100} for n in range(9)]
FULL = VIEW | LONG | {"history": MESSAGES}
INCIDENTS: dict[str, PageOfSite] = {
    "just sent": IncidentPage(
        view=FULL, key=KEY, sent=True, access_code=CODE, mailed=True, address=ADDRESS
    ),
    "waiting": IncidentPage(view=WAITING | LONG | {"history": MESSAGES}, key=KEY, address=ADDRESS),
    "resolved": IncidentPage(view=RESOLVED, key=KEY, address=ADDRESS),
    "without a session": SentPage(reference=Reference("7K3M9QXA2BTC"), address=ADDRESS),
}
SHEETS = INCIDENTS | {
    "help": HelpPage(procedure={"code": "", "name": "Ajudes"}, line=LINE, problems=KNOWN_PROBLEMS),
    "help, two problems": HelpPage(procedure=NOWHERE, line=LINE, problems=KNOWN_PROBLEMS[:2]),
}


def show(visitor: Visitor, sheet: PageOfSite, language: Language) -> Page:
    """The page on paper, from a screen in the dark."""
    page = visitor.open(color_scheme="dark")
    html = sheet.render(language)

    def answer(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.route("**/de/sheet", answer)
    page.goto("de/sheet")
    page.emulate_media(media="print", color_scheme="dark")
    return page


@pytest.mark.parametrize("name", SHEETS)
def test_a_page_to_keep_is_one_sheet(visitor: Visitor, name: str) -> None:
    page = show(visitor, SHEETS[name], Language.GERMAN)
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
    for selector in ("nav", "button", "input", "textarea"):
        assert not [each for each in page.locator(selector).all() if each.is_visible()], selector
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
    assert page.locator("a[href^='tel:']:visible").count() == 3


@pytest.mark.parametrize("name", INCIDENTS)
def test_the_sheet_of_an_incident_says_how_to_come_back(visitor: Visitor, name: str) -> None:
    page = show(visitor, INCIDENTS[name], Language.ENGLISH)
    paper = page.locator("main").inner_text()
    assert VIEW["reference"] in paper.replace("-", "")
    assert f"Go to {ADDRESS} on any device." in paper
    assert "Enter the reference and the access code." in paper
    assert (CODE in paper) is (name == "just sent")
    assert page.locator(".suport-blank").is_visible() is (name != "just sent")
    page.emulate_media(media="screen")
    assert ADDRESS not in page.locator("main").inner_text()
