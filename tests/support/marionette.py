"""A connection to Firefox over Marionette, the protocol that every build of it speaks.

https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html; its commands are those of
W3C WebDriver.
"""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local import TOOLS, Unable
from tests.support.patience import PATIENCE_S

_PATH = TOOLS / "firefox"
_PREFERENCES: dict[str, object] = {
    "app.update.auto": False,
    "browser.aboutwelcome.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.update.enabled": False,
    "marionette.port": 0,  # any free one
    # Whatever asks for another machine finds a closed port.
    **{f"network.proxy.{scheme}": "127.0.0.1" for scheme in ("http", "ssl")},
    **{f"network.proxy.{scheme}_port": 9 for scheme in ("http", "ssl")},
    "network.proxy.no_proxies_on": "127.0.0.1, localhost",
    "network.proxy.type": 1,
}


class Failed(Exception):
    """Firefox did not do what it was asked to."""


class Marionette:
    """One connection; it asks for one thing at a time."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self._received = self._socket.makefile("rb")
        self._asked = 0
        self._message()  # what Firefox says of itself

    def ask(self, command: str, **about: object) -> Any:
        """What Firefox answers to that command, such as `WebDriver:Navigate`.

        Raises
        ------
        Failed
        """
        self._asked += 1
        content = json.dumps([0, self._asked, command, about]).encode()
        self._socket.sendall(b"%d:%b" % (len(content), content))
        _, _, failure, answer = self._message()
        if failure:
            raise Failed(f"{command}: {failure['error']}: {failure['message']}")
        return answer["value"] if isinstance(answer, dict) and "value" in answer else answer

    def close(self) -> None:
        self._received.close()
        self._socket.close()

    def _message(self) -> Any:
        length = b""
        while (read := self._received.read(1)) != b":":
            if not read:
                raise Failed("Firefox is gone")
            length += read
        return json.loads(self._received.read(int(length)))


@contextmanager
def started(preferences: Mapping[str, object]) -> Iterator[Marionette]:
    """Runs a Firefox of its own with a window, for the length of a `with` block."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});"
            for name, value in {**_PREFERENCES, **preferences}.items()
        ]
        Path(profile, "user.js").write_text("\n".join(lines))
        firefox = subprocess.Popen(  # noqa: S603  the one that local/prepare found
            [
                *(_path(), "--headless", "--no-remote", "--profile", profile),
                *("--marionette", "--remote-allow-system-access"),
            ],
            env=os.environ | {"HOME": profile},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            connection = Marionette(_port(Path(profile, "MarionetteActivePort")))
            connection.ask("WebDriver:NewSession", capabilities={})
            yield connection
            connection.close()
        finally:
            firefox.terminate()
            firefox.wait(PATIENCE_S)


def _path() -> str:
    try:
        return _PATH.read_text().strip()
    except FileNotFoundError:
        raise Unable("No Firefox was prepared yet. Run: local/prepare firefox") from None


def _port(file: Path) -> int:
    ends = time.monotonic() + PATIENCE_S
    while not file.exists() or not file.read_text():
        if time.monotonic() > ends:
            raise Unable("Firefox did not start.")
        time.sleep(0.05)
    return int(file.read_text())
