"""Everybody can use every page, whatever it shows: in all languages, in light and dark, enlarged.

Each page is opened once in each language in each of its states, and looked at in every way; the
tests then say what was promised of all of them. Incidents are brought into a state by writing the
register directly.
"""

import re
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

import pytest
from boto3.dynamodb.types import TypeSerializer
from playwright.sync_api import Browser, Page, Response, expect

from tests.e2e.browser.checks import axe, sideways_scrolling, small_targets, unseen_focus
from tests.e2e.browser.conftest import DESKTOP, NARROW, Visitor
from tests.e2e.conftest import DESCRIPTION, Service

LANGUAGES = ("ca", "es", "en", "de")
NARROWLY = ("ca", "de")  # where pages are looked at in narrow windows: German has the longest words
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
THOROUGHLY = "ca"  # the language in which they are also looked at in the dark and by keyboard

UNBROKEN = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz" * 3
PROCEDURE = "sample-01"
NAMES = {
    "ca": "Renovació del títol de família nombrosa",
    "es": "Renovación del título de familia numerosa",
}
WRITTEN = {
    "category": "signature",
    "description": f"{DESCRIPTION}\n{UNBROKEN}",
    "error.code": UNBROKEN[:100],
    "error.message": UNBROKEN,
    "procedure.code": PROCEDURE,
    "contact.name": "Xisca Qzrvwbauçà",
    "contact.email": f"xisca@{UNBROKEN[:30]}.example.test",
    "contact.phone": "+34 971 48 17 26",
    "contact.availability": UNBROKEN,
}
ALL_WRONG = {"description": UNBROKEN[:9], "error.message": UNBROKEN, "contact.phone": UNBROKEN}
OVERDUE = timedelta(days=15)  # a resolved incident can be reopened for 14 days

# Names in one language on pages in all languages; procedures have one in Catalan or Spanish.
FOREIGN = {
    "Català": "ca",
    "Español": "es",
    "English": "en",
    "Deutsch": "de",
    "Seu Electrònica": "ca",
    "Govern de les Illes Balears": "ca",
    "Direcció General d'Estratègia Digital": "ca",
    **{name: language for language, name in NAMES.items()},
    "Consulta presencial d'expedients de l'arxiu": "ca",
}
ERROR = {"ca": "Error: ", "es": "Error: ", "en": "Error: ", "de": "Fehler: "}


@dataclass(frozen=True)
class State:
    """A page in one of its states. `name` begins with the page, as its title names it.

    path: below the language. fields: what is posted there, if anything. stands: what the register
    says of the incident by then. wrong: whether the page tells of a mistake.
    """

    name: str
    path: str
    fields: Mapping[str, str] | None = None
    status: int = 200
    stands: Mapping[str, Any] = field(default_factory=dict)
    wrong: bool = False
    shows: str = "main"
    """What the page shows then and else does not."""
    by_keyboard: bool = False
    """Whether its controls are like on no page before."""


def file(state: str, minute: int) -> dict[str, Any]:
    """A file that was added to the incident."""
    return {
        "type": "image/png",
        "bytes": 123_456,
        "version": "0" * 32,
        "state": state,
        "added_at": f"2026-01-01T10:{minute:02}:00+00:00",
        "expires_at": 4_102_444_800,
    }


def resolved(ago: timedelta) -> dict[str, Any]:
    """An incident that was resolved so long ago."""
    return {"status": "resolved", "resolved_at": (datetime.now(UTC) - ago).isoformat()}


FILES = {f"{n:026}": file(state, n) for n, state in enumerate(("quarantined", "clean", "infected"))}
FULL = FILES | {f"{n:026}": file("unscanned", n) for n in (3, 4)}
GIVEN = {"view": {"expires_at": 4_102_444_800}}
OPEN: dict[str, Any] = {"status": "queued", "resolved_at": None, "files": {}, "consents": {}}

TOO_MANY = {f"extra{number}": "x" for number in range(41)}  # fields, so that the form comes back

