"""`make screenshots`: the main pages as pictures, on a phone and on a desktop."""

import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, ViewportSize

from local import ROOT, Unable, browser, stack
from local.embedded_aws import EmbeddedAws

PAGES = {
    "help": "ca/help",
    "incident": "ca/incident",
    "track": "ca/track",
    "privacy": "ca/privacy",
}
"""The pages by the names of their pictures."""

SIZES = {
    "phone": ViewportSize(width=390, height=844),
    "desktop": ViewportSize(width=1280, height=800),
}
"""What is seen of a page without scrolling, in CSS pixels; also the pictures' size."""

FOLDER = ROOT / "docs/screenshots"
_COLOURS = 128
_LARGEST_BYTES = 120_000
_WAIT_MS = 60_000  # the first request to a function starts it


def main() -> int:
    """Write `<page>-<size>.png` for each page and size; returns the exit code."""
    try:
        with EmbeddedAws.started() as aws, browser.started() as chromium:
            environment = stack.environment(aws, stack.deploy(aws, stack.build()))
            for size in SIZES:
                _look(chromium, environment["API_URL"], size)
    except Unable as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


def _look(chromium: Browser, api_url: str, size: str) -> None:
    context = chromium.new_context(
        base_url=f"{api_url}/", locale="ca-ES", timezone_id="Europe/Madrid", viewport=SIZES[size]
    )
    context.set_default_timeout(_WAIT_MS)
    page = context.new_page()
    for name, path in PAGES.items():
        answer = page.goto(path)
        if answer is None or not answer.ok:
            raise Unable(f"No picture of {path}: it was answered with {answer and answer.status}.")
        file = FOLDER / f"{name}-{size}.png"
        _write(page.screenshot(animations="disabled"), file)
        print(f"{file.relative_to(ROOT)}  {file.stat().st_size / 1000:.0f} kB")
    context.close()


def _write(picture: bytes, file: Path) -> None:
    """Keep the picture in few colours: a page has few, and it is a third of the size then."""
    file.parent.mkdir(parents=True, exist_ok=True)
    few = Image.open(BytesIO(picture)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(file, optimize=True)
    if file.stat().st_size > _LARGEST_BYTES:
        raise Unable(f"{file.relative_to(ROOT)} is too large for the repository.")


if __name__ == "__main__":
    sys.exit(main())
