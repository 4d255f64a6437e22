"""What people see while a part of AWS is away: what happened, what to do, and all they typed.

One short case for each part; `tests/acceptance` has every form, layer and table.
"""

import json
import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from suport.domain.category import Category
from suport.domain.history import Done, Kind
from suport.domain.incident import Status
from suport.domain.language import Language
from suport.domain.owed_mail import (
    ATTEMPT_LASTS,
    MOST_ATTEMPTS,
    OF_THE_INCIDENT,
    MailKind,
    SetAside,
)
from suport.domain.reference import Reference
from suport.http.problem import Problem
from suport.http.problems import about_pages, at_sign_in
from suport.mail.mail_queue import mail_request
from suport.runtime import aws
from suport.texts.labels import EVENTS, STATUSES
from suport.web.desk.session_cookie import COOKIE
from suport.web.pages.files import CANNOT_CHECK, NOT_ARRIVED
from tests.functions.conftest import aws_in_this_process, embedded, load
from tests.support.accessibility import axe
from tests.support.desk_browser import DeskBrowser, Desks, desks
from tests.support.desk_server import DeskServer
from tests.support.gateway import CONTEXT, Load
from tests.support.outages import Outages
from tests.support.sample_events import sample
from tests.support.web import in_the_register

__all__ = ["desks", "embedded", "load"]

WAIT = 10_000  # milliseconds, for what is on this machine
DESCRIPTION = "El pagament no acaba: «l·l», <b> & «així»"
MESSAGE = "Encara no puc pagar, i el termini acaba demà."
ANSWER = "Good morning. Your payment has arrived; the receipt is on its way."
TYPED = {
    "description": DESCRIPTION,
    "procedure.name": "Ajuts al lloguer",
    "error.code": "190",
    "error.message": "La targeta s'ha carregat",
    "contact.email": "anna@example.org",
    "contact.phone": "971 48 17 26",
    "contact.name": "Anna Vidal",
    "contact.availability": "Els matins",
}
WRITE = "main form[action=write] button[type=submit]:not([name])"
SEND = "#form button[type=submit]:not([name])"


@pytest.fixture(scope="module")
def moto() -> Iterator[dict[str, str]]:
    """AWS in this process; the other tests beside these need the service's own."""
    with aws_in_this_process() as environment:
        yield environment


