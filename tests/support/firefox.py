"""A window of Firefox on the service's pages, as on a phone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from tests.support import marionette
from tests.support.marionette import Failed, Marionette
from tests.support.patience import await_truth
from tests.support.service import Service

PHONE = 360
"""CSS pixels, as many phones have."""

_HEIGHT = 640
_IN_PAGE = Path(__file__).with_name("accessibility.js").read_text()
# A window of Firefox cannot be narrower than 450 pixels, but what it shows the page in can be.
_RESIZE = """const shown = gBrowser.selectedBrowser.style;
shown.setProperty("flex", "none");
shown.setProperty("min-width", "0");
shown.setProperty("width", `${arguments[0]}px`);
shown.setProperty("height", `${arguments[1]}px`);"""
# A form of the service's own page, sent without a click: path, fields.
_SEND = """const form = document.createElement("form");
form.method = "post";
form.action = arguments[0];
for (const [name, value] of Object.entries(arguments[1])) {
  const input = document.createElement("textarea");
  input.name = name;
  input.value = value;
  form.append(input);
}
document.body.append(form);
form.submit();"""


class Window:
    """The window, on the pages of one language. It is a `Device` for `every_state`, too."""

    def __init__(self, firefox: Marionette, service: Service, language: str) -> None:
        self._firefox = firefox
        self._service = service
        self._language = language
        self.resize(PHONE)

    @property
    def shown(self) -> "Window":
        return self

    @property
    def title(self) -> str:
        return str(self.run("return document.title"))

    def resize(self, width: int) -> None:
        """Makes what the page is shown in so wide."""
        self._firefox.ask("Marionette:SetContext", value="chrome")
        self._firefox.ask("WebDriver:ExecuteScript", script=_RESIZE, args=[width, _HEIGHT])
        self._firefox.ask("Marionette:SetContext", value="content")
        await_truth(lambda: self.run("return innerWidth") == width)

    def run(self, script: str, *about: object) -> Any:
        """What the script returns in the page. It may change nothing if scripts are off."""
        return self._firefox.ask("WebDriver:ExecuteScript", script=script, args=about)

    def look(self, check: str) -> list[str]:
        """What a check of `accessibility.js` finds, such as `brokenWords()`."""
        found: list[str] = self.run(f"{_IN_PAGE} return {check};")
        return found

    def goto(self, path: str) -> int:
        url = f"{self._service.environment['API_URL']}/{self._language}/{path}"
        self._firefox.ask("WebDriver:Navigate", url=url)
        return self._status()

    def send(self, path: str, fields: Mapping[str, str]) -> int:
        opened_at = self.run("return performance.timeOrigin")
        url = f"{self._service.environment['API_URL']}/{self._language}/{path}"
        self.run(_SEND, url, dict(fields))

        def has_answered() -> bool:
            return self._between_pages("return performance.timeOrigin") not in {None, opened_at}

        await_truth(has_answered)
        return self._status()

    def keep(self, path: str) -> None:
        cookies = self._firefox.ask("WebDriver:GetCookies")
        sent = "; ".join(f"{each['name']}={each['value']}" for each in cookies)
        kept = self._service.get(f"/{self._language}/{path}", Cookie=sent)
        with NamedTemporaryFile("wb", suffix=".html") as file:
            file.write(kept.body)
            file.flush()
            self._firefox.ask("WebDriver:Navigate", url=f"file://{file.name}")

    def said_by(self, element_id: str) -> str:
        return str(self.run("return document.getElementById(arguments[0]).innerText", element_id))

    def forget(self) -> None:
        self.goto("help")  # from a file, no cookies are deleted and no forms are sent
        self._firefox.ask("WebDriver:DeleteAllCookies")

    def has(self, selector: str) -> bool:
        """Whether the page shows such an element."""
        script = """const found = document.querySelector(arguments[0]);
        return Boolean(found && found.checkVisibility());"""
        return bool(self.run(script, selector))

    def click(self, selector: str) -> None:
        """Clicks on the first such element, and waits for the page that this leads to, if any."""
        self._firefox.ask("WebDriver:ElementClick", id=self._element(selector))

    def fill(self, name: str, text: str) -> None:
        """Replaces the text of the field of that name."""
        element = self._element(f"main [name='{name}']")
        self._firefox.ask("WebDriver:ElementClear", id=element)
        self._firefox.ask("WebDriver:ElementSendKeys", id=element, text=text)

    def value(self, name: str) -> str:
        """The text in the field of that name."""
        script = "return document.querySelector(`main [name='${arguments[0]}']`)?.value ?? null"
        return str(self.run(script, name))

    def back(self) -> None:
        self._firefox.ask("WebDriver:Back")

    def _element(self, selector: str) -> str:
        found = self._firefox.ask("WebDriver:FindElement", using="css selector", value=selector)
        (element,) = found.values()
        return str(element)

    def _status(self) -> int:
        """The status of the open page, once all of it is there."""
        script = """return document.readyState === "complete"
            && performance.getEntriesByType("navigation")[0]?.responseStatus;"""
        await_truth(lambda: bool(self._between_pages(script)))
        return int(self.run(script))

    def _between_pages(self, script: str) -> Any:
        """What the script returns; None while one page goes and another comes."""
        try:
            return self.run(script)
        except Failed:
            return None


@contextmanager
def window(service: Service, language: str, *, javascript: bool = True) -> Iterator[Window]:
    """A window of a new Firefox, for the length of a `with` block."""
    with marionette.started({"javascript.enabled": javascript}) as firefox:
        yield Window(firefox, service, language)
