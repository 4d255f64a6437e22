"""Which browser and system a citizen uses; the operator need not ask."""

import re

# The first of these that the header names is the browser: its header also names those below it.
_BROWSERS = {
    "Samsung Internet": r"\bSamsungBrowser/(\d{1,4})",
    "Opera": r"\bOP[RTX]/(\d{1,4})",
    "Edge": r"\bEdg(?:e|A|iOS)?/(\d{1,4})",
    "Firefox": r"\b(?:Firefox|FxiOS)/(\d{1,4})",
    "Chrome": r"\b(?:Chrome|CriOS)/(\d{1,4})",
    "Safari": r"\bVersion/(\d{1,4}).* Safari/",
}
# An iPad that asks for desktop pages says that it is a Mac; nothing distinguishes the two.
_SYSTEMS = {
    "iPadOS": r"\biPad\b",
    "iOS": r"\b(?:iPhone|iPod)\b",
    "Android": r"\bAndroid\b",
    "ChromeOS": r"\bCrOS\b",
    "Windows": r"\bWindows NT\b",
    "macOS": r"\bMacintosh\b",
    "Linux": r"\bLinux\b",
}


def described(user_agent: str | None) -> str:
    """The browser with its version and the system, as far as they are known.

    "Firefox 145, Windows" or "Android"; empty if neither is known, for the citizen to fill in. No
    part of the header itself is in it but the number of the version.
    """
    header = user_agent or ""
    browser = next(
        (
            f"{name} {found[1]}"
            for name, sign in _BROWSERS.items()
            if (found := re.search(sign, header))
        ),
        None,
    )
    system = next((name for name, sign in _SYSTEMS.items() if re.search(sign, header)), None)
    return ", ".join(filter(None, (browser, system)))
