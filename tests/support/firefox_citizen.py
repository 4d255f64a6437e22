"""A citizen with Firefox on a phone: the main way, whatever steps the form has."""

from contextlib import suppress
from uuid import uuid4

from tests.support.firefox import Window
from tests.support.marionette import Failed
from tests.support.service import Service

DESCRIPTION = "He pagat la taxa i després ha sortit un error; no sé si s'ha cobrat."
MAIN_BUTTON = "main form:not([action=leave]) button.govuk-button:not(.govuk-button--secondary)"
NEWEST = ".suport-history > li"
_MOST_STEPS = 8


class FirefoxCitizen:
    """Goes from page to page in that window."""

    def __init__(self, window: Window, service: Service) -> None:
        self.window = window
        self.service = service
        self.description = f"{DESCRIPTION} {uuid4().hex}"
        self.typed = {
            "description": self.description,
            "error.code": "190",
            "contact.email": f"margalida.{uuid4().hex}@example.test",
        }
        service.private.update({self.description, self.typed["contact.email"]})

    def report(self) -> tuple[str, str]:
        """Fills in what is asked, step by step, until reference and access code are shown."""
        window = self.window
        for _ in range(_MOST_STEPS):
            if window.has("#access-code"):
                break
            self._answer()
            window.click(MAIN_BUTTON)
        reference, code = window.said_by("reference"), window.said_by("access-code")
        self.service.private.add(code)
        return reference, code

    def go_from_help_to_a_rated_answer(self) -> None:
        """Reports an incident, writes a message, closes the incident and rates the support."""
        window = self.window
        window.goto("help")
        window.click("main a[href^='help?category=payment']")
        window.click("main a[href^='incident?']")
        reference, _ = self.report()
        self.service.await_status(reference, "queued")

        window.fill("body", "Surt el mateix.")
        window.click("form[action=reply] button")
        self._is_at_the_new_message("Surt el mateix.")
        window.click("main a[href=close]")
        window.click("form[action=close] button")
        assert window.has(".govuk-notification-banner")
        assert self.service.incident(reference)["resolved_by"] == "citizen"
        window.click("main a[href=rate]")
        window.click("main [name=score][value='5']")
        window.click("form[action=rate] button")
        assert window.has(".govuk-notification-banner")
        assert self.service.incident(reference)["rating"] == 5
        assert window.look("sidewaysScrolling()") == []

    def goes_back_after_mistakes(self) -> None:
        """Makes a mistake in each form, mends it, and goes back to what was wrong."""
        window = self.window
        window.goto("incident?category=payment")
        self.typed["description"] = "Curt"
        self._answer()
        window.click(MAIN_BUTTON)
        assert window.has(".govuk-error-summary")
        self.typed["description"] = self.description
        window.fill("description", self.description)
        reference, code = self.report()
        self._goes_back("main .govuk-summary-list")  # the answers, checked
        self._goes_back(".govuk-error-summary")
        assert window.has("main [name=description]")

        self.service.await_status(reference, "queued")
        window.goto("track")
        window.fill("body", " ")
        window.click("form[action=reply] button")
        assert window.has(".govuk-error-summary")
        window.click("nav a[href$=help]")
        self._goes_back(".govuk-error-summary")
        window.fill("body", "Surt el mateix.")
        window.click("form[action=reply] button")
        self._is_at_the_new_message("Surt el mateix.")

        window.fill("body", "!" * 5000)
        window.click("form[action=reply] button")
        window.click("main a[href=track]")
        window.click("form[action=leave] button")
        for _ in range(2):
            with suppress(Failed):  # Firefox has forgotten the page and says so
                window.back()
        assert not window.has("main [name=body]")

        window.goto("track")
        window.fill("reference", reference)
        window.fill("access_code", "0000-0000-0000-0000-0000-0000-0000")
        window.click(MAIN_BUTTON)
        assert window.value("reference") == reference
        window.fill("access_code", code)
        window.click(MAIN_BUTTON)
        assert window.said_by("reference") == reference
        self._goes_back("main h1")

    def _goes_back(self, selector: str) -> None:
        self.window.back()
        assert self.window.has(selector), self.window.title

    def _answer(self) -> None:
        """Fills in each empty field that is asked, and chooses the kind."""
        window = self.window
        kind = "main [name=category][value=payment]"
        if window.has(f"{kind}:not(:checked)") and not window.has("[name=category]:checked"):
            window.click(kind)
        for name, text in self.typed.items():
            if window.has(f"main [name='{name}']") and window.value(name) != text:
                window.fill(name, text)

    def _is_at_the_new_message(self, text: str) -> None:
        """Fails unless the message is the newest, in sight, and has the focus."""
        window = self.window
        assert window.has(".govuk-notification-banner")
        newest, focused, top, height = window.run(
            """const newest = document.querySelector(arguments[0]);
            return [newest.innerText, newest === document.activeElement,
                    newest.getBoundingClientRect().top, innerHeight];""",
            NEWEST,
        )
        assert text in newest
        assert focused
        assert 0 <= top < height
