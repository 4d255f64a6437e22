"""Every way in which a shown screen goes out of sight, and what stays in sight meanwhile.

Both pages of the service meet in two browsers. Each limit is what the pages promise, with room for
a busy machine; the service's clock is moved where a promise is about minutes. The measured times
are printed: `make acceptance ARGS="-k screen_sharing -rP"`.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Error, Page, Route, expect

from suport.domain.category import Category
from suport.domain.history import Done
from suport.domain.operator_identity import Operator
from suport.register.deployed import remote_support
from suport.web.pages.join import ENDINGS
from tests.functions.conftest import aws_in_this_process, embedded, load
from tests.support import marionette
from tests.support.accessibility import axe, misplaced, small_targets
from tests.support.browser import DESKTOP, NARROW
from tests.support.desk_browser import desks
from tests.support.screen_sharing import WAIT, Sharing, citizens, citizens_browser, share, soon

__all__ = ["citizens", "desks", "embedded", "load", "share"]

AT_ONCE, ONE_POLL = 1.5, 3.5  # seconds, on a busy machine
CALM = 1.5  # seconds between two polls of a page that waits for nothing, at the least
STATE = "**/remote/state?**"
STALE, UNSURE = 3, 10  # seconds, as the scripts wait
SILENCE, PAUSE, LONGEST = timedelta(seconds=16), timedelta(minutes=10), timedelta(minutes=60)
LARGE = 44  # CSS pixels (WCAG 2.5.5)
ANY_SCREEN = (  # of those that the browser draws itself
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=display-media-type=monitor",
)
PICKS = """(() => {
  const choose = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getDisplayMedia = (asked) =>
    choose({ ...asked, video: { ...asked.video, displaySurface: "[surface]" } });
})()"""

# A browser that does not keep to the limits that the page sets.
GIVES_TOO_MUCH = """(() => {
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 3840, height: 2160 });
    const context = canvas.getContext("2d");
    setInterval(() => {
      for (const [colour, top] of [["rgb(200, 30, 30)", 0], ["rgb(30, 30, 200)", 1080]]) {
        context.fillStyle = colour;
        context.fillRect(0, top, 3840, 1080);
      }
    }, 200);
    return canvas.captureStream(5);
  };
})()"""

# The browser's own freezing spares a page that has a connection, unless memory is short.
FREEZE = "() => { document.dispatchEvent(new Event('freeze')); }"

# Without background colours, only edges mark a button or a part of the page.
EDGELESS = """() => {
  const isEdged = (each) => parseFloat(getComputedStyle(each).borderTopWidth) > 0;
  const framed = ".govuk-button, .remote-banner, .remote-picture, .suport-box";
  return [...document.querySelectorAll(framed)]
    .filter((each) => each.checkVisibility() && !isEdged(each))
    .map((each) => each.id || each.className);
}"""

type Share = Callable[..., Sharing]


@pytest.fixture(scope="module")
def moto() -> Iterator[dict[str, str]]:
    """AWS in this process; other tests need the service's own."""
    with aws_in_this_process() as environment:
        yield environment


@pytest.fixture
def both(share: Share) -> Sharing:
    """The operator sees what the citizen shows."""
    made = share()
    made.begin()
    return made


def timed(what: str, seconds: float) -> float:
    """The seconds, printed."""
    print(f"{what}: {seconds:.2f} s")  # noqa: T201  for those who measure
    return seconds


# The citizen's page goes

LEFT: dict[str, Callable[[Sharing], object]] = {
    "the page is left": lambda both: both.citizen.goto("about:blank"),
    "the tab is closed": lambda both: both.citizen.close(run_before_unload=True),
    "what is shown is closed": lambda both: both.procedure.close(),
    "the browser puts the page to sleep": lambda both: both.citizen.evaluate(FREEZE),
}


@pytest.mark.parametrize("left", LEFT)
def test_the_picture_ends_at_once_and_the_session_pauses_if(both: Sharing, left: str) -> None:
    since = time.time()
    LEFT[left](both)
    both.says("paused", ONE_POLL)
    assert both.colours() is None
    assert timed(left, both.last_frame(since)) <= AT_ONCE
    assert both.ended() is None


