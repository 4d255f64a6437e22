"""Every form and every table away, in a browser: the cases that `make test` has no time for."""

import pytest
from playwright.sync_api import expect

from suport.domain.attachment import File, MediaType, State
from suport.domain.category import Category
from suport.domain.language import Language
from suport.files.file_store import new_file_id
from suport.http.problems import about_pages, about_requests, at_desk
from suport.register.other_tables import published_forecasts, published_problems
from tests.e2e.browser import test_aws_away as away
from tests.e2e.browser.test_aws_away import (
    ANSWER,
    MESSAGE,
    WAIT,
    WRITE,
    Browsers,
    browsers,
    claimed,
    desks,
    embedded,
    fields,
    load,
    marta,
    messages,
    moto,
    outages,
    press,
    sent,
    server,
    told,
    writes_on,
)
from tests.support.accessibility import axe
from tests.support.desk_browser import DeskBrowser, Desks
from tests.support.outages import Outages

__all__ = ["browsers", "desks", "embedded", "load", "marta", "moto", "outages", "server"]

ABOUT_AN_INCIDENT = {
    "reply": {"body": MESSAGE},
    "contact-data": {"contact.email": "b@example.org"},
    "rate": {"comment": MESSAGE},
}
"""What the citizen types in the forms about an incident; the others have nothing but a button."""


@pytest.mark.parametrize(
    ("part", "layer", "language"),
    [
        ("register", "throttling", Language.SPANISH),
        ("register", "read time-out", Language.GERMAN),
        ("secret", "connect time-out", Language.ENGLISH),
    ],
)
def test_an_incident_that_was_not_recorded_or_whose_answer_was_lost_is_made_once(
    browsers: Browsers, outages: Outages, part: str, layer: str, language: Language
) -> None:
    away.test_an_incident_that_was_not_recorded_is_sent_with_one_button_and_made_once(
        browsers, outages, part, layer, language
    )


# The register away, on the pages of an incident


@pytest.mark.parametrize(
    ("form", "language"),
    [
        ("reply", Language.GERMAN),
        ("close", Language.CATALAN),
        ("contact-data", Language.SPANISH),
        ("remote-support", Language.ENGLISH),
        ("erase", Language.SPANISH),
        ("rate", Language.CATALAN),
        ("reopen", Language.GERMAN),
    ],
)
def test_a_form_about_an_incident_waits_on_its_page_until_the_register_is_back(
    browsers: Browsers,
    desks: Desks,
    outages: Outages,
    form: str,
    language: Language,
) -> None:
    name = "track" if form in {"reply", "reopen"} else form
    javascript = form not in {"close", "reopen"}
    page = browsers.open(javascript=javascript)
    reference = sent(page, language)
    if form in {"rate", "reopen"}:
        desks.register.claim(reference, "marta", Category.PAYMENT, desks.now)
        desks.register.resolve(reference, "marta", Category.PAYMENT, None, desks.now)
    with outages.of("register"):
        told(page, page.goto(f"{language}/{name}"), about_requests.not_shown(), language)
    page.reload()
    the_form = f"main form[action='{form}']"
    for field, text in ABOUT_AN_INCIDENT.get(form, {}).items():
        page.fill(f"{the_form} [name='{field}']", text)
    if form == "rate":
        page.check(f"{the_form} [value='4']", force=True)
    before, history = fields(page, the_form), len(desks.entries(reference))
    with outages.of("register", "read time-out"):
        answer = press(page, f"{the_form} button[type=submit]")
        told(page, answer, about_pages.form_not_handled(), language)
        assert dict(fields(page, the_form)).items() >= dict(before).items()
        if javascript:
            expect(page.locator("[data-module=govuk-error-summary]")).to_be_focused()
            assert axe(page) == []
    assert press(page, f"{the_form} button[type=submit]").status == 200
    assert len(desks.entries(reference)) > history
    if form == "reply":
        assert messages(desks, reference) == [MESSAGE]


# The tables that pages can do without


@pytest.mark.parametrize("table", ["known_problems", "figures"])
def test_pages_come_without_what_cannot_be_read_for_them(
    browsers: Browsers, outages: Outages, table: str
) -> None:
    page = browsers.open()
    for forget in (published_problems, published_forecasts):
        forget.cache_clear()
    with outages.of(table):
        answer = page.goto("es/help?category=payment")
        assert answer
        assert answer.status == 200
        assert sent(page, Language.SPANISH)


# The store of files away


def test_without_scripts_the_way_back_from_a_store_that_is_away_is_to_the_files(
    browsers: Browsers,
) -> None:
    page = browsers.open(javascript=False)
    sent(page, Language.CATALAN)
    page.context.route("https://*.amazonaws.com/**", lambda route: route.abort())
    page.goto("ca/files")
    page.set_input_files("#file", {"name": "a.pdf", "mimeType": "", "buffer": b"%PDF-1.7"})
    page.click("#files form button[type=submit]")
    page.wait_for_url("chrome-error://**")
    page.go_back()
    expect(page.locator("#files form")).to_be_visible()
    writes_on(page, Language.CATALAN)


def test_a_file_that_cannot_be_fetched_is_no_reason_to_leave_the_incident(
    browsers: Browsers, desks: Desks, marta: DeskBrowser, outages: Outages
) -> None:
    reference = claimed(desks, marta)
    file = File(new_file_id(), MediaType.PDF, 8, "version", desks.now)
    desks.register.add_file(reference, file, State.UNSCANNED, desks.now)
    page = browsers.open(operator=marta)
    address = f"desk/es/file?reference={reference}&id={file.id}"
    with outages.of("attachments"):
        told(page, page.goto(address), at_desk.file_not_opened(), Language.SPANISH)
        assert axe(page) == []
        assert press(page, f"main a[href='incident?reference={reference}']").status == 200


# The desk


@pytest.mark.parametrize("table", ["desk", "register"])
def test_an_answer_waits_at_the_desk_until_the_table_is_back(
    browsers: Browsers, desks: Desks, marta: DeskBrowser, outages: Outages, table: str
) -> None:
    reference = claimed(desks, marta)
    page = browsers.open(javascript=False, operator=marta)
    page.goto(f"desk/ca/incident?reference={reference}")
    page.fill("main form[action=write] [name=body]", ANSWER)
    with outages.of(table):
        told(page, press(page, WRITE), at_desk.form_not_handled(), Language.CATALAN)
        expect(page.locator("[name=body]")).to_have_value(ANSWER)
        expect(page.locator("a[href*='sign-in']")).to_have_count(0)  # nobody has signed out
    assert press(page, WRITE).status == 200
    assert messages(desks, reference) == [ANSWER]


@pytest.mark.parametrize("table", ["register", "desk"])
def test_a_script_keeps_the_operator_on_the_page_until_the_table_is_back(
    browsers: Browsers, desks: Desks, marta: DeskBrowser, outages: Outages, table: str
) -> None:
    reference = claimed(desks, marta)
    page = browsers.open(operator=marta)
    page.goto(f"desk/es/incident?reference={reference}")
    page.fill("main form[action=write] [name=body]", ANSWER)
    with outages.of(table):
        page.click(WRITE)
        state = page.locator("#draft-state")
        away_text = state.get_attribute("data-away")
        assert away_text
        expect(state).to_contain_text(away_text, timeout=WAIT)
        expect(page.locator("[name=body]")).to_have_value(ANSWER)
        assert axe(page) == []
    assert press(page, WRITE).status == 200
    assert messages(desks, reference) == [ANSWER]
