"""The page on which a citizen shows the screen: what it offers, and when."""

import pytest

from local import ROOT
from suport.domain.category import Category
from suport.domain.incident import Actor
from suport.domain.language import Language
from suport.domain.remote_session import Ending, EndReason, State, Surface
from suport.texts import published_notices
from suport.texts.labels import CATEGORIES
from suport.texts.published_notices import CONTROLLERS, Subject
from suport.web.pages.join import JoinPage
from tests.support.html import Element, Page
from tests.support.page_examples import ENGLISH, INVITATION, PAGES, TOOL, joined, wrong

STOPS = {"stop", "end"}


def read(page: JoinPage, reader: Language = ENGLISH) -> Page:
    return Page(page.render(reader))


def parts(page: Page, name: str) -> list[Element]:
    """What of the page the script shows under that name."""
    return [each for each in page.all if name in each.attributes.get("data-part", "").split()]


def acts(page: Page, name: str) -> list[str]:
    """What the buttons in that part do."""
    buttons = [each for part in parts(page, name) for each in part.walk() if each.tag == "button"]
    named = [each.attributes.get("data-act", each.attributes.get("id")) for each in buttons]
    return [each for each in named if each]


def test_nothing_is_asked_of_a_browser_before_the_script_knows_that_it_can_show_a_screen(
    reader: Language,
) -> None:
    for name in PAGES:
        if name.startswith("join"):
            page = Page(PAGES[name].render(reader))
            shown = [each for each in page.all if "data-part" in each.attributes]
            assert shown
            assert all("hidden" in each.attributes for each in shown), name
            forms = [each for each in page.within("main").walk() if each.tag == "form"]
            assert all(any(form in part.walk() for part in shown) for form in forms)


def test_a_browser_that_cannot_show_a_screen_is_led_to_a_picture_a_computer_and_the_tool() -> None:
    for tool, links in ((None, ["files"]), (TOOL, ["files", TOOL.url])):
        (part,) = parts(read(JoinPage(tool=tool)), "unable")
        assert [each.attributes["href"] for each in part.walk() if each.tag == "a"] == links
        assert [e.tag for e in part.walk() if e.tag in {"form", "button"}] == []
        ways = [each.text for each in part.walk() if each.tag == "li"]
        assert ["picture" in ways[0], "computer" in ways[1]] == [True, True]


def test_without_javascript_there_are_the_phone_line_and_the_files(reader: Language) -> None:
    (without,) = [each for each in read(JoinPage(), reader).all if each.tag == "noscript"]
    links = {each.attributes["href"] for each in without.walk() if each.tag == "a"}
    assert links == {"files", "tel:012", "tel:+34971225791"}


def test_the_code_is_asked_for_where_nobody_has_joined(reader: Language) -> None:
    page = read(JoinPage(), reader)
    (form,) = [each for part in parts(page, "start") for each in part.walk() if each.tag == "form"]
    assert form.attributes["action"] == "join"
    assert form.values == {"code": ""}


def test_a_wrong_code_is_shown_again_with_what_is_wrong_with_it() -> None:
    page = Page(PAGES["join, wrong code"].render(ENGLISH))
    assert page.values["code"] == "x"
    assert "Code from the operator is missing." in page.text


def test_a_wrong_code_is_asked_for_again_although_the_browser_is_in_another_session(
    reader: Language,
) -> None:
    trouble = wrong("code")
    page = read(JoinPage(session=joined(), fields={"code": "x"}, trouble=trouble), reader)
    assert page.values == {"code": "x"}
    assert page.attributes("data-part") == ["unable", "start"]
    said = trouble.errors[0].message.in_(reader).partition("{field}")[2]
    assert said in page.text


def test_with_the_invited_incident_open_no_code_is_needed(reader: Language) -> None:
    page = read(JoinPage(invitation=INVITATION), reader)
    first, second = [
        each for part in parts(page, "start") for each in part.walk() if each.tag == "form"
    ]
    assert first.values == {"reference": INVITATION.reference}
    assert second.values == {"code": ""}