def test_a_pause_has_an_end(both: Sharing) -> None:
    both.procedure.close()
    both.told("What you showed was closed")
    both.says("paused")
    both.ahead += PAUSE
    both.says("ended-time", ONE_POLL)
    both.told(said_of("time"), ONE_POLL)


def test_after_a_reload_the_citizen_shows_again_by_one_click_and_without_a_code(
    both: Sharing,
) -> None:
    both.citizen.reload()
    both.says("paused", ONE_POLL)
    expect(both.citizen.get_by_role("button", name="Show again")).to_be_visible()
    assert both.citizen.locator("[name=code]").count() == 0
    assert not both.is_seen()
    both.show()
    assert both.count(Done.REMOTE_VIEWING) == 2
    assert both.count(Done.REMOTE_JOINED) == 1


def test_the_last_picture_of_a_page_that_crashed_is_covered_and_the_session_ends(
    both: Sharing,
) -> None:
    since = time.time()
    with pytest.raises(Error):
        both.citizen.goto("chrome://crash")
    gone = soon(lambda: both.colours() is None)
    assert timed("covered after a crash", gone) <= STALE + 2
    assert timed("the tab crashes", both.last_frame(since)) <= AT_ONCE
    expect(both.operator.locator("#cover")).to_be_visible()
    assert both.ended() is None
    both.ahead += SILENCE
    both.says("ended-citizen_silent", ONE_POLL)
    assert both.ended() == "citizen_silent service"


def test_in_a_second_tab_the_citizen_sees_that_the_screen_is_shown_and_stops_it(
    both: Sharing,
) -> None:
    other = both.citizens.new_page()
    other.goto("en/join")
    expect(other.get_by_text("You are showing your screen in another window")).to_be_visible()
    other.wait_for_timeout(2500)
    assert both.is_seen()
    since = time.time()
    other.locator("[data-act=end]:visible").click()
    both.says("ended-stopped-citizen", ONE_POLL)
    soon(lambda: not both.captures(), ONE_POLL)
    assert timed("stopped in another tab", both.last_frame(since)) <= ONE_POLL


def test_if_the_browser_fails_after_the_choice_nothing_is_captured(share: Share) -> None:
    both = share()
    both.invite()
    both.join()
    both.citizen.evaluate(
        "() => { MediaStreamTrack.prototype.getSettings = () => { throw new TypeError('broken') } }"
    )
    both.choose()
    both.told("Nothing is being shown")
    assert both.citizen.evaluate("picked") == 1
    assert not both.captures()


# Another offer takes the place of the first, because the operator's page is loaded again

OFFER = "**/v1/remote/offer?*"
REPLACING: dict[str, Callable[[Route], object]] = {
    "the service has too much to do": lambda route: route.fulfill(status=429, json={}),
    "it is lost, and lost again": lambda route: route.abort(),
}


@pytest.mark.parametrize("failing", REPLACING)
def test_the_session_pauses_if_another_offer_cannot_be_made_because(
    both: Sharing, failing: str
) -> None:
    both.citizen.route(OFFER, REPLACING[failing])
    both.operator.reload()
    both.told("That did not work. Nothing is being shown.")
    assert not both.captures()
    both.says("paused", ONE_POLL)
    both.citizen.unroute(OFFER)
    both.show()


def test_the_session_pauses_if_the_page_is_left_before_the_service_has_the_other_offer(
    both: Sharing,
) -> None:
    both.citizen.route(OFFER, lambda _: None)  # it never arrives
    with both.citizen.expect_request(OFFER):
        both.operator.reload()
    both.citizen.goto("about:blank")
    both.says("paused", ONE_POLL)


# Somebody ends it

ENDS: dict[str, Callable[[Sharing], object]] = {
    "transferred": lambda both: both.by_operator("transfer", to="team:functional", reason="Theirs"),
    "resolved": lambda both: both.by_operator("resolve"),
    "withdrawn": lambda both: both.by_operator("withdraw", scope="view"),
}


@pytest.mark.parametrize("reason", ENDS)
def test_one_poll_after_the_end_nothing_arrives_and_both_read_why(
    both: Sharing, reason: str
) -> None:
    since = time.time()
    ENDS[reason](both)
    both.told(said_of(reason), ONE_POLL)
    assert not both.captures()
    both.says(f"ended-{reason}", ONE_POLL)
    assert both.colours() is None
    assert timed(reason, both.last_frame(since)) <= ONE_POLL


