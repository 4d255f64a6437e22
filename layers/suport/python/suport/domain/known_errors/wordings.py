"""Errors that a text describes in words.

A sentence has a wording if it has a word of each of the wording's groups, in any order. Words are
known by how they begin, so that one beginning serves many forms and several languages. All
beginnings are looked up at once, so a text takes no longer because there are more errors.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from suport.domain.known_errors.catalogue import known_errors, named_words, things_of_others
from suport.domain.known_errors.plain_text import words

_SENTENCE = re.compile(r"(?:[^\n;!?.]|\.(?!\s|$))+")
_WORD = re.compile(r"[a-z0-9@]+")
_PHRASE = 5  # words at most that a beginning may have

_NOT = words(
    "cant dont wont couldnt doesnt didnt isnt wasnt havent "
    "no not nicht kein keine keinen keiner sin sense without ohne cap ningun ninguna isn hasn wasn "
    "aren haven didn doesn never nunca mai ni tampoc tampoco"
)
# What may stand between "not" and the word that it denies: "no s'ha caducat", "is not yet expired".
_HELPING = words(
    "t s m l n d se me le la el lo hi pas ha han he hem has have had es esta estan estado sido "
    "estat is are was were be been ist sind war wurde yet encara todavia aun noch"
)

_LINKS = words("de del d la el l les los las the of for fur dels der des von")


@dataclass(frozen=True, slots=True)
class Guess:
    """An error that a sentence describes.

    groups: those of the wording; the more, the more exact. at: where the sentence begins; ends:
    where it ends.
    """

    error: str
    groups: frozenset[str]
    at: int
    ends: int


@dataclass(frozen=True, slots=True)
class _Wording:
    """denies: whether one of its groups has the words for "not", so that denied words count."""

    error: str
    groups: tuple[str, ...]
    excluded: tuple[str, ...]
    denies: bool


@dataclass(frozen=True, slots=True)
class _Wordings:
    """All wordings.

    begun_by: by their first group. groups: which a beginning belongs to. of_others: the beginnings
    of words that mean something else beside words that begin so.
    """

    of_others: list[tuple[tuple[str, ...], tuple[str, ...]]]
    begun_by: dict[str, list[_Wording]]
    groups: dict[str, list[str]]
    longest: int


def guesses(text: str) -> Iterator[Guess]:
    """What the sentences of a plain text describe, as often as they do."""
    for sentence in _SENTENCE.finditer(text):
        said = _WORD.findall(sentence[0])
        if said:
            for wording in _wordings_of(said):
                yield Guess(wording.error, frozenset(wording.groups), *sentence.span())


def _wordings_of(sentence: Sequence[str]) -> Iterator[_Wording]:
    known = _all()
    present, affirmed = _groups_of(sentence, known)
    for group in present:
        for wording in known.begun_by.get(group, ()):
            said = present if wording.denies else affirmed
            if said.issuperset(wording.groups) and present.isdisjoint(wording.excluded):
                yield wording


def _groups_of(sentence: Sequence[str], known: _Wordings) -> tuple[set[str], set[str]]:
    """The groups of which the sentence has a word, and those of which it has one undenied."""
    present: set[str] = set()
    affirmed: set[str] = set()
    denied = False  # whether a "not" reaches as far as this word
    sentence = _without_things_of_others(sentence, known)
    only = "only_" if len(sentence) == 1 else ""
    for place, word in enumerate(sentence):
        phrase = "_".join(sentence[place : place + _PHRASE]) + "_" + only
        for end in range(1, min(len(phrase), known.longest) + 1):
            for group in known.groups.get(phrase[:end], ()):
                present.add(group)
                if not denied:
                    affirmed.add(group)
        denied = word in _NOT or (denied and word in _HELPING)
    return present, affirmed


def _without_things_of_others(sentence: Sequence[str], known: _Wordings) -> list[str]:
    """The words of a sentence, with a blank for "card" in "health card" and its like."""
    kept = list(sentence)
    for place, word in enumerate(sentence):
        for beginnings, of_others in known.of_others:
            if not f"{word}_".startswith(beginnings):
                continue
            after = [each for each in sentence[place + 1 : place + 6] if each not in _LINKS]
            beside = [*sentence[max(0, place - 1) : place], *after[:1]]
            phrases = [f"{each}_" for each in beside]
            if len(after) > 1:
                phrases.append(f"{after[0]}_{after[1]}_")
            if any(each.startswith(of_others) for each in phrases):
                kept[place] = " "
    return kept


@cache
def _all() -> _Wordings:
    begun_by: dict[str, list[_Wording]] = {}
    groups: dict[str, list[str]] = {}
    for error in known_errors().values():
        for line in error.wordings:
            parts = line.split()
            wording = _Wording(
                error.id,
                tuple(each for each in parts if each[0] != "!"),
                tuple(each[1:] for each in parts if each[0] == "!"),
                denies=any(_denies(each) for each in parts if each[0] != "!"),
            )
            begun_by.setdefault(wording.groups[0], []).append(wording)
            for group in (*wording.groups, *wording.excluded):
                for beginning in _beginnings(group):
                    named = groups.setdefault(beginning, [])
                    if group not in named:
                        named.append(group)
    of_others = [
        (tuple(_beginnings(each)), tuple(_beginnings(beside)))
        for each, beside in things_of_others()
    ]
    return _Wordings(of_others, begun_by, groups, max(map(len, groups)))


def _denies(group: str) -> bool:
    return not {"no_", "kein"}.isdisjoint(_beginnings(group))


def _beginnings(group: str) -> Iterable[str]:
    """The beginnings of a group: `$name`, or alternatives, among which there may be names."""
    for each in group.split("|"):
        if each[0] == "$":
            yield from _beginnings(named_words()[each[1:]])
        else:
            yield each