@pytest.mark.parametrize("team", Category)
def test_it_says_which_office_team_and_incident_asks_before_anything_is_chosen(
    team: Category, reader: Language
) -> None:
    page = read(JoinPage(session=joined(team=team)), reader)
    asked = parts(page, "consent")[0].text
    for said in (CATEGORIES[team].in_(reader), CONTROLLERS[reader], INVITATION.reference):
        assert said in asked
    (notice,) = page.attributes("data-notice")
    assert notice == published_notices.current(Subject.REMOTE_SUPPORT, reader).sha256
    assert notice in page.text


def test_a_citizen_who_may_have_to_sign_is_told_that_a_tab_does_not_show_it() -> None:
    for team, preferred in (
        (Category.SIGNATURE, "window"),
        (Category.PAYMENT, "browser"),
    ):
        page = read(JoinPage(session=joined(team=team)))
        assert page.attributes("data-prefers") == [preferred]
        assert ("AutoFirma" in parts(page, "consent")[0].text) == (preferred == "window")


def test_every_part_of_a_session_can_be_ended_from_it() -> None:
    page = read(JoinPage(session=joined(), tool=TOOL))
    for name in ("consent", "paused", "showing", "elsewhere"):
        assert STOPS & set(acts(page, name)), name
    assert "choose" in acts(page, "paused")
    assert acts(page, "warned") == ["choose", "go-on"]


def test_control_has_a_part_of_its_own_where_the_office_has_a_tool() -> None:
    for tool, offered in ((None, []), (TOOL, ["ask", "withdraw"])):
        page = read(JoinPage(session=joined(), tool=tool))
        assert [each for each in acts(page, "showing") if each != "stop"] == offered
    (control,) = [each for each in page.all if each.attributes.get("id") == "control"]
    assert "hidden" in control.attributes
    assert [each for each in acts(page, "consent") if each in {"ask", "withdraw"}] == []


@pytest.mark.parametrize("reason", EndReason)
@pytest.mark.parametrize("by", [Actor.CITIZEN, Actor.OPERATOR, Actor.SERVICE])
def test_how_a_session_ended_is_said_in_the_same_words_by_page_and_script(
    reason: EndReason, by: Actor
) -> None:
    session = joined(state=State.ENDED, ending=Ending(reason, by))
    page = read(JoinPage(session=session))
    (ended,) = [each for each in page.all if each.attributes.get("id") == "ended"]
    texts = {
        each.attributes["data-ended"]: each.text
        for each in read(JoinPage(session=joined())).all
        if "data-ended" in each.attributes
    }
    said = texts.get(f"{reason} {by}") or texts.get(reason) or texts[""]
    assert ended.text.startswith(said)
    assert "Nothing is being shown." in ended.text


def test_every_reason_has_words_of_its_own() -> None:
    said = {
        reason: JoinPage(session=joined(state=State.ENDED, ending=Ending(reason, by))).ended
        for by in (Actor.SERVICE, Actor.OPERATOR)
        for reason in EndReason
    }
    assert None not in said.values()
    assert len({each.text for each in said.values() if each}) == len(EndReason)


def test_the_receipts_are_there_as_soon_as_there_is_something_to_prove() -> None:
    for session, shown in (
        (joined(), set()),
        (joined(state=State.PAUSED, consent="1"), {"view"}),
        (joined(state=State.PAUSED, consent="1", control_consent="2"), {"view", "control"}),
    ):
        page = read(JoinPage(session=session))
        links = [each.attributes for each in page.all if "data-receipt" in each.attributes]
        assert {each["data-receipt"] for each in links if "hidden" not in each} == shown


def test_the_script_has_words_for_whatever_can_be_shown(reader: Language) -> None:
    page = read(JoinPage(session=joined()), reader)
    assert set(page.attributes("data-surface")) == {*Surface, "unknown"}


def test_the_script_says_every_text_that_the_page_has_for_it() -> None:
    script = (ROOT / "layers/suport/web/share_screen.js").read_text()
    page = read(JoinPage(session=joined(), tool=TOOL))
    for name in page.attributes("data-said") + page.attributes("data-watches"):
        assert f'"{name}"' in script, name
