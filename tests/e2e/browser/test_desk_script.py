"""What the script adds to the desk: keys, drafts while somebody types, nothing lost on the way."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from suport.desk.deployed import drafts
from suport.domain.category import Category
from suport.domain.history import Kind
from suport.domain.incident import Actor
from suport.domain.reference import Reference
from suport.web.desk.session_cookie import COOKIE
from tests.functions.conftest import aws_in_this_process, embedded, load
from tests.support.desk_browser import DeskBrowser, Desks, desks
from tests.support.desk_server import DeskServer
from tests.support.gateway import Load

__all__ = ["desks", "embedded", "load"]

ANSWER = "Good morning. Your payment has arrived; the receipt is on its way."
PAUSE = 2000  # milliseconds after the last key, as the script waits
WAIT = 10_000  # for what is on this machine
type Seat = Callable[..., Page]
"""Opens a page of the desk, with the operator signed in."""


@pytest.fixture(scope="module")
def moto() -> Iterator[dict[str, str]]:
    """AWS in this process; the other tests beside these need the service's own."""
    with aws_in_this_process() as environment:
        yield environment


@pytest.fixture
def marta(desks: Desks) -> DeskBrowser:
    return desks.signed_in("marta", Category.PAYMENT)


@pytest.fixture
def server(desks: Desks, load: Load) -> Iterator[DeskServer]:
    made = DeskServer(desks, load)
    with made.running():
        yield made


@pytest.fixture
def context(chromium: Browser, server: DeskServer, marta: DeskBrowser) -> Iterator[BrowserContext]:
    made = chromium.new_context(base_url=server.url, locale="en")
    # Chromium takes a secure cookie for loopback over HTTP from a server, but not from here.
    secure = server.url.replace("http:", "https:")
    made.add_cookies([{"name": COOKIE, "value": marta.token or "", "url": secure, "secure": True}])
    made.set_default_timeout(WAIT)
    yield made
    made.close()


@pytest.fixture
def seat(context: BrowserContext) -> Seat:
    def take(page: str = "list?view=team", language: str = "en") -> Page:
        opened = context.new_page()
        opened.clock.install()
        opened.goto(f"desk/{language}/{page}")
        return opened

    return take


@pytest.fixture
def mine(desks: Desks, marta: DeskBrowser) -> Reference:
    reference = desks.submitted()
    marta.post("claim", {"reference": reference})
    return reference


def focused(page: Page) -> str:
    """What has the focus: its id, or else its text."""
    said: str = page.evaluate("document.activeElement.id || document.activeElement.innerText")
    return said


def answers(desks: Desks, reference: Reference) -> list[str]:
    """What operators wrote to the citizen."""
    told = [each.facts for each in desks.entries(reference) if each.kind is Kind.MESSAGE]
    return [each["body"] for each in told if each["by"] == Actor.OPERATOR]


def drafted(desks: Desks, reference: Reference) -> str:
    """The answer that is kept as a draft."""
    found = drafts().of("marta", reference, desks.now).get("write")
    return found.fields.get("body", "") if found else ""


# Keys


def test_the_keys_are_shown_by_a_key_and_the_focus_comes_back(desks: Desks, seat: Seat) -> None:
    desks.submitted()
    page = seat()
    page.locator("[data-row]").focus()
    page.keyboard.press("?")
    shown = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shown).to_be_visible()
    assert shown.evaluate("each => each.contains(document.activeElement)")
    page.keyboard.press("g")  # no key goes past the open dialog
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('[data-row]')")


def test_a_team_works_by_keys_alone(desks: Desks, seat: Seat) -> None:
    references = sorted(desks.submitted() for _ in range(3))
    page = seat()
    for key, at in (("j", 0), ("j", 1), ("k", 0), ("j", 1)):
        page.keyboard.press(key)
        assert focused(page) == page.locator("[data-row]").nth(at).inner_text()
    opened = Reference(focused(page))
    assert opened in references
    with page.expect_navigation():
        page.keyboard.press("Enter")
    with page.expect_navigation():
        page.keyboard.press("c")
    page.keyboard.press("r")
    assert focused(page) == "body"
    page.keyboard.type("Sure, we ask: jkcas?")  # in a field a key is a letter
    page.keyboard.press("Escape")
    page.keyboard.press("q")
    expect(page.locator("#kind-question")).to_be_checked()
    with page.expect_navigation():
        page.keyboard.press("p")
    with page.expect_navigation():
        page.keyboard.press("s")
    assert answers(desks, opened) == ["Sure, we ask: jkcas?"]
    page.keyboard.press("m")
    assert focused(page) == "note"
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert focused(page).startswith("entry-")
    with page.expect_navigation():
        page.keyboard.press("g")
    expect(page.locator("body")).to_have_attribute("data-page", "list")


def test_a_key_that_sends_leads_to_the_text_that_is_missing(seat: Seat, mine: Reference) -> None:
    page = seat(f"incident?reference={mine}")
    page.keyboard.press("s")
    assert focused(page) == "body"


def test_keys_that_are_switched_off_do_nothing(
    marta: DeskBrowser, seat: Seat, mine: Reference
) -> None:
    marta.post("keys", {"keys": "off"})
    page = seat(f"incident?reference={mine}")
    for key in "?rmtg":
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement === document.body")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_the_browsers_own_keys_stay_the_browsers(
    seat: Seat, mine: Reference, modifier: str
) -> None:
    page = seat(f"incident?reference={mine}")
    page.keyboard.press(f"{modifier}+m")
    assert page.evaluate("document.activeElement === document.body")


# Drafts


