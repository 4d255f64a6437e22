"""Known problems on the citizens' pages, in a browser: light, and usable by everybody.

The pages are made here, with problems that nobody has opened in the deployed service, and shown at
their own addresses: stylesheet and script are the service's.
"""

import gzip
import re

import pytest
from playwright.sync_api import Browser, Page, Response, Route

from suport.domain.category import Category
from suport.domain.known_problem import LONGEST_TEXT, LONGEST_TITLE, MOST_OPEN
from suport.domain.language import Language
from suport.domain.procedures import catalogue
from suport.web.pages.help import HelpPage
from suport.web.pages.incident_form import IncidentForm
from suport.web.pages.procedures import ProceduresPage
from suport.web.rendering import Page as PageOfSite
from tests.e2e.browser.test_weight import GATEWAYS_LEVEL, MOST_BYTES
from tests.support import accessibility
from tests.support.browser import DESKTOP, NARROW, Visitor
from tests.support.known_problems import a_problem
from tests.support.page_examples import KEY, KNOWN_PROBLEMS, LINE, NOWHERE
from tests.support.service import Service

LONG_WORD = "Zahlungsplattformausfallsbenachrichtigungssystemwartungsarbeiten"
LONG = a_problem(
    titles=dict.fromkeys(Language, LONG_WORD), texts=dict.fromkeys(Language, f"{LONG_WORD}\n" * 3)
)
PAYMENT = {"category": Category.PAYMENT}
SHOWN: dict[str, PageOfSite] = {
    "help": HelpPage(procedure=NOWHERE, line=LINE, problems=(LONG, *KNOWN_PROBLEMS)),
    "incident": IncidentForm(key=KEY, fields=PAYMENT, problems=(LONG, KNOWN_PROBLEMS[1])),
    "procedures": ProceduresPage(
        query="",
        found=catalogue().procedures,
        telematic=False,
        start=0,
        sample=False,
        known=(LONG, *KNOWN_PROBLEMS),
    ),
}


@pytest.fixture
def page(chromium: Browser, service: Service) -> Page:
    page = Visitor(chromium, service.environment["API_URL"]).open()
    page.context.add_init_script(path=accessibility.AXE)
    return page


def show(page: Page, name: str) -> None:
    html = SHOWN[name].render(Language.GERMAN)

    def answer(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.route(f"**/de/{name}", answer)
    page.goto(f"de/{name}")


@pytest.mark.parametrize("name", SHOWN)
def test_everybody_can_use_them(page: Page, name: str) -> None:
    show(page, name)
    assert page.locator(".suport-problems h3").count()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert accessibility.axe(page) == [], scheme
    assert accessibility.small_targets(page) == []
    page.set_viewport_size(NARROW)
    assert accessibility.misplaced(page) == []
    page.set_viewport_size(DESKTOP)


def test_as_many_as_may_be_open_leave_the_form_light(page: Page) -> None:
    """Every problem has texts of the greatest length, in words that differ."""
    words = [f"paraula{number * 7919 % 10007}" for number in range(400)]
    problems = [
        a_problem(
            titles={Language.CATALAN: " ".join(words[start:])[:LONGEST_TITLE]},
            texts={Language.CATALAN: " ".join(words[start:])[:LONGEST_TEXT]},
        )
        for start in range(0, MOST_OPEN * 20, 20)
    ]
    form = IncidentForm(key=KEY, fields=PAYMENT, problems=problems)
    html = form.render(Language.CATALAN).encode()
    answers: list[Response] = []
    page.on("response", lambda each: answers.append(each))  # noqa: PLW0108  it is marked
    page.route("**/ca/incident", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("ca/incident", wait_until="networkidle")
    loaded = [
        each.request.sizes()["responseBodySize"]
        for each in answers
        if re.match("text/(css|javascript)", each.headers["content-type"])
    ]
    assert len(loaded) == 2
    assert sum(loaded) + len(gzip.compress(html, GATEWAYS_LEVEL)) <= MOST_BYTES
