"""The form in a real browser, from the choice of a kind to the answers that are sent."""

from uuid import uuid4

from playwright.sync_api import Page, ViewportSize, expect

from suport.domain.category import Category
from suport.domain.incident import Topic
from suport.domain.language import Language
from suport.texts import labels
from tests.support.browser import Visitor
from tests.support.keyboard import choose, expect_page, field, follow, reach, said, send, write
from tests.support.service import Service

PHONE_SIZE = ViewportSize(width=360, height=640)
DESCRIPTION = "Die Abbuchung steht auf dem Konto, die Seite zeigt trotzdem einen Fehler."
WRITTEN = {
    "description": DESCRIPTION,
    "error.code": "0190",
    "error.message": "Operació denegada",
    "procedure.name": "Un tràmit que no és al catàleg",
    "context.step": "Pas 4",
}


def email(service: Service) -> str:
    """An address that nobody else has."""
    made = f"antonina.{uuid4().hex}@example.test"
    service.private.update({made, *WRITTEN.values()})
    return made


def values(page: Page) -> dict[str, str]:
    """What each field of the form holds, seen or unseen."""
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries([...new FormData(document.querySelector('#form'))]"
        ".map(([name, value]) => [name, value.replaceAll('\\r\\n', '\\n')]))"
    )
    return found


def fits(page: Page) -> bool:
    """Whether nobody has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_without_javascript_the_whole_form_can_be_filled_in_by_keyboard_on_a_phone(
    visitor: Visitor, service: Service
) -> None:
    german = Language.GERMAN
    page = visitor.open("de/incident", locale="de-DE", javascript=False, viewport=PHONE_SIZE)
    address = email(service)
    assert fits(page)
    choose(page, "category", "accessibility")  # changed below
    send(page, "incident", "questions")
    expect(page.locator("[name='error.code']")).to_have_count(0)
    write(page, "description", DESCRIPTION)
    follow(page, page.locator("main button[value=kind]"))
    choose(page, "category", "payment")
    send(page, "incident", "questions")
    assert fits(page)
    write(page, "error.code", "190")
    write(page, "procedure.name", "llengua proves")
    send(page, "incident", "search")
    assert fits(page)
    choose(page, "procedure.choice", "sample-02")
    write(page, "contact.email", "antonina")
    page.keyboard.press("Enter")  # checks, and does not send
    expect(page.locator(".govuk-error-summary a")).to_have_attribute("href", "#contact.email")
    write(page, "contact.email", address)
    send(page, "incident", "check")
    expect_page(page, german, "Check your answers before sending")
    assert fits(page)
    change = page.locator("main button[formaction$='#description']")
    follow(page, change)
    expect(field(page, "description")).to_have_value(DESCRIPTION)
    send(page, "incident", "check")
    follow(page, page.locator("header button[lang=en]"))
    expect_page(page, Language.ENGLISH, "Check your answers before sending")
    follow(page, page.locator("header button[lang=de]"))
    send(page, "incident")
    service.private.add(page.inner_text("#access-code"))
    incident = service.incident(page.inner_text("#reference"))
    assert (incident["category"], incident["language"]) == ("payment", "de")
    assert (incident["description"], incident["error"]) == (DESCRIPTION, {"code": "190"})
    assert incident["procedure"]["code"] == "sample-02"
    assert incident["contact"] == {"email": address}


def test_another_kind_and_another_language_keep_what_was_typed(
    visitor: Visitor, service: Service
) -> None:
    page = visitor.open("ca/incident?category=payment")
    address = email(service)
    description = f"{DESCRIPTION} {address}"
    filled_in = {**WRITTEN, "description": description, "contact.email": address}
    for name, text in filled_in.items():
        page.fill(f"main [name='{name}']", text)
    page.check("[name='context.charged'][value=yes]")
    typed = values(page)
    for language, kind, label in (
        (Language.SPANISH, "other", labels.TOPICS[Topic.OTHER]),
        (Language.GERMAN, "functional", labels.CATEGORIES[Category.FUNCTIONAL]),
        (Language.CATALAN, "payment", labels.CATEGORIES[Category.PAYMENT]),
    ):
        page.click("main button[value=kind]")
        page.check(f"[name=category][value={kind}]")
        page.click("main button[value=questions]")
        page.click(f"header button[lang={language}]")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("main form strong").first).to_have_text(said(label, language))
        expect(page.locator("[name='context.charged']:visible")).to_have_count(
            3 if kind == "payment" else 0
        )
    assert values(page) == typed
    page.click("main button[value=check]")
    page.go_back()
    assert values(page) == typed
    page.click("main button[value=check]")
    page.click("main form button:not([name])")
    page.wait_for_selector("#access-code")
    reference = page.inner_text("#reference")
    service.private.add(page.inner_text("#access-code"))
    page.go_back()  # to the answers, and sent once more
    page.click("main form button:not([name])")
    expect(page.locator("#reference")).to_have_text(reference)
    assert [each["reference"] for each in service.incidents(description)] == [reference]
    incident = service.incident(reference)
    assert incident["context"]["charged"] == "yes"
    assert incident["procedure"] == {"name": WRITTEN["procedure.name"]}


def test_procedures_are_suggested_while_their_name_is_typed(visitor: Visitor) -> None:
    page = visitor.open("es/incident?category=functional")
    name = field(page, "procedure.name")
    options = page.locator("[role=option]")
    reach(page, name)
    page.keyboard.type("familia nombrosa")  # without its accent
    expect(options).to_have_count(1)
    expect(name).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(options).to_have_attribute("aria-selected", "true")
    expect(name).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.keyboard.press("Enter")  # takes it, and does not send the form
    expect(name).to_have_value("Renovación del título de familia numerosa")
    expect(name).to_be_focused()
    assert values(page)["procedure.code"] == "sample-01"
    expect(options).to_have_count(0)
    page.keyboard.press("Control+A")
    page.keyboard.type("zzz qqq")
    expect(page.locator("[role=status]").first).to_contain_text("0")
    page.fill("main [name=description]", "El formulario no avanza.")
    page.fill("[name='contact.phone']", "971 48 17 26")
    page.click("main button[value=check]")
    sent = values(page)
    assert (sent["procedure.name"], sent["procedure.code"]) == ("zzz qqq", "")


def test_a_link_to_another_language_keeps_what_is_typed_into_other_forms(
    visitor: Visitor, service: Service
) -> None:
    page = visitor.open("ca/track")
    receipt = service.routed()
    page.fill("[name=reference]", receipt["reference"])
    page.click("header a[hreflang=es]")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(field(page, "reference")).to_have_value(receipt["reference"])
    assert page.evaluate("history.state") is None
    page.fill("[name=access_code]", receipt["access_code"])
    page.click("main form[action=track] button")
    body = f"Una línia\ni una altra {uuid4().hex}"
    service.private.add(body)
    page.fill("[name=body]", body)
    page.click("header a[hreflang=de]")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(field(page, "body")).to_have_value(body)
    page.reload()
    expect(page.locator("#reference")).to_have_text(receipt["reference"])


def test_enter_in_a_field_leads_to_the_answers_and_not_to_another_language(
    visitor: Visitor, service: Service
) -> None:
    for javascript in (False, True):
        page = visitor.open(f"en/incident?topic={Topic.OTHER}", javascript=javascript)
        page.fill("main [name=description]", "A question about opening hours.")
        page.fill("[name='contact.email']", email(service))
        page.press("[name='contact.email']", "Enter")
        expect_page(page, Language.ENGLISH, "Check your answers before sending")
        assert service.incidents("A question about opening hours.") == []
