"""A citizen who shows a screen to an operator: the service's two pages, in two browsers.

What is shown is a page of the citizen's, red above and blue below, on which something always moves.
Whatever a person does is done on the pages::

    sharing.invite()
    sharing.join()
    sharing.show()
    sharing.citizen.click("#stop")
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from local import browser
from suport.domain.category import Category
from suport.domain.history import Action, Done
from suport.domain.language import Language
from suport.domain.reference import Reference
from suport.runtime import aws, clock
from suport.web import session
from suport.web.desk.pages.remote import LINES
from suport.web.desk.session_cookie import COOKIE
from tests.support.desk_browser import DeskBrowser, Desks
from tests.support.desk_server import DeskServer
from tests.support.gateway import Load

WAIT = 15_000  # milliseconds, for what is on this machine
TITLE = "A procedure"
"""Of the page that the citizen chooses in the browser's picker."""
RED, BLUE = (200, 30, 30), (30, 30, 200)
_NEAR = 30  # of 255: how far the coding of a picture moves a colour
_SHOWN = f"""<!doctype html><title>{TITLE}</title>
<body style="margin: 0; height: 100vh; color: white;
  background: linear-gradient(rgb(200, 30, 30) 50%, rgb(30, 30, 200) 50%)"><p id="moves"></p>
<script>
  const move = () => (document.getElementById("moves").textContent = Date.now());
  const moving = setInterval(move, 50);
</script>
"""

_PIXELS = """() => {
  const video = document.getElementById("picture");
  if (!video?.checkVisibility({ visibilityProperty: true }) || !video.videoWidth) return null;
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext("2d");
  canvas.drawImage(video, 0, 0);
  const at = (y) =>
    [...canvas.getImageData(video.videoWidth / 2, video.videoHeight * y, 1, 1).data].slice(0, 3);
  return [at(0.25), at(0.75)];
}"""

# What the citizen's page asked the browser for, what it was given, and how it codes what it sends.
_CITIZEN = """(() => {
  const choose = navigator.mediaDevices?.getDisplayMedia.bind(navigator.mediaDevices);
  const add = RTCPeerConnection.prototype.addTransceiver;
  globalThis.given = [];
  globalThis.picked = 0;
  globalThis.codings = [];
  RTCPeerConnection.prototype.addTransceiver = function (track, about) {
    codings.push(...(about.sendEncodings ?? []));
    return add.call(this, track, about);
  };
  if (choose) navigator.mediaDevices.getDisplayMedia = async (asked) => {
    picked += 1;
    globalThis.wanted = asked;
    const stream = await choose(asked);
    given.push(...stream.getTracks());
    return stream;
  };
})()"""

# Counts the frames that arrive at the operator's page. A page that `ignores` goes on as if nothing
# had happened since: it keeps the connection, and takes each answer of the service for the last one
# before. A greedy page wants more than the picture: a channel to the citizen's.
_OPERATOR = """(() => {
  const isGreedy = [greedy];
  const [Peer, ask] = [RTCPeerConnection, fetch];
  const watched = (globalThis.watched = { frames: 0, last: 0, ignores: false });
  globalThis.RTCPeerConnection = class extends Peer {
    constructor(...about) {
      super(...about);
      watched.peer = this;
      if (isGreedy) watched.channel = this.createDataChannel("keys");
      this.addEventListener("track", ({ streams: [stream] }) => {
        watched.sink = Object.assign(document.createElement("video"), { muted: true });
        watched.sink.srcObject = stream;
        watched.sink.play();
      });
    }
    close() {
      if (!watched.ignores) super.close();
    }
  };
  globalThis.fetch = async (path, ...about) => {
    const answer = await ask(path, ...about);
    if (!path.startsWith("remote/state")) return answer;
    if (!watched.ignores) watched.kept = await answer.clone().text();
    return watched.ignores ? new Response(watched.kept) : answer;
  };
  setInterval(async () => {
    const stats = await watched.peer?.getStats();
    for (const { type, framesDecoded = 0 } of stats?.values() ?? [])
      if (type === "inbound-rtp" && framesDecoded !== watched.frames)
        [watched.frames, watched.last] = [framesDecoded, Date.now()];
  }, 20);
})()"""


