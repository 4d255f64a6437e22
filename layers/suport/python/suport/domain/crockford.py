"""Crockford's base 32: digits and capitals without I, L, O and U, made to be read aloud."""

import re
from collections.abc import Callable, Iterator
from itertools import accumulate, groupby, pairwise
from urllib.parse import unquote

from suport.domain import typed_text

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALL = frozenset(ALPHABET)
_GROUP = 4  # characters
_ID_CHARACTERS = 26
_WORD = re.compile(r"[^\W_]+")
_AS_MEANT = str.maketrans("OIL", "011")  # what people write for 0 and 1
_LONGEST = 50_000  # characters, a long exchange of mails; the rest of a longer text is not read
_MOST_ENCODINGS = 4  # a link in a link has its signs encoded twice, and so on
# Programs that check mails replace links by their own, which have the others in them: Proofpoint in
# an encoding of its own, others in base 64, where "http" is aHR0c.
_PROOFPOINT = re.compile(r"(?i)\burldefense[\w.]{0,60}/v2/url\?u=([\w.~-]+)")
_IN_BASE_64 = re.compile(r"\baHR0c[\w+/-]+", re.ASCII)
_NO_CHARACTER = re.compile(r"&#[0-9]{10,}")  # beyond Unicode, and too long a number for `int`


def encode(number: int, length: int) -> str:
    """The lowest `5 * length` bits of a number as `length` characters, most significant first."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def normalise(text: str) -> str:
    """What somebody typed, as they meant it: its letters and digits, in capitals, 0 and 1 for O, I.

    Characters of full width and those that a link encodes are read as what they stand for.
    """
    return "".join(_WORD.findall(_as_meant(text)))


def runs(text: str, length: int, is_right: Callable[[str], bool]) -> list[str]:
    """The runs of whole words in a text that have so many characters of the alphabet and are right.

    Words end at whatever is neither letter nor digit: a code may be in groups, behind a label, or
    in a link. The likeliest run is the first: it has both letters and digits, its groups are of one
    size, parted by one sign, and what is before and after it is parted by another.
    """
    written = _as_written(text)
    found = [
        (_unlikelihood(written, groups), run)
        for groups, run in _runs(written.translate(_AS_MEANT), length)
        if is_right(run)
    ]
    return [run for _, run in sorted(found, key=lambda ranked: ranked[0])]


def has_run(text: str, length: int) -> bool:
    """Whether any run of whole words has so many characters of the alphabet."""
    return any(_runs(_as_meant(text), length))


def _runs(meant: str, length: int) -> Iterator[tuple[list[re.Match[str]], str]]:
    """Each run of that length, as its words and in one."""
    for is_possible, stretch in groupby(_WORD.finditer(meant), _is_of_alphabet):
        words = list(stretch) if is_possible else []
        ends = list(accumulate(len(word[0]) for word in words))
        last_with = {end: last for last, end in enumerate(ends)}
        for first, end in enumerate(ends):
            last = last_with.get(end - len(words[first][0]) + length)
            if last is not None:
                groups = words[first : last + 1]
                yield groups, "".join(group[0] for group in groups)


def _is_of_alphabet(word: re.Match[str]) -> bool:
    return _ALL.issuperset(word[0])


def _unlikelihood(text: str, groups: list[re.Match[str]]) -> tuple[bool, ...]:
    inside = {text[one.end() : other.start()] for one, other in pairwise(groups)}
    start, end = groups[0].start(), groups[-1].end()
    sizes = {len(group[0]) for group in groups}
    around = {text[max(0, start - 1) : start], text[end : end + 1]}
    is_mixed = re.search(r"\d", text[start:end]) and re.search(r"[A-Z]", text[start:end])
    uneven, parted = (len(sizes) > 1, len(inside) > 1), bool(inside & around)
    is_grouped = sizes == {_GROUP} and not (any(uneven) or parted)
    return (not is_mixed, not is_grouped, *uneven, parted)


def _as_meant(text: str) -> str:
    return _as_written(text).translate(_AS_MEANT)


def _as_written(text: str) -> str:
    """The text in capitals, without the encodings of links and pages."""
    text = _unquoted(text[:_LONGEST])
    text = _PROOFPOINT.sub(_of_proofpoint, text)
    text = _unquoted(_IN_BASE_64.sub(_of_base_64, text))
    if "&" in text:
        from html import unescape  # noqa: PLC0415  seldom needed, and slow to import

        text = unescape(_NO_CHARACTER.sub(" ", text))
    return typed_text.bare(text).upper()


def _unquoted(text: str) -> str:
    for _ in range(_MOST_ENCODINGS):
        before, text = text, unquote(text)
        if text == before:
            break
    return text


def _of_proofpoint(link: re.Match[str]) -> str:
    """The link in a link of Proofpoint's, which has "-3A" for "%3A" and "_" for "/"."""
    return f" {unquote(link[1].replace('-', '%').replace('_', '/'))} "


def _of_base_64(link: re.Match[str]) -> str:
    from base64 import urlsafe_b64decode  # noqa: PLC0415  as above

    encoded = link[0].replace("+", "-").replace("/", "_")
    whole = encoded[: len(encoded) // 4 * 4] if len(encoded) % 4 == 1 else encoded
    return f" {urlsafe_b64decode(whole + '=' * (-len(whole) % 4)).decode(errors='replace')} "


def grouped(text: str) -> str:
    """The same characters in groups of four."""
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def is_id(text: str) -> bool:
    """Whether the text can name an entry of the register: a ULID, 26 of these characters."""
    return len(text) == _ID_CHARACTERS and set(text) <= set(ALPHABET)


def decode(text: str) -> int:
    """The number that these characters of the alphabet encode."""
    number = 0
    for character in text:
        number = number << 5 | ALPHABET.index(character)
    return number
