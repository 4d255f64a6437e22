"""The incident's page on a phone is a conversation, in every direction of writing."""

from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.support.browser import Visitor
from tests.support.service import Service

PHONE = ViewportSize(width=360, height=640)
ARABIC = "لا أستطيع التوقيع على الطلب"
HEBREW = "אי אפשר לחתום על הבקשה"
OVERRIDE = "\N{RIGHT-TO-LEFT OVERRIDE}"
NEWEST = ".suport-history > li"
_IN_SIGHT = "each => each.getBoundingClientRect().bottom <= innerHeight && scrollY === 0"


def opened(
    visitor: Visitor, receipt: dict[str, Any], language: str = "de", *, javascript: bool = True
) -> Page:
    """The incident's page on a phone."""
    page = visitor.open(f"{language}/track", javascript=javascript, viewport=PHONE)
    page.fill("[name=reference]", receipt["reference"])
    page.fill("[name=access_code]", receipt["access_code"])
    page.click("main form button[type=submit]")
    expect(page.locator("#state")).to_be_visible()
    return page


def asked(service: Service, receipt: dict[str, Any], question: str) -> None:
    """Has an operator ask the citizen, and the incident wait for the answer."""
    content = {"by": "operator", "body": question}
    service.add_entry(
        receipt["reference"],
        entry=f"7{uuid4().int % 10**25:025}",  # after today's entries
        kind="message",
        recorded_at="2026-11-26T10:00:00.000Z",
        expires_at=4_102_444_800,
        content=content,
    )
    service.change_incident(
        receipt["reference"], status="waiting", due_at="2026-12-10T10:00:00.000Z"
    )


def test_the_question_its_end_and_the_box_are_what_a_phone_shows_first(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    receipt = service.routed(language="de")
    asked(service, receipt, "Von welcher Bank ist die Karte?")
    page = opened(visitor, receipt, javascript=javascript)
    expect(page.locator("main strong", has_text="10. Dezember 2026, 11:00 Uhr")).to_be_visible()
    question = page.locator(NEWEST).first
    expect(question).to_contain_text("Von welcher Bank ist die Karte?")
    assert question.evaluate(_IN_SIGHT)
    box = page.locator("[name=body]").bounding_box()
    assert box
    assert box["y"] < PHONE["height"]
    log = page.locator("details .suport-history")
    expect(log).to_be_hidden()
    page.click("summary")
    expect(log).to_be_visible()


def test_after_a_message_one_is_at_the_new_message(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    receipt = service.routed(language="de")
    page = opened(visitor, receipt, javascript=javascript)
    page.fill("[name=body]", "Von der Bank Colonya.")
    page.click("form[action=reply] button")
    newest = page.locator(NEWEST).first
    expect(newest).to_contain_text("Von der Bank Colonya.")
    expect(newest).to_be_focused()
    expect(newest).to_be_in_viewport(ratio=1)
    expect(page.locator("[role=alert]")).to_contain_text("Ihre Nachricht wurde gesendet.")
    page.reload()
    assert page.url.endswith(f"#{newest.get_attribute('id')}")


def test_each_line_of_a_message_runs_in_its_own_direction(
    visitor: Visitor, service: Service
) -> None:
    receipt = service.routed(language="ca")
    page = opened(visitor, receipt, "ca")
    page.fill("[name=body]", HEBREW)
    assert page.locator("[name=body]").evaluate("each => getComputedStyle(each).direction") == "rtl"
    page.fill("[name=body]", f"{ARABIC}\nNo puc signar")
    page.click("form[action=reply] button")
    words = page.locator(f"{NEWEST} .suport-words").first
    expect(words).to_have_text(f"{ARABIC}\nNo puc signar", use_inner_text=True)
    sides = words.evaluate(
        """each => [...each.firstChild.data.matchAll(/.+/g)].map((line) => {
            const range = document.createRange();
            range.setStart(each.firstChild, line.index);
            range.setEnd(each.firstChild, line.index + line[0].length);
            const [box, around] = [range, each].map((one) => one.getBoundingClientRect());
            return box.left - around.left > around.right - box.right ? "right" : "left";
        })"""
    )
    assert sides == ["right", "left"]


def test_what_was_typed_reorders_nothing_around_it(visitor: Visitor, service: Service) -> None:
    """An override that is never closed would turn the words after it around."""
    description = f"{OVERRIDE}No puc signar {uuid4().hex}"
    service.private.add(description)
    receipt = service.routed(
        description=description,
        error={"code": f"{OVERRIDE}1", "message": f"{OVERRIDE}abc"},
        procedure={"name": f"{OVERRIDE}Ajudes"},
        contact={"email": "a@example.test", "availability": f"{OVERRIDE}dimarts"},
    )
    page = opened(visitor, receipt, "ca")
    inside = page.evaluate(
        """(override) => {
            const found = [];
            const texts = document.createTreeWalker(
                document.querySelector("main"), NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {
                if (!texts.currentNode.data.includes(override)) continue;
                const holder = texts.currentNode.parentElement;
                const bidi = getComputedStyle(holder).unicodeBidi;
                if (!["isolate", "plaintext"].includes(bidi)) found.push(holder.outerHTML);
            }
            return found;
        }""",
        OVERRIDE,
    )
    assert inside == []


@pytest.mark.parametrize("language", ["de"])
def test_an_earlier_part_leads_back_to_the_newest_messages(
    visitor: Visitor, service: Service, language: str
) -> None:
    receipt = service.routed(language=language)
    for number in range(60):
        service.add_entry(
            receipt["reference"],
            entry=f"7{number:025}",
            kind="action",
            recorded_at="2026-11-26T10:00:00.000Z",
            expires_at=4_102_444_800,
            content={"action": "claimed", "by": "operator"},
        )
    page = opened(visitor, receipt, language, javascript=False)
    expect(page.locator("details .suport-history")).to_be_visible()  # nothing else is to be shown
    page.click("main a[href^='track?before=']")
    expect(page.locator(NEWEST, has_text="Sie haben das Problem gemeldet")).to_be_visible()
    page.click("main a[href=track]")
    expect(page.locator("[name=body]")).to_be_visible()
