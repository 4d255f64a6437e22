"""A citizen shows an operator their screen: both pages of the service, in two browsers.

The promises that nobody may break, whatever the operator's page does. `tests/acceptance` has every
way to end, and what happens when a page, a browser or the service is lost.
"""

import json
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from suport.domain.category import Category
from suport.domain.history import Done
from tests.functions.conftest import aws_in_this_process, embedded, load
from tests.support.desk_browser import Desks, desks
from tests.support.screen_sharing import Sharing, citizens, citizens_browser, share, soon

__all__ = ["citizens", "desks", "embedded", "load", "share"]

AT_ONCE, ONE_POLL = 1, 3  # seconds
LIMITS = {
    "audio": False,
    "width": {"max": 1920},
    "height": {"max": 1200},
    "frameRate": {"max": 10},
}
"""Of what the browser is asked for."""
CODING = {"maxBitrate": 1_500_000, "maxFramerate": 10, "scaleResolutionDownBy": 1}
"""How a picture within those limits is sent; frames and bits are a second's."""
REFUSES = """([wait, name, message]) => {
  navigator.mediaDevices.getDisplayMedia = () =>
    new Promise((_, refuse) => setTimeout(() => refuse(new DOMException(message, name)), wait));
}"""
CANCELLED, REFUSED = "because nothing was chosen", "the browser or the system does not allow it"
REFUSALS = [
    ((400, "NotAllowedError", "Permission denied"), CANCELLED),
    ((0, "NotAllowedError", "Permission denied"), REFUSED),
    ((400, "AbortError", ""), CANCELLED),
    ((400, "NotAllowedError", "Permission denied by system"), REFUSED),
    ((400, "NotAllowedError", "The object can not be found here."), CANCELLED),
    ((400, "NotReadableError", "Could not start video source"), REFUSED),
]
"""How the picker refuses, after so many milliseconds, and what the citizen reads of it."""
type Share = Callable[..., Sharing]


@pytest.fixture(scope="module")
def moto() -> Iterator[dict[str, str]]:
    """AWS in this process; the other tests beside these need the service's own."""
    with aws_in_this_process() as environment:
        yield environment


def test_only_a_picture_passes_and_stop_ends_it_whatever_the_operators_page_does(
    share: Share,
) -> None:
    both = share(is_greedy=True)
    with both.citizen.expect_request("**/v1/remote/offer?*") as sent:
        both.begin()
    assert lines(json.loads(sent.value.post_data or "")["sdp"]) == ["video sendonly"]
    peer = "watched.peer.localDescription.sdp"
    assert lines(both.operator.evaluate(peer)) == ["video recvonly"]
    assert both.operator.evaluate("watched.channel.readyState") == "connecting"
    wanted = both.citizen.evaluate("wanted")
    assert {"audio": wanted["audio"], **wanted["video"]} == LIMITS | {"displaySurface": "browser"}
    assert both.citizen.evaluate("codings") == [CODING]
    both.operator.evaluate("watched.ignores = true")
    both.citizen.evaluate(
        "() => { globalThis.fetch = () => Promise.reject(new TypeError('broken')); }"
    )
    # by the moment in which the page hears of it: a busy machine may bring the click late
    both.citizen.evaluate(
        "() => addEventListener('click', () => { globalThis.clicked = Date.now(); }, true)"
    )
    both.citizen.click("#stop")
    assert both.last_frame(both.citizen.evaluate("clicked") / 1000) <= AT_ONCE
    assert not both.captures()
    assert both.ended() == "stopped citizen"  # a beacon told the service


def test_without_the_consent_the_operators_page_gets_nothing_although_it_ignores_that(
    share: Share,
) -> None:
    both = share()
    both.begin()
    both.open_incident()
    consents = both.citizens.new_page()
    consents.goto("en/remote-support")
    both.operator.evaluate("watched.ignores = true")
    since = time.time()
    consents.click("form:has([value=view]):has([value=withdraw]) button")
    soon(lambda: not both.captures())
    assert both.last_frame(since) <= ONE_POLL
    assert both.ended() == "withdrawn citizen"


def test_neither_another_operator_nor_another_browser_with_the_code_gets_in(
    share: Share, chromium: Browser, citizens: Browser, desks: Desks
) -> None:
    both = share()
    both.begin()
    joan = chromium.new_context(base_url=both.server.url)
    both.seat(joan, desks.signed_in("joan", Category.PAYMENT))
    page = joan.new_page()
    page.goto(f"desk/en/remote?reference={both.reference}")
    assert page.locator("video").count() == 0
    answer = page.goto(f"desk/en/remote/state?reference={both.reference}&have=0")
    assert answer
    assert answer.status == 404
    joan.close()
    other = citizens.new_context(base_url=both.server.url)
    page = other.new_page()
    both.enter(page, both.code)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert other.cookies() == []
    other.close()
    assert both.is_seen()


def test_nothing_is_shown_or_recorded_if_the_citizen_chooses_nothing(
    share: Share, chromium: Browser
) -> None:
    with citizens_browser(chromium, "--use-fake-ui-for-media-stream=deny") as refusing:
        both = share(citizens=refusing)
        both.invite()
        both.join()
        before = both.acts()
        both.choose()
        both.told("Nothing is being shown")
        assert both.acts() == before
        assert not both.captures()


def test_a_citizen_who_cancels_reads_something_else_than_one_whose_computer_refuses(
    share: Share,
) -> None:
    both = share()
    both.invite()
    both.join()
    before = both.acts()
    for refusal, text in REFUSALS:
        both.citizen.evaluate(REFUSES, refusal)
        both.choose()
        both.told(text)
        assert both.acts() == before
        assert not both.captures()


def test_nothing_is_shown_or_recorded_if_the_text_has_changed_meanwhile(share: Share) -> None:
    both = share()
    both.invite()
    both.join()
    before = both.acts()
    assert Done.REMOTE_VIEWING not in before
    both.citizen.evaluate("document.getElementById('remote').dataset.notice = '0'.repeat(64)")
    both.choose()
    both.told("The text that you agree to has changed. Nothing has been shown or recorded.")
    expect(both.citizen.get_by_role("link", name="Load this page again")).to_be_visible()
    assert both.acts() == before
    assert not both.captures()


def test_without_a_script_an_operator_invites_and_ends_and_is_told_what_is_missing(
    share: Share, chromium: Browser
) -> None:
    both = share()
    kept = both.operators.storage_state()
    bare = chromium.new_context(
        base_url=both.server.url, java_script_enabled=False, storage_state=kept
    )
    both.operator = bare.new_page()
    both.invite()
    assert re.fullmatch(r"\w{4}-\w{4}", both.code)
    expect(both.operator.locator("noscript p")).to_be_visible()
    both.operator.click("text=Cancel the invitation")
    both.says("ended-stopped-operator")
    bare.close()


def lines(description: str) -> list[str]:
    """What a session description offers: `video sendonly` for a picture that is only sent."""
    kinds = re.findall(r"^m=(\w+)", description, re.MULTILINE)
    ways = re.findall(r"^a=(sendonly|recvonly|sendrecv|inactive)\s", description, re.MULTILINE)
    return [" ".join(each) for each in zip(kinds, ways, strict=True)]
