"""How a text is read: its sentences, and the numbers in it."""

import re
from collections.abc import Iterator

LONGEST = 30
"""Words of a sentence at most."""

TARGET = re.compile(r"\]\([^()\s]+\)")
_MARK = re.compile(r"^(?:## |- |\d\. )?", re.MULTILINE)
# A no-break space ends no sentence: it is in "23. November". "Art." ends none in any language.
_END = re.compile(r"(?<=[.?!])(?<!\b[Aa]rt\.)[”»“)]* +")
WORD = re.compile(r"[^\W_][^\s/]*")
_UNITS = (
    *("mes", "mesos", "dies", "setmanes", "segons", "minuts", "hores", "h", "MB"),
    *("meses", "días", "semanas", "segundos", "minutos", "horas"),
    *("months?", "days?", "weeks?", "seconds?", "minutes?", "hours?", "calendar", "working"),
    *("Monaten?", "Tagen?", "Wochen", "Sekunden", "Minuten", "Stunden", "Uhr", "weitere"),
    *(r"\w+tagen?", r"\w+monaten?"),
)
_NUMBERED = (
    *("[Aa]rticles?", "[Aa]rtículos?", "Artikel", "Absatz"),
    *("Llei", "Ley", "Law", "Gesetz(?:es)?", "orgànica", "Orgánica", "Organgesetz"),
    *("[Dd]ecret", "Decreto", "Decree", "Dekret"),
)
TORN = re.compile(
    rf"\d (?:{'|'.join(_UNITS)})\b|\b(?:{'|'.join(_NUMBERED)}) \d|\b\d\d \d\d\b|\b971 \d"
)
"""A number apart from what it counts or numbers."""


def sentences(text: str) -> Iterator[str]:
    """Each heading, item and sentence of a text, without its marks and the targets of links."""
    for line in _MARK.sub("", TARGET.sub("]", text)).splitlines():
        yield from filter(None, _END.split(line))
