"""The relay of remote support, and pages that use it: for `make test-relay`."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Page

from local import browser
from local import relay as local_relay
from local.relay import Relay

SECRET, RETIRED = b"0f8a1c", b"77d2e4"


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    with local_relay.started(secret=SECRET, retired=[RETIRED]) as running:
        yield running


@pytest.fixture(scope="session")
def chromium(relay: Relay) -> Iterator[Browser]:
    """A browser that trusts the relay's certificate, and whose citizens choose a tab to show."""
    key = x509.load_pem_x509_certificate(relay.certificate).public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    trusted = base64.b64encode(digest.digest()).decode()
    with browser.started(
        f"--ignore-certificate-errors-spki-list={trusted}",
        "--auto-select-tab-capture-source-by-title=A procedure",
    ) as started:
        yield started


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing for a request."""


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the pages of this folder are, with a slash."""
    here = partial(_Quiet, directory=Path(__file__).parent)
    with ThreadingHTTPServer(("127.0.0.1", 0), here) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def peer(chromium: Browser, address: str) -> Iterator[Callable[[], Page]]:
    """Opens the page on one more device."""
    with ExitStack() as devices:

        def opened() -> Page:
            context = chromium.new_context()
            devices.callback(context.close)
            page = context.new_page()
            page.goto(f"{address}peer.html")
            return page

        yield opened