def test_an_operator_who_no_longer_has_the_incident_gets_nothing_although_the_page_ignores_it(
    both: Sharing,
) -> None:
    both.operator.evaluate("watched.ignores = true")
    since = time.time()
    both.by_operator("release")
    both.told(said_of("released"), ONE_POLL)
    assert not both.captures()
    assert timed("released", both.last_frame(since)) <= ONE_POLL


def test_the_operator_ends_it_by_one_button(both: Sharing) -> None:
    with both.operator.expect_navigation():
        both.operator.click("text=End remote support")
    since = time.monotonic()
    both.says("ended-stopped-operator")
    expect(both.operator.get_by_role("button", name="Invite the citizen")).to_be_visible()
    both.told("The operator has ended the session.", ONE_POLL)
    assert not both.captures()
    assert timed("the operator ends it", time.monotonic() - since) <= ONE_POLL


def test_a_page_that_comes_back_after_its_end_failed_asks_the_service_again(both: Sharing) -> None:
    both.operator.route("**/desk/en/remote", lambda route: route.abort("aborted"))
    both.operator.click("text=End remote support")
    both.says("ending")
    both.operator.evaluate(
        "() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }"
    )
    expect(both.operator.locator("#remote-line")).not_to_contain_text("Ending")
    both.see()


def test_another_invitation_ends_the_session_before(both: Sharing) -> None:
    before = both.citizen
    both.operator.evaluate(
        """() => fetch("remote", { method: "POST", redirect: "manual", body: new URLSearchParams({
          form_token: document.getElementById("remote").dataset.token,
          reference: document.getElementById("remote").dataset.reference, act: "invite" }) })"""
    )
    both.told("The session has ended.", ONE_POLL)
    assert not both.captures()
    assert both.ended() == "replaced operator"
    code = both.operator.locator("#join-code:visible")  # the page has loaded itself again
    expect(code).not_to_have_text(both.code)
    both.code = code.inner_text()
    both.citizen = both.citizens.new_page()
    before.close()
    both.join()
    both.show()


def test_after_an_hour_it_is_over(both: Sharing) -> None:
    expect(both.citizen.locator("#minutes")).to_have_text("60")
    expect(both.operator.locator("#left")).to_have_text("59 minutes left")
    both.ahead += LONGEST
    both.told(said_of("time"), ONE_POLL)
    soon(lambda: both.colours() is None, ONE_POLL)
    assert both.ended() == "time service"
    assert not both.captures()


def test_without_the_operators_page_it_ends_after_fifteen_seconds(both: Sharing) -> None:
    both.operator.goto("about:blank")
    for _ in range(2):
        both.ahead += SILENCE / 2
        both.citizen.wait_for_timeout(2500)  # the citizen's page has asked meanwhile
    both.told(said_of("operator_silent"), ONE_POLL)
    assert not both.captures()
    assert both.ended() == "operator_silent service"


# The service, or the operator's page, is away for a while


def test_without_the_service_the_citizens_page_stops_and_the_operators_shows_nothing(
    both: Sharing,
) -> None:
    since = time.time()
    both.server.is_away = True
    both.told("The service does not answer, so this page has stopped.", UNSURE + 4)
    assert not both.captures()
    both.says("away", 4)
    assert both.colours() is None
    assert both.operator.evaluate("document.getElementById('picture').srcObject") is None
    assert timed("the service is away", both.last_frame(since)) <= UNSURE + 3
    both.server.is_away = False
    both.says("paused")
    both.show()


def test_an_operators_page_that_is_loaded_again_has_the_picture_back_and_nobody_is_asked(
    both: Sharing,
) -> None:
    both.operator.reload()
    assert timed("loaded again, and in the picture", soon(both.is_seen)) <= 15
    assert both.citizen.evaluate("picked") == 1
    assert both.count(Done.REMOTE_VIEWING) == 1