class Sharing:
    """An incident of marta's, her browser and the citizen's. Nobody has been invited yet."""

    def __init__(
        self,
        server: DeskServer,
        desks: Desks,
        marta: DeskBrowser,
        citizens: Browser,
        operators: Browser,
        *,
        language: str = "en",
        is_greedy: bool = False,
    ) -> None:
        self.language = language
        self.server, self.desks, self.marta = server, desks, marta
        self.reference: Reference = desks.submitted(language="en")
        marta.post("claim", {"reference": self.reference})
        self.ahead = timedelta()
        self.code = ""
        self.troubles: list[str] = []
        self.citizens = self._context(citizens, _CITIZEN)
        self.operators = self._context(
            operators, _OPERATOR.replace("[greedy]", str(is_greedy).lower())
        )
        self.seat(self.operators, marta)
        self.operator = self.operators.new_page()
        self.procedure = self.citizens.new_page()
        self.procedure.set_content(_SHOWN)
        self.citizen = self.citizens.new_page()

    def _context(self, started: Browser, script: str) -> BrowserContext:
        made = started.new_context(base_url=self.server.url, locale=self.language)
        made.set_default_timeout(WAIT)
        made.add_init_script(script)
        made.on("weberror", lambda each: self.troubles.append(str(each.error)))
        return made

    def _keep(self, context: BrowserContext, name: str, value: str) -> None:
        # Chromium takes a secure cookie for loopback over HTTP from a server, but not from here.
        secure = self.server.url.replace("http:", "https:")
        context.add_cookies([{"name": name, "value": value, "url": secure, "secure": True}])

    def now(self) -> datetime:
        """The moment by the service's clock, which a test may move ahead."""
        return datetime.now(UTC) + self.ahead

    def seat(self, context: BrowserContext, operator: DeskBrowser) -> None:
        """Signs an operator in."""
        self._keep(context, COOKIE, operator.token or "")

    def open_incident(self) -> None:
        """Opens the incident in the citizen's browser, as an access code does."""
        about = session.Session(reference=self.reference)
        made = session.set_cookie(aws.service_secret(), about, self.now())
        self._keep(self.citizens, session.COOKIE, made.partition(";")[0].partition("=")[2])

    # What the two do

    def invite(self) -> None:
        """The operator invites the citizen, and has the code to tell."""
        self.operator.goto(f"desk/{self.language}/remote?reference={self.reference}")
        self.operator.click("form:has([value=invite]) button")
        self.code = self.operator.inner_text("#join-code")

    def join(self) -> None:
        """The citizen enters the code."""
        self.enter(self.citizen, self.code)
        expect(self.citizen.locator("#agree")).to_be_visible(timeout=WAIT)

    def enter(self, page: Page, code: str) -> None:
        """Somebody enters that code."""
        page.goto(f"{self.language}/join")
        page.fill("[name=code]", code)
        page.click("form:has([name=code]) button")

    def choose(self) -> None:
        """The citizen agrees, and chooses in the browser's picker."""
        self.citizen.locator("[data-act=choose]:visible").click()

    def show(self) -> None:
        """The citizen shows the page, and the operator sees it."""
        self.choose()
        self.see()

    def see(self) -> None:
        """Waits until the operator sees what the citizen shows."""
        soon(self.is_seen)

    def begin(self) -> None:
        """All of this: from the invitation to the picture."""
        self.invite()
        self.join()
        self.show()

    def by_operator(self, act: str, **fields: str) -> None:
        """Sends a form of the incident's page at the desk."""
        with self.server.held():
            self.marta.on(self.reference, act, **fields)

    # What becomes of it

    def colours(self) -> list[list[int]] | None:
        """The colours above and below in the operator's picture; None while there is none."""
        found: list[list[int]] | None = self.operator.evaluate(_PIXELS)
        return found

    def is_seen(self) -> bool:
        """Whether the operator sees what the citizen shows."""
        found = self.colours()
        return found is not None and all(
            abs(one - other) <= _NEAR
            for seen, shown in zip(found, (RED, BLUE), strict=True)
            for one, other in zip(seen, shown, strict=True)
        )

    def last_frame(self, since: float) -> float:
        """How many seconds after a moment the operator's page got its last frame, in quiet."""
        self.operator.wait_for_timeout(1200)
        last: float = self.operator.evaluate("watched.last")
        return max(0.0, last / 1000 - since)

    def state(self) -> dict[str, Any]:
        """What the service says to the citizen's browser."""
        found: dict[str, Any] = self.citizen.evaluate(
            "async () => (await fetch('../v1/remote?n=0')).json()"
        )
        return found

    def acts(self) -> list[str]:
        """What was done, as the incident's history has it."""
        with self.server.held():
            entries = self.desks.entries(self.reference)
        return [
            str(each.content.done) if isinstance(each.content, Action) else str(each.kind)
            for each in entries
        ]

    def ended(self) -> str | None:
        """Why the session ended and by whom, as the history has it; None if it has not."""
        with self.server.held():
            entries = self.desks.entries(self.reference)
        contents = [each.content for each in entries]
        found = [
            f"{each.reason} {each.by}"
            for each in contents
            if isinstance(each, Action) and each.done is Done.REMOTE_ENDED
        ]
        return found[-1] if found else None

    def count(self, done: Done) -> int:
        """How often that was done."""
        return self.acts().count(done)

    def says(self, line: str, within: float = WAIT / 1000) -> None:
        """Waits until the operator's page says that, whatever the time of day in it."""
        text = LINES[line].in_(Language.ENGLISH).partition("[time]")[0]
        expect(self.operator.locator("#remote-line")).to_contain_text(text, timeout=within * 1000)

    def told(self, text: str, within: float = WAIT / 1000) -> None:
        """Waits until the citizen's page says that."""
        place = self.citizen.locator("[data-told]:visible")
        expect(place).to_contain_text(text, timeout=within * 1000)

    def captures(self) -> bool:
        """Whether the citizen's page still gets a picture from its browser."""
        found: bool = self.citizen.evaluate("given.some((each) => each.readyState === 'live')")
        return found

    def leave(self) -> None:
        """Closes both browsers' windows."""
        self.citizens.close()
        self.operators.close()


