"""The browser that the tests and the screenshots look through: Chromium, on loopback only.

It is the one that `local/prepare browser` found or installed::

    with browser.started() as chromium:
        page = chromium.new_page()
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, sync_playwright

from local import TOOLS, Unable

_PATH = TOOLS / "browser"
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # One process for all pages of a context, and none in reserve: all of them are of one site.
    "--disable-site-isolation-trials",
    "--renderer-process-limit=1",
    # Whatever asks for another machine, page or browser, finds none. WebRTC calls this machine by
    # names under `local`: without them, two pages that share a screen never meet.
    "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.local",
    # Letters look alike wherever the pictures are taken.
    "--font-render-hinting=none",
    "--hide-scrollbars",
)


@contextmanager
def started(*added: str) -> Iterator[Browser]:
    """Run the browser for the length of a `with` block. Raises Unable if there is none.

    added: flags for its command line, besides those that it always has.
    """
    with sync_playwright() as driver, _launched(driver.chromium, added) as chromium:
        yield chromium


@contextmanager
def another(beside: Browser, *added: str) -> Iterator[Browser]:
    """Run one more beside a running one, as on another computer, for a `with` block.

    Two browsers do not know the names by which WebRTC calls this machine in each other; therefore
    this one gives its addresses. added: as for `started`.
    """
    flags = ("--disable-features=WebRtcHideLocalIpsWithMdns", *added)
    with _launched(beside.browser_type, flags) as chromium:
        yield chromium


@contextmanager
def _launched(kind: BrowserType, added: Sequence[str]) -> Iterator[Browser]:
    chromium = kind.launch(executable_path=_path(), args=[*_flags(), *added])
    try:
        yield chromium
    finally:
        chromium.close()


def _path() -> Path:
    try:
        return Path(_PATH.read_text().strip())
    except FileNotFoundError:
        raise Unable("No browser was prepared yet. Run: local/prepare browser") from None


def _flags() -> list[str]:
    # The sandbox refuses to start for root.
    return [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