def test_an_answer_whose_receipt_is_lost_is_sent_again_and_the_picture_arrives(
    share: Share,
) -> None:
    both = share()
    sent: list[str | None] = []

    def lose_the_first(route: Route) -> None:
        sent.append(route.request.post_data)
        answer = route.fetch()
        assert answer.ok
        if len(sent) == 1:
            route.abort()
        else:
            route.fulfill(response=answer)

    both.operator.route("**/remote/answer", lose_the_first)
    both.begin()
    assert len(sent) == 2
    assert sent[0] == sent[1]


def test_only_the_window_that_was_opened_last_watches(both: Sharing) -> None:
    first, second = both.operator, both.operators.new_page()
    second.goto(f"desk/en/remote?reference={both.reference}")
    both.says("elsewhere")
    both.operator = second
    both.see()
    with first.expect_response(STATE):
        pass
    since = time.monotonic()
    with first.expect_response(STATE) as calm:
        pass
    assert timed("a window beside waits", time.monotonic() - since) >= CALM
    assert calm.value.json()["offer"] is None  # which it would not use
    first.click("text=Watch in this window")
    both.says("elsewhere")
    assert both.colours() is None
    both.operator = first
    both.see()
    assert both.citizen.evaluate("picked") == 1


def test_a_signed_out_operator_sees_nothing_any_more(both: Sharing) -> None:
    with both.server.held():
        for each in both.desks.sessions.all(both.now()):
            both.desks.sessions.end_session(each.id)
    both.says("signed-out", ONE_POLL)
    assert both.colours() is None


# Computers whose clocks are wrong


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_computers_wrong_clock_changes_no_minute_and_ends_nothing(
    share: Share, hours: int
) -> None:
    both = share()
    for each in (both.citizens, both.operators):
        each.clock.install(time=both.now() + timedelta(hours=hours))
    both.ahead = -timedelta(minutes=29, seconds=10)
    both.invite()
    both.join()
    both.ahead = timedelta()  # the hour has begun half an hour ago
    both.show()
    expect(both.citizen.locator("#minutes")).to_have_text("31")
    expect(both.operator.locator("#left")).to_have_text("30 minutes left")
    both.citizen.wait_for_timeout(UNSURE * 1000)
    assert both.is_seen()
    assert both.ended() is None


# What is shown


def test_a_picture_larger_than_was_asked_for_is_sent_smaller(share: Share) -> None:
    both = share()
    both.citizens.add_init_script(GIVES_TOO_MUCH)
    both.invite()
    both.join()
    both.choose()
    both.citizen.locator("[data-act=go-on]:visible").click()
    both.see()
    assert both.citizen.evaluate("codings[0].scaleResolutionDownBy") == 2
    size = "(({ videoWidth, videoHeight }) => [videoWidth, videoHeight])(picture)"
    assert both.operator.evaluate(size) == [1920, 1080]


def test_a_screen_on_which_nothing_moves_stays_in_sight(both: Sharing) -> None:
    both.procedure.evaluate("clearInterval(moving)")
    until = time.monotonic() + 3 * STALE
    while time.monotonic() < until:
        assert both.colours()
        time.sleep(0.2)


