"""Where a reader's own colours are forced, what pages draw is still seen."""

from suport.domain.language import Language
from suport.web.pages.help import HelpPage
from suport.web.pages.incident import IncidentPage
from suport.web.rendering import Page as PageOfSite
from tests.e2e.browser.test_print import show
from tests.support.browser import Visitor
from tests.support.page_examples import KEY, KNOWN_PROBLEMS, LINE, NOWHERE, WAITING

SHOWN: tuple[PageOfSite, ...] = (
    HelpPage(procedure=NOWHERE, line=LINE, problems=KNOWN_PROBLEMS[:1]),
    IncidentPage(view=WAITING, key=KEY),
)

DRAWINGS = """() => [...document.querySelectorAll("svg")].map((each) => {
    const style = getComputedStyle(each);
    return {of: each.getAttribute("class"), ink: style.color,
            text: getComputedStyle(each.parentElement).color};
})"""
FRAMED = ".suport-card, .suport-box, .suport-problems, .govuk-tag"
FRAMES = """(framed) => [...document.querySelectorAll(framed)]
    .map((each) => getComputedStyle(each))
    .filter(({ borderTopWidth, borderTopColor }) =>
        parseFloat(borderTopWidth) < 1 || borderTopColor === "rgba(0, 0, 0, 0)").length"""
STEPS = """() => [...document.querySelectorAll(".suport-step")].map((each) =>
    ["::before", "::after"].map((part) => getComputedStyle(each, part))
        .map(({ borderTopWidth, content }) => `${borderTopWidth} ${content}`).join())"""


def test_drawings_frames_and_steps_are_seen_in_forced_colours(visitor: Visitor) -> None:
    for sheet in SHOWN:
        page = show(visitor, sheet, Language.GERMAN)
        for scheme in ("light", "dark"):
            page.emulate_media(media="screen", forced_colors="active", color_scheme=scheme)
            assert [each for each in page.evaluate(DRAWINGS) if each["ink"] != each["text"]] == []
            assert page.evaluate(FRAMES, FRAMED) == 0
    done, _, _, here, ahead = page.evaluate(STEPS)
    assert len({done, here, ahead}) == 3  # by their shapes, since their colours are one
