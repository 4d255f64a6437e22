"""A look at every page in each of its states, in a real browser."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Browser, Page, Response

from tests.support import accessibility
from tests.support.accessibility import Scheme
from tests.support.browser import DESKTOP, NARROW, Visitor
from tests.support.page_states import State, every_state
from tests.support.service import Service

SCHEMES: tuple[Scheme, ...] = ("dark", "light")
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe whose answer may depend on the scheme."""
CONTENT = ".suport-page"
"""The content of a page; a document to keep has no such part, and is looked at as a whole."""

# A form of the service's own page, sent without a click: path, fields.
_SEND = """([path, fields]) => {
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
_TEXT_TWICE_AS_LARGE = "html { font-size: 200% !important }"  # WCAG 1.4.4
_TEXT_SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important } p { margin-bottom: 2em !important }"""  # WCAG 1.4.12


class Window:
    """A window of the browser, on the pages of one language."""

    def __init__(self, page: Page, language: str) -> None:
        self.shown = page
        self._tab = page
        self._language = language

    def goto(self, path: str) -> int:
        answer = self._tab.goto(f"{self._language}/{path}")
        self.shown = self._tab
        assert answer
        return answer.status

    def send(self, path: str, fields: Mapping[str, str]) -> int:
        self.shown = self._tab
        language = f"/{self._language}/"
        return send(
            self._tab, self._tab.url.partition(language)[0] + language + path, fields
        ).status

    def keep(self, path: str) -> None:
        kept = self._tab.context.request.get(f"{self._language}/{path}")
        self.shown = self._tab.context.new_page()
        self.shown.set_content(kept.text())

    def said_by(self, element_id: str) -> str:
        return self.shown.inner_text(f"#{element_id}")

    def forget(self) -> None:
        self._tab.context.clear_cookies()


class Walk:
    """All pages in one language, and their faults, by kind and by state.

    thoroughly: whether to check also what looks like an earlier page, or like a part of one, and
    the focus in the dark, too.
    """

    def __init__(
        self, service: Service, chromium: Browser, language: str, *, thoroughly: bool = False
    ) -> None:
        self.found: dict[str, dict[str, list[str]]] = defaultdict(dict)
        self._thoroughly = thoroughly
        self._focused: set[str] = set()
        self._seen_around = False
        visitor = Visitor(chromium, service.environment["API_URL"])
        tab = visitor.open()
        tab.context.add_init_script(path=accessibility.AXE)  # not sent again for each page
        tab.goto(f"{language}/help")
        states = every_state(service, language, Window(tab, language), only_new=not thoroughly)
        for state, page, _ in states:
            name = f"{language}: {state.name}"
            assert page.query_selector(state.shows), name
            assert bool(page.query_selector(".govuk-error-summary")) == state.wrong, name
            if state.by_keyboard or thoroughly:
                self._look_by_keyboard(state, page)
            self._look_at_colours(state, page)
            self._look_enlarged(state, page)
            self._note("trouble", state, visitor.take_troubles())
        visitor.leave()

    def _look_by_keyboard(self, state: State, page: Page) -> None:
        """Tabs through the content only; all pages share the parts around it."""
        accessibility.set_inert_around_content(page, inert=True)
        page.evaluate("document.querySelector('main').focus()")
        if self._thoroughly:
            unseen = accessibility.unseen_focus(page, schemes=SCHEMES)
        else:
            unseen = accessibility.unseen_focus(page, seen=self._focused)
        self._note("focus", state, unseen)
        self._note("unreached", state, accessibility.unreached(page))
        page.evaluate("document.activeElement.blur()")
        accessibility.set_inert_around_content(page, inert=False)

    def _look_at_colours(self, state: State, page: Page) -> None:
        self._note("in light", state, accessibility.axe(page))
        page.emulate_media(color_scheme="dark")
        if self._thoroughly:
            self._note("in dark", state, accessibility.axe(page))
        else:  # what lies around the content is the same on all pages
            within = CONTENT if self._seen_around else "html"
            self._note("in dark", state, accessibility.axe(page, only=OF_COLOURS, within=within))
            self._seen_around = True
        page.emulate_media(color_scheme="light")

    def _look_enlarged(self, state: State, page: Page) -> None:
        self._note("fonts", state, accessibility.foreign_fonts(page))
        self._note("small targets", state, accessibility.small_targets(page))
        self._note("large text", state, accessibility.misplaced(page, _TEXT_TWICE_AS_LARGE))
        page.set_viewport_size(NARROW)
        self._note("narrow", state, accessibility.misplaced(page))
        self._note("broken words", state, accessibility.broken_words(page))
        self._note("spaced", state, accessibility.misplaced(page, _TEXT_SPACED))
        self._note("small targets when narrow", state, accessibility.small_targets(page))
        page.set_viewport_size(DESKTOP)

    def _note(self, what: str, state: State, found: list[Any]) -> None:
        if found:
            self.found[what][state.name] = [str(each) for each in found]


def send(page: Page, path: str, fields: Mapping[str, str]) -> Response:
    """Sends these fields from the page to that path, and waits for the next page."""
    with page.expect_navigation() as navigation:
        page.evaluate(_SEND, [path, dict(fields)])
    return navigation.value