WITHOUT_INCIDENT = (
    State("help", "help", by_keyboard=True),
    State("help: from a procedure", f"help?procedure.code={PROCEDURE}"),
    *(
        State(f"help with {kind}", f"help?category={kind}&procedure.code={PROCEDURE}")
        for kind in ("functional", "payment", "signature")
    ),
    State("known error", "help", {"error": "SAF_09: no s'ha pogut signar"}, by_keyboard=True),
    State("unknown error", "help", {"error": UNBROKEN}),
    State("procedures", "procedures", by_keyboard=True),
    State("procedures: found", "procedures?q=l&telematic=1", shows="#telematic:checked"),
    State("procedures: none", f"procedures?q={UNBROKEN}"),
    State("form", "incident"),
    State("form: carried", f"incident?category=payment&procedure.code={PROCEDURE}"),
    State("form: accessibility", "incident?topic=accessibility", shows="#topic"),
    State(
        "form: wrong",
        "incident",
        {"idempotency_key": "k" * 32, "context.step": UNBROKEN},
        422,
        wrong=True,
        by_keyboard=True,
    ),
    State(
        "form: all wrong",
        "incident",
        WRITTEN | ALL_WRONG | {"idempotency_key": "k" * 32},
        422,
        wrong=True,
    ),
    State("tracking", "track", by_keyboard=True),
    State(
        "tracking: wrong code",
        "track",
        {"reference": "0000-0000-0000", "access_code": UNBROKEN},
        404,
        wrong=True,
    ),
    State("contact", "contact", by_keyboard=True),
    State("remote support", "remote-support"),
    State("privacy", "privacy", by_keyboard=True),
    State("cookies", "cookies"),
    State("accessibility", "accessibility"),
    State("responsible", "responsible"),
    State("nothing there", "nowhere", status=404),
    State("form again: help", "help", {"error": UNBROKEN, **TOO_MANY}, 400, shows="#error"),
    State("no form", "procedures", {"q": UNBROKEN}, 405),
    State("nothing there: below a page", "procedures/x", status=404),
    State("uploaded", "files?etag=0"),
)
WITH_INCIDENT = (
    State("received", "track", stands={"status": "received"}),
    State("queued", "track", stands=OPEN, by_keyboard=True),
    State("claimed", "track?done=replied", stands={"status": "claimed", "files": FILES}),
    State(
        "waiting",
        "track",
        stands={"status": "waiting"},
        shows=".suport-history__operator",
    ),
    State(
        "waiting: wrong",
        "reply",
        {"idempotency_key": "k" * 32, "body": UNBROKEN * 25},
        422,
        wrong=True,
    ),
    State("queued: earlier entries", f"track?before=01{5:024}", stands=OPEN),
    State("form again: message", "reply", {"body": UNBROKEN, **TOO_MANY}, 400, shows="#body"),
    State(
        "tracking: another incident",
        "reply",
        {"body": UNBROKEN, "reference": "0000-0000-0000", "idempotency_key": "k" * 32},
        409,
        wrong=True,
        shows="#access_code",
    ),
    State("close", "close", stands=OPEN),
    State("files", "files", by_keyboard=True),
    State("files: wrong", "files", {}, 422, wrong=True),
    State("files: one has arrived", "files?etag=0", stands={"files": FILES}),
    State("upload", "files", {"type": "application/pdf"}, shows="#file", by_keyboard=True),
    State("files: no more", "files", stands={"files": FULL}),
    State("remote support: with an incident", "remote-support", stands=OPEN),
    State(
        "remote support: too early",
        "remote-support",
        {"scope": "control", "action": "grant", "notice_sha256": "0"},
        422,
        wrong=True,
    ),
    State(
        "remote support: agreed",
        "remote-support?done=agreed",
        stands={"consents": GIVEN},
        shows="main form + form",
        by_keyboard=True,
    ),
    State("resolved", "track?done=closed", stands=resolved(timedelta(hours=1))),
    State("resolved: too long ago", "track", stands=resolved(OVERDUE)),
    State("resolved: wrong", "reopen", {}, 409, wrong=True),
    State("files: of a resolved incident", "files"),
    State("rate", "rate"),
    State(
        "form again: rating",
        "rate",
        {"score": "2", "comment": UNBROKEN, **TOO_MANY},
        400,
        shows="#comment",
        by_keyboard=True,
    ),
    State("rate: wrong", "rate", {"comment": UNBROKEN}, 422, wrong=True, by_keyboard=True),
)

