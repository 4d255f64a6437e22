"""A text as codes and wordings are looked for in it: without what people write differently."""

import re
import unicodedata

LONGEST = 10_000  # characters; the rest of a longer text is not read

# "nº" would else become "no".
_SIGNS = dict.fromkeys(map(ord, "−–—‐‑‒"), "-") | {ord("º"): "r", ord("№"): "nr"}
# A program, a mail or a picture's text breaks a sentence where its line is full.
# The lines of a stack trace belong together, too.
_GOES_ON = re.compile(
    r"(?<=[^\W\d_]|,)[ \t]*\n[ \t]*(?=[a-zà-öø-ÿ])|\n[ \t]*(?=at [a-z]+\.|Caused by:)"
)


def plain(text: str) -> str:
    """The text in lower case, without accents, with a plain double l for the Catalan l·l."""
    text = _GOES_ON.sub(" ", text[:LONGEST].replace("\r\n", "\n"))
    letters = unicodedata.normalize("NFKD", text.translate(_SIGNS)).casefold()
    letters = "".join(each for each in letters[:LONGEST] if not unicodedata.combining(each))
    return re.sub(r"(?<=l)[·.•](?=l)", "", letters)


def words(listed: str) -> frozenset[str]:
    """The words of a list, which blanks part."""
    return frozenset(listed.split())
