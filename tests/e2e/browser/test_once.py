"""The service records a form once and keeps its text, whatever happens on the way.

Citizens are impatient, networks lose answers, sessions end, and other sites forge forms.
"""

import http.server
import re
import threading
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.support.browser import Visitor
from tests.support.keyboard import field
from tests.support.service import Service

EMAIL = "gori.xkwpzv@example.test"
PHONE = "+34 971 39 46 57"
CHECK = "main form[action^='incident?'] button[value=check]"
SEND = "main form[action^='incident?'] button:not([name])"
WITHOUT_AND_WITH = pytest.mark.parametrize(
    "javascript", [False, True], ids=["without JavaScript", "with JavaScript"]
)


def unique(service: Service, text: str) -> str:
    """The text made unique; it belongs to the citizen alone."""
    made = f"{text} ({uuid4().hex})"
    service.private.update({made, EMAIL, PHONE})
    return made


def form_filled_in(page: Page, service: Service) -> str:
    """Fills in the open form; returns its description, which no other incident has."""
    description = unique(service, "El botó d'enviar no respon")
    page.fill("main [name=description]", description)
    page.fill("[name='contact.email']", EMAIL)
    return description


def form_to_send(page: Page, service: Service) -> str:
    """Fills in the open form, up to the page with all answers; returns its description."""
    description = form_filled_in(page, service)
    page.click(CHECK)
    expect(page.locator("main dl")).to_contain_text(description)
    return description


def expect_recorded_once(page: Page, service: Service, description: str) -> None:
    """Fails unless the page shows the only incident with it, and the team got one message."""
    reference = page.inner_text("#reference")
    assert [each["reference"] for each in service.incidents(description)] == [reference]
    service.settle()
    assert len(service.inbox.of(reference)) == 1


def expect_access_code(page: Page, service: Service) -> None:
    """Fails unless the page shows the access code, which it does only once."""
    expect(page.locator("#access-code")).to_be_visible()
    service.private.add(page.inner_text("#access-code"))


def messages(service: Service, reference: str) -> list[str]:
    """The bodies of the citizen's messages, as the register has them."""
    return [
        str(item["content"]["body"])
        for item in service.items(reference)
        if item["kind"] == "message"
    ]


def typed(page: Page) -> dict[str, str]:
    """The values of the page's form, except those that the page itself put there."""
    values: dict[str, str] = page.eval_on_selector(
        "main form[action^='incident?']", "form => Object.fromEntries(new FormData(form))"
    )
    return {
        name.removeprefix("kept."): value
        for name, value in values.items()
        if name not in {"idempotency_key", "privacy_notice"}
    }


def opened(page: Page, receipt: Mapping[str, Any]) -> Page:
    """The incident's page; a request beside the page sends reference and access code first."""
    key = {name: receipt[name] for name in ("reference", "access_code")}
    page.context.request.post("ca/track", form=key, max_redirects=0)
    page.goto("ca/track")
    expect(page.locator("#reference")).to_have_text(receipt["reference"])
    return page


def opened_in_another_tab(page: Page, receipt: Mapping[str, Any]) -> None:
    """Leaves the open incident in another tab, and opens this one there."""
    other = page.context.new_page()
    other.goto("ca/track")
    other.click("form[action=leave] button")
    opened(other, receipt)