# A form of the service's own page, sent without a click: path, fields.
SEND = """([path, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = path;
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("textarea");
    Object.assign(input, { name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""

# What the page says of itself, given the languages of texts that it may contain.
FACTS = r"""(languages) => {
  const mislabelled = [];
  const speaks = (element, text) => {
    for (const [part, language] of Object.entries(languages)) {
      const said = element.closest("[lang]")?.lang;
      const named = new RegExp(`(?<!\\p{L})${part}(?!\\p{L})`, "u").test(text);
      if (named && said !== language) mislabelled.push(`${part}: ${said}`);
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) speaks(texts.currentNode.parentElement, texts.currentNode.data);
  for (const input of document.querySelectorAll("input:not([type=hidden])")) {
    speaks(input, input.value);
  }
  const links = [...document.querySelectorAll("a[href^='#']")];
  return {
    language: document.documentElement.lang,
    title: document.title,
    state: document.querySelector("#state")?.innerText,
    reference: document.querySelector("#reference")?.innerText,
    levels: [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .map((each) => +each.tagName[1]),
    leadNowhere: links.map((each) => each.hash.slice(1))
      .filter((id) => !document.getElementById(decodeURIComponent(id))),
    mislabelled,
  };
}"""

# Texts that are cut off, and texts that lie over another text or over a field.
UNREADABLE = """() => {
  const found = [];
  const boxes = [];
  const name = (text) => `“${text.trim().slice(0, 40)}”`;
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const holder = text.parentElement;
    if (!text.data.trim() || !holder.checkVisibility({ visibilityProperty: true })) continue;
    if (holder.closest("textarea, .govuk-visually-hidden")) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const rect of range.getClientRects()) {
      if (rect.width < 1) continue;
      boxes.push({ owner: text, rect, said: name(text.data) });
      for (let around = holder; around; around = around.parentElement) {
        if (getComputedStyle(around).overflow === "visible") continue;
        const edge = around.getBoundingClientRect();
        const beyond = [rect.right - edge.right, rect.bottom - edge.bottom, edge.left - rect.left];
        if (Math.max(...beyond) > 1) found.push(`cut off: ${name(text.data)}`);
      }
    }
  }
  for (const field of document.querySelectorAll("main :is(textarea, button, input)")) {
    if (!field.checkVisibility() || ["hidden", "radio", "checkbox"].includes(field.type)) continue;
    boxes.push({ owner: field, rect: field.getBoundingClientRect(), said: name(field.name) });
  }
  for (const [place, one] of boxes.entries()) {
    for (const other of boxes.slice(place + 1)) {
      if (one.owner === other.owner || other.owner.contains(one.owner)) continue;
      const [a, b] = [one.rect, other.rect];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // letters are lower than their boxes
      if (wide > 2 && high > 0.35 * Math.min(a.height, b.height)) {
        found.push(`over each other: ${one.said} ${other.said}`);
      }
    }
  }
  return found;
}"""

# Controls of the content that the tab key has not reached; of radios one stands for all.
UNREACHED = """() => [...document.querySelectorAll(
    "main :is(a[href], button, input:not([type=hidden]), select, textarea)")]
  .filter((each) => each.checkVisibility() && !window.reached.has(each))
  .filter((each) => ![...document.getElementsByName(each.name ?? "")]
    .some((other) => other.type === "radio" && window.reached.has(other)))
  .map((each) => each.outerHTML.slice(0, 80))"""

INERT_AROUND = """(inert) => {
  for (const part of document.querySelectorAll("body > :not(.suport-page)")) part.inert = inert;
}"""

STYLE = """(rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [sheet];
}"""
TEXT_TWICE_AS_LARGE = "html { font-size: 200% !important }"  # WCAG 1.4.4
TEXT_SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important } p { margin-bottom: 2em !important }"""  # WCAG 1.4.12


