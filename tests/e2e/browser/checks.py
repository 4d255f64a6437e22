"""What a page must keep to, looked at in the browser. Each check lists what breaks it, in words."""

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops
from playwright.sync_api import FloatRect, Page

from local import TOOLS

_AXE = TOOLS / "web/node_modules/axe-core/axe.min.js"
_AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_IN_PAGE = Path(__file__).with_name("checks.js").read_text()
_LEAST_TARGET_PX = 24
_AROUND_PX = 8  # a focus ring lies outside its element
_SEEN_PIXELS = 40  # a line of one pixel around the smallest target has 96
_DIFFERENT = 16  # of 255


def axe(page: Page) -> list[str]:
    """Violations that axe-core finds: `rule: what is wrong (elements)`; needs JavaScript."""
    assert page.evaluate("matchMedia('(scripting: enabled)').matches"), "it would never answer"
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text())
    result: dict[str, Any] = page.evaluate(
        "options => axe.run(document, options)",
        {
            "runOnly": {"type": "tag", "values": _AXE_TAGS},
            "resultTypes": ["violations"],
            "preload": False,
        },
    )
    return [
        f"{each['id']}: {each['help']} ({', '.join(str(node['target']) for node in each['nodes'])})"
        for each in result["violations"]
    ]


def sideways_scrolling(page: Page) -> list[str]:
    """Elements that stick out of the page's width, if one must scroll sideways (WCAG 1.4.10)."""
    found: list[str] = page.evaluate(f"{_IN_PAGE} sidewaysScrolling()")
    return found


def small_targets(page: Page) -> list[str]:
    """Targets under 24 by 24 CSS pixels, other than links within a sentence (WCAG 2.5.8).

    The criterion's exception for small targets that keep their distance is not made.
    """
    found: list[str] = page.evaluate(f"{_IN_PAGE} smallTargets({_LEAST_TARGET_PX})")
    return found


def unseen_focus(page: Page) -> list[str]:
    """Elements whose focus one does not see, on the way through the page with the tab key.

    Either the picture stays as it is without the focus (WCAG 2.4.7), or something else lies over
    the element (2.4.11). The way begins at the page's top, if nothing was clicked on before.
    """
    found: list[str] = []
    while True:
        page.keyboard.press("Tab")
        focused: dict[str, Any] | None = page.evaluate(f"{_IN_PAGE} focused({_AROUND_PX})")
        if focused is None:
            return found
        name: str = focused["name"]
        clip: FloatRect = focused["clip"]
        if focused["covered"] or min(clip["width"], clip["height"]) <= 0:
            found.append(f"{name}: covered or out of sight")
            continue
        with_focus = _picture(page, clip)
        page.evaluate("window.left = document.activeElement; left.blur()")
        without = _picture(page, clip)
        page.evaluate("left.focus({preventScroll: true})")
        difference = ImageChops.difference(with_focus, without).convert("L")
        if sum(difference.histogram()[_DIFFERENT:]) < _SEEN_PIXELS:
            found.append(f"{name}: looks as without the focus")


def _picture(page: Page, clip: FloatRect) -> Image.Image:
    taken = page.screenshot(clip=clip, animations="disabled", caret="hide")
    return Image.open(BytesIO(taken)).convert("RGB")