def test_what_is_typed_is_kept_after_a_pause(seat: Seat, mine: Reference) -> None:
    page = seat(f"incident?reference={mine}")
    page.fill("#body", ANSWER)
    page.fill("#note", "He will call again.")
    page.clock.run_for(PAUSE)
    expect(page.locator("#draft-state")).to_have_text("Draft saved")
    expect(page.locator("#note-state")).to_have_text("Draft saved")
    other = seat(f"incident?reference={mine}")
    expect(other.locator("#body")).to_have_value(ANSWER)
    expect(other.locator("#note")).to_have_value("He will call again.")


def test_nothing_is_said_to_be_kept_before_a_word_is_typed(seat: Seat, mine: Reference) -> None:
    page = seat(f"incident?reference={mine}")
    page.check("#kind-question")
    with page.expect_response("**/draft"):
        page.clock.run_for(PAUSE)
    expect(page.locator("#draft-state")).to_have_text("")


def test_what_was_just_typed_is_kept_when_the_page_is_left(
    desks: Desks, seat: Seat, mine: Reference
) -> None:
    page = seat(f"incident?reference={mine}")
    page.fill("#body", ANSWER)
    page.click("text=Keyboard")
    page.wait_for_url("**/keys")
    assert drafted(desks, mine) == ANSWER
    page.go_back()
    page.fill("#body", "A second thought.")
    page.evaluate("location.assign('keys')")
    page.wait_for_url("**/keys")
    page.wait_for_timeout(300)
    assert drafted(desks, mine) == "A second thought."


def test_a_later_text_is_not_lost_to_the_answer_to_an_earlier_one(
    desks: Desks, seat: Seat, server: DeskServer, mine: Reference
) -> None:
    page = seat(f"incident?reference={mine}")
    page.fill("#body", "One")
    with server.held():
        page.clock.run_for(PAUSE)
        page.fill("#body", "One and two")
        page.clock.run_for(PAUSE)
    expect(page.locator("#draft-state")).to_have_text("Draft saved")
    page.wait_for_timeout(300)
    assert drafted(desks, mine) == "One and two"


# The service away


def test_an_answer_that_cannot_be_sent_stays_and_goes_out_once_the_service_is_back(
    desks: Desks, seat: Seat, server: DeskServer, mine: Reference
) -> None:
    page = seat(f"incident?reference={mine}")
    page.fill("#body", ANSWER)
    page.check("#kind-solution")
    server.is_away = True
    page.click("text=Send")
    said = page.locator("#draft-state")
    expect(said).to_contain_text("We cannot reach the service.")
    page.clock.run_for(200)
    expect(said).to_contain_text("We cannot reach the service.")
    expect(page.locator("#body")).to_have_value(ANSWER)
    server.is_away = False
    with page.expect_navigation():
        page.click("text=Send")
    assert answers(desks, mine) == [ANSWER]
    assert drafted(desks, mine) == ""


def test_a_button_that_is_pressed_twice_sends_once(
    seat: Seat, server: DeskServer, mine: Reference
) -> None:
    page = seat(f"incident?reference={mine}")
    page.fill("#body", ANSWER)
    with page.expect_navigation():
        page.dblclick("text=Send")
    page.wait_for_timeout(300)
    assert server.asked.count("POST write") == 1


def test_without_a_network_no_text_gets_lost_in_the_browsers_own_error_page(
    context: BrowserContext, desks: Desks, seat: Seat, mine: Reference
) -> None:
    page = seat(f"incident?reference={mine}")
    page.fill("#body", ANSWER)
    context.set_offline(True)
    page.click("text=Send")
    expect(page.locator("#draft-state")).to_contain_text("We cannot reach the service.")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    page.click("text=Keyboard")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.locator("#body")).to_have_value(ANSWER)
    context.set_offline(False)
    expect(page.locator("#draft-state")).to_have_text("Draft saved")
    assert drafted(desks, mine) == ANSWER
    with page.expect_navigation():
        page.click("text=Keyboard")
    assert asked == ["beforeunload"]


def test_an_answer_from_a_session_that_is_over_is_given_back(
    desks: Desks, seat: Seat, mine: Reference
) -> None:
    page = seat(f"incident?reference={mine}")
    page.fill("#body", ANSWER)
    desks.sessions.end_all_of("marta", "aina", desks.now)
    with page.expect_navigation():
        page.click("text=Send")
    expect(page.locator("#body")).to_have_value(ANSWER)
    expect(page.get_by_role("link", name="Sign in again in another tab")).to_be_visible()


# Telephone calls


def test_a_call_is_kept_while_the_service_is_away_and_becomes_one_incident(
    desks: Desks, seat: Seat, server: DeskServer
) -> None:
    page = seat("new")
    page.fill("[name='contact.phone']", "971 48 17 26")
    page.clock.run_for(PAUSE)
    expect(page.locator("#draft-state")).to_have_text("Draft saved")
    assert [each.fields["contact.phone"] for each in drafts().calls("marta", desks.now).values()]
    page.fill("#description", "She cannot sign the form for her school.")
    page.check("[name=category][value=functional]")
    server.is_away = True
    page.click("text=Record the call")
    expect(page.locator("#draft-state")).to_contain_text("We cannot reach the service.")
    expect(page.locator("#description")).to_have_value("She cannot sign the form for her school.")
    server.is_away = False
    with page.expect_navigation():
        page.click("text=Record the call")
    [recorded] = desks.register.open_incidents(Category.FUNCTIONAL, desks.now)
    expect(page.locator("main")).to_contain_text(recorded.reference)
    assert drafts().calls("marta", desks.now) == {}