def soon(is_so: Callable[[], bool], within: float = WAIT / 1000) -> float:
    """Waits until it is so; returns how many seconds that took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < within
        time.sleep(0.05)
    return time.monotonic() - began


@contextmanager
def citizens_browser(beside: Browser, *added: str) -> Iterator[Browser]:
    """A browser whose person chooses the page with that title in every picker."""
    flags = added or (f"--auto-select-tab-capture-source-by-title={TITLE}",)
    with browser.another(beside, *flags) as started:
        yield started


@pytest.fixture(scope="module")
def citizens(chromium: Browser) -> Iterator[Browser]:
    """The citizen's browser."""
    with citizens_browser(chromium) as started:
        yield started


@pytest.fixture
def share(
    desks: Desks,
    load: Load,
    chromium: Browser,
    citizens: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Sharing]]:
    """Has an incident on which a citizen may share the screen with marta; see `Sharing`.

    The test fails if a script of the pages breaks.
    """
    server, all_made = DeskServer(desks, load), []
    own = citizens

    def made(*, citizens: Browser | None = None, **about: Any) -> Sharing:
        desks.now = datetime.now(UTC)
        marta = desks.signed_in("marta", Category.PAYMENT)
        both = Sharing(server, desks, marta, citizens or own, chromium, **about)
        monkeypatch.setattr(clock, "now", both.now)
        all_made.append(both)
        return both

    with server.running():
        yield made
        for each in all_made:
            each.leave()
    assert [trouble for each in all_made for trouble in each.troubles] == []
