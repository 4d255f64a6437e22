"""Texts that people type or paste, without what they cannot see in them.

`unseen_characters.json` says what goes and what becomes a line break. What remains has Unicode's
composed form (NFC). A NUL and half a character remain, because no rule could say what was meant.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

# Each of these characters is seen, composed, and one for its reader: most texts have no others.
_PLAIN = re.compile("[\n\t -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20c0]*")
_DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile("[\t\n]+")
_MOST_MARKS = 100  # on one letter; composing takes a time that grows with their square


def paragraphs(text: str) -> str:
    """The text of a field of several lines; empty if nothing in it can be seen."""
    return _without_space_around(pasted(text))


def pasted(text: str) -> str:
    """The text of an error, as it was typed or pasted: only what is blank around its lines goes."""
    if not is_plain(text):
        for rule in _rules():
            text = rule(text)
        text = _composed("NFC", text)
    if not _is_visible(text):
        return ""
    inner = text.strip()
    return text[: text.find(inner)].rpartition("\n")[2] + inner


def _without_space_around(text: str) -> str:
    """The text without blank lines around it; the first of several lines stays indented."""
    inner = text.strip()
    before = text[: text.find(inner)].rpartition("\n")[2] if "\n" in inner else ""
    return before + inner


def line(text: str) -> str:
    """The text of a field of one line, with plain spaces for line breaks, tabs and other spaces."""
    parts = (part.strip() for part in _BREAKS.split(paragraphs(text)))
    whole = " ".join(part for part in parts if part)
    return "".join(" " if each.isspace() else each for each in whole)


def undirected(text: str) -> str:
    """The text without marks of direction, which e-mail addresses and phone numbers never need."""
    return _DIRECTIONS.sub("", text)


def bare(text: str) -> str:
    """A line for a parser, without marks of direction.

    Signs of full width, digits of any script and dashes of any length are those of ASCII.
    """
    narrow = _composed("NFKC", undirected(line(text)))
    return "".join(map(_in_ascii, narrow)).strip()


def _composed(form: Literal["NFC", "NFKC"], text: str) -> str:
    """The text in that form of Unicode; as it is if somebody heaped marks upon a letter."""
    marks = 0
    for each in text:
        marks = marks + 1 if unicodedata.combining(each) else 0
        if marks > _MOST_MARKS:
            return text
    return unicodedata.normalize(form, text)


def _in_ascii(character: str) -> str:
    match unicodedata.category(character):
        case "Nd":
            return str(unicodedata.decimal(character))
        case "Pd":
            return "-"
        case _:
            return "-" if character == "\N{MINUS SIGN}" else character


def is_blank(text: str) -> bool:
    """Whether nothing in the text can be seen."""
    return not paragraphs(text)


def is_plain(text: str) -> bool:
    """Whether each code point of the text is one visible character, or white space."""
    return _PLAIN.fullmatch(text) is not None


def _is_visible(text: str) -> bool:
    """Whether anything can be seen: neither spaces, marks without a letter, nor fillers can."""
    return any(
        unicodedata.category(each) not in {"Cf", "Mc", "Me", "Mn"}
        and not each.isspace()
        and each not in _fillers()
        for each in text
    )


@cache
def _fillers() -> frozenset[str]:
    """Letters and signs that have no ink."""
    return frozenset(re.sub(r"\\u(....)", lambda code: chr(int(code[1], 16)), _read()[0]["filler"]))


@cache
def _rules() -> list[Callable[[str], str]]:
    sets, rules = _read()
    return [_mender(rule, sets) for rule in rules]


def _mender(rule: dict[str, str], sets: dict[str, str]) -> Callable[[str], str]:
    """Puts `put` for what matches `find`; if the rule has `within`, only in what matches that."""
    find, within, put = rule["find"], rule.get("within", ""), rule["put"]
    for name, characters in sets.items():
        find, within = (each.replace(f"<{name}>", characters) for each in (find, within))
    found = re.compile(find)
    if not within:
        return lambda text: found.sub(put, text)
    parts = re.compile(within, re.MULTILINE)
    return lambda text: parts.sub(lambda part: found.sub(put, part[0]), text)


@cache
def _read() -> tuple[dict[str, str], list[dict[str, str]]]:
    known = json.loads(Path(__file__).with_name("unseen_characters.json").read_text("utf-8"))
    return known["sets"], known["rules"]
