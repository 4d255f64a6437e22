"""What is filled in in a canned reply before it is sent: placeholders, and gaps.

`{name}`, `{reference}`, `{procedure}` and `{date}` are placeholders, which the program fills in.
`[[which document]]` is a gap, which the operator fills in.

The command line and the web desk have the same replies, and this file: the service's package has a
link to it. It therefore imports the standard library only.
"""

import re
from collections.abc import Mapping

PLACEHOLDERS = ("name", "reference", "procedure", "date")

_PLACEHOLDER = re.compile(r"\{ *([^\W\d_]+) *\}")
# An unfinished gap is one, too: the operator has deleted its end.
_GAP = re.compile(
    rf"\[\[.*?(?:\]\]|$)|\{{ *(?:{'|'.join(PLACEHOLDERS)}) *\}}", re.MULTILINE | re.IGNORECASE
)
_QUOTED = ("«{}»", "“{}”", "„{}“", "‘{}’", '"{}"', "({})", "{}")


def filled(text: str, facts: Mapping[str, str | None]) -> str:
    """The text with its placeholders filled in.

    A placeholder about which nothing is known goes, with the quotation marks around it and the
    comma or the blank before it. So does a line that consists of a label and it. One that does not
    exist, because it was misspelt, becomes a gap.

    >>> filled("Hello {name},", {"name": "Joan Mas"}), filled("Hello {name},", {"name": None})
    ('Hello Joan Mas,', 'Hello,')
    """
    known = {name: " ".join((facts.get(name) or "").split()) for name in PLACEHOLDERS}
    for name in (name for name, value in known.items() if not value):
        text = _without(name, text)

    def value(found: re.Match[str]) -> str:
        return known.get(found[1].lower()) or f"[[{found[1]}]]"

    return _PLACEHOLDER.sub(value, text)


def used(text: str) -> set[str]:
    """The names of the placeholders that the text has."""
    return {word.lower() for word in _PLACEHOLDER.findall(text)} & set(PLACEHOLDERS)


def gaps(text: str) -> list[str]:
    """What has to be filled in before the text may be sent; empty if nothing has to."""
    return _GAP.findall(text)


def _without(name: str, text: str) -> str:
    placeholder = rf"\{{ *{name} *\}}"
    quoted = "|".join(re.escape(each).replace(r"\{\}", placeholder) for each in _QUOTED)
    rules = (
        (rf"^[^\n{{.,;:]*:[ \t]*(?:{quoted})[ \t.]*(?:\n|\Z)", ""),  # a label without its value
        (rf"^(?:{quoted})[ \t,:]*(?P<next>\w?)", lambda found: found["next"].upper()),
        (rf"[ \t,:]*(?:{quoted})", ""),
    )
    for pattern, instead in rules:
        text = re.sub(pattern, instead, text, flags=re.MULTILINE | re.IGNORECASE)
    return text
