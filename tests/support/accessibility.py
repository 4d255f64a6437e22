"""Checks of a page in the browser. Each returns the faults that it finds, in words."""

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

from PIL import Image, ImageChops
from playwright.sync_api import FloatRect, Page

from local import TOOLS

Scheme = Literal["light", "dark"]

AXE = TOOLS / "web/node_modules/axe-core/axe.min.js"
_AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_IN_PAGE = Path(__file__).with_suffix(".js").read_text()
_LEAST_TARGET_PX = 24
_AROUND_PX = 8  # a focus ring lies outside its element
_SEEN_PIXELS = 40  # a line of one pixel around the smallest target has 96
_DIFFERENT = 16  # of 255
_SCROLLED_MS = 300


def axe(page: Page, *, only: Sequence[str] = (), within: str = "html") -> list[str]:
    """Violations that axe-core finds: `rule: what is wrong (elements)`; needs JavaScript.

    only: the rules to look for, instead of all. within: a selector of the part to look at.
    """
    assert page.evaluate("matchMedia('(scripting: enabled)').matches"), "it would never answer"
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    wanted = {"type": "rule", "values": only} if only else {"type": "tag", "values": _AXE_TAGS}
    result: dict[str, Any] = page.evaluate(
        "([within, options]) => axe.run(document.querySelector(within) ?? document, options)",
        [within, {"runOnly": wanted, "resultTypes": ["violations"], "preload": False}],
    )
    return [
        f"{each['id']}: {each['help']} ({', '.join(str(node['target']) for node in each['nodes'])})"
        for each in result["violations"]
    ]


def misplaced(page: Page, rules: str = "") -> list[str]:
    """Content that needs sideways scrolling (WCAG 1.4.10), is cut off, or covers other content.

    rules: CSS to apply during the check.
    """
    found: list[str] = page.evaluate(f"{_IN_PAGE} misplaced({json.dumps(rules)})")
    return found


def broken_words(page: Page) -> list[str]:
    """Words of labels, buttons, headings and the like that continue on another line without need.

    A word may be broken only if it is wider than half the window.
    """
    found: list[str] = page.evaluate(f"{_IN_PAGE} brokenWords()")
    return found


def foreign_fonts(page: Page) -> list[str]:
    """Texts and fields in another font than the service's own."""
    found: list[str] = page.evaluate(f"{_IN_PAGE} foreignFonts()")
    return found


def small_targets(page: Page) -> list[str]:
    """Targets under 24 by 24 CSS pixels, other than links within a sentence (WCAG 2.5.8).

    This check is stricter than the criterion: it finds small targets far from others, too.
    """
    found: list[str] = page.evaluate(f"{_IN_PAGE} smallTargets({_LEAST_TARGET_PX})")
    return found


def unseen_focus(
    page: Page, *, schemes: Sequence[Scheme] = ("light",), seen: set[str] | None = None
) -> list[str]:
    """Elements with an invisible focus, on the way through the page with the tab key.

    Either the element looks the same without the focus (WCAG 2.4.7), or something covers it
    (2.4.11). The way begins at the top of the page, unless something was clicked before.

    schemes: the colour schemes for pictures; the last one stays on.
    seen: the kinds of elements that need no more pictures; this function adds to it. Two elements
    are of one kind if their names and classes are the same, and those of all elements around them.
    Without it, every element needs pictures.
    """
    found: list[str] = []
    while True:
        page.keyboard.press("Tab")
        focused: dict[str, Any] | None = page.evaluate(f"{_IN_PAGE} focused({_AROUND_PX})")
        if focused is None:
            return found
        if _is_hidden(focused):  # perhaps it is still being scrolled to
            page.wait_for_timeout(_SCROLLED_MS)
            focused = page.evaluate(f"{_IN_PAGE} described(document.activeElement, {_AROUND_PX})")
            assert focused
        name, clip = str(focused["name"]), focused["clip"]
        if _is_hidden(focused):
            found.append(f"{name}: covered or out of sight")
        elif seen is None or focused["kind"] not in seen:
            if seen is not None:
                seen.add(focused["kind"])
            found += [
                f"{name}: looks as without the focus" + (f", {scheme}" if scheme != "light" else "")
                for scheme in schemes
                if not _is_focus_seen(page, clip, scheme)
            ]


def unreached(page: Page) -> list[str]:
    """The controls of the content that `unseen_focus` did not reach."""
    found: list[str] = page.evaluate(f"{_IN_PAGE} unreached()")
    return found


def set_inert_around_content(page: Page, *, inert: bool) -> None:
    """Has the tab key skip the parts around the content, or not; all pages share these parts."""
    page.evaluate(f"{_IN_PAGE} setInertAroundContent({json.dumps(inert)})")


def _is_hidden(focused: dict[str, Any]) -> bool:
    clip: FloatRect = focused["clip"]
    return bool(focused["covered"]) or min(clip["width"], clip["height"]) <= 0


def _is_focus_seen(page: Page, clip: FloatRect, scheme: Scheme) -> bool:
    page.emulate_media(color_scheme=scheme)
    with_focus = _picture(page, clip)
    page.evaluate("window.left = document.activeElement; left.blur()")
    without = _picture(page, clip)
    page.evaluate("left.focus({preventScroll: true})")
    difference = ImageChops.difference(with_focus, without).convert("L")
    return sum(difference.histogram()[_DIFFERENT:]) >= _SEEN_PIXELS


def _picture(page: Page, clip: FloatRect) -> Image.Image:
    taken = page.screenshot(clip=clip, animations="disabled", caret="hide")
    return Image.open(BytesIO(taken)).convert("RGB")
