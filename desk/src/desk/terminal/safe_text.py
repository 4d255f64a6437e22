"""What other people typed, made safe to show: text stays text, whatever it contains.

A terminal acts on control characters. ESC moves the cursor, changes colours, retitles the window,
even answers in the operator's name; the bidirectional ones make a text read differently. A visible
sign replaces each: the operator sees that something was there.
"""

import json
import re
from typing import Any

_ACTED_ON = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction marks, embeddings and isolates
    r"\ufff9-\ufffb\ud800-\udfff]"  # annotations; halves of a pair, which cannot be written
)
_LINE_ENDS = re.compile(r"\r\n|[\r\u2028\u2029]")


def plain(text: object) -> str:
    """The text with all that a terminal would act on replaced by visible signs.

    Line ends become line feeds; tabs stay.
    """
    return _ACTED_ON.sub(_sign, _LINE_ENDS.sub("\n", str(text)))


def plain_line(text: object) -> str:
    """The same, on one line."""
    return " ".join(plain(text).split())


def json_text(value: Any, *, ascii_only: bool = False) -> str:
    """The value as JSON for people and programs: letters as they are, nothing to act on.

    ascii_only: letters as escapes, for an output that cannot write them.
    """
    written = json.dumps(value, ensure_ascii=ascii_only, indent=2)
    for special in (_ACTED_ON, _LINE_ENDS):
        written = special.sub(_escaped, written)
    return written


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\u{ord(each):04x}" for each in found[0])


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:  # noqa: PLR2004  the control characters have pictures
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"<U+{code:04X}>"  # noqa: PLR2004
