"""A real browser in front of the deployed service.

Each page opens in a context of its own, as on a new device. A test fails if a page does what none
may do: an error on the console, a violation of the security policy, a script that breaks, a request
to another machine.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    ViewportSize,
    WebError,
    WebSocket,
    expect,
)

from local import browser
from tests.support.service import Service

DESKTOP = ViewportSize(width=1280, height=800)
NARROW = ViewportSize(width=320, height=640)
"""A desktop's 1280 pixels at 400 % (WCAG 1.4.10)."""

_CAPTURES_WITHOUT_CAMERA = "Permissions policy violation: camera is not allowed in this document."
"""Chromium says so when a page begins to capture a screen, because it asks for the camera as well.

The camera stays refused, and the capture works without it.
"""

_WAIT_MS = 60_000  # two processors start a worker for each function that is busy
expect.set_options(timeout=_WAIT_MS)


class Visitor:
    """A person in front of a browser, and every trouble in it."""

    def __init__(self, chromium: Browser, api_url: str) -> None:
        self._chromium = chromium
        self._api_url = api_url
        self._contexts: list[BrowserContext] = []
        self._documents: set[str] = set()
        self._troubles: list[str] = []

    def open(
        self,
        path: str = "",
        *,
        locale: str = "ca-ES",
        javascript: bool = True,
        viewport: ViewportSize = DESKTOP,
        color_scheme: Literal["light", "dark"] = "light",
    ) -> Page:
        """A page in a fresh context, at a path such as `ca/help`; blank without a path.

        Paths have no leading slash, here and in `page.goto`: they are below the stage.
        """
        context = self._chromium.new_context(
            base_url=f"{self._api_url}/",
            locale=locale,
            timezone_id="Europe/Madrid",
            java_script_enabled=javascript,
            viewport=viewport,
            color_scheme=color_scheme,
            service_workers="block",
        )
        self._contexts.append(context)
        context.set_default_timeout(_WAIT_MS)
        # Requests are watched and not routed: with routing the browser caches no file and no page.
        # `local.browser` has every request to another machine fail.
        context.on("request", self._note_request)
        context.on("console", self._note_console)
        context.on("weberror", self._note_error)
        context.on("page", self._watch)
        page = context.new_page()
        if path:
            page.goto(path)
        return page

    def take_troubles(self) -> list[str]:
        """The troubles since the last call; the test has dealt with them."""
        for context in self._contexts:
            for page in context.pages:
                # After this, earlier reports of the page have arrived, unless it is just closing.
                with suppress(Error):
                    page.evaluate("0")
        taken, self._troubles = self._troubles, []
        return taken

    def leave(self) -> None:
        """Close all pages."""
        for context in self._contexts:
            context.close()

    def _watch(self, page: Page) -> None:
        page.on("websocket", self._note_socket)

    def _note_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https"} and url.hostname not in {"127.0.0.1", "localhost"}:
            self._troubles.append(f"foreign request: {request.url}")
        if request.is_navigation_request():
            self._documents.add(request.url)

    def _note_socket(self, socket: WebSocket) -> None:
        self._troubles.append(f"web socket: {socket.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        # A page about a mistake has a status for it, too (404, 422).
        if message.text.startswith("Failed to load resource: the server responded") and (
            message.location["url"] in self._documents
        ):
            return
        # What is no page of the service has no icon: that of the embedded identity provider, or an
        # answer that a test has put in place of the service's.
        if urlsplit(message.location["url"]).path == "/favicon.ico":
            return
        if message.text == _CAPTURES_WITHOUT_CAMERA:
            return
        self._troubles.append(f"console {message.type}: {message.text}")

    def _note_error(self, error: WebError) -> None:
        self._troubles.append(f"script error: {error.error}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser.started() as started:
        yield started


@pytest.fixture
def visitor(chromium: Browser, service: Service) -> Iterator[Visitor]:
    """Opens pages; the test fails if one of them does what no page may do."""
    visitor = Visitor(chromium, service.environment["API_URL"])
    yield visitor
    troubles = visitor.take_troubles()
    visitor.leave()
    assert troubles == []
