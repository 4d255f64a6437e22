"""Operators at the desk in a real browser, who signed in at the identity provider as people do.

Each signs in once in a run of tests; later their browsers begin with the session that it began::

    marta = desk.seat("marta")
    marta.open(reference)
    marta.send("write", body="Bon dia.")
"""

from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, ViewportSize, expect

from suport.domain.language import Language
from suport.texts.desk_labels import DONE_NOW
from suport.web.desk.session_cookie import COOKIE
from tests.support.browser import DESKTOP, Visitor
from tests.support.desk_logins import sign_in
from tests.support.service import Service


class Seat:
    """An operator in front of a browser, at the desk's pages in one language."""

    def __init__(self, name: str, page: Page, language: str) -> None:
        self.name = name
        self.page = page
        self.language = language

    def goto(self, way: str) -> int:
        """Opens a page of the desk; the status of its answer."""
        answer = self.page.goto(f"desk/{self.language}/{way}")
        assert answer
        return answer.status

    def list(self, view: str = "team") -> Locator:
        """The rows of a list that is opened now."""
        assert self.goto(f"list?view={view}") == 200
        return self.page.locator(".desk-list tbody tr")

    def row(self, view: str, reference: str) -> Locator:
        """The row of that incident in a list that is opened now; no element if it has none."""
        row = self.list(view).filter(has_text=reference)
        while not row.count() and (more := self.page.locator("a[data-more]")).count():
            with self.page.expect_navigation():
                more.click()
        return row

    def take_next(self, reference: str, team: str = "") -> None:
        """Takes the next incident from the queue until that one comes."""
        while True:
            self.goto("list")
            which = f"form[action=next]:has([value='{team}'])" if team else "form[action=next]"
            with self.page.expect_navigation():
                self.page.locator(f"{which} button").click()
            if self.reference == reference:
                return

    def open(self, reference: str) -> int:
        """Opens the incident's page."""
        return self.goto(f"incident?reference={reference}")

    def type(self, form: str, **typed: str) -> Locator:
        """Fills in a form of the page, which is known by its address; a choice by its value."""
        fields = "".join(f":has([name='{name}'])" for name in typed)
        found = self.page.locator(f"main form[action='{form}']{fields}").first
        for name, text in typed.items():
            field = found.locator(f"[name='{name}']")
            if field.first.get_attribute("type") == "radio":
                found.locator(f"[name='{name}'][value='{text}']").check()
            else:
                field.fill(text)
        return found

    def send(self, form: str, step: str = "", **typed: str) -> int:
        """Fills in a form and presses its button; the status of the page that follows.

        step: what the button is for, in a form that has several.
        """
        which = f"[name=step][value='{step}']:not([aria-hidden])" if step else ":not([name=step])"
        self.type(form, **typed)
        buttons = self.page.locator(f"main form[action='{form}'] button[type=submit]{which}")
        button = buttons.first
        with self.page.expect_navigation() as navigation:
            button.click()
        return navigation.value.status

    def is_told(self, done: str) -> None:
        """Fails unless the page says that this was just done."""
        said = DONE_NOW[done].in_(Language(self.language))
        expect(self.page.locator("#done")).to_have_text(said)

    @property
    def wrong(self) -> Locator:
        """Says what is wrong."""
        return self.page.locator(".govuk-error-summary")

    @property
    def reference(self) -> str:
        """The reference of the incident that the page shows."""
        return self.page.inner_text(".desk-title .suport-code")


class WebDesk:
    """The desk of the deployed service, and who has signed in there."""

    def __init__(self, service: Service) -> None:
        self._sessions: dict[str, str] = {}
        self._service = service

    def seat(
        self,
        visitor: Visitor,
        name: str,
        language: str = "en",
        *,
        javascript: bool = True,
        viewport: ViewportSize = DESKTOP,
    ) -> Seat:
        """That operator in front of another browser, signed in; nobody if there is no name."""
        page = visitor.open(locale=language, javascript=javascript, viewport=viewport)
        if not name:
            return Seat(name, page, language)
        if name in self._sessions:
            page.context.add_cookies(
                [
                    {
                        "name": COOKIE,
                        "value": self._sessions[name],
                        # Browsers take a Secure cookie of loopback over HTTP from a server only.
                        "url": f"https://{urlsplit(self._service.environment['API_URL']).hostname}",
                        "secure": True,
                        "httpOnly": True,
                        "sameSite": "Strict",
                    }
                ]
            )
        else:
            page.goto(f"desk/{language}/list")
            self.sign_in(page, name)
            self._sessions[name] = session_token(page)
        return Seat(name, page, language)

    def forget(self, name: str) -> None:
        """Has that operator sign in again for the next seat."""
        self._sessions.pop(name, None)

    def sign_in(self, page: Page, name: str) -> None:
        """Signs that operator in at the identity provider, whose page is open, and comes back."""
        sign_in(page, self._service, name)
        expect(page.locator(".desk-sign-out")).to_contain_text(name)
        page.wait_for_load_state()


def session_token(page: Page) -> str:
    """The token of the desk's session in the page's browser."""
    [value] = [each["value"] for each in page.context.cookies() if each["name"] == COOKIE]
    return value
