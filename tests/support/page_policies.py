"""What a page may do in the reader's browser, and what its script has it do."""

import re
from collections.abc import Mapping

CONNECTS, CAPTURES = "connects", "captures"
"""Sends requests to the service; captures the reader's screen."""

_SENDS_REQUESTS = re.compile(
    r"<script\b[^>]*/(?:files|share_screen|watch_screen)\.|<[^>]*\sdata-(?:suggest|draft|poll)\b"
)
"""The page loads a script that does, or has an element for which a script does."""
_CAPTURES_SCREEN = re.compile(r"<script\b[^>]*/share_screen\.")


def needed(html: str) -> set[str]:
    """What the scripts of that page do."""
    found = {CONNECTS: _SENDS_REQUESTS, CAPTURES: _CAPTURES_SCREEN}
    return {act for act, mark in found.items() if mark.search(html)}


def allowed(headers: Mapping[str, str]) -> set[str]:
    """What an answer with these headers may do."""
    directives = [each.split() for each in headers["Content-Security-Policy"].split(";")]
    policy = {name: sources for name, *sources in directives}
    assert policy["default-src"] == ["'none'"]
    features = headers["Permissions-Policy"].split(", ")
    captures = "display-capture=(self)" in features
    assert captures or "display-capture=()" in features
    return ({CONNECTS} if "connect-src" in policy else set()) | ({CAPTURES} if captures else set())


def has_what_it_needs(body: str, headers: Mapping[str, str]) -> bool:
    """Whether an answer may do what its scripts do; any other than a page may do nothing."""
    if headers.get("Content-Type", "").startswith("text/html"):
        return needed(body) <= allowed(headers)
    return not allowed(headers)
