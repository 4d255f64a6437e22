"""An operator's words as a mail quotes them: indented steps and links survive in both its forms.

Only `https:` and `http:` addresses become links, as they are written; the reader sees where each of
them leads. A host with letters that look like others, or with a user's name before it, is no link.
"""

import re
import textwrap
import unicodedata
from html import escape
from urllib.parse import quote, urlsplit

WIDTH = 72  # characters in a line of plain text
_INDENT = "  "  # before a person's words in plain text
_DEEPEST = 24  # spaces before a line, so that there is room for its words
_TAB = 4  # spaces
_MARKS = {"L": "\N{LEFT-TO-RIGHT MARK}", "R": "\N{RIGHT-TO-LEFT MARK}", None: ""}
_NO_BREAK = "\N{NO-BREAK SPACE}"

# spaces, the sign or number of a step, the rest: "  1. ", "Open it"
_LINE = re.compile(
    r"([ \t\u00a0]*)((?:(?:[-*•–]|\d{1,3}[.)]|[A-Za-z][.)])[ \t\u00a0]+)?)(.*)", re.DOTALL
)
_ADDRESS = re.compile(r"(?<![\w@./-])https?://\S+", re.IGNORECASE)
_NEVER_IN_ADDRESSES = frozenset('<>"`\\^{|}«»“”„‘’…')
_SENTENCE_GOES_ON = ".,;:!?'*"  # at the end of an address, these belong to the sentence around it
_PAIRS = {")": "(", "]": "["}
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_KEPT_IN_ADDRESSES = "%/:?#[]@!$&'()*+,;=-._~"


def as_text(words: str) -> str:
    """The words in plain text, a little indented; a step's further lines begin below its words."""
    return "\n".join(map(_wrapped, words.splitlines()))


def as_html(words: str) -> str:
    """The words as a `<blockquote>`, a paragraph for each of their lines.

    Each runs in its own direction, and what reorders letters ends with it. No-break spaces indent
    it also where a mail program ignores the style.
    """
    style = "margin: 16px 0; padding: 0 0 0 16px; border-left: 4px solid #767676"
    own = '<p dir="auto" style="margin: 0; white-space: pre-wrap">'
    lines = "\n".join(f"{own}{_line(line) or '<br>'}</p>" for line in words.splitlines())
    return f'<blockquote style="{style}">{lines}</blockquote>'


def wrapped(words: str, first: str = "", others: str = "") -> str:
    """The words in lines of plain text, with that before the first and before the others."""
    return textwrap.fill(
        words,
        WIDTH,
        initial_indent=first,
        subsequent_indent=others,
        break_long_words=False,  # an address must stay in one piece
        break_on_hyphens=False,
    )


def _wrapped(line: str) -> str:
    """The line in lines that all run in its direction.

    Mail programs look for the direction of each line on its own, at its first letter (Unicode
    Annex 9, P2). A line that would run otherwise begins with a mark that nobody sees.
    """
    before, sign, rest = _parts(line)
    if not (sign or rest):
        return ""
    direction, indent = _direction(line), _INDENT + before
    lines = wrapped(f"{sign}{rest}", indent, indent + " " * len(sign)).splitlines()
    return "\n".join(
        each if _direction(each) in {direction, None} else f"{_MARKS[direction]}{each}"
        for each in lines
    )


def _line(line: str) -> str:
    before, sign, rest = _parts(line)
    return before.replace(" ", _NO_BREAK) + escape(sign) + _linked(rest)


def _parts(line: str) -> tuple[str, str, str]:
    """The spaces before the line, the sign or number of its step, and the rest."""
    found = _LINE.fullmatch(line)
    assert found
    before, sign, rest = found.groups()
    return " " * min(len(before.expandtabs(_TAB)), _DEEPEST), sign, rest.rstrip()


def _direction(text: str) -> str | None:
    """`L` or `R`, as the first letter with a direction says; None without any."""
    found = (unicodedata.bidirectional(character) for character in text)
    return next(("L" if each == "L" else "R" for each in found if each in {"L", "R", "AL"}), None)


def _linked(words: str) -> str:
    """The words as HTML, with a link for each address in them."""
    pieces, told = [], 0
    for found in _ADDRESS.finditer(words):
        address = _address_in(found[0])
        if target := _target(address):
            pieces.append(escape(words[told : found.start()]))
            pieces.append(f'<a href="{escape(target)}">{escape(address)}</a>')
            told = found.start() + len(address)
    return "".join([*pieces, escape(words[told:])])


def _address_in(found: str) -> str:
    """The address at the beginning, without the end of the sentence around it."""
    length = next((at for at, each in enumerate(found) if not _is_of_address(each)), len(found))
    address = found[:length]
    while address:
        last = address[-1]
        unpaired = last in _PAIRS and address.count(last) > address.count(_PAIRS[last])
        if not (unpaired or last in _SENTENCE_GOES_ON):
            break
        address = address[:-1]
    return address


def _is_of_address(character: str) -> bool:
    """Whether an address may have it: nothing that is unseen, such as a mark of direction."""
    unseen = unicodedata.category(character)[0] in "CZ"
    return not unseen and character not in _NEVER_IN_ADDRESSES


def _target(address: str) -> str | None:
    """What the link leads to, in ASCII; None if the address is not to become a link."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    if "@" in parts.netloc or not _HOST.fullmatch(host) or "xn--" in host:
        return None
    return quote(address, safe=_KEPT_IN_ADDRESSES)