class Walk:
    """The way through all states in one language, and what was found on it."""

    def __init__(self, service: Service, visitor: Visitor, language: str) -> None:
        self.found: dict[str, dict[str, list[str]]] = defaultdict(dict)
        """By what was looked at and by state; nothing where all is well."""
        self.titles: dict[str, set[str]] = defaultdict(set)
        """The pages that have the title, by title."""
        self._service = service
        self._visitor = visitor
        self._language = language
        self._texts = FOREIGN | {DESCRIPTION: language}
        self._page = visitor.open("ca/help")

    def go(self) -> None:
        """Opens the page in all states and looks at it."""
        for state in WITHOUT_INCIDENT:
            self._open(state)
        reference = self._submit()
        for state in WITH_INCIDENT:
            if state.stands:
                update(self._service, reference, state.stands)
            self._open(state)
        other = "de" if self._language == "ca" else "ca"
        self._texts[DESCRIPTION] = other
        update(self._service, reference, OPEN | {"language": other})
        self._open(State("queued: in another language", "track"))
        self._export()
        self._page.context.clear_cookies()
        typed = {"idempotency_key": "k" * 32, "body": UNBROKEN}
        self._open(State("tracking: session over", "reply", typed, 403, wrong=True, shows="#body"))

    def _submit(self) -> str:
        """Sends an incident: its page shows the access code, then how the team works on it."""
        name = NAMES.get(self._language, NAMES["ca"])
        written = WRITTEN | {"idempotency_key": secrets.token_urlsafe(), "procedure.name": name}
        self._service.private |= {UNBROKEN, *DESCRIPTION.splitlines()}
        self._service.private |= {
            value for name, value in written.items() if name.startswith("contact.")
        }
        self._open(State("sent", "incident", written, shows="#access-code", by_keyboard=True))
        self._service.private.add(self._page.inner_text("#access-code"))
        reference = self._page.inner_text("#reference")
        self._service.inbox.await_message(reference)
        self._service.await_status(reference, "queued")
        write_history(self._service, reference)
        return reference

    def _export(self) -> None:
        """The page to be kept is a file, and is opened as one."""
        session = "; ".join(
            f"{each['name']}={each['value']}" for each in self._page.context.cookies()
        )
        kept = self._service.get(f"/{self._language}/export?format=html", Cookie=session)
        tracking, self._page = self._page, self._page.context.new_page()
        self._page.set_content(kept.text)
        self._look(State("export", "export"))
        self._page.close()
        self._page = tracking

    def _open(self, state: State) -> None:
        if state.fields is None:
            arrived = self._page.goto(f"{self._language}/{state.path}")
            assert arrived
            answer = arrived
        else:
            answer = send(self._page, f"../{self._language}/{state.path}", state.fields)
        name = f"{self._language}: {state.name}"
        assert answer.status == state.status, name
        assert self._page.locator(state.shows).count(), name
        assert bool(self._page.locator(".govuk-error-summary").count()) == state.wrong, name
        self._look(state)

    def _look(self, state: State) -> None:
        page = self._page
        if state.by_keyboard and self._language == THOROUGHLY:
            self._by_keyboard(state)
        self._note("in light", state, axe(page))
        if self._language == THOROUGHLY:
            page.emulate_media(color_scheme="dark")
            self._note("in dark", state, axe(page))
            page.emulate_media(color_scheme="light")
        self._facts(state)
        if self._language in NARROWLY:
            self._enlarged(state)
        self._note("small targets", state, small_targets(page))
        self._note("trouble", state, self._visitor.take_troubles())

    def _by_keyboard(self, state: State) -> None:
        """The way through the content; around it all pages are alike."""
        page = self._page
        page.evaluate(INERT_AROUND, arg=True)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.evaluate("window.reached = undefined; document.querySelector('main').focus()")
            self._note(f"focus in {scheme}", state, unseen_focus(page))
            self._note(f"unreached in {scheme}", state, page.evaluate(UNREACHED))
        page.emulate_media(color_scheme="light")
        page.evaluate(INERT_AROUND, arg=False)

    def _facts(self, state: State) -> None:
        facts = self._page.evaluate(FACTS, self._texts)
        title, levels = facts["title"], facts["levels"]
        self.titles[title].add(state.name.partition(":")[0])
        self._note("languages", state, facts["mislabelled"])
        if facts["language"] != self._language:
            self._note("languages", state, [facts["language"]])
        self._note("links", state, facts["leadNowhere"])
        steps = pairwise(levels)
        if levels.count(1) != 1 or any(below > above + 1 for above, below in steps):
            self._note("headings", state, levels)
        told = ERROR[self._language] if state.wrong else ""
        if facts["reference"] and state.name != "sent":
            told += f"{facts['state']}: {facts['reference']}"
        if not title.startswith(told) or (title.startswith(ERROR[self._language]) != state.wrong):
            self._note("titles", state, [title])

    def _enlarged(self, state: State) -> None:
        page = self._page
        page.set_viewport_size(NARROW)
        self._note("narrow", state, sideways_scrolling(page) + page.evaluate(UNREADABLE))
        self._note("small targets when narrow", state, small_targets(page))
        page.evaluate(STYLE, TEXT_SPACED)
        self._note("spaced", state, sideways_scrolling(page) + page.evaluate(UNREADABLE))
        page.set_viewport_size(DESKTOP)
        page.evaluate(STYLE, TEXT_TWICE_AS_LARGE)
        self._note("large text", state, sideways_scrolling(page) + page.evaluate(UNREADABLE))
        page.evaluate(STYLE, "")

    def _note(self, looked_at: str, state: State, found: list[Any]) -> None:
        if found:
            self.found[looked_at][state.name] = [str(each) for each in found]