@WITHOUT_AND_WITH
def test_a_double_click_records_one_incident(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    page = visitor.open("ca/incident?category=functional", javascript=javascript)
    description = form_to_send(page, service)
    posts: list[Request] = []
    page.on("request", lambda each: posts.append(each) if each.method == "POST" else None)
    page.dblclick(SEND, delay=40)
    expect_access_code(page, service)
    expect_recorded_once(page, service, description)
    # Without JavaScript the browser sends the second click as well, unless the answer was faster.
    assert len(posts) in ({1} if javascript else {1, 2})


def test_reloading_the_confirmation_records_nothing_twice(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    page = visitor.open("ca/incident?category=functional", javascript=javascript)
    description = form_to_send(page, service)
    page.click(SEND)
    expect_access_code(page, service)
    page.reload()
    expect_recorded_once(page, service, description)


def test_reloading_a_page_with_mistakes_keeps_its_key_and_fields(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    page = visitor.open("ca/incident?category=payment", javascript=javascript)
    description = form_filled_in(page, service)
    page.click(CHECK)  # the error is missing
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    key = field(page, "idempotency_key").input_value()
    kept = typed(page)
    page.reload()  # the browser sends the form again
    assert (field(page, "idempotency_key").input_value(), typed(page)) == (key, kept)
    page.fill("[name='error.code']", "190")
    page.click(CHECK)
    page.click(SEND)
    expect_recorded_once(page, service, description)


def test_going_back_and_sending_again_leads_to_the_same_incident(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    page = visitor.open(javascript=javascript)
    page.goto("ca/incident?category=functional")
    description = form_to_send(page, service)
    page.click(SEND)
    reference = page.inner_text("#reference")
    expect_access_code(page, service)
    page.go_back()
    expect(field(page, "description")).to_have_value(description)
    page.click(SEND)
    expect(page.locator("#reference")).to_have_text(reference)
    expect_recorded_once(page, service, description)


def test_going_back_after_an_error_look_up_leads_to_the_same_incident(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    page = visitor.open(javascript=javascript)
    page.goto("ca/help?category=payment")
    page.fill("[name=error]", "190")
    page.click("form[action=help] button")
    expect(page.locator("form[action=incident] button")).to_be_visible()
    found = page.title()
    page.click("form[action=incident] button")
    expect(field(page, "description")).to_be_visible()
    page.go_back()
    expect(page).to_have_title(found)
    page.click("form[action=incident] button")
    description = form_to_send(page, service)
    page.click(SEND)
    reference = page.inner_text("#reference")
    expect_access_code(page, service)
    page.go_back()
    expect(field(page, "description")).to_have_value(description)
    page.click(SEND)
    expect(page.locator("#reference")).to_have_text(reference)
    expect_recorded_once(page, service, description)


def test_a_changed_form_comes_back_once_before_it_becomes_a_second_incident(
    visitor: Visitor, service: Service
) -> None:
    page = visitor.open()
    page.goto("ca/incident?category=functional")
    description = form_to_send(page, service)
    page.click(SEND)
    expect_access_code(page, service)
    first = page.inner_text("#reference")
    page.go_back()
    page.go_back()
    changed = unique(service, "Una altra cosa")
    page.fill("main [name=description]", changed)
    page.click(CHECK)
    page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(field(page, "description")).to_have_value(changed)
    assert (len(service.incidents(description)), len(service.incidents(changed))) == (1, 0)
    page.click(CHECK)
    page.click(SEND)
    expect(page.locator("#reference")).not_to_have_text(first)
    expect_access_code(page, service)
    expect_recorded_once(page, service, changed)


@pytest.mark.parametrize("then", ["back", "reload"])
def test_a_lost_answer_loses_and_doubles_nothing(
    visitor: Visitor, service: Service, then: str, *, javascript: bool
) -> None:
    page = visitor.open(javascript=javascript)
    page.goto("ca/incident?category=functional")
    description = form_to_send(page, service)

    def lose(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        assert answer.status == 303
        page.context.clear_cookies()  # the answer set them
        route.abort("connectionreset")

    page.route("**/ca/incident?*", lose)
    failed = page.expect_event("framenavigated", lambda frame: frame.url.startswith("chrome-error"))
    with failed:
        page.click(SEND, no_wait_after=True)
    page.unroute_all()
    assert len(service.incidents(description)) == 1
    if then == "reload":
        page.reload()  # the browser sends the form again
    else:
        page.go_back()  # the page of the failure has taken the place of that with the answers
        expect(field(page, "description")).to_have_value(description)
        page.click(CHECK)
        page.click(SEND)
    expect_access_code(page, service)
    expect_recorded_once(page, service, description)


def test_a_double_click_records_one_message(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    receipt = service.routed()
    page = opened(visitor.open(javascript=javascript), receipt)
    body = unique(service, "Encara no funciona")
    page.fill("[name=body]", body)
    page.dblclick("form[action=reply] button")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    assert messages(service, receipt["reference"]) == [body]
    page.reload()
    assert messages(service, receipt["reference"]) == [body]


def test_a_message_survives_the_end_of_the_session(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    receipt = service.routed()
    page = opened(visitor.open(javascript=javascript), receipt)
    body = unique(service, "Una línia\ni una altra: l·l, «ç» & <b>")
    page.fill("[name=body]", body)
    page.context.clear_cookies()
    page.click("form[action=reply] button")
    expect(field(page, "body")).to_have_value(body)
    assert messages(service, receipt["reference"]) == []
    page.fill("[name=reference]", receipt["reference"])
    page.fill("[name=access_code]", "0000-0000-0000-0000-0000-0000-0000")
    page.click("main form button[type=submit]")
    expect(field(page, "body")).to_have_value(body)
    page.fill("[name=access_code]", receipt["access_code"])
    page.dblclick("main form button[type=submit]")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    expect(page.locator(".suport-history li").first).to_contain_text(body)
    assert messages(service, receipt["reference"]) == [body]


def test_a_message_reaches_its_own_incident_although_another_one_is_open(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    first, second = service.routed(), service.routed()
    page = opened(visitor.open(javascript=javascript), first)
    opened_in_another_tab(page, second)
    body = unique(service, "Això és de la primera pestanya")
    page.fill("[name=body]", body)
    page.click("form[action=reply] button")
    expect(field(page, "body")).to_have_value(body)
    expect(field(page, "reference")).to_have_value(first["reference"])
    assert [messages(service, each["reference"]) for each in (first, second)] == [[], []]
    page.fill("[name=access_code]", first["access_code"])
    page.click("main form button[type=submit]")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    assert [messages(service, each["reference"]) for each in (first, second)] == [[body], []]


def test_no_consent_is_recorded_if_another_tab_has_opened_another_incident(
    visitor: Visitor, service: Service
) -> None:
    first, second = service.routed(), service.routed()
    page = opened(visitor.open(), first)
    page.goto("ca/remote-support")
    opened_in_another_tab(page, second)
    page.click("main form:has([name=scope][value=view]) button")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(field(page, "reference")).to_have_value(first["reference"])
    kinds = {item["kind"] for each in (first, second) for item in service.items(each["reference"])}
    assert "consent" not in kinds


def test_a_message_in_a_refused_form_can_be_sent_from_the_page_that_comes_back(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    receipt = service.routed()
    page = opened(visitor.open(javascript=javascript), receipt)
    body = unique(service, "Una línia\ni una altra: l·l, «ç» & <b>")
    page.fill("[name=body]", body)
    page.locator("form[action=reply]").evaluate(
        """form => form.append(...Array.from({ length: 81 }, (_, number) => Object.assign(
            document.createElement("input"), { type: "hidden", name: `extra${number}`, value: "x" }
        )))"""
    )
    page.click("form[action=reply] button")
    expect(page.locator("main h1")).not_to_have_text("La vostra incidència")
    expect(field(page, "body")).to_have_value(body)
    assert messages(service, receipt["reference"]) == []
    page.eval_on_selector_all("[name^=extra]", "extra => extra.forEach((each) => each.remove())")
    page.click("form[action=reply] button")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    assert messages(service, receipt["reference"]) == [body]


def test_opening_the_address_of_a_form_leads_to_the_incident(
    visitor: Visitor, service: Service
) -> None:
    receipt = service.routed()
    page = opened(visitor.open(), receipt)
    for path in ("reply", "reopen"):
        page.goto(f"ca/{path}")
        expect(page.locator("#reference")).to_have_text(receipt["reference"])


def test_a_help_address_with_extra_parts_gets_a_styled_page_that_leads_to_help(
    visitor: Visitor,
) -> None:
    for path in ("es/help/", "es/help/x/y"):
        page = visitor.open(path)
        assert page.evaluate("document.styleSheets.length") == 1
        page.click("main a")
        expect(page).to_have_title(re.compile("^Ayuda"))
        assert page.url.endswith("/es/help")


def test_a_message_that_is_too_long_survives_the_end_of_the_session(
    visitor: Visitor, service: Service
) -> None:
    receipt = service.routed()
    page = opened(visitor.open(), receipt)
    body = unique(service, "Massa llarg" + "!" * 4000)
    page.fill("[name=body]", body)
    page.context.clear_cookies()
    page.click("form[action=reply] button")
    page.fill("[name=reference]", receipt["reference"])
    page.fill("[name=access_code]", receipt["access_code"])
    page.click("main form button[type=submit]")
    expect(page.locator(".govuk-error-summary a")).to_have_attribute("href", "#body")
    expect(field(page, "body")).to_have_value(body)
    expect(field(page, "body")).to_have_attribute("aria-describedby", "body-error")
    page.fill("[name=body]", body[:100])
    page.fill("[name=access_code]", receipt["access_code"])
    page.click("main form button[type=submit]")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    assert messages(service, receipt["reference"]) == [body[:100]]


@pytest.mark.parametrize(
    "outdated",
    [{"idempotency_key": ""}, {"privacy_notice": "2020-01-01"}],
    ids=["without a key", "under another notice"],
)
def test_an_outdated_form_comes_back_complete_and_is_taken_the_second_time(
    visitor: Visitor, service: Service, outdated: dict[str, str], *, javascript: bool
) -> None:
    path = "ca/incident?category=payment&procedure.code=sample-02"
    page = visitor.open(path, javascript=javascript)
    description = form_filled_in(page, service)
    page.fill("[name='contact.phone']", PHONE)
    page.fill("[name='error.message']", "Primera línia\nsegona <línia>")
    page.check("[name='context.charged'][value=unknown]")
    page.click(CHECK)
    for name, value in outdated.items():
        field(page, name).evaluate("(element, value) => { element.value = value }", value)
    before = typed(page)
    page.click(SEND)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert typed(page) == before
    assert service.incidents(description) == []
    page.click(CHECK)
    page.click(SEND)
    expect_access_code(page, service)
    expect_recorded_once(page, service, description)


def test_a_message_without_its_key_comes_back_and_is_taken_the_second_time(
    visitor: Visitor, service: Service, *, javascript: bool
) -> None:
    receipt = service.routed()
    page = opened(visitor.open(javascript=javascript), receipt)
    body = unique(service, "Encara no funciona")
    page.fill("[name=body]", body)
    field(page, "idempotency_key").evaluate("element => { element.value = '' }")
    page.click("form[action=reply] button")
    expect(field(page, "body")).to_have_value(body)
    assert messages(service, receipt["reference"]) == []
    page.click("form[action=reply] button")
    expect(page.locator(".govuk-notification-banner")).to_be_visible()
    assert messages(service, receipt["reference"]) == [body]


def expect_opened_without_a_trace(page: Page, receipt: Mapping[str, Any]) -> None:
    """Fails unless the incident is open and no address in the browser's history has the code."""
    expect(page.locator("#reference")).to_have_text(receipt["reference"])
    visited = page.context.new_cdp_session(page).send("Page.getNavigationHistory")["entries"]
    addresses = [entry["url"] for entry in visited] + [page.url]
    assert [each for each in addresses if receipt["access_code"] in each or "#" in each] == []


def linked(receipt: Mapping[str, Any]) -> str:
    return f"ca/track#{receipt['reference']}.{receipt['access_code']}"


def test_a_link_with_the_code_opens_the_incident(visitor: Visitor, service: Service) -> None:
    receipt = service.submitted()
    expect_opened_without_a_trace(visitor.open(linked(receipt)), receipt)


def test_a_link_opens_its_incident_although_another_one_is_open(
    visitor: Visitor, service: Service
) -> None:
    receipt = service.submitted()
    page = opened(visitor.open(), service.submitted())
    page.goto("ca/help")
    page.goto(linked(receipt))
    expect_opened_without_a_trace(page, receipt)


@pytest.mark.parametrize("another_is_open", [False, True])
def test_a_link_opens_its_incident_from_the_tracking_page_itself(
    visitor: Visitor, service: Service, *, another_is_open: bool
) -> None:
    receipt = service.submitted()
    page = visitor.open("ca/track")
    if another_is_open:
        opened(page, service.submitted())
    page.goto(linked(receipt))  # only the fragment changes: the page is not loaded again
    expect_opened_without_a_trace(page, receipt)


TAILS = [".", ">", ")", "%3E", "&sa=D&source=gmail", "%2520", " ,", "%", "/?utm=x"]


def test_a_link_opens_its_incident_whatever_a_mail_program_made_of_it(
    visitor: Visitor, service: Service
) -> None:
    receipt = service.submitted()
    key = f"{receipt['reference']}.{receipt['access_code']}"
    encoded = key.replace(".", "%2E").replace("-", "%2D")
    links = [*(f"{key}{tail}" for tail in TAILS), key.lower(), encoded, encoded.replace("%", "%25")]
    page = visitor.open("ca/track")
    for link in links:
        page.context.clear_cookies()
        page.goto("about:blank")  # from the page itself, only the fragment would change
        page.goto(f"ca/track#{link}")
        expect_opened_without_a_trace(page, receipt)


@pytest.mark.parametrize("page_name", ["ca/track", "ca/help"])
def test_a_link_that_cannot_be_read_leaves_no_code_in_the_address(
    visitor: Visitor, service: Service, page_name: str
) -> None:
    receipt = service.submitted()
    page = visitor.open(f"{page_name}#{receipt['reference']}.{receipt['access_code'][:-3]}&%E0")
    expect(page).to_have_url(re.compile(f"/{page_name}$"))
    if page_name == "ca/track":
        expect(field(page, "reference")).to_have_value(receipt["reference"])
        expect(field(page, "access_code")).to_have_value("")


def test_a_fragment_that_leads_to_a_part_of_the_page_stays(visitor: Visitor) -> None:
    page = visitor.open("ca/track#access_code")
    expect(page).to_have_url(re.compile("/ca/track#access_code$"))


def test_a_link_with_a_wrong_code_shows_an_error_and_keeps_the_reference(
    visitor: Visitor, service: Service
) -> None:
    receipt = service.submitted()
    wrong = {**receipt, "access_code": "0000-0000-0000-0000-0000-0000-0000"}
    page = visitor.open(linked(wrong))
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(field(page, "reference")).to_have_value(receipt["reference"])


class Lure(http.server.BaseHTTPRequestHandler):
    """A page of another site; its script sends a form to the service by itself."""

    html = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.html.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Logs nothing."""


# Another port of the same host is the same site: the browser sends the session's cookie.
@pytest.fixture(scope="module", params=["localhost", "127.0.0.1"])
def lure(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the other site."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Lure) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{request.param}:{server.server_port}/"
        server.shutdown()
        thread.join()


def luring(action: str, fields: Mapping[str, str]) -> str:
    """The other site's page, which sends these fields to that address."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    return f"""<!doctype html><html lang="en"><head><link rel="icon" href="data:,"></head><body>
<form method="post" action="{escape(action)}">{inputs}</form>
<script>document.forms[0].submit()</script></body></html>"""


def forged(page: Page, address: str, fields: Mapping[str, str], lure: str) -> int:
    """The status of the service's answer to a form that the other site, `lure`, sends there."""
    Lure.html = luring(address, fields)
    with page.expect_response(lambda each: each.request.method == "POST") as answer:
        page.goto(lure, wait_until="commit")
    page.wait_for_load_state()
    assert answer.value.url == address
    return answer.value.status


def test_another_site_can_do_nothing_in_the_citizens_name(
    visitor: Visitor, service: Service, lure: str
) -> None:
    receipt = service.routed()
    reference = receipt["reference"]
    page = opened(visitor.open(), receipt)
    notice = service.get("/v1/remote-support-notice?language=ca").json()["sha256"]
    key = uuid4().hex
    before = service.items(reference)
    for form, fields in {
        "reply": {"body": "Tanqueu-la.", "idempotency_key": key},
        "close": {},
        "remote-support": {"scope": "view", "action": "grant", "notice_sha256": notice},
        "remove-file": {"id": "0" * 26},
        "leave": {},
        "track": {"reference": reference, "access_code": receipt["access_code"]},
    }.items():
        address = f"{service.environment['API_URL']}/ca/{form}"
        assert (form, forged(page, address, fields, lure)) == (form, 403)
    assert service.items(reference) == before
    page.goto("ca/track")
    expect(page.locator("#reference")).to_have_text(reference)


def test_another_site_cannot_submit_an_incident(
    visitor: Visitor, service: Service, lure: str
) -> None:
    description = unique(service, "Això no ho ha escrit la ciutadana")
    fields = {
        "category": "functional",
        "description": description,
        "contact.email": EMAIL,
        "idempotency_key": uuid4().hex,
    }
    page = visitor.open()
    address = f"{service.environment['API_URL']}/ca/incident?send=1"
    assert forged(page, address, fields, lure) == 422
    assert service.incidents(description) == []
    assert page.context.cookies() == []


def test_the_browser_stores_nothing_before_an_incident_is_open(visitor: Visitor) -> None:
    page = visitor.open()
    for path in (
        *("help", "help?category=signature", "procedures?q=a", "incident", "track", "contact"),
        *("remote-support", "privacy", "cookies", "accessibility", "responsible"),
    ):
        page.goto(f"ca/{path}")
        assert page.context.storage_state() == {"cookies": [], "origins": []}