def test_the_service_knows_that_the_picture_has_arrived_and_a_letter_does_not_lead_away(
    both: Sharing,
) -> None:
    for key in "gncx":
        both.operator.keyboard.press(key)
    both.operator.wait_for_timeout(2500)
    assert both.is_seen()
    both.operator.keyboard.press("?")
    expect(both.operator.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    with both.server.held():
        marta = Operator("marta", (Category.PAYMENT,))
        session = remote_support().latest_of(both.reference, marta, both.now())
    assert session
    assert session.picture_at


def test_the_whole_screen_is_shown_only_after_a_warning(share: Share, chromium: Browser) -> None:
    with citizens_browser(chromium, *ANY_SCREEN) as started:
        both = share(citizens=started)
        both.citizens.add_init_script(PICKS.replace("[surface]", "monitor"))
        both.invite()
        both.join()
        before = both.acts()
        both.choose()
        expect(both.citizen.get_by_text("You have chosen your whole screen.")).to_be_visible()
        both.citizen.wait_for_timeout(2500)
        assert both.acts() == before
        both.says("joined")
        both.citizen.get_by_role("button", name="Choose something else").click()
        soon(lambda: both.citizen.evaluate("picked") == 2)
        both.citizen.get_by_role("button", name="Go on and show everything").click()
        both.says("viewing-monitor")
        expect(both.citizen.locator("#shown")).to_have_text("You are showing your whole screen.")


def test_both_pages_say_that_a_window_is_shown(share: Share, chromium: Browser) -> None:
    with citizens_browser(chromium, *ANY_SCREEN) as started:
        both = share(citizens=started)
        both.citizens.add_init_script(PICKS.replace("[surface]", "window"))
        both.invite()
        both.join()
        both.choose()
        both.says("viewing-window")
        expect(both.citizen.locator("#shown")).to_have_text("You are showing one window.")


# Control


def test_the_operator_may_control_only_once_both_have_agreed_and_only_until_one_does_not(
    both: Sharing,
) -> None:
    accept = both.operator.get_by_role("button", name="Accept the request")
    tool = both.operator.locator("#tool")
    expect(accept).to_be_hidden()
    both.citizen.click("text=Ask the operator to control my computer")
    expect(accept).to_be_visible()
    expect(tool).to_be_hidden()
    assert tool.get_attribute("href") is None
    expect(both.citizen.get_by_text("The operator has not accepted yet.")).to_be_visible()
    assert both.count(Done.REMOTE_CONTROL_ACCEPTED) == 0
    accept.click()
    expect(tool).to_have_attribute("href", "https://mostra.example.org/")
    expect(both.citizen.get_by_text("The operator has accepted.")).to_be_visible()
    both.citizen.get_by_role("button", name="Stop control").click()
    since = time.monotonic()
    expect(both.operator.get_by_role("alert")).to_have_text(
        "Stop: you may no longer control the citizen’s computer. Close Mostra now."
    )
    assert timed("control withdrawn", time.monotonic() - since) <= ONE_POLL
    expect(tool).to_be_hidden()
    assert tool.get_attribute("href") is None
    assert both.is_seen()


UNCERTAIN: dict[str, Callable[[Route], object]] = {
    "signed-out": lambda route: route.fulfill(status=403, json={}),
    "away": lambda route: route.abort(),
}


def test_the_tool_is_offered_only_while_the_service_says_that_it_may_be_used(
    both: Sharing,
) -> None:
    tool, alert = both.operator.locator("#tool"), both.operator.get_by_role("alert")
    both.citizen.click("text=Ask the operator to control my computer")
    both.operator.click("text=Accept the request")
    for line, fail in UNCERTAIN.items():
        expect(tool).to_be_visible()
        both.operator.route(STATE, fail)
        both.says(line)
        expect(tool).to_be_hidden()
        assert tool.get_attribute("href") is None
        expect(alert).to_contain_text("Stop: you may no longer control")
        both.operator.unroute(STATE)
    expect(tool).to_be_visible()
    expect(alert).to_contain_text("You may control")
    both.operator.route(STATE, lambda route: route.fulfill(status=404, json={}))
    expect(alert).to_contain_text("Stop: you may no longer control")
    assert tool.get_attribute("href") is None


def test_a_citizen_who_has_read_an_older_text_asks_for_no_control(both: Sharing) -> None:
    before = both.acts()
    both.citizen.evaluate("document.getElementById('remote').dataset.notice = '0'.repeat(64)")
    both.citizen.click("text=Ask the operator to control my computer")
    expect(both.citizen.locator("#control-told")).to_have_text(
        "The text that you agree to has changed. Nothing has been asked for. "
        "Stop, load this page again and read the new text."
    )
    assert both.is_seen()
    assert both.acts() == before


# Another browser

# Firefox without a display has no screen to choose from: a painting takes its place.
PAINTED = """const canvas = Object.assign(document.createElement("canvas"), { width: 640 });
canvas.height = 400;
const context = canvas.getContext("2d");
let moves = 0;
setInterval(() => {
  for (const [colour, top] of [["rgb(200, 30, 30)", 0], ["rgb(30, 30, 200)", 200]]) {
    context.fillStyle = colour;
    context.fillRect(0, top, 640, 200);
  }
  context.clearRect(moves++ % 9, 0, 9, 9);
}, 100);
navigator.mediaDevices.getDisplayMedia = async () => canvas.captureStream(10);"""
OPEN_ADDRESSES = {"media.peerconnection.ice.obfuscate_host_addresses": False}


def test_a_citizen_with_firefox_is_seen_and_stops(share: Share) -> None:
    both = share()
    both.invite()
    with marionette.started(OPEN_ADDRESSES) as firefox:

        def act(command: str, selector: str, **about: str) -> None:
            found = firefox.ask("WebDriver:FindElement", using="css selector", value=selector)
            [element] = found.values()
            firefox.ask(f"WebDriver:{command}", id=element, **about)

        firefox.ask("WebDriver:SetTimeouts", implicit=WAIT)
        firefox.ask("WebDriver:Navigate", url=f"{both.server.url}en/join")
        act("ElementSendKeys", "[name=code]", text=both.code)
        act("ElementClick", "form:has([name=code]) button")
        firefox.ask("WebDriver:FindElement", using="css selector", value="#agree")
        firefox.ask("WebDriver:ExecuteScript", script=PAINTED, args=[], sandbox=None)
        act("ElementClick", "[data-part=consent]:not([hidden]) [data-act=choose]")
        act("ElementClick", "[data-part=warned]:not([hidden]) [data-act=go-on]")
        both.see()
        since = time.time()
        act("ElementClick", "#stop")
        both.says("ended-stopped-citizen", ONE_POLL)
        assert timed("stopped in Firefox", both.last_frame(since)) <= AT_ONCE


# Everybody can use the pages


@pytest.mark.parametrize("language", ["en", "de"])
def test_everybody_can_use_both_pages_in_each_of_their_states(share: Share, language: str) -> None:
    both = share(language=language)
    found: dict[str, list[str]] = {}

    def look(state: str) -> None:
        found[f"citizen, {state}"] = faults(both.citizen)
        found[f"operator, {state}"] = faults(both.operator)

    both.invite()
    both.enter(both.citizen, "")
    look("invited, no code")
    both.join()
    look("joined")
    both.show()
    look("shown")
    stop = both.citizen.locator("#stop").bounding_box()
    assert stop
    assert min(stop["width"], stop["height"]) >= LARGE
    both.citizen.click("[data-act=ask]")
    expect(both.operator.locator("#accept")).to_be_visible()
    look("control asked for")
    both.operator.click("#accept")
    expect(both.operator.locator("#tool")).to_be_visible()
    expect(both.citizen.locator("[data-control=accepted]")).to_be_visible()
    look("control accepted")
    other = both.citizens.new_page()
    other.goto(f"{language}/join")
    expect(other.locator("[data-part=elsewhere]")).to_be_visible()
    found["citizen, in another window"] = faults(other)
    both.procedure.close()
    expect(both.citizen.locator("[data-part=paused]")).to_be_visible()
    expect(both.operator.locator("#remote-line")).to_contain_text(":")
    look("paused")
    both.citizen.locator("[data-part=paused] [data-act=end]").click()
    expect(both.citizen.locator("[data-part=over]")).to_be_visible()
    expect(both.operator.locator("[data-in~=none]")).to_be_visible()
    look("ended")
    assert {state: wrong for state, wrong in found.items() if wrong} == {}


def test_a_browser_that_cannot_show_its_screen_is_told_before_it_is_asked_for_anything(
    share: Share,
) -> None:
    both = share(language="de")
    both.citizens.add_init_script("navigator.mediaDevices.getDisplayMedia = undefined")
    both.citizen.goto("de/join")
    expect(both.citizen.locator("[data-part=unable]")).to_be_visible()
    assert both.citizen.locator("[name=code]:visible").count() == 0
    assert faults(both.citizen) == []


def faults(page: Page) -> list[str]:
    """What keeps somebody from using the page: light, dark, in forced colours, at 320 pixels."""
    page.bring_to_front()
    found = small_targets(page)
    page.set_viewport_size(NARROW)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {each}" for each in axe(page)]
    page.emulate_media(forced_colors="active")
    found += [f"no edge in forced colours: {each}" for each in page.evaluate(EDGELESS)]
    page.emulate_media(forced_colors="none", color_scheme="light")
    found += misplaced(page)
    page.set_viewport_size(DESKTOP)
    return found


def said_of(reason: str) -> str:
    """What the citizen reads of an end for that reason."""
    return ENDINGS[reason,].text