def send(page: Page, path: str, fields: Mapping[str, str]) -> Response:
    """Sends these fields from the page to that path, and waits for the page that comes back."""
    with page.expect_navigation() as navigation:
        page.evaluate(SEND, [path, dict(fields)])
    return navigation.value


def update(service: Service, reference: str, attributes: Mapping[str, Any]) -> None:
    """Has the register say this of the incident; None removes."""
    kept = {name: value for name, value in attributes.items() if value is not None}
    removed = attributes.keys() - kept.keys()
    expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
    if removed:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
    service.dynamodb.update_item(
        TableName=service.environment["REGISTER_TABLE"],
        Key=marshalled({"reference": reference, "entry": "incident"}),
        UpdateExpression=expression,
        ExpressionAttributeNames={f"#{name}": name for name in attributes},
        ExpressionAttributeValues=marshalled({f":{name}": value for name, value in kept.items()}),
    )


def write_history(service: Service, reference: str) -> None:
    """Has the register hold one entry of each kind that citizens see."""
    contents = (
        ("action", {"action": "claimed", "by": "operator"}),
        ("message", {"by": "operator", "body": f"{DESCRIPTION} {UNBROKEN}"}),
        ("action", {"action": "asked", "by": "operator"}),
        ("message", {"by": "citizen", "body": UNBROKEN}),
        ("attachment", {"type": "image/png", "bytes": 123_456, "state": "clean"}),
        ("action", {"action": "file_refused", "reason": "too_many", "by": "service"}),
        ("consent", {"action": "grant", "scope": "view", "by": "citizen"}),
        ("rating", {"score": 2, "comment": UNBROKEN}),
    )
    for number, (kind, content) in enumerate(contents):
        item = {
            "reference": reference,
            "entry": f"01{number:024}",
            "kind": kind,
            "recorded_at": f"2026-01-01T10:{number:02}:00+00:00",
            "expires_at": 4_102_444_800,
            "content": content,
        }
        service.dynamodb.put_item(
            TableName=service.environment["REGISTER_TABLE"], Item=marshalled(item)
        )


def marshalled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: TypeSerializer().serialize(value) for name, value in values.items()}


@pytest.fixture(scope="module", params=LANGUAGES)
def walk(request: pytest.FixtureRequest, chromium: Browser, service: Service) -> Walk:
    visitor = Visitor(chromium, service.environment["API_URL"])
    walk = Walk(service, visitor, request.param)
    walk.go()
    visitor.leave()
    return walk


in_one_language = pytest.mark.parametrize("walk", [THOROUGHLY], indirect=True)
in_long_words = pytest.mark.parametrize("walk", NARROWLY, indirect=True)


def test_axe_finds_nothing(walk: Walk) -> None:
    assert walk.found["in light"] == {}


@in_one_language
def test_axe_finds_nothing_in_the_dark(walk: Walk) -> None:
    assert walk.found["in dark"] == {}


def test_every_text_is_in_the_language_that_the_page_says(walk: Walk) -> None:
    assert walk.found["languages"] == {}


def test_headings_are_in_order(walk: Walk) -> None:
    assert walk.found["headings"] == {}


def test_a_title_tells_a_mistake_and_how_the_incident_stands(walk: Walk) -> None:
    assert walk.found["titles"] == {}


