"""Acts of a person on the pages with only a keyboard, and the answers of the pages."""

from playwright.sync_api import Locator, Page, expect

from suport.domain.language import Language
from suport.texts.message import Message, translations

_MOST_STOPS = 120  # more than any page has

_HAS_FOCUS = "element => element === document.activeElement"
_IS_PAST_THE_NAVIGATION = """element => element.closest("main")
    && document.activeElement === document.body"""
_IS_BEHIND = """element => Boolean(
    element.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)
    && document.activeElement !== document.body && !element.contains(document.activeElement)"""


def said(text: str | Message, language: Language) -> str:
    """The text as it is on the pages of that language."""
    return text.in_(language) if isinstance(text, Message) else translations(language).gettext(text)


def expect_page(page: Page, language: Language, title: str | Message) -> None:
    """Fails unless the page is in that language, and its title begins with this text."""
    service = said("Help with online procedures", language)
    expect(page).to_have_title(f"{said(title, language)} – {service}")
    expect(page.locator("html")).to_have_attribute("lang", language)


def reach(page: Page, target: Locator) -> None:
    """Tabs to the element, forwards or backwards; fails if the tab key never gets there."""
    expect(target).to_have_count(1)
    element = target.element_handle()
    if element.evaluate(_IS_PAST_THE_NAVIGATION):
        for key in ("Tab", "Enter"):  # the first link leads to the content
            page.keyboard.press(key)
    key = "Shift+Tab" if element.evaluate(_IS_BEHIND) else "Tab"
    for _ in range(_MOST_STOPS):
        if element.evaluate(_HAS_FOCUS):
            return
        page.keyboard.press(key)
    raise AssertionError(f"the tab key never leads to {target}")


def follow(page: Page, target: Locator) -> None:
    """Reaches a link or a button and presses Enter, which leads to another page."""
    reach(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def send(page: Page, form: str, step: str = "") -> None:
    """Reaches the button of the form with that address and presses it.

    step: what the button is for, in a form that takes several.
    """
    button = f"button[name=step][value={step}]" if step else "button[type=submit]:not([name=step])"
    follow(page, page.locator(f"main form[action^='{form}'] {button}"))


def write(page: Page, name: str, text: str) -> None:
    """Reaches the field of that name and replaces its text."""
    reach(page, field(page, name))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
    expect(field(page, name)).to_have_value(text)


def choose(page: Page, name: str, value: str) -> None:
    """Reaches the radio buttons of that name, and moves to that value with the arrow keys."""
    group = field(page, name)
    chosen = group.locator("xpath=self::*[@checked]")
    reach(page, chosen if chosen.count() else group.first)
    page.keyboard.press("Space")
    wanted = page.locator(f"main [name='{name}'][value='{value}']")
    for _ in range(group.count()):
        if wanted.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()


def field(page: Page, name: str) -> Locator:
    """The field of that name; of radio buttons, all."""
    return page.locator(f"main [name='{name}']")


def happened(page: Page) -> list[str]:
    """The incident's conversation as on its page, the newest first, without the moments."""
    told = page.locator("main > div > div > div > .suport-history > li").all_inner_texts()
    return [each.partition(": ")[2] for each in told]