@pytest.fixture
def outages(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> Outages:  # noqa: ARG001  first AWS
    return Outages(monkeypatch)


@pytest.fixture
def server(desks: Desks, load: Load, outages: Outages) -> Iterator[DeskServer]:  # noqa: ARG001
    made = DeskServer(desks, load)
    with made.running():
        yield made


class Browsers:
    """Opens pages of the service."""

    def __init__(self, chromium: Browser, server: DeskServer) -> None:
        self._chromium, self._server = chromium, server
        self.contexts: list[BrowserContext] = []

    def open(self, *, javascript: bool = True, operator: DeskBrowser | None = None) -> Page:
        """A blank page, in which that operator is signed in."""
        context = self._chromium.new_context(
            base_url=self._server.url, java_script_enabled=javascript
        )
        self.contexts.append(context)
        context.set_default_timeout(WAIT)
        if operator:
            # Chromium takes a secure cookie of loopback over HTTP from a server, not from here.
            secure = self._server.url.replace("http:", "https:")
            token = operator.token or ""
            context.add_cookies([{"name": COOKIE, "value": token, "url": secure, "secure": True}])
        return context.new_page()


@pytest.fixture
def browsers(chromium: Browser, server: DeskServer) -> Iterator[Browsers]:
    made = Browsers(chromium, server)
    yield made
    for each in made.contexts:
        each.close()


def press(page: Page, selector: str) -> Response:
    """Presses a button; the answer that the browser then shows."""
    with page.expect_navigation() as navigation:
        page.locator(selector).first.click()
    return navigation.value


def told(page: Page, answer: Response | None, trouble: Problem, language: Language) -> None:
    """Asserts that the page says what happened and what to do, and its headers say when."""
    assert answer
    assert (answer.status, answer.headers.get("retry-after")) == (503, "60"), page.title()
    main = page.locator("main")
    for each in (trouble.title, trouble.detail):
        expect(main).to_contain_text(each.in_(language), timeout=WAIT)
    assert page.evaluate("document.documentElement.lang") == language


def fields(page: Page, form: str) -> list[list[str]]:
    """What the form on the page would send."""
    found: list[list[str]] = page.eval_on_selector(form, "form => [...new FormData(form)]")
    return found


def messages(desks: Desks, reference: Reference) -> list[str]:
    """What the citizen and the operators wrote to each other."""
    written = [each for each in desks.entries(reference) if each.kind is Kind.MESSAGE]
    return [each.facts["body"] for each in written]


def incidents() -> list[Any]:
    return [each for each in in_the_register() if each["entry"]["S"] == "incident"]


def filled_in(page: Page, language: Language) -> None:
    """Fills in the form, and goes on to the answers to check."""
    page.goto(f"{language}/incident?category=payment")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    for name, text in TYPED.items():
        page.fill(f"main [name='{name}']", text)
    page.check("[name='context.charged'][value=unknown]", force=True)
    assert press(page, "main button[value=check]:not([aria-hidden])").status == 200


def sent(page: Page, language: Language) -> Reference:
    """Sends an incident; its page stays open."""
    filled_in(page, language)
    press(page, SEND)
    return Reference(page.inner_text("#reference"))


# The register, or the secrets, away


@pytest.mark.parametrize(
    ("part", "layer", "language"), [("register", "connection", Language.CATALAN)]
)
def test_an_incident_that_was_not_recorded_is_sent_with_one_button_and_made_once(
    browsers: Browsers,
    outages: Outages,
    part: str,
    layer: str,
    language: Language,
) -> None:
    javascript = language in {Language.CATALAN, Language.GERMAN}
    page = browsers.open(javascript=javascript)
    filled_in(page, language)
    typed = fields(page, "#form")
    assert dict(typed).items() >= TYPED.items()
    named = os.environ["SECRET_ARN"] if part == "secret" else part
    aws.service_secret.cache_clear()
    with outages.of(named, layer, takes_effect=layer == "read time-out"):
        answer = press(page, SEND)
        told(page, answer, about_pages.form_not_handled(), language)
        assert fields(page, "#form") == typed
        expect(page.locator(".govuk-error-summary a[href='tel:012']")).to_be_visible()
        expect(page.locator("footer a[href='tel:+34971225791']").first).to_be_visible()
        if javascript:
            expect(page.locator(".govuk-error-summary")).to_be_focused()
            assert axe(page) == []
    assert press(page, SEND).status == 200
    expect(page.locator("#reference")).to_be_visible()
    assert len(incidents()) == 1


# Mail away


def test_a_mail_that_was_away_too_long_is_set_aside_where_the_citizen_and_the_team_see_it(
    browsers: Browsers,
    desks: Desks,
    load: Load,
    outages: Outages,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = browsers.open()
    reference = sent(page, Language.CATALAN)
    monkeypatch.setenv("MAIL_FROM", "suport@example.org")
    monkeypatch.setenv("MAIL_CONFIGURATION", "mails")
    request = sample("notify_citizen.mail")
    asked = mail_request(reference, OF_THE_INCIDENT, MailKind.ACKNOWLEDGEMENT)
    request["Records"][0]["body"] = json.dumps(asked)
    mailer = load("notify_citizen")
    with outages.of("mails", "read time-out"):
        for _ in range(MOST_ATTEMPTS + 1):
            mailer.handler(request, CONTEXT)
            desks.now += ATTEMPT_LASTS
    page.goto("ca/track")
    why = EVENTS[(Kind.ACTION, Done.MAIL_SET_ASIDE, SetAside.UNKNOWN_OUTCOME)]
    expect(page.locator("main")).to_contain_text(why.in_(Language.CATALAN))
    expect(page.locator("main a[href='access-code']").first).to_be_visible()
    assert axe(page) == []

    at_work = browsers.open(operator=desks.signed_in("marta", Category.PAYMENT))
    at_work.goto(f"desk/en/incident?reference={reference}")
    expect(at_work.locator("main")).to_contain_text("call the citizen if you can")
    assert axe(at_work) == []


# A team's queue away


def changes() -> Any:
    """The event with which the register's stream brings the incidents as they are now."""
    record, *_ = sample("route_incident.stream")["Records"]
    records = []
    for number, item in enumerate(incidents()):
        keys = {name: item[name] for name in ("reference", "entry")}
        change = {"Keys": keys, "NewImage": item, "SequenceNumber": str(number)}
        records.append(record | {"dynamodb": record["dynamodb"] | change})
    return {"Records": records}


def test_while_a_queue_is_away_its_incidents_wait_and_the_other_teams_get_theirs(
    browsers: Browsers, desks: Desks, load: Load, outages: Outages
) -> None:
    page = browsers.open()
    reference, other = sent(page, Language.SPANISH), desks.submitted(Category.SIGNATURE)
    router = load("route_incident")
    queued = STATUSES[Status.QUEUED].in_(Language.SPANISH)
    with outages.of(os.environ["PAYMENT_QUEUE_URL"]):
        assert len(router.handler(changes(), CONTEXT)["batchItemFailures"]) == 1
    assert desks.incident(other).status is Status.QUEUED
    assert desks.incident(reference).status is Status.RECEIVED
    page.goto("es/track")
    expect(page.locator("main")).to_contain_text(reference)
    expect(page.locator("main")).not_to_contain_text(queued)
    assert router.handler(changes(), CONTEXT)["batchItemFailures"] == []
    page.reload()
    expect(page.locator("main")).to_contain_text(queued)


# The store of files away


def writes_on(page: Page, language: Language) -> None:
    """The incident is still open in this browser, and takes a message."""
    page.goto(f"{language}/track")
    page.fill("main form[action=reply] [name=body]", MESSAGE)
    assert press(page, "main form[action=reply] button[type=submit]").status == 200
    expect(page.locator("main")).to_contain_text(MESSAGE)


def test_a_file_that_the_store_did_not_take_is_not_said_to_be_received(
    browsers: Browsers, outages: Outages
) -> None:
    page = browsers.open()
    sent(page, Language.GERMAN)
    page.context.route("https://*.amazonaws.com/**", lambda route: route.abort())
    with outages.of("attachments"):
        page.goto("de/files")
        page.set_input_files("#file", {"name": "a.pdf", "mimeType": "", "buffer": b"%PDF-1.7"})
        page.click("#files form button[type=submit]")
        check = page.locator("a[href^='files?key=']")
        expect(page.locator("#sending")).to_contain_text(CANNOT_CHECK.in_(Language.GERMAN))
        expect(page.locator("#sending")).to_be_focused()
        assert axe(page) == []
        key = check.get_attribute("href")
    page.goto(f"de/{key}")
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_contain_text(NOT_ARRIVED.in_(Language.GERMAN))
    expect(page.locator("#file")).to_be_visible()
    writes_on(page, Language.GERMAN)


# The desk


@pytest.fixture
def marta(desks: Desks) -> DeskBrowser:
    return desks.signed_in("marta", Category.PAYMENT)


def claimed(desks: Desks, marta: DeskBrowser) -> Reference:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    return reference


# Cognito away


class Provider(BaseHTTPRequestHandler):
    """Its sign-in page lets everybody in and leads back with a code, for which it gives nothing."""

    def do_GET(self) -> None:
        asked = {name: text for name, (text,) in parse_qs(urlsplit(self.path).query).items()}
        host = urlsplit(asked["redirect_uri"]).netloc  # the server has neither TLS nor a stage
        self.send_response(302)
        self.send_header("Location", f"http://{host}/desk/callback?code=c&state={asked['state']}")
        self.end_headers()

    def do_POST(self) -> None:
        self.send_response(500)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: a failing test says enough."""


@pytest.fixture
def provider(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG001
    """Has the functions and the browser ask that provider."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Provider) as serving:
        for name in ("SIGN_IN_URL", "TOKENS_URL"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{serving.server_port}")
        Thread(target=serving.serve_forever, daemon=True).start()
        yield
        serving.shutdown()


@pytest.mark.usefixtures("provider")
def test_nobody_signs_in_while_the_provider_is_away_and_who_is_signed_in_works_on(
    browsers: Browsers, desks: Desks, marta: DeskBrowser
) -> None:
    reference = claimed(desks, marta)
    page = browsers.open(operator=marta)
    page.goto(f"desk/de/incident?reference={reference}")
    page.fill("main form[action=write] [name=body]", ANSWER)

    joan = browsers.open()
    answer = joan.goto("desk/sign-in?language=de")
    told(joan, answer, at_sign_in.not_now(), Language.GERMAN)
    expect(joan.locator("main a[href*='sign-in']")).to_be_visible()
    assert axe(joan) == []

    assert press(page, WRITE).status == 200
    assert messages(desks, reference) == [ANSWER]