def test_pages_have_titles_of_their_own(walk: Walk) -> None:
    shared = {title: sorted(pages) for title, pages in walk.titles.items() if len(pages) > 1}
    assert shared == {}


def test_links_within_a_page_lead_somewhere(walk: Walk) -> None:
    assert walk.found["links"] == {}


def test_nothing_goes_wrong_in_the_browser(walk: Walk) -> None:
    assert walk.found["trouble"] == {}


def test_targets_are_large_enough(walk: Walk) -> None:
    assert walk.found["small targets"] == {}


@in_long_words
def test_targets_are_large_enough_in_a_narrow_window(walk: Walk) -> None:
    assert walk.found["small targets when narrow"] == {}


@in_long_words
def test_four_times_enlarged_nothing_scrolls_sideways_or_is_cut_off(walk: Walk) -> None:
    assert walk.found["narrow"] == {}


@in_long_words
def test_text_twice_as_large_can_be_read(walk: Walk) -> None:
    assert walk.found["large text"] == {}


@in_long_words
def test_spaced_text_can_be_read_in_a_narrow_window(walk: Walk) -> None:
    assert walk.found["spaced"] == {}


@in_one_language
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_focus_is_seen(walk: Walk, scheme: str) -> None:
    assert walk.found[f"focus in {scheme}"] == {}


@in_one_language
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_tab_key_reaches_everything(walk: Walk, scheme: str) -> None:
    assert walk.found[f"unreached in {scheme}"] == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_focus_is_seen_around_the_content(
    visitor: Visitor, scheme: Literal["light", "dark"]
) -> None:
    page = visitor.open("ca/cookies", color_scheme=scheme)
    assert unseen_focus(page) == []
    assert page.evaluate("window.reached.has(document.querySelector('footer li:last-child a'))")


def test_the_first_tab_leads_past_the_navigation(visitor: Visitor) -> None:
    page = visitor.open("ca/incident")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "govuk-skip-link"
    assert page.locator(".govuk-skip-link").bounding_box() is not None
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main [name=category]").first).to_be_focused()


@pytest.mark.parametrize("part", ["body", ".suport-page", ".suport-header", ".govuk-input"])
def test_the_dark_scheme_is_dark(visitor: Visitor, part: str) -> None:
    page = visitor.open("ca/track", color_scheme="dark")
    assert brightness(page, part) < 80
    if part != ".suport-header":
        page.emulate_media(color_scheme="light")
        assert brightness(page, part) > 200


def test_colours_of_the_system_leave_everything_visible(visitor: Visitor) -> None:
    page = visitor.open("ca/incident")
    send(page, "incident", {"idempotency_key": "k" * 32})
    page.emulate_media(forced_colors="active")
    page.evaluate(INERT_AROUND, arg=True)
    # background colours are gone, so that edges must tell what is a button, a field, a mistake
    edges = "all => all.map(each => getComputedStyle(each)).map(each => each.borderTopWidth)"
    for part in (".govuk-button", ".govuk-input", ".govuk-textarea", ".govuk-error-summary"):
        assert "0px" not in page.locator(f"main {part}").evaluate_all(edges), part
    assert unseen_focus(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_reference_and_access_code_are_printed_and_buttons_are_not(
    visitor: Visitor, service: Service, scheme: Literal["light", "dark"]
) -> None:
    page = visitor.open("ca/incident", color_scheme=scheme)
    email = "xisca.qzrvwb@example.test"
    typed = {"category": "functional", "description": DESCRIPTION, "contact.email": email}
    send(page, "incident", typed | {"idempotency_key": secrets.token_urlsafe()})
    service.private |= {email, DESCRIPTION, page.inner_text("#access-code")}
    page.emulate_media(media="print", color_scheme=scheme)
    for essential in ("h1", "#reference", "#access-code", "#state", ".suport-words"):
        expect(page.locator(essential).first).to_be_visible()
        assert brightness(page, essential, "color") < 80
    for needless in page.locator("nav, button, aside, .suport-screen").all():
        expect(needless).to_be_hidden()


def brightness(page: Page, part: str, of: str = "backgroundColor") -> float:
    """Of the background or the text, 0 to 255."""
    colour = page.locator(part).first.evaluate(f"each => getComputedStyle(each).{of}")
    red, green, blue = (int(each) for each in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
