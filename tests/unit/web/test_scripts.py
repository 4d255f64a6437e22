"""What no script of the pages does with what it is told."""

import re

from local import ROOT

SCRIPTS = sorted((ROOT / "layers/suport/web").glob("*.js"))

AS_MARKUP = r"\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|document\.write\w*)\b"
AS_CODE = r"\b(eval|Function)\(|\bimport\(|set(Timeout|Interval)\(\s*[\"'`]"
KEPT = r"\b(localStorage|sessionStorage|indexedDB|caches|document\.cookie|cookieStore)\b"
FROM_ANY_WINDOW = (
    r"(?<!\.)\b(window\.)?addEventListener\(\s*[\"']message[\"']"
    r"|\b(window|parent|opener)\.postMessage"
)


def lines_with(pattern: str) -> list[str]:
    """Where that is in a script."""
    return [
        f"{script.name}: {line.strip()}"
        for script in SCRIPTS
        for line in script.read_text().splitlines()
        if re.search(pattern, line)
    ]


def test_no_script_makes_markup_or_code_of_a_text() -> None:
    assert {script.name for script in SCRIPTS} >= {"suport.js", "desk.js", "share_screen.js"}
    assert lines_with(AS_MARKUP) == []
    assert lines_with(AS_CODE) == []


def test_no_script_keeps_anything_in_the_browser() -> None:
    assert lines_with(KEPT) == []


def test_no_script_listens_to_windows_of_other_sites() -> None:
    assert lines_with(FROM_ANY_WINDOW) == []
