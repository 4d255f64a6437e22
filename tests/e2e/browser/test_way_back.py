"""A citizen finds the way back to the incident, in a real browser."""

import re
import secrets
from uuid import uuid4

from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.support.browser import Visitor
from tests.support.mails import sent
from tests.support.patience import await_truth
from tests.support.service import Service

PHONE = ViewportSize(width=360, height=640)
CODE = re.compile(r"(?:[0-9A-Z]{4}-){6}[0-9A-Z]{4}")


def send_incident(page: Page, service: Service, **fields: str) -> str:
    """Sends a form from the page that is open; returns the citizen's address."""
    email = f"aina.{uuid4().hex}@example.test"
    typed = {
        "category": "functional",
        "description": f"No puc annexar el document ({uuid4().hex})",
        "contact.email": email,
        "idempotency_key": secrets.token_urlsafe(),
    } | fields
    service.private.update({email, typed["description"]})
    page.evaluate(
        """fields => {
            const form = document.createElement("form");
            form.method = "post";
            form.action = "incident";
            for (const [name, value] of Object.entries(fields)) {
                const input = document.createElement("input");
                input.name = name;
                input.value = value;
                form.append(input);
            }
            document.body.append(form);
            form.submit();
        }""",
        typed,
    )
    page.wait_for_url("**/track?sent=*")
    return email


def shown_code(page: Page, service: Service) -> str:
    """The access code on the page."""
    expect(page.locator("#access-code")).to_have_text(CODE)
    code = page.inner_text("#access-code")
    service.private.add(code)
    return code


def mailed_code(service: Service, email: str, than: str = "") -> str:
    """The access code in the latest mail to that address, once it is another one."""

    def codes() -> list[str]:
        mails = [each for each in sent(service) if email in str(each)]
        found = [CODE.findall(str(each["BodyText"])) for each in mails]
        return [each[0] for each in found if each and each[0] != than]

    await_truth(lambda: bool(codes()))
    code = codes()[-1]
    service.private.add(code)
    return code


def open_by_code(page: Page, reference: str, code: str) -> None:
    page.goto("ca/track")
    page.fill("[name=reference]", reference)
    page.fill("[name=access_code]", code)
    page.click("main form button[type=submit]")


def test_the_code_is_there_after_a_reload_another_language_and_back_until_it_is_noted(
    visitor: Visitor, service: Service
) -> None:
    page = visitor.open("ca/help", viewport=PHONE)
    email = send_incident(page, service)
    code = shown_code(page, service)
    assert "#" not in page.url
    assert f"{email[0]}…@example.test" in page.inner_text("main")
    page.reload()
    assert shown_code(page, service) == code
    page.click("a[hreflang=de]")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert shown_code(page, service) == code
    page.click("main a[href='contact-data']")
    page.go_back()
    assert shown_code(page, service) == code
    page.click("button[name=noted]")
    expect(page.locator("#reference")).to_be_visible()
    expect(page.locator("#access-code")).to_have_count(0)


def test_a_browser_that_refuses_cookies_shows_reference_and_code(
    visitor: Visitor, service: Service
) -> None:
    def without_cookie(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        page.context.clear_cookies()  # that of this answer, too
        kept = {name: each for name, each in answer.headers.items() if name != "set-cookie"}
        route.fulfill(response=answer, headers=kept)

    page = visitor.open("ca/help")
    page.route("**/ca/incident", without_cookie)
    send_incident(page, service)
    expect(page.locator("h1")).to_have_text("Hem rebut la vostra incidència")
    reference, code = page.inner_text("#reference"), shown_code(page, service)
    assert "#" not in page.url
    page.click("a[hreflang=es]")  # the code goes along
    expect(page.locator("html")).to_have_attribute("lang", "es")
    assert (page.inner_text("#reference"), shown_code(page, service)) == (reference, code)
    assert "#" not in page.url
    expect(page.locator("#access_code")).to_have_value(code)
    page.click("form[action=track] button[type=submit]")
    expect(page.locator("#state")).to_be_visible()


def test_the_page_of_one_incident_never_shows_another_one_sent_in_a_second_tab(
    visitor: Visitor, service: Service
) -> None:
    page = visitor.open("ca/help")
    send_incident(page, service)
    first, code = page.inner_text("#reference"), shown_code(page, service)
    other = page.context.new_page()
    other.goto("ca/help")
    send_incident(other, service)
    second_code = shown_code(other, service)
    page.reload()
    expect(page.locator("#reference")).to_have_text(first)
    assert second_code not in page.inner_text("main")
    page.fill("[name=access_code]", code)
    page.click("form[action=track] button[type=submit]")
    expect(page.locator("#state")).to_be_visible()
    expect(page.locator("#reference")).to_have_text(first)


def test_a_citizen_who_has_lost_the_code_gets_a_new_one_by_mail(
    visitor: Visitor, service: Service
) -> None:
    email = f"aina.{uuid4().hex}@example.test"
    service.private.add(email)
    receipt = service.submitted(contact={"email": email})
    lost = mailed_code(service, email)
    page = visitor.open("ca/track", javascript=False, viewport=PHONE)
    page.click("main a[href$='lost-code']")
    page.fill("[name=reference]", receipt["reference"].lower())
    page.fill("[name=reached_at]", f" {email} ")
    page.click("main form button[type=submit]")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    new = mailed_code(service, email, than=lost)
    open_by_code(page, receipt["reference"], lost)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    open_by_code(page, receipt["reference"], new)
    expect(page.locator("#reference")).to_have_text(receipt["reference"])


def test_a_wrong_address_is_corrected_right_after_sending_and_later_confirmed_by_mail(
    visitor: Visitor, service: Service
) -> None:
    page = visitor.open("ca/help")
    wrong = send_incident(page, service)
    reference, first = page.inner_text("#reference"), shown_code(page, service)
    page.click("main a[href='contact-data']")
    expect(page.locator("[name='contact.email']")).to_have_value(wrong)
    right = f"aina.right.{uuid4().hex}@example.test"
    service.private.add(right)
    page.fill("[name='contact.email']", right)
    page.click("form[action='contact-data'] button[type=submit]")
    assert shown_code(page, service) != first
    code = mailed_code(service, right)

    elsewhere = visitor.open()
    open_by_code(elsewhere, reference, code)
    elsewhere.click("main a[href='contact-data']")
    expect(elsewhere.locator("[name='contact.email']")).to_have_value("")
    third = f"aina.third.{uuid4().hex}@example.test"
    service.private.add(third)
    elsewhere.fill("[name='contact.email']", third)
    elsewhere.context.clear_cookies()  # as after half an hour; what was typed is kept
    elsewhere.click("form[action='contact-data'] button[type=submit]")
    elsewhere.fill("#access_code", code)
    elsewhere.press("#access_code", "Enter")
    await_truth(lambda: bool(confirmations(service, right)))
    (confirmation,) = confirmations(service, right)
    elsewhere.fill("[name=confirmation]", confirmation)
    elsewhere.press("[name=confirmation]", "Enter")
    expect(elsewhere.locator("#reference")).to_have_text(reference)
    assert mailed_code(service, third) != code


def confirmations(service: Service, email: str) -> list[str]:
    """The confirmation codes that were mailed to that address."""
    mails = [each["BodyText"] for each in sent(service) if email in str(each)]
    return [code for text in mails for code in re.findall(r": ([0-9A-Z]{4}-[0-9A-Z]{4})\n", text)]
